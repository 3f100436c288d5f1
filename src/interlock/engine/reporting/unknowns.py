"""What a document should say and nobody knows yet: collected from its own cells, each with who is to find out."""

from collections.abc import Iterator, Sequence

from interlock.engine.reporting.figures import NOBODY, NOT_KNOWN
from interlock.terms.briefing import Cell, Figure, Passage, Unknown
from interlock.terms.portfolio import Standing


def told(label: str, words: str | None, owner: str | None) -> Cell:
    """Words that somebody stated; where nobody did, an unknown with its owner."""
    return words or Figure(label, NOT_KNOWN, None, owner=owner or NOBODY)


def unknown_in(passages: Sequence[Passage]) -> Iterator[Unknown]:
    """Every figure and every cell that is not known, named by its part, its row and its label."""
    for passage in passages:
        where = passage.part or passage.title
        for figure in passage.figures:
            if figure.value is None:
                yield Unknown(f"{where}: {figure.label}", figure.owner or NOBODY)
        for grid in passage.grids:
            for row in grid.rows:
                yield from _unknown_cells(where, row)


def _unknown_cells(where: str, row: tuple[Cell, ...]) -> Iterator[Unknown]:
    first = row[0] if isinstance(row[0], str) else row[0].label
    for cell in row:
        if isinstance(cell, Figure) and cell.value is None:
            named = first if cell.label == first else f"{first}: {cell.label}"
            yield Unknown(f"{where}: {named}", cell.owner or NOBODY)


def left_open(standing: Standing) -> Iterator[Unknown]:
    """What a definition leaves open that every document asks: its owners and its KPI."""
    name, owners = standing.definition.name, standing.definition.owners
    for role, person in (("value", owners.value), ("safety", owners.safety), ("delivery", owners.delivery)):
        if not person:
            yield Unknown(f"{name}: who is its {role} owner", owners.value or owners.safety or NOBODY)
    if not standing.definition.initiative.kpis:
        yield Unknown(f"{name}: which KPI it is to move", owners.value or NOBODY)
