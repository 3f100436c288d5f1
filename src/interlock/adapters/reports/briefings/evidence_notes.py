"""Evidence of a document's figures, numbered in the order in which it is first cited."""

from collections.abc import Iterator, Mapping

from interlock.terms.briefing import Briefing, Figure, Passage


def figures_of(passage: Passage) -> Iterator[Figure]:
    """Every figure of a passage in reading order."""
    yield from passage.figures
    for grid in passage.grids:
        for row in grid.rows:
            yield from (cell for cell in row if isinstance(cell, Figure))


def numbered(briefing: Briefing) -> Mapping[str, int]:
    """Each evidence and its number, from 1."""
    numbers: dict[str, int] = {}
    for passage in briefing.passages:
        for figure in figures_of(passage):
            for evidence in figure.evidence:
                numbers.setdefault(evidence, len(numbers) + 1)
    return numbers


def behind(figure: Figure) -> str:
    """What stands behind a figure: interval, denominator; whose it is to find out where it is not known."""
    owner = f"to find out: {figure.owner}" if figure.value is None and figure.owner else ""
    return ", ".join(part for part in (figure.interval, figure.denominator, owner) if part)


def as_words(figure: Figure) -> str:
    """A figure in one line of plain words."""
    rest = behind(figure)
    return f"{figure.shown} {rest}" if rest else figure.shown
