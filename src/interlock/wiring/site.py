"""The web application over a run time, beside the HTTP API on one port."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from interlock import __version__
from interlock.adapters.evidence.upload import read_upload
from interlock.adapters.reports.inline import chart_html, shared_styles
from interlock.adapters.signing.ed25519 import Ed25519
from interlock.flows.access.tenants import Tenants
from interlock.flows.action.runtime import RunTime
from interlock.flows.portfolio.kept import QUEUES_S, RENEWED_S, KeptPortfolio
from interlock.flows.reporting.making import Makings
from interlock.flows.reporting.send import Sendings
from interlock.flows.upkeep.retention import EVERY_S
from interlock.ports.spans import SpanLines
from interlock.surfaces.http.guard import AtHome
from interlock.surfaces.http.rounds import Round
from interlock.surfaces.web.app import build_web
from interlock.surfaces.web.live.watch import LOOK_S
from interlock.surfaces.web.site import Packs, Sessions, Site
from interlock.wiring.documents import messenger, sources_over
from interlock.wiring.entrance import entrance_over
from interlock.wiring.packs import (
    fit_pack,
    inventory_pack,
    organisation_files,
    read_gates,
    read_instruments,
    sample_path,
)
from interlock.wiring.trials import trials

API = "/v1"
BELIEVED = "127.0.0.1,::1"  # a proxy on the same machine
TRIALS_S = 1.0
DOCUMENTS_S = 0.3
SENDINGS_S = 20.0
RETENTION_FIRST_S = 60.0  # whoever is at the start of a server can still stop it


def site_over(rt: RunTime, *, sessions: Sessions, **more: Any) -> Site:
    """A site with everything that is real; `more` replaces parts of it."""
    parts: Mapping[str, Any] = {
        "board": KeptPortfolio(rt.store, rt.clock),
        "tenants": Tenants(rt.store),
        "packs": Packs(read_instruments(None), read_gates(None), organisation_files(), fit_pack(), inventory_pack()),
        "version": __version__,
        "draw": chart_html,
        "trials": trials(rt.clock),
        "sample": sample_path(),
        "entrance": entrance_over(rt, {}),
        "signing": Ed25519(),
        "span_lines": _span_lines(),
        "read_upload": read_upload,
        "messenger": messenger({}),
    }
    whole = {**parts, **more}
    if "documents" not in whole:
        sources = sources_over(rt, whole["board"].portfolio, whole["tenants"].of, whole["packs"].instruments)
        whole["documents"] = Makings(sources, rt.randomness)
    whole["sendings"] = Sendings(
        whole["documents"].sources, whole.pop("messenger"), rt.owner, address=whole.get("address", "")
    )
    return Site(rt, sessions=sessions, **whole)


def _span_lines() -> SpanLines | None:
    try:
        from interlock.adapters.opentelemetry.otlp_lines import otlp_lines
    except ModuleNotFoundError:  # an extra that is not installed
        return None
    return otlp_lines


def web_over(site: Site, *, home: AtHome | None = None) -> FastAPI:
    """The application of a site, with the look that it shares with reports."""
    return build_web(site, shared={name: text.encode() for name, text in shared_styles().items()}, home=home)


def rounds_of(site: Site, renewed: Callable[[], object] = lambda: None) -> tuple[Round, ...]:
    """What the server does again and again for a site: another round is one more line here.

    `renewed` is called when the board was read anew.
    """

    def renew() -> None:
        site.board.renew()
        renewed()

    return (
        Round(site.documents.work, DOCUMENTS_S),
        Round(site.sendings.go, SENDINGS_S),
        Round(site.trials.look, TRIALS_S),
        Round(renew, RENEWED_S / 2, first_s=0),
        Round(site.board.count, QUEUES_S),
        Round(site.watch.look, LOOK_S),
        Round(site.retention.go, EVERY_S, RETENTION_FIRST_S),
    )


class Gateway(Protocol):
    """What answers model traffic and tool calls beside the API."""

    def answers(self, path: str) -> bool:
        """Whether a path is one of its own."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """What must go on while requests come."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        ...


def one_door(api: ASGIApp, web: ASGIApp, gateway: Gateway, *, believed: str) -> "OneDoor":
    """The door where proxies stand before it. `believed` are their addresses, with commas between them: who is said to
    come by them is who uses the API and the pages. Of model traffic and tools the gateway's own definition says that.
    """

    def by_proxy(app: ASGIApp) -> ASGIApp:
        reads: Any = ProxyHeadersMiddleware(app, believed)  # type: ignore[arg-type]  # two libraries' names for one thing
        return cast("ASGIApp", reads)

    return OneDoor(by_proxy(api), by_proxy(web), gateway)


@dataclass(frozen=True, slots=True)
class OneDoor:
    """All applications behind one address: what begins with /v1 is the API's, and so is the life of the server.

    Of that, models are asked at the gateway's own paths.
    """

    api: ASGIApp
    web: ASGIApp
    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to whose it is."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        path = scope.get("path", "")
        if scope["type"] == "http" and self.gateway.answers(path):
            await self.gateway(scope, receive, send)
            return
        pages = scope["type"] == "http" and path != API and not path.startswith(f"{API}/")
        await (self.web if pages else self.api)(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server waits for nothing any more once it is told that all has ended, so that is told last."""
        last: list[Message] = []

        async def told(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                last.append(message)
            else:
                await send(message)

        async with self.gateway.running():
            await self.api(scope, receive, told)
        for message in last:
            await send(message)
