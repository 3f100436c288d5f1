"""Looking for cases by their key, or from the newest one back, without reading what was recorded of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A decided case in short. `tenant` is the one that its proposal named, `state` that of its effect, None for none.

    `outcome` is what turned out to be right, `wrong` whether what was proposed was not; None where it is not known.
    """

    key: str
    workflow: str
    tenant: str | None
    segment: str | None
    verb: str
    at: str
    entry: int
    state: str | None
    outcome: str | None
    wrong: bool | None
    erased_entry: int | None


class CaseReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def case(self, key: str) -> CaseRow | None:
        """One decided case, or None."""
        ...

    def cases_by_key(self, beginning: str, *, behind: str = "") -> Iterator[CaseRow]:
        """Cases whose key begins so, by key, those behind a key only; read as they are taken."""
        ...

    def cases_back(self, workflow: str, *, since: int = 0, before: int | None = None) -> Iterator[CaseRow]:
        """Cases of a workflow decided from ledger entry `since` on and under `before`, the newest first; read as they
        are taken.
        """
        ...
