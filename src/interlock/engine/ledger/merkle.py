"""Merkle trees as in RFC 9162 section 2.1: roots, inclusion proofs, consistency proofs.

Leaves are hashed with a 0x00 prefix and nodes with 0x01, so a node can never pass for a leaf. A proof is a tuple of
32-byte hashes in the order of the RFC.
"""

import hashlib
from collections.abc import Sequence

from interlock.terms.ledger import TreeHead

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || record)."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(head: TreeHead, leaf: bytes) -> TreeHead:
    """The head after one more leaf; O(log size), amortised O(1)."""
    peaks, size, node = list(head.peaks), head.size, leaf
    while size & 1:
        node = node_hash(peaks.pop(), node)
        size >>= 1
    return TreeHead(head.size + 1, (*peaks, node))


def root_of(head: TreeHead) -> bytes:
    """The root of the tree that a head stands for."""
    if not head.peaks:
        return EMPTY_ROOT
    node = head.peaks[-1]
    for peak in reversed(head.peaks[:-1]):
        node = node_hash(peak, node)
    return node


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) of RFC 9162 2.1.1, computed from leaf hashes."""
    head = TreeHead(0, ())
    for leaf in leaves:
        head = grow(head, leaf)
    return root_of(head)


def _split(size: int) -> int:
    return int(1 << ((size - 1).bit_length() - 1))


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """PATH(m, D[n]) of RFC 9162 2.1.3.1; raises IndexError where there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no entry {index} in a ledger of {len(leaves)} entries")
    if len(leaves) == 1:
        return ()
    k = _split(len(leaves))
    if index < k:
        return (*inclusion_proof(index, leaves[:k]), root(leaves[k:]))
    return (*inclusion_proof(index - k, leaves[k:]), root(leaves[:k]))


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


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """PROOF(m, D[n]) of RFC 9162 2.1.4.1; empty for m = 0 and m = n. Raises ValueError where m > n."""
    if not 0 <= old_size <= len(leaves):
        raise ValueError(f"a ledger of {len(leaves)} entries cannot extend one of {old_size}")
    if old_size in {0, len(leaves)}:
        return ()
    return _subproof(old_size, leaves, complete=True)


def _subproof(m: int, leaves: Sequence[bytes], *, complete: bool) -> tuple[bytes, ...]:
    n = len(leaves)
    if m == n:
        return () if complete else (root(leaves),)
    k = _split(n)
    if m <= k:
        return (*_subproof(m, leaves[:k], complete=complete), root(leaves[k:]))
    return (*_subproof(m - k, leaves[k:], complete=False), root(leaves[:k]))


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
