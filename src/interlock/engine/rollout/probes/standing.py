"""Probes that read where the workflow stands."""

import datetime as dt

from interlock.engine.oversight.wording import percent
from interlock.engine.rollout.gate_facts import QUEUE_DAYS, GateFacts
from interlock.engine.timestamp import moment
from interlock.terms.evidence import Finding, Verdict
from interlock.terms.gate import GateCheck


def promotion_gate(check: GateCheck, facts: GateFacts) -> Finding:
    """The gate that promotion reads passed for this release."""
    if facts.promotion is None:
        return Finding(check.id, Verdict.INCONCLUSIVE, "the promotion gate was not judged for this release")
    return Finding(check.id, facts.promotion, f"the promotion gate is {facts.promotion}")


def scorecard(check: GateCheck, facts: GateFacts) -> Finding:
    """The readiness scorecard allows scaling."""
    if facts.scaling is None:
        return Finding(check.id, Verdict.INCONCLUSIVE, "the readiness scorecard was not answered for this workflow")
    return facts.scaling


def live_by_drift(check: GateCheck, facts: GateFacts) -> Finding:
    """Nothing acts without authority."""
    if facts.drift:
        return Finding(check.id, Verdict.FAILED, "; ".join(facts.drift))
    return Finding(check.id, Verdict.PASSED, "nothing acts without a grant")


def drilled(check: GateCheck, facts: GateFacts) -> Finding:
    """The kill switch passed a drill within the schedule, or within `days` where there is none."""
    days = facts.definition.rollout.drill_every_days or int(check.told["days"])
    if facts.drilled_at is None:
        return Finding(check.id, Verdict.INCONCLUSIVE, "the kill switch never passed a drill")
    if facts.now - moment(facts.drilled_at) > dt.timedelta(days=days):
        return Finding(check.id, Verdict.INCONCLUSIVE, f"the last drill is older than {days} days")
    return Finding(check.id, Verdict.PASSED, f"drilled at {facts.drilled_at}")


def no_open_incident(check: GateCheck, facts: GateFacts) -> Finding:
    """No incident is open."""
    if facts.open_incidents:
        return Finding(check.id, Verdict.FAILED, f"open: {', '.join(facts.open_incidents)}")
    return Finding(check.id, Verdict.PASSED, "no incident is open")


def reviews_in_time(check: GateCheck, facts: GateFacts) -> Finding:
    """None is overdue, and at most a part `late_max` of the last 30 days' reviews was decided after it was due."""
    queue, limit = facts.queue, float(check.told["late_max"])
    if not queue.n:
        return Finding(check.id, Verdict.NOT_APPLICABLE, f"no case waited for a person in the last {QUEUE_DAYS} days")
    words = (
        f"of {queue.n:,} reviews in {QUEUE_DAYS} days {queue.late:,} were decided late, {queue.overdue:,} are overdue"
    )
    kept = queue.overdue == 0 and queue.late <= limit * queue.n
    return Finding(check.id, Verdict.PASSED if kept else Verdict.FAILED, f"{words}; late at most {percent(limit)}")


def captured(check: GateCheck, facts: GateFacts) -> Finding:
    """What people decided on cases is put on record, and lately."""
    days = facts.definition.rollout.evidence_days
    if facts.captured_at is None:
        return Finding(check.id, Verdict.INCONCLUSIVE, "no decision of a person on a case is on record")
    if facts.now - moment(facts.captured_at) > dt.timedelta(days=days):
        return Finding(check.id, Verdict.INCONCLUSIVE, f"the last one on record is older than {days} days")
    return Finding(check.id, Verdict.PASSED, f"the last one was recorded at {facts.captured_at}")


def never_asked(check: GateCheck, facts: GateFacts) -> Finding:
    """Stands for what the gate engine answers itself."""
    del facts
    raise ValueError(f"'{check.probe}' is answered by the gate engine")
