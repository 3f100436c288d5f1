"""Looking after a store as a whole; and what that needs of the rules, which no adapter knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from interlock.ports.store import Reading
from interlock.ports.tree import Tree
from interlock.terms.ledger import LedgerCheck, NewEntry
from interlock.terms.upkeep import BackedUp, Upgraded


class Write(Protocol):
    """Makes a ledger entry of a kind and a body, recorded at a time."""

    def __call__(self, kind: str, body: Mapping[str, Any], *, at: str) -> NewEntry:
        """The entry, ready to be placed."""
        ...


class Check(Protocol):
    """Verifies a store: its ledger, and that its state is what the ledger adds up to."""

    def __call__(self, reading: Reading) -> LedgerCheck:
        """What was found."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The tree, how an entry is written, how a store is checked, and the time at which it is done."""

    tree: Tree
    write: Write
    check: Check
    at: str


class Upkeep(Protocol):
    """Upgrades and copies the store at an address. Raises Unavailable where it cannot be reached or is damaged."""

    def upgrade(self, address: str, *, dry_run: bool) -> Upgraded:
        """Bring a store to the newest schema, all of it or nothing; with `dry_run` it is tried and taken back."""
        ...

    def back_up(self, address: str, file: Path) -> BackedUp:
        """Write a consistent, verified copy while others write. Raises BadInput where there is such a file."""
        ...
