"""A store of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governed import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.store.close()
