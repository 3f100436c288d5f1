"""The engines that every suite of trials runs on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from postgres_server import Databases

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Callable[[], str] | None:
    """Makes a new database; None where the store is a file."""
    if request.param == "sqlite":
        return None
    databases: Databases = request.getfixturevalue("postgres")
    return databases.new_database
