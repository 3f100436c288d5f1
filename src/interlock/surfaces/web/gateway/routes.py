"""Addresses of the gateway's pages."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from interlock.flows.gateway.evidence.bake_off import BakeOff, bake_off
from interlock.flows.gateway.evidence.seen import (
    first_day,
    limits_seen,
    request_seen,
    requests_seen,
    strangers,
    sums_seen,
    traffic_overview,
    unusual_seen,
)
from interlock.flows.gateway.inventory import inventory_on_record, unknown_calls
from interlock.flows.gateway.limits.used import limit_uses
from interlock.ports.gateway.traffic import TrafficRow
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.gateway import inventory as stock
from interlock.surfaces.web.gateway import overview as view
from interlock.surfaces.web.gateway import shadow as shade
from interlock.surfaces.web.gateway.asked import after_in, by_in, days_in, filter_in, reach_of
from interlock.surfaces.web.gateway.listed import LIST, further_href, list_title
from interlock.surfaces.web.gateway.one_request import request_view
from interlock.surfaces.web.gateway.strangers import STRANGERS, strangers_title
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here
from interlock.surfaces.web.tables import CSV, JSON, PAGE_ROWS
from interlock.surfaces.web.visitor import Needs, Who

routes = APIRouter(prefix="/gateway", dependencies=[Depends(Needs("traffic", "read"))])
EXPORT_ROWS = 1_000
UNUSUAL_SHOWN = 5
INVENTORY_DAYS = 30
SHADOW_LOOKED_MAX = 10_000  # by a page, which somebody waits for


@routes.get("")
def overview(request: Request, here: Here, who: Who) -> Response:
    """What passed the gateway, what did not, what it cost and how long it took."""
    days, by, now = days_in(request.query_params), by_in(request.query_params), here.now()
    reach = reach_of(here, who)
    with here.rt.store.reading() as reading:
        found = traffic_overview(reading, reach, by, days=days, now=now)
        uses = limits_seen(limit_uses(reading, now), reach)
        unusual = unusual_seen(reading, reach, since=found.since, limit=UNUSUAL_SHOWN)
    return page(
        request, "gateway/overview.html.j2", title=view.title(found.total, days), who=who, found=found,
        whole=reach.everything, figures=view.figures(found) if found.total.requests else (), unusual=unusual,
        choices=view.choices(by, days), limits=view.limit_rows(uses),
        shown=view.sums_table(by, days).shown(found.groups, request.query_params),
        refused=view.rule_rows(found),
    )  # fmt: skip


@routes.get(".{form}")
def overview_as(form: str, request: Request, here: Here, who: Who) -> Response:
    """The sums as CSV and JSON."""
    _check_form(form)
    days, by = days_in(request.query_params), by_in(request.query_params)
    with here.rt.store.reading() as reading:
        rows = sums_seen(reading, reach_of(here, who), by, since=first_day(days, here.now()))
    return view.sums_table(by, days).answer(rows, request.query_params, form)


@routes.get("/requests")
def requests(request: Request, here: Here, who: Who) -> Response:
    """Requests within the visitor's reach, newest first."""
    rows = _rows(request, here, who, PAGE_ROWS)
    after = further_href(rows, PAGE_ROWS, request.query_params)
    return page(
        request, "gateway/requests.html.j2", who=who,
        title=list_title(rows, more=after is not None, later=after_in(request.query_params) is not None),
        shown=LIST.page(rows, request.query_params, after=after),
    )  # fmt: skip


@routes.get("/requests.csv")
def requests_csv(request: Request, here: Here, who: Who) -> Response:
    """A thousand of them; the header `Link` names the next ones."""
    rows = _rows(request, here, who, EXPORT_ROWS)
    answer = LIST.as_csv(rows)
    if further := further_href(rows, EXPORT_ROWS, request.query_params, ".csv"):
        answer.headers["link"] = f'<{further}>; rel="next"'
    return answer


@routes.get("/requests.json")
def requests_json(request: Request, here: Here, who: Who) -> Response:
    """The same as JSON."""
    rows = _rows(request, here, who, EXPORT_ROWS)
    answer = LIST.as_json(rows)
    if further := further_href(rows, EXPORT_ROWS, request.query_params, ".json"):
        answer.headers["link"] = f'<{further}>; rel="next"'
    return answer


@routes.get("/requests/{id_}")
def one_request(request: Request, here: Here, who: Who, id_: str) -> Response:
    """What became of one request: both records, attempts, what was taken out, rules, cost."""
    row = _row(here, who, id_)
    view = request_view(row)
    return page(request, "gateway/request.html.j2", title=view.title, who=who, row=row, view=view)


