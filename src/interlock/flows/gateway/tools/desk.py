"""What a tool call needs from the outside, and where it stands: the workflow's standing, the server, the plan."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from interlock.engine.gateway.tools.authority import Suspects
from interlock.engine.gateway.tools.cleaning import Clean
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import Standing
from interlock.flows.gateway.define import gateway_in_force
from interlock.ports.gateway.tool_servers import ToolServers
from interlock.ports.gateway.trace_log import TraceLog
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.trace import Accepted, Outcome

LISTED_AGE_MAX_S = 30.0  # of a list that a call which changes nothing may rest on
LEASE_BEYOND_S = 10.0  # a lease outlives the call's own time-out by this much


Observe = Callable[[Accepted, Outcome], None]


def unobserved(accepted: Accepted, outcome: Outcome) -> None:
    """For whom there are no figures to be kept."""


@dataclass(frozen=True, slots=True)
class ToolDesk:
    """The run time, the ways to servers, the trace, what looks through texts, and what counts calls.

    `observe` is told of both records of each call, for figures; in the thread that drives it.

    `cleaner` makes what takes kinds of personal data out of a text (None: nothing has to be taken out); it raises
    BadInput for a kind that it does not know. `count` says why a client has no room for one call more, None where it
    has.
    """

    rt: RunTime
    servers: ToolServers
    traces: TraceLog
    suspects: Suspects
    cleaner: Callable[[tuple[str, ...]], Clean | None]
    count: Callable[[Client], Awaitable[Refusal | None]]
    observe: Observe = unobserved


@dataclass(frozen=True, slots=True)
class Place:
    """A workflow at a tool server, as both stand now."""

    standing: Standing
    server: ToolServer


def place_of(rt: RunTime, client: Client, server: str) -> Place | Refusal:
    """Where a client's calls to a server stand, or why it may not use the server at all. Raises Unavailable."""
    with rt.store.reading() as reading:
        version = reading.authority_version()
        gateway = gateway_in_force(reading)
    try:
        standing = rt.standings.current(client.workflow)
        if standing.version != version:
            standing = rt.standings.refreshed(client.workflow)
    except BadInput:
        return Refusal(RefusalKind.FORBIDDEN, "no workflow", f"there is no workflow '{client.workflow}' any more")
    found = next((one for one in gateway.tool_servers if one.name == server), None) if gateway else None
    if found is None:
        return Refusal(RefusalKind.UNKNOWN_MODEL, "no such server", f"the gateway has no tool server '{server}'")
    if not any(one.server == server for one in standing.definition.tools.tools):
        words = f"the definition of '{client.workflow}' names no tool of '{server}'; add one to its tools"
        return Refusal(RefusalKind.FORBIDDEN, "no tools", words)
    return Place(standing, found)
