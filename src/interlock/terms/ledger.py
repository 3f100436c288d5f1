"""The tamper-evident ledger: entries, tree heads and proofs (RFC 6962 / RFC 9162 trees)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One canonical record. `record` is its RFC 8785 bytes, `leaf` their leaf hash, `root` the tree's root with it."""

    index: int
    at: str
    kind: str
    body: Mapping[str, Any]
    record: bytes
    leaf: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The state of a tree of `size` leaves: the roots of its perfect subtrees, largest first."""

    size: int
    peaks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a verification found wrong: at which entry (None: the ledger as a whole), and in words."""

    index: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The result of a verification: `entries` read, the `root` they hash to, and the faults (empty: it holds).

    `caveat` says what this verification cannot show, "" where nothing is left open.
    """

    entries: int
    root: str
    faults: tuple[Fault, ...]
    caveat: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults
