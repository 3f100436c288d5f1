"""interlock.ports.gateway.allowances.Allowances in an embedded store, in transactions shared with other writers."""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from interlock.adapters.sql.allowances import CHARGE, GIVE_BACK, SWEEP, of, taken
from interlock.adapters.sqlite.store import SqliteStore
from interlock.adapters.sqlite.views import SqliteTransaction
from interlock.ports.gateway.allowances import Allowance, Leased
from interlock.ports.store import Transaction

Blocks = Sequence[tuple[Allowance, int]]
T = TypeVar("T")


class SqliteAllowances:
    """On an open store; closing that ends this too."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def lease(self, allowance: Allowance, amount: int, at_least: int) -> Leased:
        return self._run(lambda tx: taken(lambda query, values: tx.first(query, **values), allowance, amount, at_least))

    def give_back(self, blocks: Blocks) -> None:
        self._run(lambda tx: tx.change_all(GIVE_BACK, _values(blocks)))

    def charge(self, blocks: Blocks) -> None:
        self._run(lambda tx: tx.change_all(CHARGE, _values(blocks)))

    def sweep(self, ended_before: str) -> int:
        return self._run(lambda tx: tx.change_all(SWEEP, [{"ended_before": ended_before}]))

    def _run(self, work: Callable[[SqliteTransaction], T]) -> T:
        return self._store.run(cast("Callable[[Transaction], T]", work))


def _values(blocks: Blocks) -> list[dict[str, object]]:
    return [{**of(allowance), "amount": amount} for allowance, amount in blocks]
