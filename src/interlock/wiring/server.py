"""The server over the store that an address names: the HTTP API, and beside it the pages."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.text import Text

from interlock.engine.access.base_address import VARIABLE, base_address
from interlock.engine.access.signature import signature
from interlock.flows.access.tokens import Tokens
from interlock.flows.action.runtime import RunTime
from interlock.flows.notice.tell import Notices
from interlock.flows.rollout.judging import judging
from interlock.surfaces.api.app import build_api
from interlock.surfaces.api.leases import LeasedDrain, LeasedJournal, Leases
from interlock.surfaces.api.served import Desk, Served, holder
from interlock.surfaces.cli.toolbox import Notify
from interlock.surfaces.gateway.connections import GuardedConnection
from interlock.surfaces.http.guard import AtHome
from interlock.surfaces.http.rounds import Round
from interlock.surfaces.sdk.connection import without_secrets
from interlock.surfaces.sdk.local import LocalHouse
from interlock.surfaces.web.site import Site
from interlock.terms.errors import BadInput
from interlock.wiring.documents import messenger
from interlock.wiring.entrance import entrance_over
from interlock.wiring.gateway.access import keys_not_set
from interlock.wiring.gateway.server import gateway_door
from interlock.wiring.gateway.worker import traces_of
from interlock.wiring.listening import check_for_this_machine, is_loopback, listening
from interlock.wiring.memory import settle
from interlock.wiring.run_time import Opened, open_address, open_run_time
from interlock.wiring.site import BELIEVED, one_door, rounds_of, site_over, web_over

GRACE_S = 5
SWITCH_S = 0.0005
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_WARNING = (
    "WARNING: there are neither tokens nor accounts, so anybody on this machine may do anything here until there is "
    "one. The link below makes an account, `interlock token create NAME --role ... --as YOU` a token"
)
FIRST_LINK = "there is no account yet; make the first one, an administrator's, at"


@dataclass(frozen=True, slots=True)
class Server:
    """The two applications over one store, the site that pages are made from, and the adapters of the store."""

    api: FastAPI
    web: FastAPI
    site: Site
    served: Served
    opened: Opened


@contextmanager
def opened_server(
    address: str,
    *,
    host: str = "127.0.0.1",
    notify: Notify | None = None,
    demo: bool = False,
    renewed: Callable[[], object] = lambda: None,
) -> Iterator[Server]:
    """The applications over a store, which is closed afterwards. `demo`: anybody here may look at it in any role.

    `renewed` is called whenever what is kept in memory for pages was read anew. Raises as `open_address`, and BadInput
    where others than this machine could come and nobody could be known yet, or anybody could be anybody.
    """
    if demo:
        check_for_this_machine(host)
    opened = open_address(address)
    try:
        leases, tokens = Leases(opened.clock), Tokens(opened.store)
        if not tokens.any and not is_loopback(host):
            raise BadInput(
                f"there are neither tokens nor accounts yet, so others must not come to {host}: make one first, "
                "`interlock account create NAME --role ... --as YOU`, or leave --host out"
            )
        leased = replace(opened, journal=LeasedJournal(opened.journal, leases), drain=LeasedDrain(opened.drain, leases))
        rt = open_run_time(leased)
        home = AtHome(LOOPBACK) if demo else None if tokens.any else AtHome(LOOPBACK, lambda: tokens.any)
        entrance = entrance_over(rt, os.environ)
        notices = _notices(rt, notify)
        sender = messenger(os.environ)
        site = site_over(
            rt,
            sessions=entrance.sessions,
            entrance=entrance,
            demo=demo,
            notices=notices,
            messenger=sender,
            address=base_address(os.environ.get(VARIABLE, "")),
        )
        served = _served(site, leases, tokens, home, rounds_of(site, renewed))
        try:
            yield Server(build_api(served), web_over(site, home=home), site, served, opened)
        finally:
            site.waiting.close()
            site.trials.close()
    finally:
        opened.close()


def _served(site: Site, leases: Leases, tokens: Tokens, home: AtHome | None, rounds: tuple[Round, ...]) -> Served:
    """What requests to the API find, where pages are served from the same parts."""
    return Served(
        site.rt,
        leases,
        _desks(site.rt),
        tokens.known,
        home,
        site.notices,
        rounds,
        site.retention,
        site.documents,
        site.sendings,
        site.trials,
        judging=judging(site.packs.gates, site.packs.instruments, site.signing),
        organisations=site.packs.organisations,
        fit=site.packs.fit,
        read_upload=site.read_upload,
        span_lines=site.span_lines,
    )


def serve(
    address: str, host: str, port: int, say: Console, notify: Notify | None = None, *, demo: bool = False
) -> None:
    """Serve a store until the process is stopped. Raises BadInput, and Unavailable where the port cannot be had."""
    signal.signal(signal.SIGTERM, _ended)  # the server hands the signal on when it has ended: then all else does
    # Each look into the store lets other threads run. One that computes (the portfolio is read anew, say) then keeps
    # the interpreter for 5 ms unless told otherwise, and a page that looks sixty times would wait for all of them.
    sys.setswitchinterval(SWITCH_S)
    opening = opened_server(address, host=host, notify=notify, demo=demo, renewed=settle)
    with opening as server, listening(host, port) as listener:
        if server.served.known(None) is not None:
            say.print(Text(OPEN_WARNING), style="bold", soft_wrap=True)
        at, taken = listener.getsockname()[:2]
        shown = f"[{at}]" if ":" in at else at
        where = f"http://{shown}:{taken}"
        say.print(Text(f"serving {without_secrets(address)} on {where}/v1, its pages on {where}/"), soft_wrap=True)
        for words in keys_not_set(server.opened.store, os.environ):
            say.print(Text(words), soft_wrap=True)
        first = server.site.entrance.first_run
        if first.open:
            say.print(Text(f"{FIRST_LINK} {where}/first?token={first.token}"), soft_wrap=True)
        # No access log: what is done is in the ledger, and nothing that came with a request belongs into a log.
        config = uvicorn.Config(
            one_door(
                server.api,
                server.web,
                gateway_door(server.opened, traces_of(address, os.environ), sessions=True),
                believed=os.environ.get("FORWARDED_ALLOW_IPS", BELIEVED),
            ),
            http=GuardedConnection,
            proxy_headers=False,  # of model traffic the gateway's definition says which proxies are believed
            ws="none",  # nothing here speaks it, and an upgrade would pass by what watches connections
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        _ServerOfPages(config, server.site).run(sockets=[listener])


def _ended(number: int, _: object) -> None:
    sys.exit(128 + number)  # as a shell reports it


class _ServerOfPages(uvicorn.Server):
    """A server that ends the streams of open pages when it stops: it would wait for them otherwise."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As any server, once nobody listens any more."""
        self._site.watch.close()
        await super().shutdown(sockets)


def _notices(rt: RunTime, notify: Notify | None) -> Notices | None:
    if notify is None:
        return None
    from interlock.adapters.http.notices import WebhookNotifier, check_address

    addresses = [check_address(address) for address in notify.addresses]
    return Notices(rt.store, WebhookNotifier(notify.secret, signature), addresses, rt.clock)


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
