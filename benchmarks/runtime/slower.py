"""A store whose commits take longer, as on a disk that is slower than the one here. What it adds is simulated."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from interlock.adapters.sqlite.drain import FileDrain
from interlock.adapters.sqlite.journal import SqliteJournal
from interlock.adapters.sqlite.store import SqliteStore
from interlock.adapters.sqlite.views import SqliteTransaction
from interlock.engine.ledger import merkle
from interlock.flows.action.runtime import RunTime
from runtime.governed import opened


class SlowerStore(SqliteStore):
    """Every commit that waits for the disk takes `added_s` longer."""

    added_s = 0.0

    def _commit(self, tx: SqliteTransaction) -> None:
        super()._commit(tx)
        if self._level == "FULL":
            time.sleep(self.added_s)


@contextmanager
def opened_slower(path: Path, added_s: float) -> Iterator[RunTime]:
    """A run time on the embedded store of this file, as it is where nothing is added."""
    with opened(str(path)) as rt:
        if not added_s:
            yield rt
            return
        store = SlowerStore(path, merkle)
        store.added_s = added_s
        try:
            yield replace(rt, store=store, journal=SqliteJournal(store, FileDrain(path)))
        finally:
            store.close()


def in_words(added_s: float) -> str:
    """What is to be said of it beside a figure."""
    return f" ({1e6 * added_s:,.0f} us of it simulated, by a wait after each synced commit)" if added_s else ""
