"""The HTTP server over the store that an address names."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.text import Text

from interlock.flows.action.runtime import RunTime
from interlock.surfaces.api.app import build_api
from interlock.surfaces.api.leases import LeasedDrain, LeasedJournal, Leases
from interlock.surfaces.api.served import Desk, Served, holder
from interlock.surfaces.sdk.connection import without_secrets
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.access import ANYBODY
from interlock.terms.errors import Unavailable
from interlock.wiring.run_time import open_address, open_run_time

BACKLOG = 512


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
        owner = f"{holder(name)}{host}"
        if owner not in made:
            made[owner] = LocalHouse(replace(rt, owner=owner), lambda: None)
        return made[owner]

    return desk_of


def serve(address: str, host: str, port: int, say: Console) -> None:
    """Serve a store until the process is stopped. Raises BadInput, and Unavailable where the port cannot be had."""
    with opened_api(address) as app, _listening(host, port) as listener:
        at, taken = listener.getsockname()[:2]
        say.print(Text(f"serving {without_secrets(address)} on http://{at}:{taken}/v1"), soft_wrap=True)
        # No access log: what is done is in the ledger, and nothing that came with a request belongs into a log.
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, number, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(BACKLOG)  # whoever is told the address may come at once
    except OSError as exc:
        raise Unavailable(f"cannot listen on {host}:{port} ({exc.strerror or exc}); --port names another one") from exc
    with listener:
        yield listener
