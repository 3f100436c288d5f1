"""When the application of a key last asked anything: what a person wants to know before ending the key."""

from collections.abc import Iterable, Mapping

from interlock.ports.gateway.traffic import TrafficFilter
from interlock.ports.store import Reading
from interlock.terms.gateway.client import GatewayKeyRow

Asked = Mapping[str, str]


def last_asked(reading: Reading, rows: Iterable[GatewayKeyRow]) -> Asked:
    """The time (RFC 3339) of the newest request of each key's application for its workflow, by the key's name.

    Keys of one application are not told apart: the trace knows the application. A refused request counts too, one of
    a stranger does not. What never asked, or only before its requests were deleted, is left out. Raises Unavailable.
    """
    found: dict[tuple[str, str], str | None] = {}
    asked: dict[str, str] = {}
    for row in rows:
        whose = row.client.workflow, row.client.name
        if whose not in found:
            newest = reading.traffic(TrafficFilter(workflows=whose[:1], client=whose[1]), limit=1)
            found[whose] = newest[0].at if newest else None
        if (at := found[whose]) is not None:
            asked[row.name] = at
    return asked
