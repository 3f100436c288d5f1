"""Proofs for pages are the very ones that one pass over the whole ledger makes, on every store."""

import random

import pytest

from interlock.engine.ledger import blocks
from interlock.flows.ledger import quick_proof
from interlock.flows.ledger.prove import check_proof, prove_consistency, prove_inclusion
from interlock.flows.ledger.quick_proof import QuickProofs
from interlock.flows.ledger.record import record
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, Unavailable

AT = "2026-03-02T12:00:00.000000Z"


def _grow(store: Store, count: int) -> None:
    with store.transaction() as tx:
        for n in range(count):
            record(tx, "undo.refused", {"workflow": "triage", "key": f"k-{n}", "reason": "ключ"}, at=AT)
    store.seal()


def test_every_proof_is_the_one_of_the_command(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 8)
    monkeypatch.setattr(quick_proof, "BLOCK", 8)
    proofs, pick = QuickProofs(), random.Random(4)
    for more in (1, 6, 1, 8, 1, 23, 9, 15):
        _grow(store, more)
        with store.reading() as reading:
            while proofs.catch_up(reading, at_most=16):
                pass
            last = reading.head().last
            for index in {0, last, pick.randint(0, last), pick.randint(0, last)}:
                made = proofs.prove(reading, index)
                assert made == prove_inclusion(reading, index)
                assert check_proof(made)
            for old_size in {1, last + 1, pick.randint(1, last + 1), pick.randint(1, last + 1)}:
                grown = proofs.prove_growth(reading, old_size)
                assert grown == prove_consistency(reading, old_size)
                assert check_proof(grown)


def test_a_tree_that_is_not_added_up_yet_proves_nothing(store: Store) -> None:
    _grow(store, 600)
    proofs = QuickProofs()
    with store.reading() as reading:
        assert proofs.behind(reading) == 512
        with pytest.raises(Unavailable, match="still being added up"):
            proofs.prove(reading, 599)
        assert proofs.catch_up(reading, at_most=256) == 256
        assert proofs.catch_up(reading) == 0
        assert check_proof(proofs.prove(reading, 599))
        with pytest.raises(BadInput, match="entry 600 is not sealed"):
            proofs.prove(reading, 600)
        with pytest.raises(BadInput, match="cannot be compared with one of 601"):
            proofs.prove_growth(reading, 601)
