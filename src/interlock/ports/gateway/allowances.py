"""Shared counters behind limits and budgets: the sum over all processes on the store never exceeds a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """One counter in one window: `key` names both, such as `day/2026-11-26/client/acme/micro_usd`; `most` its limit."""

    key: str
    most: int


class Allowances(Protocol):
    """Blocks of allowances, leased to this process. Each call is one short transaction on the store."""

    def lease(self, allowance: Allowance, amount: int, at_least: int) -> int:
        """Take up to `amount`: what was taken, 0 where not even `at_least` is left. Raises Unavailable."""
        ...

    def give_back(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        """Return what was leased and not used. Raises Unavailable; what is not returned stays used."""
        ...

    def used(self, keys: Sequence[str]) -> dict[str, int]:
        """What is taken of each, leased blocks included. Raises Unavailable."""
        ...
