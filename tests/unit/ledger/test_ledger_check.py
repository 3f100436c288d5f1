"""The ledger of a store, tampered with in many places: each fault is named, as exactly as what is recorded allows."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.ledger.check_entries import check_entries
from interlock.engine.ledger.checker import CHANGED, FAULTS_KEPT, PAYLOAD_ADDED, PAYLOAD_REPLACED
from interlock.engine.ledger.merkle import EMPTY_ROOT, leaf_hash, root_of
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.verify import ALONE, verify_entries
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import BatchRoot, Fault, LedgerCheck, TreeHead
from made_ledger import MadeLedger, contents, entry, made

EVERY = 8  # a root behind every eighth entry
SIZE = 29


def ledger(size: int = SIZE, *, unsealed: int = 0, gaps: tuple[int, ...] = ()) -> MadeLedger:
    return MadeLedger(made(size, gaps=gaps).kept, unsealed=unsealed, root_every=EVERY)


def check(made_ledger: MadeLedger, *kept: Checkpoint, head: TreeHead | None = None) -> LedgerCheck:
    head = made_ledger.sealed if head is None else head
    return check_entries(made_ledger.entries(), made_ledger.batch_roots(), head, root_every=EVERY, kept=kept)


def faults(made_ledger: MadeLedger) -> list[tuple[int | None, str]]:
    return [(fault.index, fault.reason) for fault in check(made_ledger).faults]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 16, 17, SIZE])
@pytest.mark.parametrize("gaps", [(), (0,), (3, 4, 11)])
def test_what_was_not_changed_holds(size: int, gaps: tuple[int, ...]) -> None:
    whole = ledger(size, gaps=tuple(gap for gap in gaps if gap < size))
    assert check(whole) == LedgerCheck(size, root_of(whole.sealed).hex(), ())


@pytest.mark.parametrize("number", range(SIZE))
def test_a_changed_entry_is_named_and_only_that(number: int) -> None:
    changed = ledger()
    changed.change(number, old=b"Ana Ruiz", new=b"Eva Ruiz")
    assert faults(changed) == [(number, CHANGED)]


@pytest.mark.parametrize("number", range(SIZE))
def test_a_changed_hash_is_named_and_only_that(number: int) -> None:
    changed = ledger()
    changed.kept[number] = replace(changed.kept[number], leaf=b"\x07" * 32)
    assert faults(changed) == [(number, CHANGED)]


def test_two_changes_of_one_batch_are_both_named() -> None:
    changed = ledger()
    changed.change(9, old=b"Ana Ruiz", new=b"Eva Ruiz")
    changed.change(12, old=b"Ana Ruiz", new=b"Eva Ruiz")
    changed.change(20, old=b"Ana Ruiz", new=b"Eva Ruiz")
    assert faults(changed) == [(9, CHANGED), (12, CHANGED), (20, CHANGED)]


@pytest.mark.parametrize(
    ("number", "span"), [(0, (0, 7)), (7, (0, 7)), (8, (8, 15)), (12, (8, 15)), (15, (8, 15)), (23, (16, 23))]
)
def test_an_entry_replaced_together_with_its_hash_is_caught_by_the_next_root(
    number: int, span: tuple[int, int]
) -> None:
    changed = ledger()
    changed.change(number, old=b"Ana Ruiz", new=b"Eva Ruiz", leaf=True)
    size = span[1] + 1
    words = f"one was replaced together with its hash, between entry {span[0]} and entry {span[1]}"
    assert faults(changed) == [(None, f"the recorded root at {size} entries is not theirs: {words}")]


@pytest.mark.parametrize("number", [24, 28])
def test_one_replaced_behind_the_last_root_is_caught_by_the_head(number: int) -> None:
    changed = ledger()
    changed.change(number, old=b"Ana Ruiz", new=b"Eva Ruiz", leaf=True)
    ((index, reason),) = faults(changed)
    assert index is None
    assert reason == (
        "the tree head has another root than the entries: it was changed, or one was replaced together with its hash, "
        "between entry 24 and entry 28"
    )


@pytest.mark.parametrize("number", [0, 5, 15, 16, 27])
def test_a_missing_entry_is_named(number: int) -> None:
    cut = ledger()
    del cut.kept[number]
    assert faults(cut) == [
        (number, "it is missing"),
        (None, f"the tree head says {SIZE} entries, there are {SIZE - 1}: some were cut or added"),
    ]


@pytest.mark.parametrize("number", [0, 5, 15, 16])
def test_where_indexes_have_gaps_a_missing_entry_is_between_two_roots(number: int) -> None:
    cut = ledger(gaps=(3, 4, 26))
    del cut.kept[number]
    ((index, reason),) = (found for found in faults(cut) if "tree head" not in found[1])
    assert index is None
    assert "1 missing, between entry" in reason


def test_missing_last_entries_are_found_by_the_head() -> None:
    cut = ledger()
    del cut.kept[-2:]
    assert faults(cut) == [
        (SIZE - 2, f"entries {SIZE - 2} to {SIZE - 1} are missing"),
        (None, f"the tree head says {SIZE} entries, there are {SIZE - 2}: some were cut or added"),
    ]


@pytest.mark.parametrize("index", [2, 10, 22])
def test_an_entry_added_where_an_index_was_never_used_is_found(index: int) -> None:
    more = ledger(gaps=(2, 10, 22))
    more.kept.append(entry(index, contents(1)[0]))
    assert any("1 too many, between entry" in reason for _, reason in faults(more))


def test_swapped_entries_are_found() -> None:
    swapped = ledger()
    one, other = swapped.kept[9], swapped.kept[10]
    swapped.kept[9], swapped.kept[10] = replace(one, index=10), replace(other, index=9)
    ((index, reason),) = faults(swapped)
    assert (index, "between entry 8 and entry 15" in reason) == (None, True)


@pytest.mark.parametrize("number", range(3))
def test_a_removed_root_is_found(number: int) -> None:
    cut = ledger()
    del cut.roots[number]
    assert faults(cut) == [(None, f"the root at {(number + 1) * EVERY} entries is missing")]


def test_removed_roots_are_found() -> None:
    cut = ledger()
    cut.roots.clear()
    assert faults(cut) == [(None, "the roots from 8 to 24 entries are missing")]


def test_a_root_where_none_belongs_is_found() -> None:
    more = ledger()
    more.roots.insert(1, BatchRoot(12, 11, ledger(12).sealed.peaks[0]))
    words = "a root is recorded at 12 entries, where none belongs: it was added or moved"
    assert faults(more) == [(None, words)]


def test_faults_are_kept_up_to_a_number_and_what_the_checkpoints_show_always() -> None:
    changed = ledger()
    for number in range(SIZE):
        changed.change(number, old=b"Ana Ruiz", new=b"Eva Ruiz")
    found = check(changed, Checkpoint(20, b"\x07" * 32)).faults
    assert [fault.index for fault in found] == [*range(FAULTS_KEPT), None]


@pytest.mark.parametrize(
    "change",
    [
        lambda root: replace(root, root=b"\x07" * 32),
        lambda root: replace(root, size=root.size + 1),
        lambda root: replace(root, size=root.size - 1),
        lambda root: replace(root, last=root.last + 1),
        lambda root: replace(root, last=root.last - 1),
        lambda root: replace(root, last=10**9),
        lambda root: replace(root, size=10**9),
    ],
)
@pytest.mark.parametrize("number", range(3))
def test_a_changed_root_is_found(number: int, change: Callable[[BatchRoot], BatchRoot]) -> None:
    changed = ledger()
    changed.roots[number] = change(changed.roots[number])
    assert not check(changed).holds


@pytest.mark.parametrize(
    "change",
    [
        lambda head: replace(head, size=head.size + 1),
        lambda head: replace(head, peaks=(b"\x07" * 32, *head.peaks[1:])),
        lambda head: replace(head, last=head.last + 1),
        lambda head: replace(head, last=head.last - 1),
        lambda head: TreeHead(0, ()),
    ],
)
def test_a_changed_head_is_found(change: Callable[[TreeHead], TreeHead]) -> None:
    changed = ledger()
    changed.sealed = change(changed.sealed)
    assert not check(changed).holds


def test_a_head_that_was_set_back_is_found_by_the_roots_behind_it() -> None:
    back = ledger()
    back.sealed = ledger(12).sealed
    assert faults(back) == [(None, "a root is recorded at 16 entries, the tree head counts only 12: it was set back")]


def test_with_a_damaged_head_the_entries_are_checked_all_the_same() -> None:
    damaged = made(600)
    damaged.faulty_head = Unavailable("the tree head is damaged")
    damaged.change(300, old=b"Ana Ruiz", new=b"Eva Ruiz")
    found = verify_entries(damaged.reading())
    assert found.faults == (Fault(300, CHANGED), Fault(None, "the tree head is damaged"))
    assert found.entries == 600


def test_entries_written_since_the_last_seal_are_checked_one_by_one_and_counted() -> None:
    tail = ledger(unsealed=5)
    assert check(tail) == LedgerCheck(SIZE - 5, root_of(tail.sealed).hex(), (), unsealed=5)
    tail.change(SIZE - 2, old=b"Ana Ruiz", new=b"Eva Ruiz")
    assert faults(tail) == [(SIZE - 2, CHANGED)]
    found = verify_entries(MadeLedger(made(20).kept, unsealed=12).reading())
    assert found.caveat == f"{ALONE} 12 entries were written since the last seal: checked one by one only."


def test_an_index_in_an_old_record_must_be_its_place() -> None:
    old = MadeLedger([entry(number, {**one, "index": number}) for number, one in enumerate(contents(5))])
    assert faults(old) == []
    moved = MadeLedger([entry(number, {**one, "index": number + 1}) for number, one in enumerate(contents(5))])
    assert faults(moved)[0] == (0, "it says it is entry 1")


@pytest.mark.parametrize("index", ["3", True, 3.5, None, [], [[[]]], 2])
def test_an_index_that_is_no_number_is_a_fault(index: object) -> None:
    kept = made(5).kept
    kept[3] = entry(3, {**contents(5)[3], "index": index})
    assert [fault.index for fault in check(MadeLedger(kept)).faults] == [3]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"kind"', b'"kinds"'),
        (b"0.25", b"0.250"),
        (b'"ok":true', b'"ok": true'),
        (b'"ok":true', b'"ok":true,"ok":true'),
        (b'{"at"', b'["at"'),
        (b"Ana", b"A\xffa"),
    ],
)
def test_a_record_that_is_none_is_a_fault_even_where_its_hash_and_the_tree_fit(old: bytes, new: bytes) -> None:
    kept = made(20).kept
    record = kept[7].record.replace(old, new)
    kept[7] = replace(kept[7], record=record, leaf=leaf_hash(record))
    assert [fault.index for fault in check(MadeLedger(kept, root_every=EVERY)).faults] == [7]


PAYLOAD = {"nonce": "c2FsdA", "before": {"queue": "inbox"}}


def with_payloads() -> MadeLedger:
    kept = [entry(number, one, PAYLOAD if number % 2 else None) for number, one in enumerate(contents(20))]
    return MadeLedger(kept, root_every=EVERY)


def test_payloads_that_are_there_fit_and_erased_ones_are_counted() -> None:
    whole = with_payloads()
    expected = LedgerCheck(20, root_of(whole.sealed).hex(), (), payloads=10)
    assert check(whole) == expected
    whole.kept[3], whole.kept[5] = replace(whole.kept[3], payload=None), replace(whole.kept[5], payload=None)
    assert check(whole) == replace(expected, payloads=8, payloads_gone=2)


def test_a_replaced_or_added_payload_is_named() -> None:
    changed = with_payloads()
    changed.kept[3] = replace(changed.kept[3], payload={**PAYLOAD, "before": {"queue": "billing"}})
    changed.kept[4] = replace(changed.kept[4], payload=PAYLOAD)
    changed.kept[5] = replace(changed.kept[5], payload={})
    assert faults(changed) == [(3, PAYLOAD_REPLACED), (4, PAYLOAD_ADDED), (5, PAYLOAD_REPLACED)]


def seen(size: int, *, approver: str = "Ana Ruiz") -> Checkpoint:
    return Checkpoint(size, root_of(made(size, approver=approver).sealed))


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_a_checkpoint_of_any_size_is_agreed_with(size: int) -> None:
    found = check(ledger(), seen(size))
    assert (found.faults, found.checkpoints) == ((), 1)


def test_all_checkpoints_are_compared_in_one_pass() -> None:
    kept = [seen(size) for size in (29, 3, 17, 17, 0, 8)]
    assert check(ledger(), *kept).checkpoints == 6


def test_a_ledger_rewritten_as_a_whole_is_caught_by_checkpoints_only() -> None:
    rewritten = contents(12) + contents(SIZE, approver="Eve")[12:]
    forged = MadeLedger((entry(number, one) for number, one in enumerate(rewritten)), root_every=EVERY)
    assert check(forged).holds
    found = check(forged, *(seen(size) for size in (4, 8, 12, 20, 24, SIZE)))
    words = "the ledger does not begin with the 20 entries that a checkpoint saw: it was rewritten"
    assert found.faults == (
        Fault(None, f"{words} (it agrees with the checkpoint of 12 entries); 2 other checkpoints differ"),
    )
    assert found.checkpoints == 3


def test_a_ledger_cut_together_with_its_head_is_caught_by_a_checkpoint_only() -> None:
    cut = ledger(20)
    assert check(cut).holds
    words = "a checkpoint saw 29 entries, the ledger holds only 20: its end was cut off"
    assert check(cut, seen(29)).faults == (Fault(None, words),)
    assert check(cut, seen(29), seen(25), seen(20)).faults == (
        Fault(None, f"{words}; 1 other checkpoint saw more as well"),
    )


def test_a_changed_entry_does_not_make_the_checkpoint_differ() -> None:
    changed = ledger()
    changed.change(3, old=b"Ana Ruiz", new=b"Eva Ruiz")
    assert check(changed, seen(5), seen(20)).faults == (Fault(3, CHANGED),)
    changed.kept[3] = replace(ledger().kept[3], leaf=b"\x07" * 32)
    assert check(changed, seen(5), seen(20)).faults == (Fault(3, CHANGED),)


def test_a_checkpoint_of_nothing_must_be_of_nothing() -> None:
    assert check(ledger(), Checkpoint(0, EMPTY_ROOT)).holds
    assert not check(ledger(), Checkpoint(0, b"\x07" * 32)).holds


def test_faults_of_the_kept_checkpoints_themselves_are_told() -> None:
    kept = Kept((seen(5),), ("its signature does not hold",), unverified=2)
    found = verify_entries(made(20).reading(), kept=kept)
    assert found.faults == (Fault(None, "its signature does not hold"),)
    assert found.caveat == "The signature of 2 checkpoints were not verified: name the key with --verifier."


@given(st.integers(0, SIZE - 1), st.integers(0, 10**6), st.integers(1, 255), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_changed_byte_of_a_record_or_a_hash_is_found(number: int, at: int, flip: int, in_record: bool) -> None:
    changed = ledger()
    one = changed.kept[number]
    raw = bytearray(one.record if in_record else one.leaf)
    raw[at % len(raw)] ^= flip
    changed.kept[number] = replace(one, record=bytes(raw)) if in_record else replace(one, leaf=bytes(raw))
    assert [fault.index for fault in check(changed).faults] == [number]


def test_times_that_go_back_are_told_and_are_no_fault() -> None:
    ledger = made(130)  # of which each is dated within the same minute
    found = verify_entries(ledger.reading())
    assert found.holds
    assert found.caveat.endswith(
        "64 entries are dated more than 5 s before an earlier one, the first is entry 60: a clock was wrong."
    )
    accepted = {"at": "2026-03-02T09:00:00.000000Z", "kind": "clock.accepted", "body": {}}
    later = [replace(one, index=61 + one.index) for one in made(5).kept]
    mended = MadeLedger([*made(60).kept, entry(60, accepted), *later])
    assert verify_entries(mended.reading()).caveat == ALONE
