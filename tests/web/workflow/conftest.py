"""A workflow that is live, with KPIs and segments in its definition: made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier_house import DEFINITION, Given
from governed import House
from made_once import Made
from web_desk import WebDesk, web_desk


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    house = House(tmp_path_factory.mktemp("dossier"))
    house.live(DEFINITION)
    house.store.close()
    return Made(house.path, house.now, house.release)


@pytest.fixture
def house(made: Made, tmp_path: Path) -> Iterator[House]:
    """A house whose workflow holds a grant."""
    house = made.copied_to(tmp_path)
    yield house
    house.store.close()


@pytest.fixture
def tenants() -> Given:
    return Given()


@pytest.fixture
def desk(house: House, tenants: Given) -> Iterator[WebDesk]:
    with web_desk(house.rt, tenants=tenants) as made:
        yield made
