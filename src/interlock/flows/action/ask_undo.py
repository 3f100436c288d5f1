"""A person asks for an effect to be put back: a case for the queue, as only its application reaches the target."""

from interlock.engine.rollout.people import known_as
from interlock.flows.review.open import open_review
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import IntentState
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind


def ask_undo(store: Store, key: str, *, by: Person, reason: str, clock: Clock) -> None:
    """Put an applied case before people, to be undone: on record with who asks, and why.

    Raises BadInput where the name or the reason is blank, nothing that has an undo is applied under the key, or it
    waits for that already.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say why it is to be undone: it is recorded")

    def work(tx: Transaction) -> None:
        intent = tx.intent(key)
        if intent is None or intent.state is not IntentState.DONE:
            state = "unknown" if intent is None else intent.state
            raise BadInput(f"nothing that can be undone is applied under '{key}' ({state})")
        if intent.undo is None:
            raise BadInput(f"the effect of '{key}' was declared to have no undo")
        review = tx.hold_review(key, ReviewKind.UNDO)
        if review is not None and review.closed_at is None:
            raise BadInput(f"'{key}' waits to be undone already, until {review.due_at}")
        facts = {"by": by.name, "authenticated": by.authenticated, "reason": reason.strip()}
        open_review(tx, intent.workflow, key, ReviewKind.UNDO, clock(), facts=facts)

    store.run(work)