@routes.get("/requests/{id_}/record.json")
def request_record(here: Here, who: Who, id_: str) -> Response:
    """Both records of a request, as the trace keeps them."""
    row = _row(here, who, id_)
    headers = {"content-disposition": 'attachment; filename="request.json"'}
    return JSONResponse({"accepted": row.accepted, "outcome": row.outcome, "segment": row.segment}, headers=headers)


@routes.get("/shadow")
def shadow(request: Request, here: Here, who: Who) -> Response:
    """Models that were asked in the shadow of others: agreement, cost and latency."""
    days, found = days_in(request.query_params), _bake_off(request, here, who)
    return page(
        request, "gateway/shadow.html.j2", title=shade.title(found, days), who=who, found=found,
        shown=shade.TABLE.shown(found.compared, request.query_params),
    )  # fmt: skip


@routes.get("/shadow.{form}")
def shadow_as(form: str, request: Request, here: Here, who: Who) -> Response:
    """The same as CSV and JSON."""
    _check_form(form)
    return shade.TABLE.answer(_bake_off(request, here, who).compared, request.query_params, form)


@routes.get("/ungoverned")
def ungoverned(request: Request, here: Here, who: Who) -> Response:
    """Callers whom nobody knows, and what they asked for."""
    who.check("traffic", "read")
    days = days_in(request.query_params)
    with here.rt.store.reading() as reading:
        found = strangers(reading, days=days, now=here.now())
    return page(
        request, "gateway/ungoverned.html.j2", title=strangers_title(found, days), who=who,
        shown=STRANGERS.shown(found, request.query_params),
    )  # fmt: skip


@routes.get("/ungoverned.{form}")
def ungoverned_as(form: str, request: Request, here: Here, who: Who) -> Response:
    """The same as CSV and JSON."""
    _check_form(form)
    who.check("traffic", "read")
    with here.rt.store.reading() as reading:
        found = strangers(reading, days=days_in(request.query_params), now=here.now())
    return STRANGERS.answer(found, request.query_params, form)


@routes.get("/inventory")
def inventory(request: Request, here: Here, who: Who) -> Response:
    """Operations and tools that are on record, and tools that are called without being among them."""
    who.check("traffic", "read")
    since = first_day(INVENTORY_DAYS, here.now())
    with here.rt.store.reading() as reading:
        found = inventory_on_record(reading)
        unknown = unknown_calls(reading, found, since=since)
    whole = stock.findings_of(found)
    operations = stock.harshest_first(found.operations if found else ())
    return page(
        request, "gateway/inventory.html.j2", title=stock.title(found, len(unknown)), who=who, found=found,
        unknown_rows=[(name, f"{n:,}") for name, n in unknown], unknown=unknown, since=since, whole=whole,
        findings=stock.finding_rows(whole, here.packs.inventory),
        shown=stock.table(tuple(whole.findings)).shown(operations, request.query_params),
    )  # fmt: skip


@routes.get("/inventory.{form}")
def inventory_as(form: str, request: Request, here: Here, who: Who) -> Response:
    """The same as CSV and JSON."""
    _check_form(form)
    who.check("traffic", "read")
    with here.rt.store.reading() as reading:
        found = inventory_on_record(reading)
    table = stock.table(tuple(stock.findings_of(found).findings))
    return table.answer(stock.harshest_first(found.operations if found else ()), request.query_params, form)


def _check_form(form: str) -> None:
    if form not in {CSV, JSON}:
        raise NotThere


def _rows(request: Request, here: Here, who: Who, limit: int) -> tuple[TrafficRow, ...]:
    query = request.query_params
    with here.rt.store.reading() as reading:
        return requests_seen(reading, reach_of(here, who), filter_in(query), limit=limit, after=after_in(query))


def _bake_off(request: Request, here: Here, who: Who) -> BakeOff:
    days, workflow = days_in(request.query_params), request.query_params.get("workflow", "").strip() or None
    reach = reach_of(here, who)
    with here.rt.store.reading() as reading:
        return bake_off(reading, reach, days=days, now=here.now(), workflow=workflow, looked_max=SHADOW_LOOKED_MAX)


def _row(here: Here, who: Who, id_: str) -> TrafficRow:
    with here.rt.store.reading() as reading:
        row = request_seen(reading, reach_of(here, who), id_)
    if row is None:
        raise NotThere
    return row
