"""Proofs that are handed out with a ledger, and checked by somebody who has only the proof."""

import json
from dataclasses import replace
from typing import Any

import pytest

from governed import House
from interlock.engine.ledger.merkle import leaf_hash
from interlock.flows.ledger.checkpoint import checkpoint
from interlock.flows.ledger.export import export
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.prove import check_proof, prove_consistency, prove_inclusion
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_export, verify_store
from interlock.terms.errors import BadInput, Unavailable
from made_ledger import MadeLedger, made


@pytest.fixture
def some(house: House) -> House:
    house.define()
    house.certificate()
    house.shadow(9)
    return house


def test_every_entry_has_a_proof_that_holds(some: House) -> None:
    with sealed(some.store) as reading:
        size = reading.head().size
        for index in range(size):
            proof = json.loads(json.dumps(prove_inclusion(reading, index)))
            assert check_proof(proof)
            assert proof["entry"] == index
            (entry,) = reading.entries(index, index + 1)
            assert leaf_hash(proof["record"].encode()) == entry.leaf
            assert not check_proof({**proof, "record": proof["record"].replace("Z", "X", 1)})
            assert not check_proof({**proof, "entry": (index + 1) % size})
            assert not check_proof({**proof, "root": "00" * 32})
            assert not check_proof({**proof, "proof": proof["proof"][:-1]})


def test_every_earlier_state_has_a_proof_that_it_only_grew(some: House) -> None:
    with sealed(some.store) as reading:
        size = reading.head().size
        for old in range(1, size + 1):
            proof = prove_consistency(reading, old)
            assert check_proof(proof)
            if old < size:
                assert not check_proof({**proof, "old_root": "00" * 32})
                assert not check_proof({**proof, "old_entries": old + 1})


@pytest.mark.parametrize("index", [-1, 10**6])
def test_what_is_not_there_has_no_proof(some: House, index: int) -> None:
    with sealed(some.store) as reading:
        with pytest.raises(BadInput, match="there is no entry"):
            prove_inclusion(reading, index)
        with pytest.raises(BadInput, match="it cannot be compared"):
            prove_consistency(reading, index)


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"kind": "inclusion"},
        {"kind": "inclusion", "proof": [], "root": "00", "record": 1, "entry": 0, "entries": 1},
        {"kind": "inclusion", "proof": ["zz"], "root": "00", "record": "", "entry": 0, "entries": 1},
        {"kind": "inclusion", "proof": ["00"], "root": "00", "record": "", "entry": "0", "entries": 1},
        {"kind": "inclusion", "proof": ["00"], "root": "00", "record": "", "entry": 0.5, "entries": 2},
        {"kind": "consistency", "proof": [], "root": "00"},
        {"kind": "consistency", "proof": None, "root": "00"},
        {"kind": "other", "proof": [], "root": "00"},
        {"kind": "inclusion", "proof": [], "root": "00", "record": "\ud800", "entry": 0, "entries": 1},
    ],
)
def test_what_is_no_proof_is_refused(proof: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="this is not a proof of an Interlock ledger"):
        check_proof(proof)


def test_where_indexes_have_gaps_a_proof_names_both_numbers() -> None:
    ledger = made(20, gaps=(0, 5, 6))
    for position, entry in enumerate(ledger.kept):
        proof = prove_inclusion(ledger.reading(), entry.index)
        assert check_proof(proof)
        assert (proof["entry"], proof["index"]) == (position, entry.index)
    with pytest.raises(BadInput, match="there is no entry 5: the ledger holds 20 entries, the last one is 22"):
        prove_inclusion(ledger.reading(), 5)


def test_nothing_is_proved_of_what_is_not_sealed_or_was_changed() -> None:
    with pytest.raises(BadInput, match="there is no entry 18"):
        prove_inclusion(made(20, unsealed=3).reading(), 18)
    changed: MadeLedger = made(20)
    changed.change(7, old=b"Ana", new=b"Eva", leaf=True)
    for prove in (prove_inclusion, prove_consistency):
        with pytest.raises(Unavailable, match="do not hash to the tree head"):
            prove(changed.reading(), 3)
    damaged = made(1)
    damaged.change(0, old=b"Ana", new=b"A\xffa", leaf=True)
    with pytest.raises(Unavailable):
        prove_inclusion(MadeLedger(damaged.kept).reading(), 0)


def test_an_export_is_verified_without_its_store_and_still_begins_with_the_checkpoint(some: House) -> None:
    with sealed(some.store) as reading:
        seen = checkpoint(reading)
    some.shadow(3)
    with sealed(some.store) as reading:
        lines = list(export(reading))
        assert verify_store(reading, kept=Kept((seen,))).holds
        now = checkpoint(reading)
    found = verify_export(lines, kept=Kept((seen,)))
    assert (found.faults, found.entries, found.root) == ((), now.size, now.root.hex())
    assert not verify_export(lines, kept=Kept((replace(seen, root=now.root),))).holds
