"""A house that is live already, made once and copied for each test."""

import datetime as dt
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from governed import House


@dataclass(frozen=True)
class Made:
    path: Path
    now: dt.datetime
    release: str


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house."""
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def live_once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    made = House(tmp_path_factory.mktemp("live"))
    made.live()
    made.store.close()
    return Made(made.path, made.now, made.release)


@pytest.fixture
def live(live_once: Made, tmp_path: Path) -> Iterator[House]:
    """A house whose workflow holds a grant; its cases are called live-00000 and so on."""
    shutil.copy(live_once.path, tmp_path / "store.db")
    made = House(tmp_path)
    made.now, made.release = live_once.now, live_once.release
    made.keys = (f"live-{i:05d}" for i in itertools.count())
    yield made
    made.store.close()
