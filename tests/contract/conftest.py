"""Every store adapter, opened in a fresh place; a new adapter joins by one more entry."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.ports.store import Store

Open = Callable[[], Store]


def _sqlite(folder: Path) -> Open:
    return lambda: SqliteStore(folder / "store.db", merkle)


ADAPTERS: dict[str, Callable[[Path], Open]] = {"sqlite": _sqlite}


@pytest.fixture(params=sorted(ADAPTERS))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store again and again; all are closed at the end."""
    opened: list[Store] = []
    opener = ADAPTERS[request.param](tmp_path)

    def open_() -> Store:
        opened.append(opener())
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
