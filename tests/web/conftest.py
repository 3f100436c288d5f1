"""Pages are asked for in this process, over the small houses that flows are tested on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governed import House
from web_desk import WebDesk, web_desk


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house."""
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    """The application over an empty house."""
    with web_desk(house.rt) as made:
        yield made
