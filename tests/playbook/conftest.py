"""Houses that are made once and copied for each test: one whose gate has passed, and one that is live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governed import House
from made_once import Made


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house."""
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def passed_once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    house = House(tmp_path_factory.mktemp("passed"))
    house.define()
    house.certificate()
    house.shadow(60)
    house.judge()
    house.store.close()
    return Made(house.path, house.now, house.release)


@pytest.fixture(scope="session")
def live_once(passed_once: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    house = passed_once.copied_to(tmp_path_factory.mktemp("live"))
    house.promote()
    house.store.close()
    return Made(house.path, house.now, house.release)


@pytest.fixture
def passed(passed_once: Made, tmp_path: Path) -> Iterator[House]:
    """A house whose gate has just been passed."""
    made = passed_once.copied_to(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def live(live_once: Made, tmp_path: Path) -> Iterator[House]:
    """A house whose workflow holds a grant; its cases are called live-00000 and so on."""
    made = live_once.copied_to(tmp_path)
    yield made
    made.store.close()
