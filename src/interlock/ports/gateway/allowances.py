"""Shared counters behind limits and budgets: the sum over all processes on the store never exceeds a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """One counter in one window: `key` names both (engine.gateway.limits.counted), `most` is its limit.

    `window_ends` is RFC 3339; the counter is swept some time after it.
    """

    key: str
    most: int
    window_ends: str


@dataclass(frozen=True, slots=True)
class Leased:
    """What was taken, 0 where not enough was left; and what of the limit is taken by everybody then."""

    amount: int
    taken: int


@dataclass(frozen=True, slots=True)
class AllowanceRow:
    """A counter as it stands."""

    key: str
    taken: int
    window_ends: str


class Allowances(Protocol):
    """Blocks of allowances, leased to this process. Each call is one short transaction on the store; safe for threads.

    Where a call raises Unavailable nobody knows whether the store did it: what was to be leased counts as not leased,
    and what was to be given back as gone, so that a doubt may strand an amount and never lets it be used twice.
    """

    def lease(self, allowance: Allowance, amount: int, at_least: int) -> Leased:
        """Take up to `amount`, nothing where not even `at_least` is left."""
        ...

    def give_back(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        """Return what was leased and not used."""
        ...

    def charge(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        """Count what was used without having been leased; a limit may be exceeded by it."""
        ...

    def sweep(self, ended_before: str) -> int:
        """Delete counters of windows that ended before a time; how many. At most some thousand at once."""
        ...


class AllowanceReading(Protocol):
    """Looks at counters; part of interlock.ports.store.Reading."""

    def allowances(self, *, open_at: str) -> tuple[AllowanceRow, ...]:
        """Counters of windows that end after a time, by key."""
        ...
