"""The agenda and the minutes as tables."""

from interlock.engine.council.minutes import Minute
from interlock.engine.timestamp import stamp
from interlock.surfaces.web.cells import Link, Moment, Status
from interlock.surfaces.web.council.view import address_of, is_for, workflow_of
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.council import AgendaItem

YES_NO = (("yes", "yes"), ("no", "no"))


def agenda_table(who: Visitor) -> Table[AgendaItem]:
    """What needs a decision; whose it is depends on who looks."""

    def yours(one: AgendaItem) -> Status:
        return Status(said(INCONCLUSIVE, "Yours to decide") if is_for(who, one) else said(NOTED, "For others"))

    def question(one: AgendaItem) -> Link:
        return Link(one.question, address_of(one.id), one.why_now)

    return Table(
        "/council",
        "What needs a decision, the most pressing first",
        (
            Column("question", "Question", lambda one: one.question, question, sortable=False),
            Column("yours", "Yours", lambda one: is_for(who, one), yours, sortable=False),
            Column("item", "Item", lambda one: one.id, sortable=False),
            Column("workflow", "Workflow", lambda one: one.workflow, sortable=False),
            Column("why_now", "Why now", lambda one: one.why_now, sortable=False),
            Column("options", "Options", lambda one: one.options, sortable=False),
            Column("right", "Takes the right", lambda one: one.right, sortable=False),
            Column("may_decide", "Who may decide", lambda one: one.may_decide, sortable=False),
            Column("evidence", "Evidence", lambda one: one.evidence, sortable=False),
        ),
        "Nothing needs a decision. Open incidents, gates that passed, money without effect, waivers that end, "
        "pilots that nobody decides and overdue actions of stand-ups put questions here by themselves.",
        filters=(
            Filter("workflow", "Workflow", lambda one, asked: asked.casefold() in (one.workflow or "").casefold()),
            Filter("yours", "Yours to decide", lambda one, asked: is_for(who, one) == (asked == "yes"), YES_NO),
        ),
    )


MINUTES: Table[Minute] = Table(
    "/council/minutes",
    "Decisions, the newest first",
    (
        Column("question", "Question", lambda one: one.decision.question),
        Column("decided", "Decided", lambda one: one.decision.answer),
        Column("workflow", "Workflow", lambda one: workflow_of(one.decision)),
        Column("reason", "Why", lambda one: one.decision.reason),
        Column("by", "By", lambda one: one.decision.by),
        Column("present", "Present", lambda one: one.decision.present),
        Column("at", "At", lambda one: one.decision.at, lambda one: Moment(one.decision.at)),
        Column("asked_again_at", "Asked again", lambda one: stamp(one.due_at), lambda one: Moment(stamp(one.due_at))),
        Column("holds", "Holds", lambda one: one.holds),
        Column("item", "Item", lambda one: one.decision.item),
        Column("chosen", "Option", lambda one: one.decision.chosen),
        Column("entry", "Entry", lambda one: one.decision.entry),
    ),
    "Nothing was decided yet. What is decided on the agenda is written down here, with who decided and why.",
    filters=(
        Filter("workflow", "Workflow", lambda one, asked: asked.casefold() in workflow_of(one.decision).casefold()),
        Filter("by", "By", lambda one, asked: asked.casefold() in one.decision.by.casefold()),
        Filter("holds", "Still holds", lambda one, asked: one.holds == (asked == "yes"), YES_NO),
    ),
)


def state_of(one: Minute) -> State:
    """How a decision stands now."""
    if one.followed_by is not None:
        return said(NOTED, "Decided again since")
    return PASSED_HOLDS if one.holds else said(FAILED, "Its date has passed")


PASSED_HOLDS = said(PASSED, "Holds")
