"""A workflow for tests of its dossier: with KPIs and segments, in a store that is copied, given to a tenant or not."""

import datetime as dt
import itertools
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from governed import House
from staged import READY

DEFINITION = replace(READY, initiative=replace(READY.initiative, segments=("north", "south")))


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


@dataclass
class Given:
    """Which tenant the workflow was given to."""

    tenant: str | None = None

    def of(self, workflow: str) -> str | None:
        return self.tenant

    def given(self, tenant: str) -> tuple[str, ...]:
        return ("triage",) if tenant == self.tenant else ()
