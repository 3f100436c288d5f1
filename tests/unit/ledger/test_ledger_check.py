"""An exported ledger attacked byte by byte and line by line."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.check import check_entries, check_export, export_header, export_line
from interlock.engine.ledger.merkle import grow, leaf_hash, root_of
from interlock.flows.ledger.verify import ALONE, verify_export
from interlock.terms.errors import BadInput
from interlock.terms.ledger import Fault, LedgerCheck, LedgerEntry, TreeHead

SIZE = 25


def entries(size: int, *, approver: str = "Ana Ruiz") -> Iterator[LedgerEntry]:
    head = TreeHead(0, ())
    for index in range(size):
        body: dict[str, Any] = {"key": f"case-{index}", "approver": approver, "share": 0.25, "big": 2e18, "ok": True}
        at = f"2026-03-02T09:00:{index:02d}.000000Z"
        raw = canonical({"index": index, "at": at, "kind": "decision.made", "body": body})
        head = grow(head, leaf_hash(raw))
        yield LedgerEntry(index, at, "decision.made", body, raw, leaf_hash(raw), root_of(head))


def exported(size: int, *, approver: str = "Ana Ruiz") -> list[bytes]:
    made = list(entries(size, approver=approver))
    return [export_header(size, made[-1].root.hex()) + b"\n", *(export_line(entry) + b"\n" for entry in made)]


LINES = exported(SIZE)
SMALL = b"".join(exported(4))  # each byte of it is changed
ROOT = json.loads(LINES[0])["root"]


def lines_of(data: bytes) -> list[bytes]:
    """Lines as a file opened in binary mode gives them: only a line feed ends them."""
    return list(io.BytesIO(data))


def test_what_was_exported_holds() -> None:
    assert check_export(LINES) == LedgerCheck(SIZE, ROOT, ())
    assert check_entries(entries(SIZE)) == LedgerCheck(SIZE, ROOT, ())
    assert verify_export(LINES) == LedgerCheck(SIZE, ROOT, (), ALONE)


@pytest.mark.parametrize("pattern", [0x01, 0x20, 0x80, 0xFF])
def test_any_changed_byte_is_found_and_its_entry_named(pattern: int) -> None:
    number = 0
    for place, byte in enumerate(SMALL):
        faults = check_export(lines_of(SMALL[:place] + bytes([byte ^ pattern]) + SMALL[place + 1 :])).faults
        assert faults, f"byte {place} of line {number} ^ {pattern:#x}"
        assert faults[0].index == (number - 1 if number else None), f"byte {place} of line {number} ^ {pattern:#x}"
        number += byte == ord("\n")


@pytest.mark.parametrize("number", [1, 7, SIZE])
def test_only_the_changed_entry_is_named(number: int) -> None:
    for place in (b'"approver":"', b'"leaf":"', b'"root":"'):
        line = LINES[number]
        at = line.index(place) + len(place)
        changed = line[:at] + (b"b" if line[at : at + 1] == b"a" else b"a") + line[at + 1 :]
        found = check_export([*LINES[:number], changed, *LINES[number + 1 :]])
        assert [fault.index for fault in found.faults] == [number - 1], place


@pytest.mark.parametrize(
    ("lines", "index"),
    [
        pytest.param([*LINES[:5], *LINES[6:]], 4, id="one deleted"),
        pytest.param([*LINES[:6], LINES[5], *LINES[6:]], 5, id="one twice"),
        pytest.param([*LINES[:5], LINES[6], LINES[5], *LINES[7:]], 4, id="two swapped"),
        pytest.param(LINES[:-1], None, id="last cut"),
        pytest.param(LINES[:1], None, id="all cut"),
        pytest.param([*LINES, LINES[-1]], SIZE, id="last twice"),
        pytest.param([*LINES, b"\n"], SIZE, id="empty line"),
        pytest.param([*LINES, b"{}\n"], SIZE, id="another object"),
        pytest.param([*LINES, *exported(SIZE + 1)[-1:]], None, id="a next entry without a new header"),
        pytest.param([*LINES[:-1], LINES[-1][:-1]], SIZE - 1, id="final line end cut"),
        pytest.param([*LINES[:-1], LINES[-1][:-1] + b"\r\n"], SIZE - 1, id="another line end"),
        pytest.param([LINES[0][:-1]], None, id="header without line end"),
        pytest.param([b"\xef\xbb\xbf" + LINES[0], *LINES[1:]], None, id="byte order mark"),
        pytest.param(LINES[1:], None, id="header cut"),
        pytest.param([LINES[0], *LINES], 0, id="header twice"),
        pytest.param([], None, id="empty file"),
        pytest.param([b"\n"], None, id="blank file"),
    ],
)
def test_lines_that_are_cut_added_or_moved_are_found(lines: list[bytes], index: int | None) -> None:
    found = check_export(lines)
    assert found.faults
    assert found.faults[0].index == index


ENTRY = json.loads(LINES[3])["entry"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(LINES[3].replace(b'"key":', b'"key":"x","key":'), id="name twice"),
        pytest.param(LINES[3].replace(b"0.25", b"NaN"), id="NaN"),
        pytest.param(LINES[3].replace(b"0.25", b"-Infinity"), id="infinity"),
        pytest.param(LINES[3].replace(b"0.25", b"0.250"), id="another number text"),
        pytest.param(LINES[3].replace(b"0.25", b"9" * 5000), id="huge integer"),
        pytest.param(LINES[3].replace(b"0.25", b"1e999"), id="overflow"),
        pytest.param(LINES[3].replace(b"0.25", b"[" * 100_000 + b"]" * 100_000), id="deep"),
        pytest.param(b"[" * 100_000 + b"\n", id="deep and open"),
        pytest.param(LINES[3].replace(b"case-2", b"case-\xff"), id="no UTF-8"),
        pytest.param(LINES[3].replace(b"case-2", b"\\ud800"), id="lone surrogate"),
        pytest.param(LINES[3].replace(b"case-2", b"case-\\u0032"), id="escaped"),
        pytest.param(LINES[3].decode().encode("utf-16"), id="UTF-16"),
        pytest.param(LINES[3].replace(b'":', b'": '), id="blanks"),
        pytest.param(b"null\n", id="null"),
        pytest.param(b"[]\n", id="list"),
        pytest.param(b'"entry leaf root"\n', id="text"),
        pytest.param(canonical({"entry": ENTRY}) + b"\n", id="no hashes"),
        pytest.param(canonical({"entry": ENTRY, "leaf": 1, "root": []}) + b"\n", id="hashes of another type"),
        pytest.param(canonical({"entry": [], "leaf": "", "root": ""}) + b"\n", id="no record"),
        pytest.param(canonical({**json.loads(LINES[3]), "note": "added"}) + b"\n", id="a part added"),
        pytest.param(LINES[3].upper(), id="capitals"),
        pytest.param(
            LINES[3].replace(json.loads(LINES[3])["leaf"].encode(), json.loads(LINES[3])["leaf"].upper().encode()),
            id="hash in capitals",
        ),
        pytest.param(b"\x00" * 200 + b"\n", id="zeros"),
    ],
)
def test_a_strange_line_is_a_fault_and_never_an_exception(line: bytes) -> None:
    lines = [*LINES[:3], line, *LINES[4:]]
    assert [fault.index for fault in check_export(lines).faults] == [2]
    assert [fault.index for fault in verify_export(lines, checkpoint={"entries": 1, "root": "x"}).faults] == [2, None]


@pytest.mark.parametrize(
    "header",
    [
        {"format": "interlock-ledger/2", "entries": SIZE, "root": ROOT},
        {"format": "interlock-ledger/1", "entries": SIZE + 1, "root": ROOT},
        {"format": "interlock-ledger/1", "entries": str(SIZE), "root": ROOT},
        {"format": "interlock-ledger/1", "entries": SIZE, "root": ROOT.upper()},
        {"format": "interlock-ledger/1", "entries": SIZE, "root": None},
        {"format": "interlock-ledger/1", "entries": SIZE},
        {"format": "interlock-ledger/1", "entries": SIZE, "root": ROOT, "more": 1},
        [],
    ],
)
def test_a_header_of_another_shape_is_found(header: Any) -> None:
    assert check_export([canonical(header) + b"\n", *LINES[1:]]).faults[0].index is None


def test_a_one_entry_ledger_is_not_counted_true() -> None:
    lines = exported(1)
    header = canonical({**json.loads(lines[0]), "entries": True}) + b"\n"
    assert check_export([header, lines[1]]).faults[0].index is None


@given(st.lists(st.binary(max_size=60), max_size=4))
@settings(max_examples=200, deadline=None)
def test_rubbish_is_a_fault_and_never_an_exception(lines: list[bytes]) -> None:
    assert check_export(lines).faults


def test_a_ledger_rewritten_as_a_whole_is_caught_by_a_checkpoint_only() -> None:
    rewritten = exported(SIZE, approver="Eve")
    alone = verify_export(rewritten)
    assert alone.holds
    assert "Without a checkpoint" in alone.caveat
    seen = {"entries": 20, "root": exported(20)[0] and json.loads(exported(20)[0])["root"]}
    reason = "the ledger does not begin with the entries that the checkpoint saw: it was rewritten"
    assert verify_export(rewritten, checkpoint=seen).faults == (Fault(None, reason),)
    assert verify_export(LINES, checkpoint=seen) == LedgerCheck(SIZE, ROOT, ())


def test_a_ledger_cut_together_with_its_header_is_caught_by_a_checkpoint_only() -> None:
    cut = exported(20)
    assert verify_export(cut).holds
    reason = f"the checkpoint saw {SIZE} entries, the ledger holds only 20"
    assert verify_export(cut, checkpoint={"entries": SIZE, "root": ROOT}).faults == (Fault(None, reason),)


def test_a_checkpoint_of_an_empty_ledger_says_nothing() -> None:
    empty = {"entries": 0, "root": root_of(TreeHead(0, ())).hex()}
    assert verify_export(LINES, checkpoint=empty).holds


@pytest.mark.parametrize(
    "checkpoint", [{}, {"entries": 5}, {"entries": "5", "root": ROOT}, {"entries": -1, "root": ROOT}, {"root": ROOT}]
)
def test_what_is_no_checkpoint_is_refused(checkpoint: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="this is not a checkpoint"):
        verify_export(LINES, checkpoint=checkpoint)
