"""`interlock.connect`: an address becomes a connection."""

import datetime as dt

from interlock.surfaces.sdk.connection import Connection, without_secrets
from interlock.surfaces.sdk.house import House
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.errors import BadInput
from interlock.wiring.run_time import open_address, open_run_time

REMOTE = ("http://", "https://")


def connect(address: str, *, owner: str | None = None) -> Connection:
    """A connection to the store at 'sqlite:///FILE' or 'postgresql://...'; a path names an embedded store as well.

    `owner` names this process in leases; default: its host and number. Raises BadInput for another kind of address,
    Unavailable where the store cannot be opened.
    """

    def opener() -> House:
        if address.startswith(REMOTE):
            raise BadInput(f"{address}: connecting to a server is not built in here")
        opened = open_address(address)
        return LocalHouse(open_run_time(opened, clock=lambda: dt.datetime.now(dt.UTC), owner=owner), opened.close)

    return Connection(without_secrets(address), opener)
