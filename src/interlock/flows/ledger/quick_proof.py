"""Proofs that an entry is in the ledger, for a page: each at once, for the tree below is added up only once."""

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

from interlock.engine.ledger.blocks import BLOCK, span_root, tree_root
from interlock.engine.ledger.merkle import root_of
from interlock.engine.ledger.proof_paths import Span, consistency_spans, inclusion_spans
from interlock.flows.ledger.prove import check_old_size, consistency_proof, inclusion_proof
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import TreeHead

STEP = 64 * BLOCK


class QuickProofs:
    """The roots of blocks of leaves of one ledger, kept in memory; some 40 bytes for 256 entries.

    They are added up from the leaf hashes as they are kept. A proof says of one entry that its record is in the tree of
    the newest head, and is checked before it is shown: where anything that it rests on was altered, it does not hold.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._roots: list[bytes] = []
        self._lasts: list[int] = []  # the index of the last entry of each block

    def behind(self, reading: Reading) -> int:
        """How many sealed entries are in whole blocks that were not added up yet."""
        return max(reading.head().size // BLOCK - len(self._roots), 0) * BLOCK

    def catch_up(self, reading: Reading, *, at_most: int = STEP) -> int:
        """Add up at most so many entries more; how many are still missing."""
        with self._lock:
            missing = self.behind(reading)
            wanted = min(missing, at_most // BLOCK * BLOCK)
            start = self._lasts[-1] + 1 if self._lasts else 0
            leaves = islice(reading.leaves(start, reading.head().last + 1), wanted)
            while block := list(islice(leaves, BLOCK)):
                if len(block) < BLOCK:
                    raise Unavailable("the ledger holds fewer entries than its head says: `interlock ledger verify`")
                self._roots.append(tree_root([leaf for _, leaf in block]))
                self._lasts.append(block[-1][0])
            return missing - wanted

    def prove(self, reading: Reading, index: int) -> Mapping[str, Any]:
        """A proof that entry `index` is in the sealed ledger, as `prove_inclusion` makes it.

        Raises BadInput where there is no such entry, Unavailable where the tree is not added up that far yet.
        """
        head = reading.head()
        entry = next(reading.entries(index, index + 1), None) if 0 <= index <= head.last else None
        if entry is None:
            raise BadInput(
                f"entry {index} is not sealed: the tree holds {head.size} entries, the last one is {head.last}"
            )
        tree = self._tree(reading, head)
        position = tree.position(index)
        nodes = tree.roots(inclusion_spans(position, head.size))
        return inclusion_proof(entry, position, head.size, root_of(head), nodes)

    def prove_growth(self, reading: Reading, old_size: int) -> Mapping[str, Any]:
        """A proof that the sealed ledger only grew since it held `old_size` entries, as `prove_consistency` makes it.

        Raises BadInput for an impossible size, Unavailable where the tree is not added up that far yet.
        """
        head = reading.head()
        check_old_size(old_size, head)
        tree = self._tree(reading, head)
        old_root, *nodes = tree.roots(((0, old_size), *consistency_spans(old_size, head.size)))
        return consistency_proof(old_size, old_root, head, nodes)

    def _tree(self, reading: Reading, head: TreeHead) -> "_Tree":
        with self._lock:
            tree = _Tree(reading, head, tuple(self._roots), tuple(self._lasts))
        if head.size // BLOCK > len(tree.blocks):
            raise Unavailable("the tree below is still being added up: try again in a moment")
        return tree


class _Tree:
    """The tree of a head: whole blocks by their roots, and the leaves of those that a proof needs."""

    def __init__(self, reading: Reading, head: TreeHead, blocks: Sequence[bytes], lasts: Sequence[int]) -> None:
        self.blocks, self._lasts = blocks, lasts
        self._block = cache(partial(_block, reading, lasts, head))

    def position(self, index: int) -> int:
        """Which leaf an entry is."""
        number = bisect_left(self._lasts, index)
        place = next(place for place, (found, _) in enumerate(self._block(number)) if found == index)
        return number * BLOCK + place

    def roots(self, spans: Sequence[Span]) -> list[bytes]:
        """The roots of spans that begin where a perfect subtree does."""
        return [span_root(span, self.blocks, self._leaves) for span in spans]

    def _leaves(self, start: int, stop: int) -> list[bytes]:
        begin = start // BLOCK
        return [leaf for _, leaf in self._block(begin)[start - begin * BLOCK : stop - begin * BLOCK]]


def _block(reading: Reading, lasts: Sequence[int], head: TreeHead, number: int) -> list[tuple[int, bytes]]:
    """Index and leaf of every entry of a block; the last one may not be whole."""
    start = lasts[number - 1] + 1 if number else 0
    stop = lasts[number] + 1 if number < len(lasts) else head.last + 1
    return list(reading.leaves(start, stop))
