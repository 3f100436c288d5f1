"""Hand a copy of the whole ledger to somebody: on record before the first line leaves."""

from collections.abc import Iterator

from interlock.engine.ledger.merkle import root_of
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.export import export
from interlock.flows.ledger.record import record
from interlock.flows.ledger.seal import sealed
from interlock.ports.clock import Clock
from interlock.ports.store import Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

EXPORTED = "ledger.exported"


def hand_over(store: Store, *, by: Person, clock: Clock) -> Iterator[bytes]:
    """The lines of the sealed ledger, streamed, without content that may be erased; that they were taken is in them.

    Raises BadInput for a blank name, and Unavailable where nothing can be recorded or the tree head is damaged: before
    anything is handed over.
    """
    if not known_as(by.name):
        raise BadInput("say who takes the copy: it is recorded")
    store.seal()
    with store.transaction() as tx:
        head = tx.head()
        body = {"entries": head.size, "root": root_of(head).hex(), "by": by.name, "authenticated": by.authenticated}
        record(tx, EXPORTED, body, at=stamp(clock()))
    return _lines(store)


def _lines(store: Store) -> Iterator[bytes]:
    with sealed(store) as reading:
        yield from export(reading)
