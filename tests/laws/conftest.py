"""One house for every law."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governed import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A fresh store with nothing in it."""
    made = House(tmp_path)
    yield made
    made.store.close()
