"""Put back what was applied. Allowed while halted; where the target has moved on, a person decides."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.admit import LEASE_S, open_review
from interlock.flows.action.commit import recordable, words_of
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.effects import Target
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class Undone:
    """Keys that were put back, and keys that wait for a person with the reason."""

    undone: tuple[str, ...]
    for_a_person: tuple[tuple[str, str], ...]


def undo(store: Store, target: Target, key: str, *, by: Person, clock: Clock) -> None:
    """Undo one applied case: an intent of its own before the effect, a receipt after it.

    An undo that was cut short (the case is still 'undoing') is gone on with, once its lease has ended. Raises BadInput
    where nothing is applied under the key, Refused where a person must decide (a review is opened).
    """
    with store.reading() as reading:
        intent = _to_be_undone(reading, key, clock())
        has_undo = next(iter(reading.entries(intent.entry, intent.entry + 1))).body.get("undo") is not None
    if not has_undo:
        raise _for_a_person(store, intent, "its effect was declared to have no undo", clock)
    _refuse_if_moved(store, target, intent, clock)
    with store.transaction() as tx:
        _to_be_undone(tx, key, clock())
        body = {"workflow": intent.workflow, "key": key, "by": by.name, "back_to": dict(intent.before)}
        record(tx, "undo.admitted", body, at=stamp(clock()))
    try:
        receipt = recordable(target.undo(key, intent.before, idempotency_key=f"undo:{key}"))
    except Exception as exc:  # a target may raise anything, and then nobody knows what it holds
        raise _for_a_person(store, intent, f"the undo failed: {type(exc).__name__}: {words_of(exc)}", clock) from exc
    with store.transaction(durable=False) as tx:
        body = {"workflow": intent.workflow, "key": key, "by": by.name, "receipt": receipt.reference}
        record(tx, "intent.undone", {**body, "after": receipt.after}, at=stamp(clock()))


def undo_since(store: Store, target: Target, workflow: str, *, since_entry: int, by: Person, clock: Clock) -> Undone:
    """Undo everything applied from a ledger entry on, newest first; goes on where one of them waits for a person."""
    scope = f"workflow:{workflow}"
    with store.reading() as reading:
        applied = [
            intent
            for state in (IntentState.DONE, IntentState.UNDOING)
            for intent in reading.intents(scope, state=state, since_entry=since_entry)
        ]
    undone, waiting = [], []
    for intent in sorted(applied, key=lambda intent: intent.entry, reverse=True):
        try:
            undo(store, target, intent.key, by=by, clock=clock)
            undone.append(intent.key)
        except (Refused, BadInput) as exc:
            waiting.append((intent.key, str(exc)))
    return Undone(tuple(undone), tuple(waiting))


def _to_be_undone(reading: Reading, key: str, now: dt.datetime) -> Intent:
    intent = reading.intent(key)
    if intent is None or intent.state not in {IntentState.DONE, IntentState.UNDOING}:
        raise BadInput(f"nothing that can be undone is applied under '{key}' ({intent.state if intent else 'unknown'})")
    if intent.state is IntentState.UNDOING:
        until = _lease_until(reading, intent)
        if until is not None and now < until:
            raise BadInput(f"'{key}' is being undone by somebody else; try again after {stamp(until)}")
    return intent


def _lease_until(reading: Reading, intent: Intent) -> dt.datetime | None:
    """Until when the last undo of an intent may still be at work; None where it is known to have ended."""
    begun = max(_entries_about(reading, "undo.admitted", intent), key=lambda entry: entry.index)
    ended = max((entry.index for entry in _entries_about(reading, "undo.refused", intent)), default=-1)
    return None if ended > begun.index else moment(begun.at) + dt.timedelta(seconds=LEASE_S)


def _entries_about(reading: Reading, kind: str, intent: Intent) -> Iterator[LedgerEntry]:
    return (entry for entry in reading.entries_of(kind, intent.workflow) if entry.body["key"] == intent.key)


def _refuse_if_moved(store: Store, target: Target, intent: Intent, clock: Clock) -> None:
    try:
        current = plain(dict(target.read(intent.key)))
    except Exception as exc:
        reason = f"the target cannot be read: {type(exc).__name__}: {words_of(exc)}"
        raise _for_a_person(store, intent, reason, clock) from exc
    # An undo that was cut short may have reached the target already.
    expected = [intent.after] if intent.state is IntentState.DONE else [intent.after, plain(dict(intent.before))]
    if current not in expected:
        reason = f"the target holds {current}, not {intent.after} as after the effect: somebody changed it since"
        raise _for_a_person(store, intent, reason, clock)


def _for_a_person(store: Store, intent: Intent, reason: str, clock: Clock) -> Refused:
    now = clock()
    with store.transaction() as tx:
        body = {"workflow": intent.workflow, "key": intent.key, "reason": reason}
        record(tx, "undo.refused", body, at=stamp(now))
        open_review(tx, intent.workflow, intent.key, "undo", now)
    return Refused(f"'{intent.key}' was not undone: {reason}")
