"""Where a trial's store is: a file, or a database of its own. Made by one process, opened by many."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.clock_jump import MORNING, Stepping
from governed import House
from interlock.flows.action.runtime import RunTime
from interlock.ports.clock import Clock
from interlock.terms.workflow import WorkflowDefinition
from interlock.wiring.run_time import open_address, open_run_time

Made = Callable[[], str]  # the address of a new, empty PostgreSQL database


@dataclass(frozen=True)
class Place:
    """A store with one workflow that holds a grant; nobody has it open. `now` is when its house was left."""

    folder: Path
    address: str
    release: str
    now: dt.datetime

    @contextmanager
    def opened(self, clock: Clock | None = None, *, owner: str = "worker") -> Iterator[RunTime]:
        """A run time of this process, at the time of the place unless a clock is given."""
        adapters = open_address(self.address)
        try:
            yield open_run_time(adapters, clock=clock or Stepping(self.now), owner=owner)
        finally:
            adapters.close()


def place(
    folder: Path, definition: WorkflowDefinition, *, database: Made | None = None, start: dt.datetime = MORNING
) -> Place:
    """A new place in a new folder: an embedded store, or in a database where one can be made."""
    folder.mkdir(parents=True)
    address = database() if database else str(folder / "store.db")
    house = House(folder, address)
    house.now = start
    try:
        house.live(definition)
    finally:
        house.opened.close()
    return Place(folder, address, house.release, house.now)
