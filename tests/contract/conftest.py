"""Every store adapter, opened in a fresh place; a new adapter joins by one more entry."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from interlock.adapters.postgres.store import PostgresStore
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.ports.store import Store
from interlock.wiring.run_time import Opened, open_address

if TYPE_CHECKING:
    from postgres_server import Databases

Open = Callable[[], Store]


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Open:
    return lambda: SqliteStore(folder / "store.db", merkle)


def _postgres(request: pytest.FixtureRequest, folder: Path) -> Open:
    databases: Databases = request.getfixturevalue("postgres")
    address = databases.new_database()
    return lambda: PostgresStore(address, merkle)


ADAPTERS: dict[str, Callable[[pytest.FixtureRequest, Path], Open]] = {"postgres": _postgres, "sqlite": _sqlite}


@pytest.fixture(params=sorted(ADAPTERS))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store again and again; all are closed at the end."""
    opened: list[Store] = []
    opener = ADAPTERS[request.param](request, tmp_path)

    def open_() -> Store:
        opened.append(opener())
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()


@pytest.fixture(params=["postgres", "sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a new store on each engine, for what opens it several times or in several processes."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    databases: Databases = request.getfixturevalue("postgres")
    return databases.new_database()


@pytest.fixture
def opened(address: str) -> Iterator[Opened]:
    found = open_address(address)
    yield found
    found.close()
