"""The Merkle tree over the ledger, as a store grows it: the store keeps its head, the rule is the core's."""

from collections.abc import Sequence
from typing import Protocol

from interlock.terms.ledger import TreeHead

BATCH = 256  # a root is written each time the tree has grown by about this many entries


class Tree(Protocol):
    """Grows a tree head by leaves (RFC 9162)."""

    def grow(self, head: TreeHead, leaf: bytes, index: int) -> TreeHead:
        """The head with one more leaf, that of entry `index`."""
        ...

    def grow_by(self, head: TreeHead, leaves: Sequence[bytes], index: int) -> TreeHead:
        """The head with these leaves more, the last of which is that of entry `index`."""
        ...

    def root_of(self, head: TreeHead) -> bytes:
        """The root that a head stands for."""
        ...
