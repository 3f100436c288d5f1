"""Take authority away: the run time does it by itself in the transaction of the outcome; a person may at any time."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

RUN_TIME = "run time"


def demote(store: Store, workflow: str, *, by: Person, reason: str, clock: Clock) -> bool:
    """End the grant; anybody named may. Returns whether there was one.

    Raises BadInput for an unknown workflow, and where no name or no reason is given.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who takes the authority away, and why: it is recorded")
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        if row.grant is None:
            return False
        demote_in(tx, workflow, release=row.release, by=by.name, reason=reason, facts={}, at=stamp(clock()))
        return True


def demote_in(
    tx: Transaction, workflow: str, *, release: str, by: str, reason: str, facts: Mapping[str, Any], at: str
) -> None:
    """The same inside a transaction that is already open."""
    body = {"workflow": workflow, "release": release, "cause": "demoted", "by": by, "reason": reason, **facts}
    record(tx, "grant.ended", body, at=at)
