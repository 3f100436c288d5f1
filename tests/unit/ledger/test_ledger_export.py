"""An exported ledger attacked byte by byte and line by line."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.check_export import ELSEWHERE, check_export
from interlock.engine.ledger.checker import CHANGED, PAYLOAD_REPLACED
from interlock.engine.ledger.export_lines import entry_line, header_line, root_line
from interlock.engine.ledger.merkle import root_of
from interlock.flows.ledger.export import export
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.verify import ALONE, verify_export
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.ledger import Fault, LedgerCheck, TreeHead
from made_ledger import MadeLedger, closed, contents, entry, exported, made

SIZE = 25
EVERY = 4
LINES = exported(contents(SIZE), root_every=EVERY)
ROOT = json.loads(LINES[0])["root"]
SMALL = b"".join(exported(contents(5), root_every=EVERY))  # each byte of it is changed
PLACES = [number for number, line in enumerate(LINES) if b'"entry"' in line]  # of the lines of entries
ROOTS = [number for number, line in enumerate(LINES) if line.startswith(b'{"root"')]


def check(lines: list[bytes], *kept: Checkpoint) -> LedgerCheck:
    return check_export(lines, root_every=EVERY, kept=kept)


def without_closing(lines: list[bytes], change: Callable[[list[bytes]], None]) -> list[bytes]:
    """The lines changed by somebody who then makes the closing line fit."""
    body = list(lines[:-1])
    change(body)
    return closed(body)


def lines_of(data: bytes) -> list[bytes]:
    """Lines as a file opened in binary mode gives them: only a line feed ends them."""
    return list(io.BytesIO(data))


def test_what_was_exported_holds() -> None:
    assert check(LINES) == LedgerCheck(SIZE, ROOT, ())
    assert len(ROOTS) == SIZE // EVERY
    assert verify_export(exported(contents(SIZE))) == LedgerCheck(SIZE, ROOT, (), ALONE)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_the_lines_of_a_store_are_those_of_its_ledger(size: int) -> None:
    ledger = made(size)
    lines = list(export(ledger.reading()))
    assert lines == exported(contents(size))
    assert verify_export(lines) == LedgerCheck(size, root_of(ledger.sealed).hex(), (), ALONE)


def test_only_what_is_sealed_is_exported() -> None:
    assert list(export(made(20, unsealed=3).reading())) == exported(contents(17))


def test_an_index_that_is_not_the_place_is_on_the_line_and_faults_go_by_it() -> None:
    lines = list(export(made(20, gaps=(4, 5)).reading()))
    assert [json.loads(line).get("index") for line in lines[1:-1]] == [None] * 4 + list(range(6, 22))
    assert verify_export(lines).holds
    lines[10] = lines[10].replace(b"Ana", b"Eva")
    assert [fault.index for fault in verify_export(lines).faults] == [11]


@pytest.mark.parametrize("pattern", [0x01, 0x20, 0x80, 0xFF])
def test_any_changed_byte_is_found_and_its_entry_named(pattern: int) -> None:
    place, entries = 0, 0
    for line in lines_of(SMALL):
        is_entry = line.startswith(b'{"entry"')
        number_at = line.index(b'"n":') + len(b'"n":') if is_entry else -1
        for at, byte in enumerate(line):
            changed = SMALL[: place + at] + bytes([byte ^ pattern]) + SMALL[place + at + 1 :]
            faults = check(lines_of(changed)).faults
            assert faults, f"byte {at} of {line!r} ^ {pattern:#x}"
            if is_entry and at != number_at:  # with another number the line is that of another entry
                assert faults[0].index == entries, f"byte {at} of {line!r} ^ {pattern:#x}"
        entries += is_entry
        place += len(line)


@pytest.mark.parametrize("number", [0, 3, 4, SIZE - 1])
def test_only_the_changed_entry_is_named(number: int) -> None:
    for part in (b'"approver":"', b'"leaf":"'):
        line = LINES[PLACES[number]]
        at = line.index(part) + len(part)
        other = line[:at] + (b"b" if line[at : at + 1] == b"a" else b"a") + line[at + 1 :]
        lines = [*LINES[: PLACES[number]], other, *LINES[PLACES[number] + 1 :]]
        assert check(lines).faults == (Fault(number, CHANGED),), part


def replace_whole(lines: list[bytes]) -> None:
    """Entry 9 is replaced together with its hash."""
    content = {**contents(SIZE)[9], "body": {"key": "case-9", "approver": "Eve"}}
    lines[PLACES[9]] = entry_line(entry(9, content), place=9, payload=False)


def test_an_entry_replaced_with_its_hash_is_caught_by_the_next_root() -> None:
    for lines in ([*LINES], without_closing(LINES, replace_whole)):
        replace_whole(lines)
        words = "one was replaced together with its hash, between entry 8 and entry 11"
        assert check(lines).faults == (Fault(None, f"the recorded root at 12 entries is not theirs: {words}"),)


def test_a_changed_root_is_found_also_where_the_closing_line_fits() -> None:
    for number in ROOTS:
        changed = without_closing(LINES, lambda lines, at=number: lines.__setitem__(at, root_line(4, bytes(32))))  # type: ignore[misc]
        assert check(changed).faults


def test_a_removed_root_is_found_also_where_the_closing_line_fits() -> None:
    for number in ROOTS:
        found = check(without_closing(LINES, lambda lines, at=number: lines.pop(at)))  # type: ignore[misc]
        size = json.loads(LINES[number])["size"]
        assert found.faults == (Fault(None, f"the root at {size} entries is missing"),)


def test_a_root_that_stands_twice_is_found_also_where_the_closing_line_fits() -> None:
    twice = without_closing(LINES, lambda lines: lines.insert(ROOTS[1], LINES[ROOTS[1]]))
    words = "a root is recorded at 8 entries, where none belongs: it was added or moved"
    assert check(twice).faults == (Fault(None, words),)


P = PLACES


@pytest.mark.parametrize(
    ("lines", "index"),
    [
        pytest.param([*LINES[: P[4]], *LINES[P[4] + 1 :]], 4, id="one deleted"),
        pytest.param([*LINES[: P[5]], LINES[P[4]], *LINES[P[5] :]], 4, id="one twice"),
        pytest.param([*LINES[: P[4]], LINES[P[5]], LINES[P[4]], *LINES[P[6] :]], 4, id="two swapped"),
        pytest.param(LINES[:-1], None, id="closing line cut"),
        pytest.param(LINES[:-2], None, id="last cut"),
        pytest.param(LINES[:1], None, id="all cut"),
        pytest.param([*LINES, LINES[-1]], None, id="closing line twice"),
        pytest.param([*LINES, b"\n"], None, id="empty line behind it"),
        pytest.param([*LINES[:-1], b"\n", LINES[-1]], SIZE, id="empty line before it"),
        pytest.param([*LINES[:-1], b"{}\n", LINES[-1]], SIZE, id="another object"),
        pytest.param([*LINES[:-1], LINES[-1][:-1]], SIZE, id="final line end cut"),
        pytest.param([*LINES[:-1], LINES[-1][:-1] + b"\r\n"], SIZE, id="another line end"),
        pytest.param([LINES[0][:-1]], None, id="header without line end"),
        pytest.param([b"\xef\xbb\xbf" + LINES[0], *LINES[1:]], None, id="byte order mark"),
        pytest.param(LINES[1:], None, id="header cut"),
        pytest.param([LINES[0], *LINES], 0, id="header twice"),
        pytest.param([], None, id="empty file"),
        pytest.param([b"\n"], None, id="blank file"),
        pytest.param([*LINES[: ROOTS[1]], *LINES[ROOTS[1] + 1 :]], None, id="root deleted"),
        pytest.param([*LINES[: ROOTS[1]], LINES[ROOTS[1]], *LINES[ROOTS[1] :]], None, id="root twice"),
        pytest.param([*LINES[: ROOTS[1]], LINES[ROOTS[2]], *LINES[ROOTS[1] + 1 :]], None, id="another root"),
    ],
)
def test_lines_that_are_cut_added_or_moved_are_found(lines: list[bytes], index: int | None) -> None:
    found = check(lines)
    assert found.faults
    assert found.faults[0].index == index


LINE = LINES[PLACES[2]]
ENTRY = json.loads(LINE)["entry"]
LEAF = json.loads(LINE)["leaf"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(LINE.replace(b'"key":', b'"key":"x","key":'), id="name twice"),
        pytest.param(LINE.replace(b"0.25", b"NaN"), id="NaN"),
        pytest.param(LINE.replace(b"0.25", b"-Infinity"), id="infinity"),
        pytest.param(LINE.replace(b"0.25", b"0.250"), id="another number text"),
        pytest.param(LINE.replace(b"0.25", b"9" * 5000), id="huge integer"),
        pytest.param(LINE.replace(b"0.25", b"1e999"), id="overflow"),
        pytest.param(LINE.replace(b"0.25", b"[" * 100_000 + b"]" * 100_000), id="deep"),
        pytest.param(b"[" * 100_000 + b"\n", id="deep and open"),
        pytest.param(b'{"entry":' * 100_000 + b"\n", id="deep and open entries"),
        pytest.param(LINE.replace(b"case-2", b"case-\xff"), id="no UTF-8"),
        pytest.param(LINE.replace(b"case-2", b"\\ud800"), id="lone surrogate"),
        pytest.param(LINE.replace(b"case-2", b"case-\\u0032"), id="escaped"),
        pytest.param(LINE.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(LINE.replace(b'":', b'": '), id="blanks"),
        pytest.param(b"null\n", id="null"),
        pytest.param(b"[]\n", id="list"),
        pytest.param(b'"entry leaf root"\n', id="text"),
        pytest.param(canonical({"entry": ENTRY}) + b"\n", id="no hash"),
        pytest.param(canonical({"entry": ENTRY, "leaf": 1, "n": []}) + b"\n", id="hash of another type"),
        pytest.param(canonical({"entry": [], "leaf": LEAF, "n": 2}) + b"\n", id="no record"),
        pytest.param(canonical({"entry": ENTRY, "leaf": LEAF, "n": "2"}) + b"\n", id="number of another type"),
        pytest.param(canonical({**json.loads(LINE), "note": "added"}) + b"\n", id="a part added"),
        pytest.param(canonical({**json.loads(LINE), "payload": "text"}) + b"\n", id="a payload of another type"),
        pytest.param(canonical({**json.loads(LINE), "payload": {}}) + b"\n", id="a payload added"),
        pytest.param(LINE.replace(b'"n":2', b'"n":02'), id="a number with a zero before it"),
        pytest.param(LINE.upper(), id="capitals"),
        pytest.param(LINE.replace(LEAF.encode(), LEAF.upper().encode()), id="hash in capitals"),
        pytest.param(b"\x00" * 200 + b"\n", id="zeros"),
    ],
)
def test_a_strange_line_is_a_fault_and_never_an_exception(line: bytes) -> None:
    lines = without_closing(LINES, lambda body: body.__setitem__(PLACES[2], line))
    assert [fault.index for fault in check(lines).faults] == [2]
    other = Checkpoint(1, bytes(32))
    assert [fault.index for fault in check(lines, other).faults] == [2, None]


@pytest.mark.parametrize(
    "header",
    [
        {"format": "interlock-ledger/3", "entries": SIZE, "root": ROOT},
        {"format": "interlock-ledger/1", "entries": SIZE, "root": ROOT},
        {"format": "interlock-ledger/2", "entries": SIZE + 1, "root": ROOT},
        {"format": "interlock-ledger/2", "entries": str(SIZE), "root": ROOT},
        {"format": "interlock-ledger/2", "entries": -1, "root": ROOT},
        {"format": "interlock-ledger/2", "entries": SIZE, "root": ROOT.upper()},
        {"format": "interlock-ledger/2", "entries": SIZE, "root": ROOT[:-1] + ("0" if ROOT[-1] != "0" else "1")},
        {"format": "interlock-ledger/2", "entries": SIZE, "root": None},
        {"format": "interlock-ledger/2", "entries": SIZE},
        {"format": "interlock-ledger/2", "entries": SIZE, "root": ROOT, "more": 1},
        [],
        "format",
    ],
)
def test_a_header_of_another_shape_is_found(header: Any) -> None:
    faults = check(without_closing(LINES, lambda body: body.__setitem__(0, canonical(header) + b"\n"))).faults
    assert faults
    assert faults[0].index is (0 if isinstance(header, dict) and header["format"][-1] == "1" else None)


def test_a_one_entry_ledger_is_not_counted_true() -> None:
    lines = exported(contents(1))
    header = canonical({**json.loads(lines[0]), "entries": True}) + b"\n"
    assert check([header, *lines[1:]]).faults[0].index is None


@given(st.lists(st.binary(max_size=60), max_size=4), st.booleans())
@settings(max_examples=200, deadline=None)
def test_rubbish_is_a_fault_and_never_an_exception(lines: list[bytes], with_header: bool) -> None:
    assert check([LINES[0], *lines] if with_header else lines).faults


PAYLOAD = {"nonce": "c2FsdA", "before": {"leaf": "00" * 32, "n": 5}, "text": ',"leaf":"'}


def with_payloads() -> MadeLedger:
    return MadeLedger((entry(n, one, PAYLOAD if n != 3 else None) for n, one in enumerate(contents(6))))


def test_payloads_are_exported_where_asked_and_checked_where_they_are() -> None:
    whole = with_payloads()
    bare, full = (list(export(whole.reading(), payloads=asked)) for asked in (False, True))
    assert [json.loads(line).get("payload") for line in full[1:-1]] == [PAYLOAD] * 3 + [None] + [PAYLOAD] * 2
    found = LedgerCheck(6, root_of(whole.sealed).hex(), (), ALONE)
    assert verify_export(full) == replace(found, payloads=5)
    assert verify_export(bare) == replace(found, payloads_gone=5)


def test_an_erased_payload_is_counted_and_a_replaced_one_named() -> None:
    whole = with_payloads()
    whole.kept[1] = replace(whole.kept[1], payload=None)
    erased = verify_export(export(whole.reading(), payloads=True))
    assert (erased.faults, erased.payloads, erased.payloads_gone) == ((), 4, 1)
    whole.kept[2] = replace(whole.kept[2], payload={**PAYLOAD, "text": "another"})
    assert verify_export(export(whole.reading(), payloads=True)).faults == (Fault(2, PAYLOAD_REPLACED),)


def test_a_payload_left_out_of_the_file_afterwards_is_found_by_its_closing_line() -> None:
    lines = list(export(with_payloads().reading(), payloads=True))
    bare = list(export(with_payloads().reading()))
    assert verify_export([lines[0], bare[1], *lines[2:]]).faults == (Fault(None, ELSEWHERE),)


def test_an_index_changed_in_a_gap_is_found_by_the_closing_line() -> None:
    lines = list(export(made(6, gaps=(2, 3)).reading()))
    lines[3] = lines[3].replace(b'"index":4', b'"index":3')
    assert verify_export(lines).faults == (Fault(None, ELSEWHERE),)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_changed_byte_of_a_payload_is_found(data: st.DataObject) -> None:
    lines = list(export(with_payloads().reading(), payloads=True))
    number = data.draw(st.sampled_from([1, 2, 3, 5, 6]))
    start = lines[number].rindex(b',"payload"')  # the content; its digest is in the entry before
    at = data.draw(st.integers(start, len(lines[number]) - 1))
    changed = bytearray(lines[number])
    changed[at] ^= data.draw(st.integers(1, 255))
    lines[number] = bytes(changed)
    assert verify_export(lines_of(b"".join(lines))).faults[0].index == number - 1


def kept(size: int, root: str) -> Kept:
    return Kept((Checkpoint(size, bytes.fromhex(root)),))


def test_a_ledger_rewritten_as_a_whole_is_caught_by_a_checkpoint_only() -> None:
    rewritten = exported(contents(SIZE, approver="Eve"))
    alone = verify_export(rewritten)
    assert alone.holds
    assert "Without a checkpoint" in alone.caveat
    seen = kept(20, json.loads(exported(contents(20))[0])["root"])
    reason = "the ledger does not begin with the 20 entries that a checkpoint saw: it was rewritten"
    assert verify_export(rewritten, kept=seen).faults == (Fault(None, reason),)
    found = verify_export(exported(contents(SIZE)), kept=seen)
    assert found == LedgerCheck(SIZE, ROOT, (), checkpoints=1)


def test_a_ledger_cut_together_with_its_header_is_caught_by_a_checkpoint_only() -> None:
    cut = exported(contents(20))
    assert verify_export(cut).holds
    reason = f"a checkpoint saw {SIZE} entries, the ledger holds only 20: its end was cut off"
    assert verify_export(cut, kept=kept(SIZE, ROOT)).faults == (Fault(None, reason),)


def test_a_checkpoint_of_an_empty_ledger_says_nothing() -> None:
    assert verify_export(exported(contents(SIZE)), kept=kept(0, root_of(TreeHead(0, ())).hex())).holds


def test_the_header_names_the_root_of_the_entries() -> None:
    changed = without_closing(LINES, lambda body: body.__setitem__(0, header_line(SIZE, bytes(32))))
    ((index, words),) = ((fault.index, fault.reason) for fault in check(changed).faults)
    assert index is None
    assert words.startswith("the header has another root than the entries: it was changed, or one was replaced")
