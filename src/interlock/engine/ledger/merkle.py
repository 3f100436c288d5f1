"""Merkle trees as in RFC 9162 section 2.1: roots as the tree grows, and whether a proof holds.

Leaves are hashed with a 0x00 prefix and nodes with 0x01, so a node can never pass for a leaf. A proof is a sequence of
32-byte hashes in the order of the RFC; interlock.engine.ledger.proof_paths makes them.
"""

import hashlib
from collections.abc import Iterable, Sequence

from interlock.terms.ledger import LedgerEntry, TreeHead

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || record)."""
    return hashlib.sha256(b"\x00" + record).digest()


def is_intact(entry: LedgerEntry) -> bool:
    """Whether a record still has the hash that was taken when it was written."""
    return leaf_hash(entry.record) == entry.leaf


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that grows in place: `size` leaves, and the roots of its perfect subtrees, largest first."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """One more leaf; amortised O(1)."""
        size, peaks = self.size, self.peaks
        self.size = size + 1
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)

    def root(self) -> bytes:
        """The root of all leaves so far."""
        return _folded(self.peaks)

    def copy(self) -> "Growing":
        """The same tree, to be grown another way."""
        return Growing(self.size, self.peaks)


def grow(head: TreeHead, leaf: bytes, index: int | None = None) -> TreeHead:
    """The head after one more leaf, that of entry `index` (None: its place in the tree); amortised O(1)."""
    return grow_by(head, (leaf,), head.size if index is None else index)


def grow_by(head: TreeHead, leaves: Iterable[bytes], index: int) -> TreeHead:
    """The head after these leaves more, the last of which is that of entry `index`."""
    tree = Growing(head.size, head.peaks)
    for leaf in leaves:
        tree.add(leaf)
    return TreeHead(tree.size, tuple(tree.peaks), index)


def root_of(head: TreeHead) -> bytes:
    """The root of the tree that a head stands for."""
    return _folded(head.peaks)


def _folded(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    node = peaks[-1]
    for peak in reversed(peaks[:-1]):
        node = node_hash(peak, node)
    return node


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """RFC 9162 2.1.3.2: whether `leaf` is entry `index` of the tree of `size` leaves with that root."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == expected_root


def verify_consistency(old_size: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 2.1.4.2: whether the tree with `new_root` only added entries to the one with `old_root`."""
    if old_size > size or old_size < 0:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_node = node_hash(new_node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old_node == old_root and new_node == new_root
