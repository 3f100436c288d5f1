"""What a client is told of a server's tools: what its workflow may use, without what reads like instructions."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from interlock.engine.gateway.tools.authority import shown_schema, tool_standing
from interlock.engine.gateway.tools.case import caller_of
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.gateway.tools.desk import LISTED_AGE_MAX_S, ToolDesk, place_of
from interlock.ports.gateway.tool_servers import ToolServerFailed
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.tools import ToolAuthority


def listing(desk: ToolDesk, client: Client, server: str) -> Flow[tuple[Mapping[str, Any], ...] | Refusal]:
    """The tools as the protocol's JSON; those that are denied are left out. Raises Unavailable."""
    place = yield InStore(partial(place_of, desk.rt, client, server))
    if isinstance(place, Refusal):
        return place
    line = desk.servers.line(place.server, caller_of(client))
    try:
        listed = yield OnTarget(partial(line.tools, age_max_s=LISTED_AGE_MAX_S))
    except ToolServerFailed as exc:
        return Refusal(RefusalKind.UPSTREAM, "tool server", f"the tool server '{server}' gives no list: {exc}")
    definition = place.standing.definition
    standings = [(one, tool_standing(definition, server, one, desk.suspects)) for one in listed]
    return tuple(shown_schema(one, how) for one, how in standings if how.authority is not ToolAuthority.DENY)
