"""Put back what was applied. Allowed while halted; where the target has moved on, a person decides."""

from dataclasses import dataclass

from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import open_review
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.effects import Target
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Intent, IntentState
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class Undone:
    """Keys that were put back, and keys that wait for a person with the reason."""

    undone: tuple[str, ...]
    for_a_person: tuple[tuple[str, str], ...]


def undo(store: Store, target: Target, key: str, *, by: Person, clock: Clock) -> None:
    """Undo one applied case: an intent of its own before the effect, a receipt after it.

    Raises BadInput where nothing is applied under the key, Refused where a person must decide (a review is opened).
    """
    with store.reading() as reading:
        intent = reading.intent(key)
    if intent is None or intent.state is not IntentState.DONE:
        raise BadInput(f"nothing that can be undone is applied under '{key}' ({intent.state if intent else 'unknown'})")
    _refuse_if_moved(store, target, intent, clock)
    with store.transaction() as tx:
        now_held = tx.intent(key)
        if now_held is None or now_held.state is not IntentState.DONE:
            raise BadInput(f"'{key}' is being undone by somebody else")
        body = {"workflow": intent.workflow, "key": key, "by": by.name, "back_to": dict(intent.before)}
        record(tx, "undo.admitted", body, at=stamp(clock()))
    receipt = target.undo(key, intent.before, idempotency_key=f"undo:{key}")
    with store.transaction(durable=False) as tx:
        body = {"workflow": intent.workflow, "key": key, "by": by.name, "receipt": receipt.reference}
        record(tx, "intent.undone", {**body, "after": dict(receipt.after)}, at=stamp(clock()))


def undo_since(store: Store, target: Target, workflow: str, *, since_entry: int, by: Person, clock: Clock) -> Undone:
    """Undo everything applied from a ledger entry on, newest first."""
    with store.reading() as reading:
        applied = reading.intents(f"workflow:{workflow}", state=IntentState.DONE, since_entry=since_entry)
    undone, waiting = [], []
    for intent in reversed(applied):
        try:
            undo(store, target, intent.key, by=by, clock=clock)
            undone.append(intent.key)
        except Refused as exc:
            waiting.append((intent.key, str(exc)))
    return Undone(tuple(undone), tuple(waiting))


def _refuse_if_moved(store: Store, target: Target, intent: Intent, clock: Clock) -> None:
    current = plain(dict(target.read(intent.key)))
    if current == intent.after:
        return
    now = clock()
    reason = f"the target holds {current}, not {intent.after} as after the effect: somebody changed it since"
    with store.transaction() as tx:
        body = {"workflow": intent.workflow, "key": intent.key, "reason": reason}
        record(tx, "undo.refused", body, at=stamp(now))
        open_review(tx, intent.workflow, intent.key, "undo", now)
    raise Refused(f"'{intent.key}' was not undone: {reason}")
