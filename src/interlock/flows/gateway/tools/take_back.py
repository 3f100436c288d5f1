"""A person takes a tool call back: its twin is called, as an undo like any other."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from interlock.engine.gateway.tools.authority import governed_tool
from interlock.engine.gateway.tools.case import asked_of
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import standing_of
from interlock.flows.action.steps import Flow, InStore
from interlock.flows.action.undo import undoing
from interlock.flows.gateway.define import gateway_in_force
from interlock.flows.gateway.tools.target import ToolTarget
from interlock.flows.review.carry_out import recorded_proposal
from interlock.ports.gateway.tool_servers import ToolServers
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tools import GovernedTool, ToolPlan
from interlock.terms.person import Person

CALLER = "undo"
Known = tuple[ToolServer, ToolPlan, GovernedTool | None, Mapping[str, Any]]


def taking_back(rt: RunTime, servers: ToolServers, key: str, *, by: Person) -> Flow[None]:
    """Undo one applied tool call, also while halted. The steps, for either driver.

    Raises BadInput where nothing is applied under the key or it is no tool's call, Refused where a person must decide:
    the tool has no twin, or the twin did not say that it was done. Nothing can tell whether somebody has changed since
    what the call did.
    """
    server, plan, governed, left = yield InStore(partial(_known, rt, key))
    target = ToolTarget(servers.line(server, CALLER), plan, governed, None, _unheard, left)
    yield from undoing(rt, target, key, by=by)


def _known(rt: RunTime, key: str) -> Known:
    with rt.store.reading() as reading:
        intent, proposal, gateway = reading.intent(key), recorded_proposal(reading, key), gateway_in_force(reading)
        if intent is None or proposal is None:
            raise BadInput(f"nothing that can be undone is applied under '{key}'")
        plan = standing_of(reading, intent.workflow).definition.tools
    try:
        asked = asked_of(proposal.arguments)
    except KeyError:
        raise BadInput(f"'{key}' is no call of a tool; its application undoes it") from None
    servers = () if gateway is None else gateway.tool_servers
    server = next((one for one in servers if one.name == asked.server), None)
    if server is None:
        raise BadInput(f"the gateway's definition has no tool server '{asked.server}' any more, so it cannot be asked")
    return server, plan, governed_tool(plan, asked.server, asked.tool), intent.after or {}


async def _unheard(_: Mapping[str, Any]) -> None:
    """Nobody waits for what the server says meanwhile."""
