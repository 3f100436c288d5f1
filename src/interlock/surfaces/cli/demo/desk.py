"""The system that the demonstration's workflow changes: a ticket desk in memory, which deduplicates by key."""

from collections.abc import Mapping
from typing import Any

from interlock.terms.intent import Effect, Receipt

INBOX = "inbox"


class TicketDesk:
    """Each case is in one queue; the same idempotency key never moves it twice."""

    def __init__(self) -> None:
        self._queues: dict[str, str] = {}
        self._receipts: dict[str, Receipt] = {}

    def read(self, effect: Effect) -> Mapping[str, Any]:
        """The queue that a case is in now."""
        return {"queue": self._queues.get(effect.case_key, INBOX)}

    def apply(self, effect: Effect) -> Receipt:
        """Move the case; its epoch fences out orders from before a kill, which this desk has no need to compare."""
        return self._move(effect.case_key, effect.label, effect.idempotency_key)

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        """Move the case back to where it was."""
        return self._move(effect.case_key, str(before["queue"]), effect.idempotency_key)

    def probe(self, effect: Effect) -> Receipt | None:
        """The receipt of an order that was carried out."""
        return self._receipts.get(effect.idempotency_key)

    def in_inbox(self, case_keys: tuple[str, ...]) -> int:
        """How many of the cases are (again) in the inbox."""
        return sum(self._queues.get(key, INBOX) == INBOX for key in case_keys)

    def _move(self, case_key: str, queue: str, idempotency_key: str) -> Receipt:
        if idempotency_key not in self._receipts:
            self._queues[case_key] = queue
            self._receipts[idempotency_key] = Receipt(f"desk-{len(self._receipts)}", {"queue": queue})
        return self._receipts[idempotency_key]
