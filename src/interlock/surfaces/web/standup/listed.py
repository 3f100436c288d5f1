"""Tables of the stand-up: every KPI with its light, every action, every stand-up that was held."""

from collections.abc import Callable

from interlock.surfaces.web.cells import Link, Measure, Moment, Status, Words
from interlock.surfaces.web.standup.view import STATES, action_state, kpi_now
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.standup import Action, KpiLight, Light, StandUp

KpiRow = tuple[str, KpiLight]


def kpi_table() -> Table[KpiRow]:
    """Every KPI with its light, the worst first; a row is (function, light)."""
    return Table(
        "/stand-up/kpis",
        "Every KPI with its light, worst first",
        (
            Column(
                "workflow",
                "Workflow",
                lambda row: row[1].workflow,
                lambda row: Link(row[1].workflow, f"/workflows/{row[1].workflow}", row[0]),
            ),
            Column("kpi", "KPI", lambda row: row[1].kpi.name),
            Column("function", "Function", lambda row: row[0]),
            Column(
                "light",
                "Light",
                lambda row: str(row[1].light),
                lambda row: Status(STATES[row[1].light], row[1].reason),
            ),
            Column(
                "now",
                "Now",
                lambda row: row[1].measured[-1].value if row[1].measured else None,
                lambda row: Measure(*kpi_now(row[1])),
                numeric=True,
            ),
            Column("unit", "Unit", lambda row: row[1].kpi.unit),
            Column("baseline", "Baseline", lambda row: row[1].kpi.baseline, _level("baseline"), numeric=True),
            Column("target", "Target", lambda row: row[1].kpi.target, _level("target"), numeric=True),
            Column("target_date", "By", lambda row: row[1].kpi.target_date, numeric=True),
        ),
        "A KPI in a definition (`kpis`) fills this table.",
        (
            Filter("function", "Function", lambda row, asked: asked.casefold() in row[0].casefold()),
            Filter("light", "Light", lambda row, asked: row[1].light == asked, tuple((one, one) for one in Light)),
        ),
    )


def action_table(today: str) -> Table[Action]:
    """Every action that was ever agreed, as of a day."""
    return Table(
        "/stand-up/actions",
        "Every action that was agreed",
        (
            Column("what", "What", lambda one: one.what, lambda one: Link(one.what, _place(one), one.workflow or "")),
            Column("owner", "Owner", lambda one: one.owner),
            Column("due", "Until", lambda one: one.due, numeric=True),
            Column(
                "state",
                "State",
                lambda one: action_state(one, today).word,
                lambda one: Status(action_state(one, today), one.closing.note if one.closing else ""),
            ),
            Column("agreed_at", "Agreed", lambda one: one.at, lambda one: Moment(one.at)),
            Column("agreed_by", "By", lambda one: one.by),
            Column(
                "entry",
                "Entry",
                lambda one: one.entry,
                lambda one: Link(f"{one.entry}", f"/ledger/{one.entry}"),
                numeric=True,
            ),
        ),
        "Nothing was agreed yet. Whoever may act at the stand-up agrees on an action there: what, who, until when.",
        (
            Filter("owner", "Owner", lambda one, asked: asked.casefold() in one.owner.casefold()),
            Filter(
                "state",
                "State",
                lambda one, asked: (one.closing is None) == (asked == "open"),
                (("open", "open"), ("closed", "closed")),
            ),
        ),
    )


def held_table() -> Table[StandUp]:
    """Every stand-up that was held."""
    return Table(
        "/stand-up/held",
        "Stand-ups that were held, newest first",
        (
            Column("at", "Held", lambda one: one.at, lambda one: Moment(one.at)),
            Column("by", "By", lambda one: one.by),
            Column("present", "There", lambda one: ", ".join(one.present)),
            Column("lights", "Functions then", _lights, lambda one: Words(_lights(one))),
            Column("open_actions", "Open actions", lambda one: one.open_actions, numeric=True),
            Column("overdue_actions", "Overdue", lambda one: one.overdue_actions, numeric=True),
            Column("note", "Note", lambda one: one.note),
            Column(
                "entry",
                "Entry",
                lambda one: one.entry,
                lambda one: Link(f"{one.entry}", f"/ledger/{one.entry}"),
                numeric=True,
            ),
        ),
        "None was held yet: the page of the stand-up puts one on record at its end.",
    )


def _place(action: Action) -> str:
    return f"/stand-up/actions/{action.entry}"


def _lights(one: StandUp) -> str:
    counts = [(light, sum(each is light for _, each in one.lights)) for light in Light]
    return ", ".join(f"{n} {light}" for light, n in counts if n)


def _level(name: str) -> Callable[[KpiRow], Measure]:
    def cell(row: KpiRow) -> Measure:
        value = getattr(row[1].kpi, name)
        return Measure("not known" if value is None else f"{value:,.10g}")

    return cell
