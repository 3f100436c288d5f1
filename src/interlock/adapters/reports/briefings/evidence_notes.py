"""Evidence of a document's figures, numbered in the order in which it is first cited."""

from collections.abc import Iterator, Mapping

from interlock.terms.briefing import Briefing, Figure, Passage


def figures_of(passage: Passage) -> Iterator[Figure]:
    """Every figure of a passage in reading order."""
    yield from passage.figures
    for grid in passage.grids:
        for row in grid.rows:
            yield from (cell for cell in row if isinstance(cell, Figure))


def numbered(briefing: Briefing, cited_max: int = 0) -> Mapping[str, int]:
    """Each evidence and its number, from 1; of each figure the first `cited_max` (0: all)."""
    numbers: dict[str, int] = {}
    for passage in briefing.passages:
        for figure in figures_of(passage):
            for evidence in first_cited(figure, cited_max):
                numbers.setdefault(evidence, len(numbers) + 1)
    return numbers


def first_cited(figure: Figure, cited_max: int) -> tuple[str, ...]:
    """The evidence of a figure that a document lists; 0: all of it."""
    return figure.evidence[:cited_max] if cited_max else figure.evidence


def most_cited(briefing: Briefing) -> int:
    """How many pieces of evidence the figure cites that cites the most."""
    every = (figure for passage in briefing.passages for figure in figures_of(passage))
    return max((len(figure.evidence) for figure in every), default=0)


def behind(figure: Figure) -> str:
    """What stands behind a figure: interval, denominator; whose it is to find out where it is not known."""
    owner = f"(to find out: {figure.owner})" if figure.value is None and figure.owner else ""
    return ", ".join(part for part in (figure.interval, figure.denominator, owner) if part)


def as_words(figure: Figure) -> str:
    """A figure in one line of plain words."""
    rest = behind(figure)
    comma = "," if rest == figure.denominator else ""
    return f"{figure.shown}{comma} {rest}" if rest else figure.shown
