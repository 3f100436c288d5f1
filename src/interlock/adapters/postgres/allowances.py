"""interlock.ports.gateway.allowances.Allowances in a shared store, on connections of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from interlock.adapters.postgres.connection import Connection, Lanes, translated
from interlock.adapters.postgres.views import named
from interlock.adapters.sql.allowances import CHARGE, GIVE_BACK, SWEEP, of, taken
from interlock.adapters.sql.rows import Row
from interlock.ports.gateway.allowances import Allowance, Leased

LANES_MAX = 2

Blocks = Sequence[tuple[Allowance, int]]


class PostgresAllowances:
    """Short statements that wait for no governing transaction; connected to when it is first asked."""

    def __init__(self, address: str) -> None:
        self._lanes = Lanes(address, lanes_max=LANES_MAX)

    def lease(self, allowance: Allowance, amount: int, at_least: int) -> Leased:
        with translated(), self._lanes.taken() as lane:
            db = lane.connection

            def first(query: str, values: Mapping[str, Any]) -> Row | None:
                return db.execute(named(query), values).fetchone()

            return taken(first, allowance, amount, at_least)

    def give_back(self, blocks: Blocks) -> None:
        self._all(GIVE_BACK, blocks)

    def charge(self, blocks: Blocks) -> None:
        self._all(CHARGE, blocks)

    def sweep(self, ended_before: str) -> int:
        with translated(), self._lanes.taken() as lane:
            return lane.connection.execute(named(SWEEP), {"ended_before": ended_before}).rowcount

    def close(self) -> None:
        """Close its connections."""
        self._lanes.close()

    def _all(self, query: str, blocks: Blocks) -> None:
        # In one order everywhere: two processes that hold each other's next row would wait for each other.
        values = [
            {**of(allowance), "amount": amount} for allowance, amount in sorted(blocks, key=lambda one: one[0].key)
        ]
        with translated(), self._lanes.taken() as lane:
            _in_one(lane.connection, named(query), values)


def _in_one(db: Connection, query: str, values: Sequence[Mapping[str, Any]]) -> None:
    with db.transaction(), db.cursor() as cursor:
        cursor.executemany(query, values)
