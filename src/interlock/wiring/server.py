"""The HTTP server over the store that an address names."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from fastapi import FastAPI

from interlock.flows.action.runtime import RunTime
from interlock.surfaces.api.app import build_api
from interlock.surfaces.api.leases import LeasedDrain, LeasedJournal, Leases
from interlock.surfaces.api.served import Desk, Served
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.access import ANYBODY
from interlock.wiring.run_time import open_address, open_run_time


@contextmanager
def opened_api(address: str) -> Iterator[FastAPI]:
    """The application over a store, which is closed afterwards. Raises as `open_address`."""
    opened = open_address(address)
    try:
        leases = Leases(opened.clock)
        leased = replace(opened, journal=LeasedJournal(opened.journal, leases), drain=LeasedDrain(opened.drain, leases))
        rt = open_run_time(leased)
        yield build_api(Served(rt, leases, _desks(rt), lambda _: ANYBODY))
    finally:
        opened.close()


def _desks(rt: RunTime) -> Callable[[str | None], Desk]:
    """A desk for each caller, by name: its leases name both the caller and this server."""
    host = f"{socket.gethostname()}:{os.getpid()}"
    made: dict[str, Desk] = {}

    def desk_of(name: str | None) -> Desk:
        owner = host if name is None else f"{name}@{host}"
        if owner not in made:
            made[owner] = LocalHouse(replace(rt, owner=owner), lambda: None)
        return made[owner]

    return desk_of
