"""What the page of a workflow shows of its traffic."""

import datetime as dt

from interlock.flows.gateway.evidence.seen import first_day, sum_of_workflow
from interlock.ports.store import Reading
from interlock.surfaces.web.gateway.asked import DAYS_AT_FIRST, reach_of
from interlock.surfaces.web.gateway.overview import title
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.workflow import WorkflowDefinition


def traffic_title(
    reading: Reading, here: Site, who: Visitor, definition: WorkflowDefinition, *, now: dt.datetime
) -> str:
    """The conclusion about the last days; "" for who may not see it, and where no models and no tools are asked."""
    if not who.may("traffic", "read", workflow=definition.name):
        return ""
    total = sum_of_workflow(reading, reach_of(here, who), definition.name, since=first_day(DAYS_AT_FIRST, now))
    uses_it = definition.traffic.models or definition.tools.tools or total.requests
    return title(total, DAYS_AT_FIRST) if uses_it else ""
