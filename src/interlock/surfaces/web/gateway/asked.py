"""What the addresses of these pages ask for, and what of the traffic a visitor reaches."""

from collections.abc import Mapping
from typing import Any

from interlock.flows.gateway.evidence.seen import TrafficReach, traffic_reach
from interlock.flows.ledger.search import time_of
from interlock.ports.gateway.traffic import SumBy, TrafficFilter
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.tables import Filter
from interlock.surfaces.web.visitor import Visitor

DAYS = (1, 7, 30)
DAYS_AT_FIRST = 7
BY = (SumBy.WORKFLOW, SumBy.CLIENT, SumBy.MODEL, SumBy.DAY)


def reach_of(here: Site, who: Visitor) -> TrafficReach:
    """The visitor's part of the traffic."""
    return traffic_reach(who.scopes("traffic", "read"), here.tenants.given, who.tenant_of)


def days_in(query: Mapping[str, str]) -> int:
    """For how many days; what is none of the choices is left out."""
    return next((days for days in DAYS if str(days) == query.get("days")), DAYS_AT_FIRST)


def by_in(query: Mapping[str, str]) -> SumBy:
    """By what sums are told apart."""
    return next((by for by in BY if by.value == query.get("by")), SumBy.WORKFLOW)


def filter_in(query: Mapping[str, str]) -> TrafficFilter:
    """Which requests the list shows. Raises BadInput for a time that is none."""

    def text(name: str) -> str | None:
        return query.get(name, "").strip() or None

    workflow = text("workflow")
    return TrafficFilter(
        workflows=None if workflow is None else (workflow,),
        client=text("client"),
        since=_time(query, "since"),
        until=_time(query, "until", end=True),
        amiss=query.get("amiss") == "1",
        refused=text("rule"),
    )


def _time(query: Mapping[str, str], name: str, *, end: bool = False) -> str | None:
    said = query.get(name, "").strip()
    return time_of(said, end=end) if said else None


def after_in(query: Mapping[str, str]) -> tuple[str, str] | None:
    """The request after which the list goes on."""
    at, id_ = query.get("after_at", ""), query.get("after_id", "")
    return (at, id_) if at and id_ else None


def period(days: int) -> str:
    """In words, for titles. Days are whole ones in UTC, and the last one is today."""
    return "today (UTC)" if days == 1 else f"in the last {days} days"


DAYS_FILTER: Filter[Any] = Filter(
    "days",
    "Whole days in UTC",
    options=tuple((str(days), period(days).removeprefix("in the ")) for days in DAYS if days != DAYS_AT_FIRST),
    unset=period(DAYS_AT_FIRST).removeprefix("in the "),
)
"""For tables of what came within so many days; whoever reads the rows goes by `days_in`."""
