"""Ledgers that were exported in the first format still verify, and still show every change.

The file is authored: an invented workflow that was defined, attested, shadowed, judged, halted and resumed by the
version of Interlock that wrote this format.
"""

import json
from pathlib import Path

import pytest

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.checker import CHANGED, REPLACED
from interlock.engine.ledger.merkle import leaf_hash
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.verify import ALONE, verify_export
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.ledger import Fault, LedgerCheck

LINES = Path(__file__).with_name("ledger_format_1.jsonl").read_bytes().splitlines(keepends=True)
HEADER = json.loads(LINES[0])
SIZE = len(LINES) - 1


def test_it_verifies_as_it_did() -> None:
    assert HEADER["format"] == "interlock-ledger/1"
    assert SIZE == HEADER["entries"] > 15
    assert verify_export(LINES) == LedgerCheck(SIZE, HEADER["root"], (), ALONE)


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_only_the_changed_entry_is_named(number: int) -> None:
    for place in (b'"at":"2026-0', b'"leaf":"', b'"root":"'):
        line = LINES[number]
        at = line.rindex(place) + len(place)
        changed = line[:at] + (b"b" if line[at : at + 1] == b"a" else b"a") + line[at + 1 :]
        found = verify_export([*LINES[:number], changed, *LINES[number + 1 :]])
        assert [fault.index for fault in found.faults] == [number - 1], place


def test_an_entry_replaced_with_its_hash_is_named() -> None:
    line = json.loads(LINES[5])
    line["entry"]["at"] = "2026-03-02T10:00:00.000000Z"
    line["leaf"] = leaf_hash(canonical(line["entry"])).hex()
    found = verify_export([*LINES[:5], canonical(line) + b"\n", *LINES[6:]])
    assert found.faults == (Fault(4, REPLACED),)


@pytest.mark.parametrize("pattern", [0x01, 0x20, 0x80])
def test_any_changed_byte_is_found(pattern: int) -> None:
    data = b"".join(LINES[:1]) + LINES[1][-200:]
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ pattern]) + data[place + 1 :]
        head, tail = changed[: len(LINES[0])], LINES[1][:-200] + changed[len(LINES[0]) :]
        raw = head + tail + b"".join(LINES[2:])
        assert verify_export(raw.splitlines(keepends=True)).faults, place


@pytest.mark.parametrize(
    ("lines", "index"),
    [
        pytest.param([*LINES[:5], *LINES[6:]], 4, id="one deleted"),
        pytest.param([*LINES[:6], LINES[5], *LINES[6:]], 4, id="one twice"),
        pytest.param([*LINES[:5], LINES[6], LINES[5], *LINES[7:]], 4, id="two swapped"),
        pytest.param(LINES[:-1], None, id="last cut"),
        pytest.param([*LINES, b"\n"], SIZE, id="empty line"),
        pytest.param([*LINES[:-1], LINES[-1][:-1]], SIZE - 1, id="final line end cut"),
        pytest.param(LINES[1:], None, id="header cut"),
        pytest.param([*LINES[:3], b"rubbish\n", *LINES[4:]], 2, id="rubbish"),
        pytest.param([*LINES[:3], b"rubbish\n", *LINES[3:]], 2, id="rubbish added"),
    ],
)
def test_lines_that_are_cut_added_or_moved_are_found(lines: list[bytes], index: int | None) -> None:
    assert verify_export(lines).faults[0].index == index


def test_it_begins_with_what_a_checkpoint_saw() -> None:
    seen = Checkpoint(6, bytes.fromhex(json.loads(LINES[6])["root"]))
    assert verify_export(LINES, kept=Kept((seen,))).checkpoints == 1
    assert not verify_export(LINES, kept=Kept((Checkpoint(6, bytes(32)),))).holds


def test_a_changed_word_is_said_to_be_changed() -> None:
    number = next(n for n, line in enumerate(LINES) if b"Ana Ruiz" in line)
    changed = [*LINES[:number], LINES[number].replace(b"Ana Ruiz", b"Eva Ruiz"), *LINES[number + 1 :]]
    assert verify_export(changed).faults == (Fault(number - 1, CHANGED),)
