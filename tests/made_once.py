"""A house that is made once and copied for each test."""

import datetime as dt
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

from governed import House


@dataclass(frozen=True)
class Made:
    """A closed store, the time of its house, and its release."""

    path: Path
    now: dt.datetime
    release: str

    def copied_to(self, folder: Path) -> House:
        """A house of its own, as this one was left."""
        shutil.copy(self.path, folder / "store.db")
        house = House(folder)
        house.now, house.release = self.now, self.release
        house.keys = (f"live-{i:05d}" for i in itertools.count())
        return house
