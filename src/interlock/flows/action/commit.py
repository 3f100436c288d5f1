"""Carry out an admitted intent: the effect, then its receipt. What cannot be known is listed as in doubt."""

from interlock.engine.ledger.canonical import canonical
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import open_review
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.effects import NotApplied, Target
from interlock.ports.store import Store
from interlock.terms.intent import Intent, IntentState, Receipt

WORDS_MAX = 2_000


def commit(store: Store, target: Target, intent: Intent, *, audited: bool, clock: Clock) -> IntentState:
    """Run the effect of an intent that is already durable, and record how it ended.

    NotApplied from the target means that nothing happened there: the case goes to a person. Any other exception, and an
    answer that cannot be recorded, means that nobody knows: the intent is in doubt and is never retried by itself.
    """
    try:
        receipt = recordable(target.apply(intent.key, intent.label, idempotency_key=intent.key, epoch=intent.epoch))
    except NotApplied as exc:
        return _ended(store, intent, IntentState.FAILED, words_of(exc), clock)
    except Exception as exc:  # noqa: BLE001 - a target may raise anything, and then its state is unknown
        return _ended(store, intent, IntentState.IN_DOUBT, f"{type(exc).__name__}: {words_of(exc)}", clock)
    _completed(store, intent, receipt, audited=audited, clock=clock)
    return IntentState.DONE


def recordable(receipt: Receipt) -> Receipt:
    """The receipt as the ledger can keep it; raises ValueError, TypeError or AttributeError where it cannot."""
    kept = Receipt(str(receipt.reference), dict(receipt.after))
    canonical([kept.reference, kept.after])
    return kept


def words_of(exc: Exception) -> str:
    """What an exception says, in characters that can be recorded; the start of it where it is long."""
    return str(exc).encode("utf-8", "backslashreplace").decode()[:WORDS_MAX]


def _completed(store: Store, intent: Intent, receipt: Receipt, *, audited: bool, clock: Clock) -> None:
    now = clock()
    body = {
        "workflow": intent.workflow,
        "key": intent.key,
        "receipt": receipt.reference,
        "after": receipt.after,
    }
    # A lazy commit is enough: if it is lost, the intent is still executing, and in doubt once its lease has ended.
    with store.transaction(durable=False) as tx:
        record(tx, "intent.completed", body, at=stamp(now))
        if audited:
            open_review(tx, intent.workflow, intent.key, "audit", now)


def _ended(store: Store, intent: Intent, state: IntentState, reason: str, clock: Clock) -> IntentState:
    now = clock()
    body = {"workflow": intent.workflow, "key": intent.key, "reason": reason}
    with store.transaction() as tx:
        record(tx, f"intent.{state}", body, at=stamp(now))
        open_review(tx, intent.workflow, intent.key, "decision", now)
    return state
