"""The columns of the portfolio: those that a page shows, and those of its files, over the same rows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from interlock.engine.economics.row import RISKS, Row, Status
from interlock.engine.rollout.stages import STAGES
from interlock.surfaces.web.portfolio import cells
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.estimate import Estimate

ADDRESS = "/portfolio"
CAPTION = "Workflows by stage"
EMPTY = "No workflow is defined yet, or none that you may see."
PAGE_ROWS = 25  # with their pictures, more would not fit into 60 kB
CHOSEN_MAX = 60  # more of them make a list that nobody looks through: then a part of the name is typed
NAME_MAX = 200  # nobody is chosen by a longer one
NOT_TOLD = "not told"
PARTS = ("value", "low", "high", "n")


def _reached(row: Row) -> float | None:
    return next((one.reached for one in row.seen.gains), None)


SHOWN: tuple[Column[Row], ...] = (
    Column("workflow", "Workflow", lambda row: row.name, cells.workflow_cell),
    Column("status", "Status", lambda row: row.status, cells.status_cell),
    Column("kpi", "KPI, baseline → target", _reached, cells.kpi_cell),
    Column("budget_left", "Error budget", lambda row: row.budget_left.value, cells.budget_cell),
    Column("automated", "Automatic", lambda row: row.seen.automated.value, cells.automated_cell),
    Column("cost", "Cost of a success", lambda row: row.seen.cost.value_usd, cells.cost_cell, numeric=True),
    Column("needed", "Needed next", lambda row: row.seen.needed, cells.needed_cell),
)


def _kpi(name: str) -> Callable[[Row], Any]:
    return lambda row: next((getattr(one.kpi, name) for one in row.seen.gains), None)


def _newest(row: Row) -> float | None:
    return next((one.newest.value for one in row.seen.gains if one.newest is not None), None)


def _of(name: str, estimate: Callable[[Row], Estimate]) -> tuple[Column[Row], ...]:
    def part(of: str) -> Callable[[Row], Any]:
        return lambda row: getattr(estimate(row), of)

    return tuple(Column(name if of == "value" else f"{name}_{of}", "", part(of)) for of in PARTS)


def _column(name: str, value: Callable[[Row], Any]) -> Column[Row]:
    return Column(name, "", value)


WHOLE: tuple[Column[Row], ...] = (
    _column("workflow", lambda row: row.name),
    _column("stage", lambda row: row.standing.stage),
    _column("level", lambda row: row.standing.level),
    _column("status", lambda row: row.status),
    _column("function", lambda row: row.standing.definition.initiative.function),
    _column("risk", lambda row: row.risk),
    _column("value_owner", lambda row: row.standing.definition.owners.value),
    _column("safety_owner", lambda row: row.standing.definition.owners.safety),
    _column("kpi", _kpi("name")),
    _column("kpi_unit", _kpi("unit")),
    _column("kpi_baseline", _kpi("baseline")),
    _column("kpi_now", _newest),
    _column("kpi_target", _kpi("target")),
    _column("kpi_reached", _reached),
    *_of("wrong", lambda row: row.seen.wrong),
    _column("error_budget", lambda row: row.seen.budget),
    *_of("budget_left", lambda row: row.budget_left),
    *_of("automated", lambda row: row.seen.automated),
    _column("certificate", lambda row: row.certificate),
    _column("cost_per_success_usd", lambda row: row.seen.cost.value_usd),
    _column("successes", lambda row: row.seen.cost.successes),
    _column("open_reviews", lambda row: row.standing.open_reviews),
    _column("late_reviews", lambda row: row.standing.late_reviews),
    _column("needed", lambda row: row.seen.needed),
    _column("needed_from", lambda row: ", ".join(row.seen.needed_from)),
    _column("release", lambda row: row.standing.release),
)


def table(rows: Iterable[Row], columns: Sequence[Column[Row]] = SHOWN) -> Table[Row]:
    """The table over the rows that somebody may see; its filters offer what these rows hold."""
    every = list(rows)
    owners = [name for row in every for name in _owners(row)]
    functions = [row.standing.definition.initiative.function or NOT_TOLD for row in every]
    filters: tuple[Filter[Row], ...] = (
        Filter("text", "Text", _holds_text),
        Filter("stage", "Stage", lambda row, asked: row.standing.stage == asked, _same(STAGES)),
        Filter("status", "Status", lambda row, asked: row.status == asked, _same(tuple(Status))),
        Filter("owner", "Owner", lambda row, asked: _named(asked, _owners(row), owners), _offered(owners)),
        Filter("function", "Function", lambda row, asked: _named(asked, [_function(row)], functions),
               _offered(functions)),
        Filter("risk", "Risk", lambda row, asked: (row.risk or NOT_TOLD) == asked, _same((*RISKS, NOT_TOLD))),
    )  # fmt: skip
    return Table(ADDRESS, CAPTION, columns, EMPTY, filters, PAGE_ROWS)


def _function(row: Row) -> str:
    return row.standing.definition.initiative.function or NOT_TOLD


def _owners(row: Row) -> list[str]:
    owners = row.standing.definition.owners
    return [name for name in (owners.value, owners.safety, owners.delivery) if name]


def _holds_text(row: Row, asked: str) -> bool:
    problem = row.standing.definition.problem
    told = (row.name, problem.who, problem.friction, problem.outcome, row.seen.needed, *_owners(row))
    return any(asked.casefold() in text.casefold() for text in told)


def _named(asked: str, own: Sequence[str], every: Sequence[str]) -> bool:
    """One of those that are offered is meant whole; where there are too many to offer, a part of it is typed."""
    if _offered(every):
        return asked in own
    return any(asked.casefold() in name.casefold() for name in own)


def _same(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(value)) for value in values)


def _offered(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = sorted({name for name in names if len(name) <= NAME_MAX}, key=str.casefold)
    return tuple((name, words.shorten(name, 60)) for name in found) if len(found) <= CHOSEN_MAX else ()
