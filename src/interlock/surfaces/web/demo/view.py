"""Who there is in the sample, and what a visitor could do first in each role."""

from collections.abc import Iterable
from dataclasses import dataclass

from interlock.terms.access import Role
from interlock.terms.account import AccountRow

FIRST_STEPS = {
    Role.LEADER: "See where thirteen initiatives stand, and what the council has to decide this week.",
    Role.VALUE_OWNER: "Open message-triage, the workflow that is at work, and see what it earned and what it costs.",
    Role.SAFETY_OWNER: "Stop message-triage, watch what is in flight, and let it work again.",
    Role.REVIEWER: "Decide what waits in the queue: cases come in while you look.",
    Role.AUDITOR: "Ask of any decision why it could act, and verify the ledger.",
    Role.ADMINISTRATOR: "Give people roles; try a file of past decisions.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody whom a visitor can be."""

    name: str
    role: str
    words: str


def parts(rows: Iterable[AccountRow]) -> tuple[Part, ...]:
    """One for each account that is not closed, in the order in which they were made."""
    live = (row for row in rows if row.closed_at is None)
    return tuple(
        Part(
            row.name,
            ", ".join(str(held).replace("-", " ") for held in row.roles),
            " ".join(FIRST_STEPS.get(held.role, "") for held in row.roles),
        )
        for row in live
    )
