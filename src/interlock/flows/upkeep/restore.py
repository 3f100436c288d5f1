"""A store comes back from a backup: on record, and halted until a named person has looked at it."""

from interlock.engine.ledger.merkle import root_of
from interlock.engine.rollout.people import known_as
from interlock.flows.ledger.record import record
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

SCOPE = "global"
REASON = "restored from a backup: what was done after it is not known here"


def note_restored(tx: Transaction, *, by: Person, reason: str, at: str) -> None:
    """Record the restoring, end every lease, and halt everything.

    What was decided, applied or killed after the backup is not in it: its keys would be decided and applied again.
    Somebody must find out, and then resume. Raises BadInput where the person or the reason is blank.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who you are and why the store is restored: --as NAME --reason TEXT")
    tx.fence()
    head, newest = tx.head(), tx.newest_at()
    now = max(at, newest or at)  # a clock that is behind must not end leases in the past
    body = {"entries": head.size, "root": root_of(head).hex(), "by": by.name, "authenticated": by.authenticated}
    record(tx, "store.restored", {**body, "reason": reason}, at=now)
    halt = {"scope": SCOPE, "epoch": tx.epoch(SCOPE) + 1, "halted": 1, "by": by.name, "reason": f"{REASON} ({reason})"}
    record(tx, "kill.fenced", halt, at=now)
