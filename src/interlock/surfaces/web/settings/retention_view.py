"""How long content is kept: what people said, what definitions promise, and what the server did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from interlock.flows.upkeep.retention import ErasedRound
from interlock.surfaces.web.cells import Cell, Link, Moment, Status, Words
from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.states import INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.erasure import Erased, Retention
from interlock.terms.portfolio import Standing
from interlock.terms.words import plural

NEVER = said(NOTED, "Nothing by itself")
ERASES = said(PASSED, "Erases by itself")
PROMISED = said(INCONCLUSIVE, "Promised, and not carried out by itself")


@dataclass(frozen=True, slots=True)
class Kept:
    """One workflow: what was said of it, and how many days count (None: until somebody erases)."""

    standing: Standing
    retention: Retention
    days: int | None

    @property
    def name(self) -> str:
        """Of the workflow."""
        return self.standing.definition.name

    @property
    def state(self) -> State:
        """In words."""
        if self.days is not None:
            return ERASES
        return NEVER if self.standing.definition.retention_days is None else PROMISED


def kept_rows(standings: Sequence[Standing], said_of: Mapping[str, Retention]) -> tuple[Kept, ...]:
    """In the order of the workflows."""
    rows = []
    for one in standings:
        retention = said_of.get(one.definition.name, Retention(one.definition.name))
        rows.append(Kept(one, retention, retention.in_force(one.definition.retention_days)))
    return tuple(rows)


def retention_title(rows: Sequence[Kept]) -> str:
    """The conclusion."""
    if not rows:
        return "Retention: there is no workflow yet"
    erased = sum(row.days is not None for row in rows)
    promised = sum(row.state is PROMISED for row in rows)
    words = f"Content of {erased} of {plural(len(rows), 'workflow')} is erased by itself"
    return f"{words}; {promised} promised and not carried out" if promised else words


def round_words(last: ErasedRound | None) -> str:
    """What the server did last."""
    if last is None:
        return "The server has not looked yet since it was started; it does once an hour."
    if last.failed:
        return f"The last round failed, and is tried again within the hour: {last.failed}"
    cases = sum(one.cases for one in last.done.values())
    kept = sum(one.n_kept for one in last.done.values())
    words = f"The last round erased what was kept of {plural(cases, 'case')}"
    return f"{words}; {plural(kept, 'older case')} stayed, because somebody may still need what is kept"


def preview_words(days: int, seen: Erased) -> str:
    """What would be erased at once."""
    least = "at least " if seen.is_cut else ""
    cases = f"{least}{plural(seen.cases, 'case')}"
    words = f"With {plural(days, 'day')}, {cases} would lose their content in the next round"
    kept = f"; {least}{seen.n_kept:,} older stay, because somebody may still need them" if seen.n_kept else ""
    return f"{words}{kept}."


def days_of(form: Form) -> int | None:
    """The days that were typed, None for "never". Notes a fault."""
    if form.text("keep") == "never":
        return None
    if form.text("keep") != "days":
        form.fault("keep", "Choose whether content is erased by itself.")
        return None
    text = form.text("days")
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        form.fault("days", "Write a whole number of days, such as 90.")
        return None
    return int(text)


TABLE: Table[Kept] = Table(
    address="/settings/retention",
    caption="Content of cases, by workflow",
    empty="There is no workflow yet. `interlock apply -f FILE` makes one, and it is listed here.",
    columns=(
        Column(
            "workflow",
            "Workflow",
            lambda row: row.name,
            lambda row: Link(row.name, f"/settings/retention/{quote(row.name)}"),
        ),
        Column("state", "By itself", lambda row: row.state.word, lambda row: Status(row.state)),
        Column("days", "Erased after", lambda row: row.days, lambda row: _days(row.days), numeric=True),
        Column(
            "promised_days",
            "Definition promises",
            lambda row: row.standing.definition.retention_days,
            lambda row: _days(row.standing.definition.retention_days),
            numeric=True,
        ),
        Column(
            "undo_days",
            "An undo needs",
            lambda row: row.standing.definition.undo_days,
            lambda row: _days(row.standing.definition.undo_days),
            numeric=True,
        ),
        Column(
            "by",
            "Said by",
            lambda row: row.retention.by or None,
            lambda row: Words(row.retention.by, row.retention.reason),
        ),
        Column(
            "at",
            "When",
            lambda row: row.retention.at or None,
            lambda row: Moment(row.retention.at) if row.retention.at else Words(""),
        ),
    ),
    filters=(Filter("q", "Workflow", lambda row, text: text.casefold() in row.name.casefold()),),
)


def _days(days: int | None) -> Cell:
    return Words("–" if days is None else plural(days, "day"))
