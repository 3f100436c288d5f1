"""Roots of spans of a tree whose leaves were added up in blocks: a proof then needs few leaves, however many there are.

A block is a perfect subtree. A span of a proof (proof_paths) that is longer than a block begins where one begins, for
trees split at powers of two; so its root is that of its blocks' roots, as if these were leaves.
"""

from collections.abc import Callable, Sequence

from interlock.engine.ledger.merkle import Growing
from interlock.engine.ledger.proof_paths import Span

BLOCK = 256
Leaves = Callable[[int, int], Sequence[bytes]]  # those from a position up to before another, within one block


def tree_root(nodes: Sequence[bytes]) -> bytes:
    """The root of the tree over these nodes."""
    tree = Growing()
    for node in nodes:
        tree.add(node)
    return tree.root()


def span_root(span: Span, blocks: Sequence[bytes], leaves: Leaves) -> bytes:
    """The root of a span of a proof, from the roots of whole `blocks`, and the leaves of what is no whole one."""
    start, stop = span
    if stop - start < BLOCK:
        return tree_root(leaves(start, stop))
    whole, rest = stop // BLOCK, stop % BLOCK
    nodes = list(blocks[start // BLOCK : whole])
    if rest:
        nodes.append(tree_root(leaves(whole * BLOCK, stop)))
    return tree_root(nodes)
