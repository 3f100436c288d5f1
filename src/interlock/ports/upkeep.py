"""Looking after a store as a whole; and what that needs of the rules, which no adapter knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from interlock.ports.store import Reading
from interlock.ports.tree import Tree
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import LedgerCheck, NewEntry
from interlock.terms.person import Person
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

    def checked(self, reading: Reading, what: str) -> LedgerCheck:
        """A verification that found nothing; raises Unavailable, with `what` and the first fault, where it did."""
        found = self.check(reading)
        if not found.holds:
            fault = found.faults[0]
            place = "" if fault.index is None else f"entry {fault.index}: "
            raise Unavailable(f"{what}: {place}{fault.reason}")
        return found


class Upkeep(Protocol):
    """Upgrades and copies the store at an address. Raises Unavailable where it cannot be reached or is damaged."""

    def upgrade(self, address: str, *, dry_run: bool) -> Upgraded:
        """Bring a store to the newest schema, all of it or nothing; with `dry_run` it is tried and taken back."""
        ...

    def back_up(self, address: str, file: Path) -> BackedUp:
        """Write a consistent, verified copy while others write. Raises BadInput where there is such a file."""
        ...

    def restore(self, file: Path, address: str, *, by: Person, reason: str) -> BackedUp:
        """Make a backup of either engine the new store at an address, halted. Raises BadInput where there is one."""
        ...
