"""`interlock.connect`: an address becomes a connection."""

import datetime as dt
import logging
import os

from interlock.surfaces.sdk.connection import Connection, without_secrets
from interlock.surfaces.sdk.house import House
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.errors import BadInput
from interlock.wiring.run_time import open_address, open_run_time, spool_of

REMOTE = ("http://", "https://")


def connect(address: str, *, owner: str | None = None, token: str | None = None) -> Connection:
    """A connection to the store at 'sqlite:///FILE' or 'postgresql://...'; a path names an embedded store as well.

    'http://...' and 'https://...' name a server (`interlock serve`), to which `token` says who is asking. `owner` names
    this process in leases; default: its host and number (with a server, the token's name). Raises BadInput for another
    kind of address, Unavailable where the store cannot be opened.
    """
    if token is not None and not address.startswith(REMOTE):
        raise BadInput(f"{without_secrets(address)} takes no token: tokens are for servers, http://HOST:PORT")

    def opener() -> House:
        if address.startswith(REMOTE):
            return _remote(address, token)
        opened = open_address(address)
        if opened.caution:
            logging.getLogger("interlock").warning(opened.caution)
        return LocalHouse(open_run_time(opened, owner=owner), opened.close)

    return Connection(without_secrets(address), opener)


def _remote(address: str, token: str | None) -> House:
    from interlock.surfaces.sdk.handing import Handing
    from interlock.surfaces.sdk.remote import RemoteHouse

    try:
        from interlock.adapters.http.client import JsonClient
    except ModuleNotFoundError as exc:
        raise BadInput(f"{address}: connecting to a server needs httpx: pip install 'interlock[server]'") from exc
    return RemoteHouse(JsonClient(address, token=token), Handing(spool_of(address), _now), os.urandom)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
