"""The same cases from inside other frameworks: the real ones, without a network or a model."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, TypedDict

import pytest

import interlock
from governed import BEN, NAME, House
from interlock.flows.action.kill import kill, resume
from sdk_desk import DeskByHand, connected


@pytest.fixture
def desk() -> DeskByHand:
    return DeskByHand()


@pytest.fixture
def triage(live: House, desk: DeskByHand) -> Iterator[interlock.Workflow]:
    with connected(live, desk) as workflow:
        yield workflow


class Message(TypedDict, total=False):
    number: str
    label: str
    confidence: float
    outcome: str
    outcome_applied: bool


def graph(triage: interlock.Workflow, **more: Any) -> Any:
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.graph import END, START, StateGraph

    from interlock.surfaces.sdk.frameworks.langgraph import governed_node

    node = governed_node(
        triage,
        key=lambda state: state["number"],
        label=lambda state: state["label"],
        confidence=lambda state: state["confidence"],
        **more,
    )
    built: Any = StateGraph(Message)
    built.add_node("route", node)
    built.add_edge(START, "route")
    built.add_edge("route", END)
    return built.compile(checkpointer=InMemorySaver())


def test_langgraph_node_does_what_it_may(triage: interlock.Workflow, desk: DeskByHand) -> None:
    compiled = graph(triage)
    config = {"configurable": {"thread_id": "1"}}
    done = compiled.invoke({"number": "m-1", "label": "billing", "confidence": 0.97}, config)
    assert (done["outcome"], done["outcome_applied"], desk.queues) == ("Done.", True, {"m-1": "billing"})
    unsure = compiled.invoke({"number": "m-2", "label": "billing", "confidence": 0.2}, config)
    assert (unsure["outcome_applied"], "m-2" in desk.queues) == (False, False)
    assert "threshold" not in unsure["outcome"]


def test_langgraph_is_interrupted_for_a_person_and_goes_on(triage: interlock.Workflow, live: House) -> None:
    from langgraph.types import Command

    compiled = graph(triage, ask_people=True)
    config = {"configurable": {"thread_id": "1"}}
    held = compiled.invoke({"number": "m-1", "label": "billing", "confidence": 0.2}, config)
    assert held["__interrupt__"][0].value == {"key": "m-1", "proposed": "billing"}
    done = compiled.invoke(Command(resume={"label": "sales", "by": "Ben Okafor", "note": "an order"}), config)
    assert done["outcome"] == "A person decided: sales."
    with live.store.reading() as reading:
        decision = reading.decision("m-1")
    assert decision is not None
    assert decision.outcome == "sales"


def test_langgraph_is_not_resumed_by_nobody(triage: interlock.Workflow) -> None:
    from langgraph.types import Command

    compiled = graph(triage, ask_people=True)
    config = {"configurable": {"thread_id": "1"}}
    compiled.invoke({"number": "m-1", "label": "billing", "confidence": 0.2}, config)
    with pytest.raises(interlock.BadInput, match='"by": NAME'):
        compiled.invoke(Command(resume={"label": "sales"}), config)


def tool(triage: interlock.Workflow, **more: Any) -> Any:
    from interlock.surfaces.sdk.frameworks.openai_agents import governed_tool

    return governed_tool(
        triage,
        name="route_message",
        description="Route a message to a queue.",
        parameters={"type": "object", "properties": {"number": {"type": "string"}, "queue": {"type": "string"}}},
        key=lambda arguments: arguments["number"],
        label=lambda arguments: arguments["queue"],
        **{"confidence": 0.97, **more},
    )


def call(governed: Any, arguments: Any) -> str:
    from agents.tool_context import ToolContext

    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    context = ToolContext(None, tool_name="route_message", tool_call_id="c-1", tool_arguments=text)
    answer: str = asyncio.run(governed.on_invoke_tool(context, text))
    return answer


def test_an_agents_tool_is_a_case(triage: interlock.Workflow, desk: DeskByHand) -> None:
    governed = tool(triage)
    assert [call(governed, {"number": "m-1", "queue": "billing"}) for _ in range(2)] == ["Done."] * 2
    assert desk.calls == ["m-1"]


def test_an_agent_never_learns_why(triage: interlock.Workflow, desk: DeskByHand, live: House) -> None:
    answers = {
        call(tool(triage, confidence=0.2), {"number": "a", "queue": "billing"}),
        call(tool(triage, confidence=None), {"number": "b", "queue": "billing"}),
        call(tool(triage), {"number": "c", "queue": "close account"}),
    }
    kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    answers.add(call(tool(triage), {"number": "d", "queue": "billing"}))
    assert answers == {"It was not done. A person has been asked to decide."}
    assert desk.calls == []


@pytest.mark.parametrize("arguments", ["no json", "[]", "{}", {"number": "", "queue": "billing"}, {"number": 3}])
def test_a_call_that_is_not_understood_does_nothing(
    triage: interlock.Workflow, desk: DeskByHand, arguments: Any, live: House
) -> None:
    before = live.kinds()
    assert "not understood" in call(tool(triage), arguments)
    assert (live.kinds(), desk.calls) == (before, [])


def test_grants_are_flags_that_can_only_be_read(triage: interlock.Workflow, live: House) -> None:
    from openfeature import api
    from openfeature.evaluation_context import EvaluationContext

    from interlock.surfaces.sdk.frameworks.openfeature import GrantsProvider

    seconds = [0.0]
    api.set_provider_and_wait(GrantsProvider(triage.connection, monotonic_s=lambda: seconds[0]))
    client = api.get_client()

    def later() -> None:
        seconds[0] += 2

    assert client.get_boolean_value(f"{NAME}.may-apply", False)
    assert client.get_string_value(f"{NAME}.level", "?") == "agent"
    assert client.get_float_value(f"{NAME}.threshold", 0.0) == 0.9
    kill(live.store, live.drain, "tenant:acme", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    later()
    acme = EvaluationContext(attributes={"tenant": "acme"})
    assert client.get_boolean_value(f"{NAME}.may-apply", False)
    assert not client.get_boolean_value(f"{NAME}.may-apply", True, acme)
    assert client.get_string_value(f"{NAME}.level", "?", acme) == "halted"
    resume(live.store, "tenant:acme", by=BEN, reason="mended", clock=live.clock)
    live.now = live.now.replace(year=2027)  # the grant has expired
    later()
    assert not client.get_boolean_value(f"{NAME}.may-apply", True)
    for unknown in ("none.may-apply", "may-apply", f"{NAME}.level"):
        assert not client.get_boolean_value(unknown, True)
    api.shutdown()


def test_authority_that_nobody_can_confirm_is_believed_for_half_a_minute(
    triage: interlock.Workflow, live: House
) -> None:
    from openfeature.flag_evaluation import Reason

    from interlock.surfaces.sdk.frameworks.openfeature import GrantsProvider

    seconds = [0.0]
    provider = GrantsProvider(triage.connection, monotonic_s=lambda: seconds[0])
    key = f"{NAME}.may-apply"
    assert provider.resolve_boolean_details(key, False).value
    triage.house.close()
    for seconds[0], value, reason in (
        (0.5, True, Reason.CACHED),
        (29.0, True, Reason.STALE),
        (31.0, False, Reason.ERROR),
    ):
        told = provider.resolve_boolean_details(key, True)
        assert (told.value, told.reason) == (value, reason)
