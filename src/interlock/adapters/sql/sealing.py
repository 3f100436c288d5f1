"""Taking entries into the tree, in batches: what a store writes when it seals."""

from collections.abc import Iterable

from interlock.ports.tree import BATCH, Tree
from interlock.terms.ledger import BatchRoot, TreeHead

UNSEALED = "SELECT entry, leaf FROM ledger WHERE entry > :last ORDER BY entry"
SEAL = "UPDATE ledger_head SET size = :size, last = :last, peaks = :peaks"
ROOT = "INSERT INTO ledger_root (size, last, root) VALUES (:size, :last, :root)"


def sealed(
    head: TreeHead, leaves: Iterable[tuple[int, bytes | memoryview]], tree: Tree
) -> tuple[TreeHead, list[BatchRoot]]:
    """The head with these leaves, (index, leaf hash) each, and the roots to be written on the way."""
    roots = []
    for index, leaf in leaves:
        head = tree.grow(head, bytes(leaf), index)
        if head.size % BATCH == 0:
            roots.append(BatchRoot(head.size, head.last, tree.root_of(head)))
    return head, roots
