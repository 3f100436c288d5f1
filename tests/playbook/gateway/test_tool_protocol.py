"""The protocol's server over played tool servers, asked by the official client in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client as Agent

from interlock.engine.gateway.tools.proposed import looked_at
from interlock.engine.gateway.tools.suspicion import reads_like_instructions
from interlock.surfaces.mcp.proxy import ToolProxy
from interlock.surfaces.mcp.server import mcp_server
from interlock.surfaces.mcp.visit import Visit
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.tool_call import ListedTool, ToolAnswer
from interlock.terms.gateway.tools import GovernedTool, ToolPlan, WaitFor
from interlock.terms.gateway.trace import Accepted, Outcome
from tool_house import DESK_AGENT, GOVERNED, TOOLS, ToolHouse

SURE: Any = {"interlock/confidence": 0.95}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ToolHouse]:
    """A workflow without a grant: reads pass, reviews can be approved."""
    house = ToolHouse(tmp_path).behind_a_gateway(live=False)
    yield house
    house.opened.close()


async def _at_once(work: Callable[[], Any]) -> Any:
    return work()


def asked(house: ToolHouse, calls: Callable[[Agent], Awaitable[Any]], *, who: Any = None, **bounds: int) -> Any:
    async def visit_of(_: Any) -> Any:
        return Visit(DESK_AGENT, "billing", "s-1") if who is None else who

    async def run() -> Any:
        proxy = ToolProxy(house.tools, _at_once, **bounds)
        async with Agent(mcp_server(proxy, visit_of), mode="legacy") as agent:
            return await calls(agent)

    return asyncio.run(run())


def test_a_call_that_waits_for_its_decision_is_done_as_soon_as_it_is_approved(house: ToolHouse) -> None:
    house.define(replace(GOVERNED, tools=replace(TOOLS, wait_for=WaitFor.DECISION, wait_s=20.0)))
    heard: list[str] = []

    async def reported(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message or "")
        if len(heard) == 1:
            with house.store.reading() as reading:
                (review,) = reading.reviews_since("2026")
            house.decides(review.key, "close_account")

    told = asked(house, lambda agent: agent.call_tool("close_account", {"account": "a"}, progress_callback=reported))
    assert (told.is_error, told.structured_content) == (False, {"refund_id": "r-1"})
    assert heard[0] == "It was not done yet. A person has been asked to decide."
    assert house.played.done == ["close_account"]


@pytest.mark.parametrize(
    ("meta", "of_connection", "read"),
    [
        ({"traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}, f"{'c' * 32}-{'d' * 16}", f"{'a' * 32}-{'b' * 16}"),
        ({"traceparent": "anything"}, f"{'c' * 32}-{'d' * 16}", None),
        ({"traceparent": 7}, None, None),
        ({}, f"{'c' * 32}-{'d' * 16}", f"{'c' * 32}-{'d' * 16}"),
    ],
)
def test_the_trace_that_an_agent_began_goes_on(
    house: ToolHouse, meta: dict[str, Any], of_connection: str | None, read: str | None
) -> None:
    said: Any = {**meta, "interlock/tool-call-id": "call_7"}
    visit = Visit(DESK_AGENT, "billing", "s-1", of_connection)
    asked(house, lambda agent: agent.call_tool("lookup", {"account": "a"}, meta=said), who=visit)
    (accepted,), (outcome,) = house.traces.accepted, house.traces.outcomes
    assert (accepted.trace_parent, outcome.tool and outcome.tool.call_id) == (read, "call_7")


def test_a_call_that_nobody_decides_in_time_is_a_ticket(house: ToolHouse) -> None:
    house.define(replace(GOVERNED, tools=replace(TOOLS, wait_for=WaitFor.DECISION, wait_s=0.1)))
    told = asked(house, lambda agent: agent.call_tool("close_account", {}))
    assert (told.is_error, told.structured_content["state"], house.played.calls) == (False, "waits", [])
    assert told.structured_content["ticket"] in told.content[0].text


def test_a_request_that_is_delivered_again_in_a_session_is_one_call(house: ToolHouse) -> None:
    async def calls(agent: Agent) -> Any:
        return [(await agent.call_tool("close_account", {"n": n})).structured_content["ticket"] for n in range(2)]

    first = asked(house, calls)
    assert len(set(first)) == 2
    assert asked(house, calls) == first  # the same session, the same numbers of requests


def test_who_is_let_out_in_the_middle_of_a_session_gets_nothing(house: ToolHouse) -> None:
    gone = Refusal(RefusalKind.UNKNOWN_CALLER, "revoked key", "this key was revoked")

    async def calls(agent: Agent) -> Any:
        asks: list[Callable[[], Awaitable[Any]]] = [agent.list_tools, lambda: agent.call_tool("lookup", {})]
        for ask in asks:
            with pytest.raises(Exception, match="this key was revoked"):
                await ask()

    asked(house, calls, who=gone)
    assert house.played.calls == []


@pytest.mark.parametrize("bound", ["calls_max", "client_calls_max"])
def test_no_more_calls_are_at_work_than_are_allowed(house: ToolHouse, bound: str) -> None:
    async def slowly(_: Any) -> None:
        await asyncio.sleep(0.1)

    house.played.meanwhile = slowly

    async def calls(agent: Agent) -> Any:
        return await asyncio.gather(*(agent.call_tool("lookup", {}) for _ in range(5)))

    told = asked(house, calls, **{bound: 2})
    assert not asked(house, lambda agent: agent.call_tool("lookup", {}), **{bound: 1}).is_error
    house.played.calls.pop()
    assert [one.is_error for one in told].count(False) == len(house.played.calls) == 2


@pytest.mark.parametrize("name", ["", "x" * 129, "a b", "look\nup"])
def test_what_is_no_name_of_a_tool_is_not_even_recorded(house: ToolHouse, name: str) -> None:
    assert asked(house, lambda agent: agent.call_tool(name, {})).is_error
    assert house.traces.accepted == []


def test_what_cannot_be_recorded_is_not_done_and_not_answered(house: ToolHouse) -> None:
    def refuse(_: Accepted | Outcome) -> None:
        raise Unavailable("the disk is full at /var/lib/secret")

    traces: Any = house.traces
    traces.accept = refuse
    told = asked(house, lambda agent: agent.call_tool("lookup", {}))
    assert (told.is_error, house.played.calls) == (True, [])
    del traces.accept
    traces.outcome = refuse
    told = asked(house, lambda agent: agent.call_tool("lookup", {"account": "a-1"}))
    assert told.is_error
    assert "a-1" not in told.model_dump_json()
    assert "secret" not in told.model_dump_json()


ODD = (
    ToolAnswer(({"type": "hologram", "data": 1},)),
    ToolAnswer(({"type": "text"},)),
    ToolAnswer(({"type": "text", "text": {"no": "text"}},)),
)


@pytest.mark.parametrize("answer", ODD)
def test_an_answer_that_is_none_of_the_protocols_is_not_passed_on(house: ToolHouse, answer: ToolAnswer) -> None:
    house.played.answers = {"lookup": lambda _: answer}
    told = asked(house, lambda agent: agent.call_tool("lookup", {}))
    assert "cannot be passed on" in told.content[0].text


def test_a_real_servers_tools_are_listed_and_called_through_it(house: ToolHouse, data_dir: Path) -> None:
    file = data_dir / "api_specs" / "github_mcp_tools.json"
    real = [{k: v for k, v in one.items() if k != "_file"} for one in json.loads(file.read_text(encoding="utf-8"))]
    house.played.tools = {one["name"]: ListedTool(one["name"], one) for one in real}
    found = looked_at(tuple(house.played.tools.values()), "billing", ToolPlan(), reads_like_instructions)
    plan = ToolPlan(tuple(GovernedTool("billing", one.name, one.proposed, one.digest) for one in found))
    house.define(replace(GOVERNED, tools=plan))

    async def calls(agent: Agent) -> Any:
        listed = (await agent.list_tools()).tools
        reads = await agent.call_tool("get_me", {})
        writes = await agent.call_tool("delete_file", {"owner": "o", "repo": "r", "path": "p"}, meta=SURE)
        return listed, reads, writes

    listed, reads, writes = asked(house, calls)
    assert len(listed) == len(real) + 1
    assert not reads.is_error
    assert writes.structured_content["state"] == "waits"
    assert house.played.done == ["get_me"]
