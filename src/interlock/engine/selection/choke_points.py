"""Gaps of a log, ranked, each with a draft of a problem statement that says only what the log knows."""

from dataclasses import dataclass

from interlock.terms.event_log import Choke, EventLog, Gap
from interlock.terms.workflow import Problem

FRICTION = {
    Choke.WAITING: "work waits between '{source}' and '{target}'",
    Choke.HAND_OFF: "work waits when it is handed from {source} to {target}",
    Choke.REWORK: "'{target}' is done again in cases that had it already",
    Choke.PING_PONG: "work is handed from {source} straight back to {target}",
    Choke.REOPENING: "cases come back with '{target}' after '{source}' had ended them",
}
UNKNOWN = (
    ("who", "Who feels this: which role, in which team?"),
    ("cause", "Why does it happen? Watch ten such cases; the log cannot say."),
    ("outcome", "What would be different, and by when?"),
    ("constraints", "What must not get worse, and which rules hold?"),
)


@dataclass(frozen=True, slots=True)
class ChokePoint:
    """A candidate: its gap, its share of all hours between events (None where there are none), and a draft.

    `open_questions` are (field, question) for what the log cannot say.
    """

    gap: Gap
    share: float | None
    problem: Problem
    open_questions: tuple[tuple[str, str], ...] = UNKNOWN


def choke_points(log: EventLog, *, top: int) -> tuple[ChokePoint, ...]:
    """The largest by hours. Kinds overlap (a hand-off is also a wait), so shares do not add up."""
    ranked = sorted(log.gaps, key=lambda gap: (-gap.hours, gap.kind, gap.source, gap.target))
    return tuple(_point(gap, log) for gap in ranked[:top] if gap.hours > 0)


def _point(gap: Gap, log: EventLog) -> ChokePoint:
    share = gap.hours / log.hours if log.hours > 0 else None
    words = FRICTION[gap.kind].format(source=gap.source, target=gap.target)
    problem = Problem(
        friction=f"{words}: {gap.n:,} times in {gap.cases:,} of {log.cases:,} cases",
        cost=_cost(gap, share, log),
        metric=f"median hours before '{gap.target}'; today {median_words(gap)}",
    )
    return ChokePoint(gap, share, problem)


def _cost(gap: Gap, share: float | None, log: EventLog) -> str:
    of_all = "" if share is None else f", {share:.1%} of all time between events"
    money = "" if gap.amount_days is None else f"; {gap.amount_days:,.0f} amount-days trapped"
    return f"{gap.hours:,.0f} hours passed{of_all} from {log.first[:10]} to {log.last[:10]}{money}"


def median_words(gap: Gap) -> str:
    """The median with its interval and n."""
    interval = "no interval, n too small"
    if gap.median_low is not None and gap.median_high is not None:
        interval = f"95 % {gap.median_low:,.1f} to {gap.median_high:,.1f}"
    return f"{gap.median_hours:,.1f} h ({interval}, n {gap.n:,})"
