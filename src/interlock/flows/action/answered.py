"""The answer to an effect that this process knows nothing of: it was admitted by one that is gone."""

from functools import partial

from interlock.flows.action.admit import Admitted
from interlock.flows.action.commit import committing
from interlock.flows.action.lost import lost_of
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore
from interlock.ports.effects import Target
from interlock.terms.decision import Decision, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import IntentState


def answering(rt: RunTime, target: Target, key: str, *, held_by: str) -> Flow[tuple[Decision, IntentState]]:
    """Settle an admitted intent with what `target` answers for it, as if its own flow went on. The steps.

    `held_by` begins the name of its holder: nobody answers for another one's effects. Raises Unavailable where there is
    no such intent, or somebody else has taken it over.
    """
    workflow, forgotten = yield InStore(partial(_admitted, rt, key, held_by))
    state = yield from committing(rt, target, workflow, forgotten)
    return forgotten.decision, state


def _admitted(rt: RunTime, key: str, held_by: str) -> tuple[str, Admitted]:
    with rt.store.reading() as reading:
        intent, row = reading.intent(key), reading.decision(key)
        lost = None if intent is None or not intent.owner.startswith(held_by) else lost_of(reading, intent)
    if lost is None or lost.effect is None or row is None:
        raise Unavailable(f"no effect under '{key}' waits for this answer; what became of it: `interlock trace`")
    decision = Decision(Verb(row.verb), row.reasons, lost.audited)
    return lost.intent.workflow, Admitted(decision, lost.effect, reserved=lost.reserved)
