"""Taking entries into the tree, in batches: what a store writes when it seals."""

from collections.abc import Iterable
from itertools import islice

from interlock.ports.tree import BATCH, Tree
from interlock.terms.ledger import BatchRoot, TreeHead

UNSEALED = "SELECT entry, leaf FROM ledger WHERE entry > :last ORDER BY entry"
SEAL = "UPDATE ledger_head SET size = :size, last = :last, peaks = :peaks"
ROOT = "INSERT INTO ledger_root (size, last, root) VALUES (:size, :last, :root)"


def sealed(
    head: TreeHead, leaves: Iterable[tuple[int, bytes | memoryview]], tree: Tree
) -> tuple[TreeHead, list[BatchRoot]]:
    """The head with these leaves, (index, leaf hash) each, and the roots to be written on the way."""
    roots, rest = [], iter(leaves)
    while run := list(islice(rest, BATCH - head.size % BATCH)):
        head = tree.grow_by(head, [bytes(leaf) for _, leaf in run], run[-1][0])
        if head.size % BATCH == 0:
            roots.append(BatchRoot(head.size, head.last, tree.root_of(head)))
    return head, roots
