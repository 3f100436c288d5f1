"""What was stopped, and when each switch was drilled, as tables."""

from dataclasses import dataclass

from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import visible
from interlock.flows.action.drill import last_of, standing_of
from interlock.surfaces.web.cells import Link, Measure, Moment, Status, Words
from interlock.surfaces.web.live.view import address_of
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.stop.view import choice_of, state_of
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.drill import Drill, DrillStanding
from interlock.terms.kill import Kill
from interlock.terms.words import milliseconds


@dataclass(frozen=True, slots=True)
class DrillRow:
    """When a workflow's switch was last drilled, with that drill."""

    standing: DrillStanding
    last: Drill | None

    @property
    def state(self) -> State:
        """Whether its switch is known to work, and whether it is time to look again."""
        if self.last is None:
            return said(FAILED, "Overdue, never held") if self.standing.overdue else said(NOTED, "Never held")
        if not self.last.passed:
            return said(FAILED, "Did not pass")
        return said(INCONCLUSIVE, "Overdue") if self.standing.overdue else PASSED


def _words(scope: str) -> str:
    words = choice_of(scope).words
    return words[:1].upper() + words[1:]


def _end(one: Kill) -> Words:
    return Words("") if one.resumed is None else Words(one.resumed.by, one.resumed.reason)


def _left(one: Kill) -> int | None:
    return None if one.report is None else len(one.report.in_doubt)


HISTORY: Table[Kill] = Table(
    "/stop/history",
    "Kills, the newest first",
    (
        Column("scope", "What was stopped", lambda one: one.scope,
               lambda one: Link(_words(one.scope), address_of(one.scope))),
        Column("state", "State", lambda one: state_of(one).word, lambda one: Status(state_of(one))),
        Column("at", "Stopped", lambda one: one.at, lambda one: Moment(one.at)),
        Column("by", "By", lambda one: one.by),
        Column("reason", "Why", lambda one: one.reason),
        Column("resumed_at", "Resumed", lambda one: one.resumed and one.resumed.at,
               lambda one: Moment(one.resumed.at if one.resumed else "")),
        Column("resumed_by", "By", lambda one: one.resumed and one.resumed.by, _end),
        Column("in_doubt", "In doubt", _left, numeric=True),
        Column("entry", "Entry", lambda one: one.entry,
               lambda one: Link(f"{one.entry:,}", f"/ledger/{one.entry}"), numeric=True),
    ),
    "Nothing was ever stopped here. A kill is on record from the moment it holds; the page Stop makes one.",
    filters=(
        Filter("text", "Scope or name", lambda one, asked: asked.casefold() in f"{one.scope} {one.by}".casefold()),
        Filter("kind", "Kind", lambda one, asked: one.is_drill == (asked == "drill"),
               (("kill", "kills"), ("drill", "drills"))),
    ),
)  # fmt: skip

DRILLS: Table[DrillRow] = Table(
    "/stop/drills",
    "Drills of the kill switch, by workflow",
    (
        Column("workflow", "Workflow", lambda one: one.standing.workflow,
               lambda one: Link(one.standing.workflow, address_of(f"workflow:{one.standing.workflow}") + "#drill")),
        Column("state", "Last drill", lambda one: one.state.word, lambda one: Status(one.state)),
        Column("last_at", "Held", lambda one: one.standing.last_at, lambda one: Moment(one.standing.last_at or "")),
        Column("by", "By", lambda one: one.last and one.last.by),
        Column("fence_ms", "Fenced after", lambda one: one.last and one.last.fence_ms,
               lambda one: Measure(milliseconds(one.last.fence_ms) if one.last else ""), numeric=True),
        Column("quiesce_ms", "Quiet after", lambda one: one.last and one.last.quiesce_ms,
               lambda one: Measure(_quiet(one.last)), numeric=True),
        Column("due_at", "Due", lambda one: one.standing.due_at, lambda one: Moment(one.standing.due_at or "")),
    ),
    "There is no workflow yet. `interlock init` writes the definition of one, and `interlock apply` puts it on record.",
    filters=(
        Filter("text", "Workflow", lambda one, asked: asked.casefold() in one.standing.workflow.casefold()),
        Filter("due", "Due", lambda one, asked: one.standing.overdue == (asked == "yes"),
               (("yes", "overdue"), ("no", "not yet"))),
    ),
)  # fmt: skip


def _quiet(last: Drill | None) -> str:
    if last is None:
        return ""
    return "not in time" if last.quiesce_ms is None else milliseconds(last.quiesce_ms)


def drill_rows(site: Site, who: Visitor) -> tuple[DrillRow, ...]:
    """Of every workflow that the visitor may read."""
    held, at, rows = site.watch.drills.newest(), stamp(site.now()), []
    for one in visible(site.board.portfolio(), who.caller, who.tenant_of).standings:
        name, last = one.definition.name, last_of(held, one.definition.name)
        standing = standing_of(name, one.defined_at, one.definition.rollout.drill_every_days, last, at)
        rows.append(DrillRow(standing, None if last is None else last.drill))
    return tuple(rows)
