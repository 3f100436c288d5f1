"""The adapters of a shared store, opened together."""

from interlock.adapters.postgres.allowances import PostgresAllowances
from interlock.adapters.postgres.connection import Lanes
from interlock.adapters.postgres.drain import PostgresDrain
from interlock.adapters.postgres.journal import PostgresJournal
from interlock.adapters.postgres.store import PostgresStore
from interlock.ports.tree import Tree

LANES_MAX = 8


class OpenedPostgres:
    """Store, journal and drain lock of one database for one process."""

    def __init__(self, address: str, tree: Tree) -> None:
        self.store = PostgresStore(address, tree)
        self.clock = self.store.clock
        self._lanes = Lanes(address, lanes_max=LANES_MAX, greeted=self.clock.ask_now_and_then)
        self.journal = PostgresJournal(self._lanes, self.store.seal)
        self.drain = PostgresDrain(address)
        self.allowances = PostgresAllowances(address)

    def close(self) -> None:
        """Close all connections."""
        self.allowances.close()
        self._lanes.close()
        self.store.close()
