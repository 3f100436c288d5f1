"""What a stop would reach at this moment: effects at work or in doubt, and approvals that wait to be carried out."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import lease_is_live
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading
from interlock.terms.intent import Intent, IntentState, scopes_of
from interlock.terms.kill import GLOBAL


@dataclass(frozen=True, slots=True)
class Reach:
    """`in_flight` are at work under a live lease, `in_doubt` nobody can answer for, `approved` wait to be done."""

    in_flight: tuple[Intent, ...]
    in_doubt: tuple[Intent, ...]
    approved: tuple[ReviewRow, ...]


def reach_of(reading: Reading, scope: str, *, now: dt.datetime) -> Reach:
    """What is under the scope; only the few cases that are unsettled are read. Raises BadInput for no scope."""
    at_work = [i for state in (IntentState.EXECUTING, IntentState.UNDOING) for i in reading.intents(scope, state=state)]
    in_doubt = list(reading.intents(scope, state=IntentState.IN_DOUBT))
    return Reach(
        tuple(one for one in at_work if lease_is_live(one, now=now)),
        (*in_doubt, *(one for one in at_work if not lease_is_live(one, now=now))),
        tuple(row for row in reading.approved(stamp(now)) if _is_under(reading, row, scope)),
    )


def _is_under(reading: Reading, row: ReviewRow, scope: str) -> bool:
    kind = scope.partition(":")[0]
    if scope == GLOBAL or kind == "workflow":
        return scope in scopes_of(row.workflow)
    made = reading.decision(row.key)
    told = {} if made is None else made.inputs.get("proposal", {})
    definition = None if kind != "action" else reading.workflow(row.workflow)
    action = None if definition is None else definition.definition["effect"].get("action_class")
    named = scopes_of(row.workflow, tenant=told.get("tenant"), segment=told.get("segment"), action=action)
    return scope in named
