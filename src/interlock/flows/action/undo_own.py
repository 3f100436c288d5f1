"""Put back a case of one workflow, and of no other: what undoes it is that workflow's alone."""

from functools import partial

from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore
from interlock.flows.action.undo import undoing
from interlock.ports.effects import Target
from interlock.terms.errors import BadInput
from interlock.terms.person import Person


def undoing_own(rt: RunTime, target: Target, workflow: str, key: str, *, by: Person) -> Flow[None]:
    """`undoing`, of a case that this workflow decided. Raises BadInput for another's, and as `undoing`."""
    yield InStore(partial(_check_own, rt, workflow, key))
    yield from undoing(rt, target, key, by=by)


def _check_own(rt: RunTime, workflow: str, key: str) -> None:
    with rt.store.reading() as reading:
        row = reading.decision(key)
    if row is not None and row.workflow != workflow:
        # Its target would be read and put back by functions that were written for another one.
        raise BadInput(f"case '{key}' was decided by '{row.workflow}', not by '{workflow}': undo it there")
