"""Carry out an admitted intent: the effect, then its receipt. What cannot be known is listed as in doubt."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from interlock.engine.ledger.canonical import Encoded, canonical, encoded
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import Admitted
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.action.wish import NONCE_BYTES
from interlock.flows.ledger.record import PAYLOAD_BYTES_MAX, written
from interlock.flows.review.open import due_at
from interlock.ports.effects import NotApplied, Target
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.ledger import NewEntry
from interlock.terms.review import ReviewKind

WORDS_MAX = 2_000
STATE_BYTES_MAX = PAYLOAD_BYTES_MAX - 1024  # beside it stand a nonce and what the caller hands over


def committing(rt: RunTime, target: Target, workflow: str, admitted: Admitted) -> Flow[IntentState]:
    """Run the effect of an intent that is already durable, and record how it ended.

    NotApplied from the target means that nothing happened there: the case goes to a person. Any other exception, and an
    answer that cannot be recorded, means that nobody knows: the intent is in doubt and is never retried by itself. A
    receipt that comes when the case was recorded as not applied, or was undone, brings it before a person.
    """
    effect = admitted.effect
    if effect is None:
        raise ValueError("nothing was admitted that could be carried out")
    try:
        receipt = recordable((yield OnTarget(partial(target.apply, effect))))
        late = partial(_answered_late, rt, workflow, effect, receipt, admitted)
        settle = partial(completed, rt, workflow, effect, receipt, audited=admitted.decision.audited)
        state = IntentState.DONE
    except NotApplied as exc:
        settle, state = partial(ended, rt, workflow, effect, IntentState.FAILED, words_of(exc)), IntentState.FAILED
    except Exception as exc:  # noqa: BLE001 - a target may raise anything, and then its state is unknown
        reason = f"{type(exc).__name__}: {words_of(exc)}"
        settle, state = partial(ended, rt, workflow, effect, IntentState.IN_DOUBT, reason), IntentState.IN_DOUBT
    try:
        settled = yield InStore(partial(settle, admitted))
    except Unavailable as exc:
        raise _not_recorded(effect, state, exc) from exc
    if not settled and state is IntentState.DONE:
        yield InStore(late)
    return state


def _not_recorded(effect: Effect, state: IntentState, exc: Unavailable) -> Unavailable:
    return Unavailable(
        f"the effect of case '{effect.case_key}' ended as {state.replace('_', ' ')}, and that could not be recorded: "
        f"{exc} It stands as executing until its lease ends; then `interlock recover` finds it."
    )


def state_before(target: Target, effect: Effect) -> Flow[Encoded | None]:
    """The target's state before an effect; None where it cannot be read or kept, and then nothing is applied."""
    try:
        raw = canonical(dict((yield OnTarget(partial(target.read, effect)))))
    except Exception:  # noqa: BLE001 - a target may raise anything; unknown means a person decides
        return None
    return Encoded(raw) if len(raw) <= STATE_BYTES_MAX else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as the ledger keeps it: its reference, and the state after the effect as written."""

    reference: str
    after: Encoded


def recordable(receipt: Receipt) -> Kept:
    """The receipt as the ledger can keep it; raises ValueError, TypeError or AttributeError where it cannot."""
    reference = str(receipt.reference)
    reference.encode()
    return Kept(reference, encoded(dict(receipt.after)))


def words_of(exc: Exception) -> str:
    """What an exception says, in characters that can be recorded; the start of it where it is long."""
    try:
        words = str(exc)
    except Exception:  # noqa: BLE001 - an exception that cannot say itself must not hide how the effect ended
        words = "it cannot be put into words"
    return words.encode("utf-8", "backslashreplace").decode()[:WORDS_MAX]


def completed(
    rt: RunTime, workflow: str, effect: Effect, receipt: Kept, admitted: Admitted | None, *, audited: bool
) -> bool:
    """Record a receipt; whether the intent was still unsettled. Raises Unavailable where the store cannot be written.

    An answer that is too large to be kept is kept without the state after the effect: only a person can undo it then.
    """
    now = rt.clock()
    body: dict[str, Any] = {"workflow": workflow, "key": effect.case_key}
    if audited:
        body["audit_due_at"] = _due(rt, workflow, ReviewKind.AUDIT, now)
    entry = _with_receipt(rt, "intent.completed", body, receipt, now)
    # A lazy commit is enough: if it is lost, the intent is still executing, and in doubt once its lease has ended.
    return rt.journal.settle(entry, admitted.admission if admitted else None, durable=False)


def ended(
    rt: RunTime, workflow: str, effect: Effect, state: IntentState, reason: str, admitted: Admitted | None
) -> bool:
    """Record that an intent failed (what it took from running limits is given back) or is in doubt."""
    now = rt.clock()
    body: dict[str, Any] = {
        "workflow": workflow,
        "key": effect.case_key,
        "reason": reason,
        "review_due_at": _due(rt, workflow, ReviewKind.DECISION, now),
    }
    if state is IntentState.FAILED and admitted is not None and admitted.reserved:
        body["reserved"] = [{"counter": one.counter, "amount": one.amount} for one in admitted.reserved]
    entry = written(f"intent.{state}", body, at=stamp(now))
    return rt.journal.settle(entry, admitted.admission if admitted else None, durable=True)


def _answered_late(rt: RunTime, workflow: str, effect: Effect, receipt: Kept, admitted: Admitted) -> None:
    """The lease had ended and somebody else settled the case. Where that says otherwise, a person must know."""
    now = rt.clock()

    def work(tx: Transaction) -> None:
        state = tx.intent_state(effect.case_key)
        if state is IntentState.DONE:
            return
        reason = f"the effect was applied after all, when the case was recorded as {state}"
        body: dict[str, Any] = {
            "workflow": workflow,
            "key": effect.case_key,
            "reason": reason,
            "review_due_at": _due(rt, workflow, ReviewKind.DECISION, now),
        }
        if state is IntentState.FAILED and admitted.reserved:
            body["reserved"] = [{"counter": one.counter, "amount": one.amount} for one in admitted.reserved]
        tx.append(_with_receipt(rt, "intent.answered_late", body, receipt, now))

    rt.store.run(work)


def _with_receipt(rt: RunTime, kind: str, body: dict[str, Any], receipt: Kept, now: dt.datetime) -> NewEntry:
    """The entry with the state after the effect; where that is too large, without it and with the receipt's start."""
    payload = {"nonce": rt.randomness(NONCE_BYTES).hex(), "after": receipt.after}
    try:
        return written(kind, {**body, "receipt": receipt.reference}, at=stamp(now), payload=payload, numbers=())
    except BadInput:
        return written(kind, {**body, "receipt": receipt.reference[:WORDS_MAX]}, at=stamp(now))


def _due(rt: RunTime, workflow: str, kind: str, now: dt.datetime) -> str:
    return due_at(rt.standings.current(workflow).definition.review, kind, now)
