"""Put back what was applied. Allowed while halted; where the target has moved on, a person decides."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from interlock.engine.ledger.canonical import encoded, plain
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.admit import LEASE_S
from interlock.flows.action.commit import Kept, recordable, words_of
from interlock.flows.action.lost import target_kind
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, OnTarget, run
from interlock.flows.action.wish import NONCE_BYTES
from interlock.flows.erasure.told import erased_words
from interlock.flows.ledger.record import record, written
from interlock.flows.review.open import open_review
from interlock.ports.effects import Target
from interlock.ports.store import Reading, Transaction
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Effect, Intent, IntentState
from interlock.terms.person import Person
from interlock.terms.workflow import TargetKind


@dataclass(frozen=True, slots=True)
class Undone:
    """Keys that were put back, and keys that wait for a person with the reason."""

    undone: tuple[str, ...]
    for_a_person: tuple[tuple[str, str], ...]


def undoing(rt: RunTime, target: Target, key: str, *, by: Person) -> Flow[None]:
    """Undo one applied case: an intent of its own before the effect, a receipt after it. The steps, for either driver.

    An undo that was cut short (the case is still 'undoing') is gone on with, once its lease has ended. Raises BadInput
    where nothing is applied under the key, Refused where a person must decide (a review is opened).
    """
    intent, effect, kind = yield InStore(partial(_found, rt, key))
    if intent.undo is None:
        raise (yield InStore(partial(_for_a_person, rt, intent, "its effect was declared to have no undo")))
    if intent.before is None or intent.after is None:
        reason = yield InStore(partial(_why_gone, rt, key))
        raise (yield InStore(partial(_for_a_person, rt, intent, reason)))
    seen = yield from _seen(target, intent, effect, kind)
    if isinstance(seen, str):
        raise (yield InStore(partial(_for_a_person, rt, intent, seen)))
    # A kill waits for it as for any effect.
    held = rt.drain.hold(intent.scopes)
    yield InStore(held.__enter__)
    try:
        yield from _put_back(rt, target, intent, effect, by, seen)
    finally:
        _let_go(held)


def undo(rt: RunTime, target: Target, key: str, *, by: Person) -> None:
    """`undoing`, driven in this thread."""
    run(undoing(rt, target, key, by=by))


def undo_since(rt: RunTime, target: Target, workflow: str, *, since_entry: int, by: Person) -> Undone:
    """Undo everything applied from a ledger entry on, newest first; goes on where one of them waits for a person."""
    scope = f"workflow:{workflow}"
    with rt.store.reading() as reading:
        applied = [
            (intent.entry, intent.key)
            for state in (IntentState.DONE, IntentState.UNDOING)
            for intent in reading.intents(scope, state=state, since_entry=since_entry)
        ]
    return undo_all(rt, target, [key for _, key in sorted(applied, reverse=True)], by=by)


def undo_all(rt: RunTime, target: Target, keys: Iterable[str], *, by: Person) -> Undone:
    """Undo these in the order given; goes on where one of them waits for a person."""
    undone, waiting = [], []
    for key in keys:
        try:
            undo(rt, target, key, by=by)
            undone.append(key)
        except (Refused, BadInput) as exc:
            waiting.append((key, str(exc)))
    return Undone(tuple(undone), tuple(waiting))


def effect_to_undo(intent: Intent, payload: Mapping[str, Any], proposal: Mapping[str, Any]) -> Effect:
    """The effect of a recorded intent, as its target was asked for it."""
    return Effect(
        case_key=intent.key,
        label=intent.label,
        idempotency_key=intent.key,
        epoch=intent.epoch,
        target=payload.get("target"),
        amount_cents=proposal.get("amount_cents"),
        items=proposal.get("items", 1),
        facts=payload.get("facts", {}),
        arguments=payload.get("arguments", {}),
    )


def recorded_effect(reading: Reading, intent: Intent) -> Effect:
    """The same, read from the store."""
    row = reading.decision(intent.key)
    proposal = row.inputs.get("proposal", {}) if row else {}
    return effect_to_undo(intent, (row.payload if row else None) or {}, proposal)


def _why_gone(rt: RunTime, key: str) -> str:
    with rt.store.reading() as reading:
        erased = erased_words(reading, reading.decision(key))
    return f"the state before or after it is not kept any more{erased and ': '}{erased}"


def _found(rt: RunTime, key: str) -> tuple[Intent, Effect, TargetKind]:
    with rt.store.reading() as reading:
        intent = _to_be_undone(reading, key, rt.clock())
        return intent, recorded_effect(reading, intent), target_kind(reading, intent)


def _to_be_undone(reading: Reading, key: str, now: dt.datetime) -> Intent:
    intent = reading.intent(key)
    if intent is None or intent.state not in {IntentState.DONE, IntentState.UNDOING}:
        raise BadInput(f"nothing that can be undone is applied under '{key}' ({intent.state if intent else 'unknown'})")
    if intent.state is IntentState.UNDOING and now < moment(intent.lease_until):
        raise BadInput(f"'{key}' is being undone by somebody else; try again after {intent.lease_until}")
    return intent


@dataclass(frozen=True, slots=True)
class _Seen:
    """The target as it may be undone; `reached`: an undo that was cut short has put it back already."""

    state: Mapping[str, Any]
    reached: bool


def _seen(target: Target, intent: Intent, effect: Effect, kind: TargetKind) -> Flow[_Seen | str]:
    """The target where it is as the effect, or an undo that was cut short, left it; otherwise why it is left alone."""
    try:
        current = plain(dict((yield OnTarget(partial(target.read, effect)))))
    except Exception as exc:  # noqa: BLE001 - a target may raise anything
        return f"the target cannot be read: {type(exc).__name__}: {words_of(exc)}"
    cut_short = intent.state is IntentState.UNDOING
    if cut_short and kind is not TargetKind.IDEMPOTENT:
        # One that does not deduplicate must not be sent it twice.
        if intent.before == intent.after:
            return "an undo was cut short, and the target does not show whether it got there"
        if current == intent.before:
            return _Seen(current, reached=True)
    if current == intent.after or (cut_short and current == intent.before):
        return _Seen(current, reached=False)
    return f"the target holds {current}, not {intent.after} as after the effect: somebody changed it since"


def _put_back(rt: RunTime, target: Target, intent: Intent, effect: Effect, by: Person, seen: _Seen) -> Flow[None]:
    lease_until = yield InStore(partial(_admit_undo, rt, intent, by))
    if seen.reached:
        kept = Kept("found put back", encoded(seen.state))
        yield InStore(partial(_record_undone, rt, intent, kept, by))
        return
    try:
        back = Effect(**{**_fields(effect), "idempotency_key": f"undo:{intent.key}"})
        receipt = recordable((yield OnTarget(partial(target.undo, back, intent.before or {}))))
    except Exception as exc:
        reason = f"the undo failed: {type(exc).__name__}: {words_of(exc)}"
        refused = yield InStore(partial(_for_a_person, rt, intent, reason, lease_until))
        raise refused from exc  # a target may raise anything, and then nobody knows what it holds
    yield InStore(partial(_record_undone, rt, intent, receipt, by))


def _fields(effect: Effect) -> dict[str, Any]:
    return {name: getattr(effect, name) for name in Effect.__dataclass_fields__}


def _admit_undo(rt: RunTime, intent: Intent, by: Person) -> str:
    """Until when nobody else may undo it. Raises BadInput where somebody else does, or did."""
    now = rt.clock()
    lease_until = stamp(now + dt.timedelta(seconds=LEASE_S))

    def work(tx: Transaction) -> None:
        _to_be_undone(tx, intent.key, now)
        if erased := erased_words(tx, tx.decision(intent.key)):  # since it was read
            raise BadInput(f"'{intent.key}' cannot be undone any more: its content was {erased}")
        body = {
            "workflow": intent.workflow,
            "key": intent.key,
            "by": by.name,
            "owner": rt.owner,
            "lease_until": lease_until,
        }
        record(tx, "undo.admitted", body, at=stamp(now))

    rt.store.run(work)
    return lease_until


def _record_undone(rt: RunTime, intent: Intent, receipt: Kept, by: Person) -> None:
    body = {"workflow": intent.workflow, "key": intent.key, "by": by.name, "receipt": receipt.reference}
    payload = {"nonce": rt.randomness(NONCE_BYTES).hex(), "after": receipt.after}
    entry = written("intent.undone", body, at=stamp(rt.clock()), payload=payload, numbers=())
    rt.store.run(lambda tx: tx.append(entry), durable=False)


def _for_a_person(rt: RunTime, intent: Intent, reason: str, lease_until: str | None = None) -> Refused:
    """The refusal, on record. `lease_until` is the lease of the undo that failed, None where none was admitted.

    Raises BadInput where somebody else has begun or finished an undo meanwhile: what was seen says nothing then, and a
    refusal on record would end the other one's lease.
    """
    now = rt.clock()

    def work(tx: Transaction) -> None:
        if lease_until is None:
            _to_be_undone(tx, intent.key, now)
        body = {"workflow": intent.workflow, "key": intent.key, "reason": reason}
        if lease_until is None or _is_held(tx, intent.key, lease_until):
            record(tx, "undo.refused", body, at=stamp(now))
        open_review(tx, intent.workflow, intent.key, "undo", now)

    rt.store.run(work)
    return Refused(f"'{intent.key}' was not undone: {reason}")


def _is_held(tx: Transaction, key: str, lease_until: str) -> bool:
    intent = tx.intent(key)
    return intent is not None and (intent.state, intent.lease_until) == (IntentState.UNDOING, lease_until)


def _let_go(held: AbstractContextManager[None]) -> None:
    held.__exit__(None, None, None)
