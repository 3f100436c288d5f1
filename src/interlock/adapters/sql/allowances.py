"""Counters of limits: each change is one statement that keeps to the limit by itself. The same on both engines."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from interlock.adapters.sql.rows import Row
from interlock.ports.gateway.allowances import Allowance, AllowanceRow, Leased
from interlock.terms.errors import Unavailable

TRIES_MAX = 50
SWEPT_MAX = 2_000

TAKE = """
INSERT INTO allowance (key, taken, window_ends)
SELECT :key, :amount, :window_ends WHERE CAST(:amount AS BIGINT) <= CAST(:most AS BIGINT)
ON CONFLICT (key) DO UPDATE SET taken = allowance.taken + :amount WHERE allowance.taken + :amount <= :most
RETURNING taken
"""
LOOK = "SELECT taken FROM allowance WHERE key = :key"
GIVE_BACK = "UPDATE allowance SET taken = taken - :amount WHERE key = :key AND taken >= :amount"
CHARGE = """
INSERT INTO allowance (key, taken, window_ends) VALUES (:key, :amount, :window_ends)
ON CONFLICT (key) DO UPDATE SET taken = allowance.taken + :amount
"""
SWEEP = f"""
DELETE FROM allowance WHERE key IN (
  SELECT key FROM allowance WHERE window_ends < :ended_before ORDER BY window_ends LIMIT {SWEPT_MAX})
"""

First = Callable[[str, Mapping[str, Any]], Row | None]


class SqlAllowances:
    """interlock.ports.gateway.allowances.AllowanceReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    def allowances(self, *, open_at: str) -> tuple[AllowanceRow, ...]:
        query = "SELECT key, taken, window_ends FROM allowance WHERE window_ends > :open_at ORDER BY key"
        return tuple(AllowanceRow(*row) for row in self.rows(query, {"open_at": open_at}))


def taken(first: First, allowance: Allowance, amount: int, at_least: int) -> Leased:
    """Take from a counter, with `first`, which runs a statement and returns its first row.

    All that was wished for by one statement; where that is not left, what is left by another. Others may come between
    the two, so it may take a few: each is exact by itself. Raises Unavailable where others always came between.
    """
    for _ in range(TRIES_MAX):
        row = first(TAKE, {**of(allowance), "amount": amount, "most": allowance.most})
        if row is not None:
            return Leased(amount, int(row[0]))
        found = first(LOOK, {"key": allowance.key})
        now = int(found[0]) if found else 0
        left = allowance.most - now
        if left < at_least or left <= 0:
            return Leased(0, now)
        amount = min(amount, left)
    raise Unavailable(
        f"the counter {allowance.key} is too busy: {TRIES_MAX} times others took from it first; try again"
    )


def of(allowance: Allowance) -> dict[str, Any]:
    """Its key and its window, as parameters."""
    return {"key": allowance.key, "window_ends": allowance.window_ends}
