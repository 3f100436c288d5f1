"""The tamper-evident ledger: entries, tree heads and proofs (RFC 6962 / RFC 9162 trees)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One canonical record. `record` is its RFC 8785 bytes, `leaf` their leaf hash.

    `index` only rises; on a shared store some numbers are never used. `payload` is content that may be erased later:
    its digest is in the record and stays. None where it was erased or the entry never had one.
    """

    index: int
    at: str
    kind: str
    body: Mapping[str, Any]
    record: bytes
    leaf: bytes
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it has its place: `record` and `leaf` as in LedgerEntry, `payload` as canonical bytes."""

    at: str
    kind: str
    body: Mapping[str, Any]
    record: bytes
    leaf: bytes
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The state of a tree of `size` leaves: the roots of its perfect subtrees, largest first.

    `last` is the index of its last entry, -1 for an empty tree. Entries behind it are written but not yet sealed: on a
    shared store they are sealed in batches.
    """

    size: int
    peaks: tuple[bytes, ...]
    last: int = -1


@dataclass(frozen=True, slots=True)
class BatchRoot:
    """The root that the tree had at `size` leaves, as it was written then; `last` is the index of its last entry."""

    size: int
    last: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What a verification found wrong: at which entry (None: the ledger as a whole), and in words."""

    index: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The result of a verification: sealed `entries` read, the `root` they hash to, the faults (empty: it holds).

    `caveat` says what this verification cannot show, "" where nothing is left open. `unsealed` entries were written
    since the last seal. `payloads` fit their digests, `payloads_gone` were erased or not handed over. `checkpoints` is
    the number of those kept elsewhere that the ledger agrees with.
    """

    entries: int
    root: str
    faults: tuple[Fault, ...]
    caveat: str = ""
    unsealed: int = 0
    payloads: int = 0
    payloads_gone: int = 0
    checkpoints: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults
