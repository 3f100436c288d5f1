"""What is verified, exported, proved and witnessed of a ledger is the same on every store, gaps or not."""

from collections.abc import Callable

import pytest

from interlock.adapters.signing.ed25519 import Ed25519
from interlock.engine.ledger.merkle import root_of
from interlock.flows.ledger.checkpoint import checkpoint
from interlock.flows.ledger.export import export
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.prove import check_proof, prove_consistency, prove_inclusion
from interlock.flows.ledger.record import record
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify, verify_entries, verify_export
from interlock.flows.ledger.witness import witness
from interlock.ports.store import Store, Transaction
from interlock.ports.tree import BATCH

AT = "2026-03-02T09:00:00.000000Z"
SIZE = 2 * BATCH + 40


def grow(store: Store, size: int, *, undone: int = 0) -> None:
    """Write entries, every third with a payload; `undone` are written and rolled back in between."""
    for _ in range(undone):
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            entry(tx, 0)
            raise ZeroDivisionError
    with store.transaction() as tx:
        for number in range(size):
            entry(tx, number)


def entry(tx: Transaction, number: int) -> None:
    payload = {"nonce": f"{number:032x}", "note": "é"} if number % 3 == 0 else None
    record(tx, "gate.judged", {"workflow": "triage", "number": number}, at=AT, payload=payload)


class InMemory:
    """A witness file in memory."""

    def __init__(self) -> None:
        self.content = ""

    def text(self) -> str:
        return self.content

    def append(self, text: str) -> None:
        self.content += text


def test_a_long_ledger_holds_with_its_roots_and_payloads(store: Store) -> None:
    grow(store, 10)
    grow(store, SIZE - 10, undone=3)
    found = verify(store)
    assert (found.faults, found.entries, found.unsealed) == ((), SIZE, 0)
    assert (found.payloads, found.payloads_gone) == (sum(1 for n in (*range(10), *range(SIZE - 10)) if n % 3 == 0), 0)
    with store.reading() as reading:
        assert [root.size for root in reading.batch_roots()] == [BATCH, 2 * BATCH]
        assert found.root == root_of(reading.head()).hex()


@pytest.mark.parametrize("payloads", [False, True])
def test_an_export_verifies_without_the_store(store: Store, payloads: bool) -> None:
    grow(store, 10)
    grow(store, SIZE - 10, undone=3)
    with sealed(store) as reading:
        lines = list(export(reading, payloads=payloads))
    found, stored = verify_export(lines), verify(store)
    assert (found.faults, found.entries, found.root) == ((), SIZE, stored.root)
    assert found.payloads == (stored.payloads if payloads else 0)


def test_every_entry_can_be_proved_and_so_can_growth(store: Store) -> None:
    grow(store, 10)
    grow(store, 20, undone=2)
    with sealed(store) as reading:
        indexes = [one.index for one in reading.entries()]
        assert all(check_proof(prove_inclusion(reading, index)) for index in indexes)
        assert all(check_proof(prove_consistency(reading, size)) for size in range(1, 31))


def test_what_was_witnessed_is_compared_while_the_ledger_grows(store: Store) -> None:
    file = InMemory()
    for step in range(4):
        grow(store, 100, undone=1)
        done = witness(store, file, signing=Ed25519())
        assert (done.check.faults, done.check.checkpoints) == ((), step)
        assert done.added is not None
        assert done.added.size == 100 * (step + 1)


def test_entries_that_are_not_sealed_yet_are_checked_and_counted(store: Store) -> None:
    grow(store, 5)
    with sealed(store) as reading:
        seen = checkpoint(reading)
    grow(store, 3)
    with store.reading() as reading:
        found = verify_entries(reading, kept=Kept((seen,)))
    assert (found.faults, found.checkpoints, found.entries + found.unsealed) == ((), 1, 8)
    assert verify(store).entries == 8


def test_a_store_without_entries_is_verified_exported_and_witnessed(open_store: Callable[[], Store]) -> None:
    store, file = open_store(), InMemory()
    assert (verify(store).faults, verify(store).entries) == ((), 0)
    with sealed(store) as reading:
        assert verify_export(export(reading)).holds
    assert witness(store, file, signing=Ed25519()).added is not None
    grow(store, 3)
    assert witness(store, file, signing=Ed25519()).check.checkpoints == 1
