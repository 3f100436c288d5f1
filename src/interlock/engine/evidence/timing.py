"""When evidence was measured, and whether it may still, or already, count."""

import datetime as dt

from interlock.engine.evidence.kinds import a_new, noun
from interlock.terms.evidence import Evidence, Finding, Verdict

COLLECTED, EXPIRES = "collected_at", "expires_at"
PERIODIC = frozenset({"kpi", "period", "expense"})  # they tell of days, and age from the last of these


def measured_at(evidence: Evidence) -> str:
    """When it was measured: of a period, at its end; of what does not say so, when it was recorded."""
    said = evidence.body.get(COLLECTED)
    if isinstance(said, str):
        return said
    end = evidence.body.get("period_end") if evidence.kind in PERIODIC else None
    return min(f"{end}T23:59:59.999999Z", evidence.at) if isinstance(end, str) else evidence.at


def expires_at(evidence: Evidence) -> str | None:
    """When it stops counting by its own word, None where it says nothing."""
    said = evidence.body.get(EXPIRES)
    return None if said is None else str(said)


def out_of_time(evidence: Evidence, *, kind: str, now: dt.datetime, days: int) -> Finding | None:
    """The finding that it is too old, past its own date, or dated ahead of `now`; None where it is in time."""
    when, until, refs = measured_at(evidence), expires_at(evidence), (evidence.digest,)
    try:
        measured, ends = _moment(when), None if until is None else _moment(until)
    except ValueError:
        reason = f"the {noun(kind)} has a time that cannot be read: {when}, {until}"
        return Finding(kind, Verdict.ERROR, reason, f"bring {a_new(kind)}", refs)
    if measured > now:
        reason = f"the {noun(kind)} is dated {when}, which is still to come"
        return Finding(kind, Verdict.ERROR, reason, "find out which clock is wrong, then measure again", refs)
    if ends is not None and now >= ends:
        return Finding(
            kind,
            Verdict.INCONCLUSIVE,
            f"the {noun(kind)} of {when} expired {until}",
            f"bring {a_new(kind)}",
            refs,
        )
    if now - measured > dt.timedelta(days=days):
        reason = f"the {noun(kind)} of {when[:10]} is older than {days} days"
        return Finding(kind, Verdict.INCONCLUSIVE, reason, f"bring {a_new(kind)}")
    return None


def _moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found
