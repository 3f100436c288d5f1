"""What passes the gateway: requests, what they add up to, callers that nobody knows, and what may be called."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from interlock.engine.access.permissions import scopes
from interlock.engine.ledger.canonical import plain
from interlock.flows.gateway.evidence.bake_off import bake_off
from interlock.flows.gateway.evidence.seen import (
    TrafficReach,
    first_day,
    limits_seen,
    request_seen,
    requests_seen,
    strangers,
    traffic_overview,
    traffic_reach,
    unusual_seen,
)
from interlock.flows.gateway.inventory import inventory_on_record, unknown_calls
from interlock.flows.gateway.limits.used import limit_uses
from interlock.flows.ledger.search import time_of
from interlock.ports.gateway.traffic import SumBy, TrafficFilter
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import check_everywhere
from interlock.surfaces.api.served import Here, Needs, Served
from interlock.terms.access import Caller

PAGE_MAX, PAGE = 1_000, 100
UNUSUAL_MAX = 100
routes = APIRouter(prefix="/gateway", tags=["gateway"])
Reader = Annotated[Caller, Depends(Needs("traffic", "read"))]
Days = Annotated[int, Field(ge=1, le=400, description="For how many days in UTC, today among them.")]
Text = Annotated[str, Field(max_length=400)]
Time = Annotated[str, Field(max_length=40, description="RFC 3339, or a day; UTC.")]


@routes.get("/traffic")
def list_traffic(
    here: Here,
    who: Reader,
    *,
    workflow: Text = "",
    client: Annotated[str, Field(max_length=400, description="Only requests of this client.")] = "",
    since: Time = "",
    until: Time = "",
    amiss: Annotated[bool, Field(description="Only what was refused, failed, or has no known end.")] = False,
    rule: Annotated[str, Field(max_length=400, description="Only what this rule refused.")] = "",
    after_at: Annotated[str, Field(max_length=40, description="`further.at` of the page before.")] = "",
    after_id: Annotated[str, Field(max_length=400, description="`further.id` of the page before.")] = "",
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE,
) -> Mapping[str, Any]:
    """Requests that came to the gateway and that you may see, newest first; `further` is null at the end.

    No content is in them. `outcome` null: nobody knows how it ended, and what it reserved stays its cost.
    """
    wanted = TrafficFilter(
        workflows=(workflow,) if workflow else None,
        client=client or None,
        since=time_of(since) if since else None,
        until=time_of(until, end=True) if until else None,
        amiss=amiss,
        refused=rule or None,
    )
    after = (after_at, after_id) if after_at and after_id else None
    with here.rt.store.reading() as reading:
        rows = requests_seen(reading, _reach(here, who), wanted, limit=limit, after=after)
    further = {"at": rows[-1].at, "id": rows[-1].id} if len(rows) == limit else None
    return {"requests": [plain(row) for row in rows], "further": further}


@routes.get("/traffic/{id_}")
def show_traffic(
    id_: Annotated[str, Field(max_length=400, description="The id of a request, as lists show it.")],
    here: Here,
    who: Reader,
) -> Mapping[str, Any]:
    """One request: both records of its trace, and what stands out of them."""
    with here.rt.store.reading() as reading:
        row = request_seen(reading, _reach(here, who), id_)
    if row is None:
        raise not_there(f"there is no request '{id_[:80]}' that you may see")
    return dict(plain(row))


@routes.get("/overview")
def show_traffic_overview(
    here: Here,
    who: Reader,
    days: Days = 7,
    by: Annotated[SumBy, Field(description="What sums are told apart by.")] = SumBy.WORKFLOW,
) -> Mapping[str, Any]:
    """What your part of the traffic adds up to, the limits it counts for, and what was unlike before.

    Sums are over whole days; `rules` and `latencies_ms` are of the newest requests, of which `looked_amiss` and
    `looked` were looked at.
    """
    reach, now = _reach(here, who), here.rt.clock()
    with here.rt.store.reading() as reading:
        found = traffic_overview(reading, reach, by, days=days, now=now)
        uses = limits_seen(limit_uses(reading, now), reach)
        unusual = unusual_seen(reading, reach, since=found.since, limit=UNUSUAL_MAX)
    return {
        **plain(found),
        "limits": [plain(one) for one in uses],
        "unusual": [{**one.body, "entry": one.index} for one in unusual],
    }


@routes.get("/limits")
def list_limits(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """How much of each limit is used in its present window, of workflows and tenants that you may see.

    Requests under way count with what they reserved, and so does what gateways have leased in advance. `most` null: no
    such limit is in force any more. Money is in US micro-dollars.
    """
    with here.rt.store.reading() as reading:
        uses = limits_seen(limit_uses(reading, here.rt.clock()), _reach(here, who))
    return [plain(one) for one in uses]


@routes.get("/shadow")
def show_bake_off(here: Here, who: Reader, days: Days = 7, workflow: Text = "") -> Mapping[str, Any]:
    """Models that were asked in the shadow of others: agreement with its exact interval, cost and latency of both.

    Costs are in US micro-dollars and latencies in milliseconds, both of the requests that both models answered anew
    (`measured`). `tells` false: the interval is too wide to tell much. The newest 50,000 requests are looked at.
    """
    reach, now = _reach(here, who), here.rt.clock()
    with here.rt.store.reading() as reading:
        return dict(plain(bake_off(reading, reach, days=days, now=now, workflow=workflow or None)))


@routes.get("/ungoverned")
def list_ungoverned(here: Here, who: Reader, days: Days = 7) -> list[Mapping[str, Any]]:
    """Callers that nobody knows, by network, format, model and what turned them away. Nothing of theirs went on."""
    check_everywhere(who, "traffic", "read")
    with here.rt.store.reading() as reading:
        return [plain(one) for one in strangers(reading, days=days, now=here.rt.clock())]


@routes.get("/inventory")
def show_inventory(here: Here, who: Reader, days: Days = 30) -> Mapping[str, Any]:
    """The inventory on record (null: none), and tools that were called within these days without being in it."""
    check_everywhere(who, "traffic", "read")
    with here.rt.store.reading() as reading:
        found = inventory_on_record(reading)
        unknown = unknown_calls(reading, found, since=first_day(days, here.rt.clock()))
    return {
        "inventory": None if found is None else plain(found),
        "unknown": [{"tool": name, "calls": calls} for name, calls in unknown],
    }


def _reach(here: Served, who: Caller) -> TrafficReach:
    given = here.tenants.all()
    return traffic_reach(scopes(who, "traffic", "read"), here.tenants.given, given.get)
