"""The application: every area of the site, its files, and the guard around it."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interlock.surfaces.http.guard import AtHome, Guard
from interlock.surfaces.web import problems
from interlock.surfaces.web.account import routes as account
from interlock.surfaces.web.cases import routes as cases
from interlock.surfaces.web.council import routes as council
from interlock.surfaces.web.demo import routes as demo
from interlock.surfaces.web.evidence import routes as evidence
from interlock.surfaces.web.frame import share_assets
from interlock.surfaces.web.gateway import routes as gateway
from interlock.surfaces.web.instruments import routes as instruments
from interlock.surfaces.web.ledger import routes as ledger
from interlock.surfaces.web.live import routes as live
from interlock.surfaces.web.people import routes as people
from interlock.surfaces.web.portfolio import routes as portfolio
from interlock.surfaces.web.queue import routes as queue
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.reports import routes as reports
from interlock.surfaces.web.reports import schedules
from interlock.surfaces.web.settings import routes as settings
from interlock.surfaces.web.sign_in import routes as sign_in
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.standup import routes as standup
from interlock.surfaces.web.start import routes as start
from interlock.surfaces.web.stop import routes as stop
from interlock.surfaces.web.workflow import routes as workflow

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
KEPT = "public, max-age=31536000, immutable"  # its address changes with its content

# Every area of the site: a new one is one more line here.
AREAS: tuple[APIRouter, ...] = (
    account.routes,
    cases.routes,
    council.routes,
    evidence.routes,
    gateway.routes,
    instruments.routes,
    ledger.routes,
    live.routes,
    people.routes,
    portfolio.routes,
    queue.routes,
    reports.routes,
    schedules.routes,
    settings.routes,
    sign_in.routes,
    standup.routes,
    start.routes,
    stop.routes,
    workflow.routes,
)
# Paths that take more than a form: bytes at most.
LARGER: Mapping[str, int] = {**evidence.LARGER, **start.LARGER}


def build_web(site: Site, *, shared: Mapping[str, bytes], home: AtHome | None = None) -> FastAPI:
    """The application for one site. `shared` are style sheets that reports and pages have in common."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = site
    problems.install(app)
    app.include_router(_files(share_assets(shared)))
    for area in (*AREAS, demo.routes) if site.demo else AREAS:
        app.include_router(area)
    app.add_middleware(Guard, policy=POLICY, refusal=_refusal, failed=problems.unexpected, home=home, larger=LARGER)
    return app


def _files(files: Mapping[str, bytes]) -> APIRouter:
    routes = APIRouter()

    @routes.get("/static/{name}")
    def static_file(name: str) -> Response:
        """One file of ours; there is no other way to files."""
        content = files.get(name)
        if content is None:
            raise NotThere
        return Response(content, headers={"cache-control": KEPT}, media_type=KINDS[name.rpartition(".")[2]])

    return routes


def _refusal(kind: str, status: int, words: str) -> ASGIApp:
    if kind != "too-large":
        return Response(words, status, media_type="text/plain; charset=utf-8")

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await problems.too_large(Request(scope), words)(scope, receive, send)

    return told
