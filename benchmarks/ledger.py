"""How fast is a ledger verified, and does the memory stay flat however long it is?

    python benchmarks/ledger.py [--entries 200000]

Entries come from a generator, so that nothing but verification holds memory. Every rate stands beside the floor
measured in the same run: reading each record as JSON and hashing the tree, which no verification can leave out. Ends
with status 1 where a bar is missed: README.md in this folder.
"""

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.check_entries import check_entries
from interlock.engine.ledger.check_export import check_export
from interlock.engine.ledger.export_lines import closing_line, entry_line, header_line, root_line
from interlock.engine.ledger.merkle import Growing, leaf_hash
from interlock.engine.ledger.proof_paths import SpanRoots, inclusion_spans
from interlock.ports.tree import BATCH
from interlock.terms.ledger import BatchRoot, LedgerEntry, TreeHead

STORE_RATIO_MAX, FILE_RATIO_MAX = 4.0, 6.0  # times the floor's time for an entry
GROWTH_MAX_MB = 16.0  # from a tenth of the entries to all of them

BODY = {
    "workflow": "triage",
    "key": "case-0000000000",
    "release": "sha256:" + "9e8" * 21 + "f",
    "verb": "apply",
    "reasons": ["confidence 0.9512 >= certified threshold 0.8100"],
    "audited": 1,
    "inputs": {
        "proposal": {"label": "billing", "confidence": 0.9512345, "payload_digest": "sha256:" + "ab" * 32},
        "traffic_draw": 0.123456789012345,
        "audit_draw": 0.0001234,
        "effect_allowed": True,
        "halted": [],
        "applied_today": 12,
    },
    "state": "executing",
    "epoch": 0,
    "owner": "host-1:4711",
    "lease_until": "2026-03-02T09:01:00.000000Z",
    "undo": "put it back",
}
RECORD = canonical(
    {"at": "2026-03-02T09:00:00.000000Z", "kind": "decision.made", "body": BODY, "payload": "sha256:" + "cd" * 32}
)
BEFORE, BEHIND = RECORD.split(b"0000000000", 1)


@dataclass(frozen=True)
class Whole:
    """The tree of a number of entries, and the roots recorded on the way."""

    head: TreeHead
    roots: list[BatchRoot]


def entries(number: int) -> Iterator[LedgerEntry]:
    for index in range(number):
        record = BEFORE + b"%010d" % index + BEHIND
        yield LedgerEntry(index, "", "", {}, record, leaf_hash(record))


def grown(number: int) -> Whole:
    tree, roots = Growing(), []
    for entry in entries(number):
        tree.add(entry.leaf)
        if tree.size % BATCH == 0:
            roots.append(BatchRoot(tree.size, entry.index, tree.root()))
    return Whole(TreeHead(number, tuple(tree.peaks), number - 1), roots)


def lines(whole: Whole) -> Iterator[bytes]:
    digest, count, roots = hashlib.sha256(), 0, iter(whole.roots)
    root = next(roots, None)

    def told(line: bytes) -> bytes:
        nonlocal count
        digest.update(line)
        count += 1
        return line

    tree = Growing(whole.head.size, whole.head.peaks)
    yield told(header_line(tree.size, tree.root()))
    for entry in entries(whole.head.size):
        yield told(entry_line(entry, place=entry.index, payload=False))
        if root is not None and root.last == entry.index:
            yield told(root_line(root.size, root.root))
            root = next(roots, None)
    yield closing_line(count, digest.digest())


def floor(number: int) -> None:
    tree = Growing()
    for entry in entries(number):
        orjson.loads(entry.record)
        tree.add(leaf_hash(entry.record))


def verify_entries(whole: Whole) -> None:
    found = check_entries(entries(whole.head.size), whole.roots, whole.head, root_every=BATCH)
    assert found.holds, found.faults


def verify_export(whole: Whole) -> None:
    found = check_export(lines(whole), root_every=BATCH)
    assert found.holds, found.faults


def prove(whole: Whole) -> None:
    nodes = SpanRoots(inclusion_spans(whole.head.size // 3, whole.head.size))
    for entry in entries(whole.head.size):
        nodes.add(leaf_hash(entry.record))
    assert len(nodes.roots()) >= whole.head.size.bit_length() - 2


def cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def drained(items: Iterator[object]) -> None:
    for _ in items:
        pass


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rates(whole: Whole) -> int:
    """Prints the rates; the number of bars missed."""
    number = whole.head.size
    making_s, writing_s = cpu_s(lambda: drained(entries(number))), cpu_s(lambda: drained(lines(whole)))
    floor_s = cpu_s(lambda: floor(number)) - making_s
    print(f"{number:,} entries of {len(RECORD)} bytes; CPU time of one core, without the making of the entries")
    tell("floor: JSON and tree hashes", floor_s, number)
    missed = 0
    for name, work, made_s, ratio_max in (
        ("verify a store's entries", verify_entries, making_s, STORE_RATIO_MAX),
        ("verify an exported file", verify_export, writing_s, FILE_RATIO_MAX),
    ):
        spent_s = cpu_s(partial(work, whole)) - made_s
        tell(name, spent_s, number, f"   {spent_s / floor_s:4.2f} x the floor, bar {ratio_max}")
        missed += spent_s / floor_s > ratio_max
    tell("one inclusion proof, one pass", cpu_s(lambda: prove(whole)) - making_s, number)
    return missed


def tell(name: str, spent_s: float, number: int, words: str = "") -> None:
    print(f"  {name:<30} {spent_s / number * 1e6:6.2f} us an entry {number / spent_s:10,.0f} s-1{words}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=200_000, metavar="N", help="length of the ledger (200,000)")
    number: int = parser.parse_args().entries
    small, whole = grown(max(number // 10, 1)), grown(number)
    verify_entries(small)
    verify_export(small)
    before_mb = peak_mb()
    missed = rates(whole)
    growth_mb = peak_mb() - before_mb
    print(f"  memory: {peak_mb():.0f} MB at the most, {growth_mb:.1f} MB more than with a tenth; bar {GROWTH_MAX_MB}")
    missed += growth_mb > GROWTH_MAX_MB
    print("all bars held" if not missed else f"{missed} bars missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
