"""A document as Markdown: headings, tables, evidence as footnotes."""

import re
from collections.abc import Iterator, Mapping

from interlock.adapters.reports.briefings.evidence_notes import as_words, numbered
from interlock.adapters.reports.briefings.shortened import about, unknown_grid
from interlock.adapters.reports.briefings.states import STATES
from interlock.terms import words
from interlock.terms.briefing import Briefing, Cell, Figure, Grid, Passage

SAMPLE = "**Authored sample**: invented records, not real data."
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&$@])")
LINK = re.compile(r"\b(https?|ftp)(?=://)|\b(www)(?=\.)", re.IGNORECASE)  # readers make links of these by themselves


def as_markdown(briefing: Briefing) -> bytes:
    """The whole document; somebody else's text cannot become markup in it."""
    numbers = numbered(briefing)
    parts = [f"# {_plain(briefing.title)}", _plain(about(briefing))]
    parts += [SAMPLE] if briefing.authored_sample else []
    parts += ["\n".join(f"- {_plain(line)}" for line in briefing.summary)] if briefing.summary else []
    for passage in briefing.passages:
        parts += list(_passage(passage, numbers))
    if briefing.unknown:
        parts += ["## What is not known yet", _grid(unknown_grid(briefing), numbers)]
    if briefing.records:
        parts += ["## What shows these figures", "\n".join(f"- {_plain(line)}" for line in briefing.records)]
    parts += ["\n".join(f"[^{number}]: `{evidence}`" for evidence, number in numbers.items())] if numbers else []
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def _passage(passage: Passage, numbers: Mapping[str, int]) -> Iterator[str]:
    part = "".join(f"{name}: " for name in (passage.chapter, passage.part) if name)
    yield f"## {_plain(part + passage.title)} ({STATES[passage.tone].word})"
    if passage.lines:
        yield "\n".join(f"- {_plain(line)}" for line in passage.lines)
    if passage.figures:
        yield "\n".join(f"- {_plain(figure.label)}: {_cell(figure, numbers)}" for figure in passage.figures)
    for grid in passage.grids:
        yield _grid(grid, numbers)


def _grid(grid: Grid, numbers: Mapping[str, int]) -> str:
    if not grid.rows:
        return f"{_plain(grid.caption)}: {_plain(grid.empty)}"
    rule = "|".join(" --- " for _ in grid.header)
    rows = [" | ".join(map(_plain, grid.header))]
    rows += [" | ".join(_cell(cell, numbers) for cell in row) for row in grid.rows]
    head, *rest = (f"| {row} |" for row in rows)
    return "\n".join((f"{_plain(grid.caption)}\n", head, f"|{rule}|", *rest))


def _cell(cell: Cell, numbers: Mapping[str, int]) -> str:
    if not isinstance(cell, Figure):
        return _plain(cell)
    return _plain(as_words(cell)) + "".join(f"[^{numbers[evidence]}]" for evidence in cell.evidence)


def _plain(text: str) -> str:
    lines = (" ".join(line.split()) for line in words.clean(text).split("\n"))
    return LINK.sub(r"\g<0>\\", SPECIAL.sub(r"\\\1", "; ".join(line for line in lines if line)))
