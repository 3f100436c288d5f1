"""Proofs that are handed out with a ledger, and checked by somebody who has only the proof."""

import json
from typing import Any

import pytest

from governed import House
from interlock.flows.ledger.verify import (
    check_proof,
    checkpoint,
    export,
    prove_consistency,
    prove_inclusion,
    verify_export,
    verify_store,
)
from interlock.terms.errors import BadInput


@pytest.fixture
def some(house: House) -> House:
    house.define()
    house.certificate()
    house.shadow(9)
    return house


def test_every_entry_has_a_proof_that_holds(some: House) -> None:
    with some.store.reading() as reading:
        size = reading.head().size
        for index in range(size):
            proof = json.loads(json.dumps(prove_inclusion(reading, index)))
            assert check_proof(proof)
            assert json.loads(proof["record"])["index"] == index
            assert not check_proof({**proof, "record": proof["record"].replace("Z", "X", 1)})
            assert not check_proof({**proof, "entry": (index + 1) % size})
            assert not check_proof({**proof, "root": "00" * 32})
            assert not check_proof({**proof, "proof": proof["proof"][:-1]})


def test_every_earlier_state_has_a_proof_that_it_only_grew(some: House) -> None:
    with some.store.reading() as reading:
        size = reading.head().size
        for old in range(1, size + 1):
            proof = prove_consistency(reading, old)
            assert check_proof(proof)
            if old < size:
                assert not check_proof({**proof, "old_root": "00" * 32})
                assert not check_proof({**proof, "old_entries": old + 1})


@pytest.mark.parametrize("index", [-1, 10**6])
def test_what_is_not_there_has_no_proof(some: House, index: int) -> None:
    with some.store.reading() as reading:
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


def test_an_export_is_verified_without_its_store_and_still_begins_with_the_checkpoint(some: House) -> None:
    with some.store.reading() as reading:
        seen = checkpoint(reading)
    some.shadow(3)
    with some.store.reading() as reading:
        lines = list(export(reading))
        assert verify_store(reading, checkpoint=seen).holds
        now = checkpoint(reading)
    found = verify_export(lines, checkpoint=seen)
    assert (found.faults, found.entries, found.root) == ((), now["entries"], now["root"])
    assert not verify_export(lines, checkpoint={**seen, "root": now["root"]}).holds
