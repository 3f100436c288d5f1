"""Inside LangGraph's own runs and the OpenAI Agents SDK's own loop, with a model that follows a script."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any, TypedDict

import pytest

import interlock
from governed import BEN, House
from interlock.flows.action.kill import kill
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
    tenant: str
    outcome: str
    outcome_applied: bool


FRAMEWORKS = "interlock.surfaces.sdk.frameworks"
CONFIG = {"configurable": {"thread_id": "1"}}
UNSURE = {"number": "m-1", "label": "billing", "confidence": 0.2, "tenant": "acme"}


def graph(triage: interlock.Workflow, **more: Any) -> Any:
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.graph import START, StateGraph

    from interlock.surfaces.sdk.frameworks.langgraph import governed_node

    node = governed_node(
        triage,
        key=lambda state: state["number"],
        label=lambda state: state["label"],
        confidence=lambda state: state["confidence"],
        about=lambda state: {"tenant": state["tenant"], "arguments": {"tenant": state["tenant"]}},
        **more,
    )
    built: Any = StateGraph(Message)
    built.add_node("route", node)
    built.add_edge(START, "route")
    return built.compile(checkpointer=InMemorySaver())


def awaited(triage: interlock.Workflow, desk: DeskByHand) -> None:
    async def later(effect: interlock.Effect) -> str:
        await asyncio.sleep(0)
        return desk.move(effect)

    triage.action(later, read=desk.read, undo=desk.put_back, idempotent=True)


def test_a_node_can_be_stopped_for_one_tenant(triage: interlock.Workflow, desk: DeskByHand, live: House) -> None:
    kill(live.store, live.drain, "tenant:acme", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    sure = {**UNSURE, "confidence": 0.97}
    stopped = graph(triage).invoke(sure, CONFIG)
    done = graph(triage).invoke({**sure, "number": "m-2", "tenant": "other"}, CONFIG)
    assert (stopped["outcome_applied"], done["outcome_applied"], desk.calls) == (False, True, ["m-2"])


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_a_person_approves_in_an_interrupted_graph_is_done(
    triage: interlock.Workflow, desk: DeskByHand, asynchronous: bool
) -> None:
    from langgraph.types import Command

    compiled = graph(triage, ask_people=True)
    if asynchronous:
        awaited(triage, desk)

    def invoked(given: Any) -> Any:
        return asyncio.run(compiled.ainvoke(given, CONFIG)) if asynchronous else compiled.invoke(given, CONFIG)

    held = invoked(UNSURE)
    assert held["__interrupt__"][0].value == {"key": "m-1", "proposed": "billing"}
    assert desk.calls == []
    done = invoked(Command(resume={"approve": True, "by": "Ben Okafor"}))
    assert (done["outcome"], done["outcome_applied"], desk.calls) == ("Done.", True, ["m-1"])


def test_what_a_person_decides_otherwise_in_an_awaited_graph_is_recorded(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    from langgraph.types import Command

    compiled = graph(triage, ask_people=True)

    async def both() -> Any:
        await compiled.ainvoke(UNSURE, CONFIG)
        return await compiled.ainvoke(Command(resume={"label": "sales", "by": "Ben Okafor", "note": "sic"}), CONFIG)

    assert asyncio.run(both())["outcome"] == "A person decided: sales."
    with live.store.reading() as reading:
        row = reading.decision("m-1")
    assert row is not None
    assert (row.outcome, desk.calls) == ("sales", [])


@pytest.mark.parametrize(
    "answer",
    [
        True,
        {"approve": True},
        {"approve": "yes", "by": "Ben Okafor"},
        {"approve": True, "label": "sales", "by": "Ben Okafor"},
        {"label": "sales", "by": " "},
        {"by": "Ben Okafor"},
    ],
)
def test_what_is_no_verdict_of_a_named_person_decides_nothing(
    triage: interlock.Workflow, desk: DeskByHand, live: House, answer: Any
) -> None:
    from langgraph.types import Command

    compiled = graph(triage, ask_people=True)
    compiled.invoke(UNSURE, CONFIG)
    before = live.kinds()
    with pytest.raises(interlock.BadInput, match='"approve": True, "by": NAME'):
        compiled.invoke(Command(resume=answer), CONFIG)
    assert (live.kinds(), desk.calls) == (before, [])


def test_an_awaited_action_in_a_plain_run_is_told_how(triage: interlock.Workflow, desk: DeskByHand) -> None:
    awaited(triage, desk)
    with pytest.raises(interlock.BadInput, match="is asynchronous"):
        graph(triage).invoke({**UNSURE, "confidence": 0.97}, CONFIG)
    assert desk.calls == []


# OpenAI Agents SDK.


def tool(triage: interlock.Workflow, **more: Any) -> Any:
    from interlock.surfaces.sdk.frameworks.openai_agents import governed_tool

    return governed_tool(
        triage,
        name="route_message",
        description="Route a message to a queue.",
        parameters={"type": "object", "properties": {"number": {"type": "string"}, "queue": {"type": "string"}}},
        key=lambda arguments: arguments["number"],
        label=lambda arguments: arguments["queue"].strip(),
        **{"confidence": 0.97, **more},
    )


def run_agent(governed: Any, calls: list[dict[str, Any]]) -> list[Any]:
    """Everything that a model got to see, which makes these calls one after the other and then ends."""
    from agents import Agent, ModelResponse, RunConfig, Runner, Usage
    from agents.models.interface import Model
    from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

    class Script(Model):
        def __init__(self) -> None:
            self.seen: list[Any] = []

        async def get_response(self, *args: Any, **given: Any) -> ModelResponse:
            turn = len(self.seen)
            self.seen.append((given["input"], [one.description for one in given["tools"]]))
            if turn < len(calls):
                said: Any = ResponseFunctionToolCall(
                    arguments=json.dumps(calls[turn]), call_id=f"c{turn}", name="route_message", type="function_call"
                )
            else:
                text = ResponseOutputText(text="I am done.", type="output_text", annotations=[])
                said = ResponseOutputMessage(
                    id="1", type="message", role="assistant", status="completed", content=[text]
                )
            return ModelResponse(output=[said], usage=Usage(), response_id=None)

        def stream_response(self, *args: Any, **more: Any) -> AsyncIterator[Any]:
            raise NotImplementedError

    model = Script()
    agent = Agent(name="router", model=model, tools=[governed])
    result = asyncio.run(Runner.run(agent, "Route the message.", run_config=RunConfig(tracing_disabled=True)))
    assert result.final_output == "I am done."
    return model.seen


def test_a_model_in_the_agents_loop_sees_what_was_done_and_never_why_not(
    triage: interlock.Workflow, desk: DeskByHand
) -> None:
    seen = run_agent(
        tool(triage),
        [
            {"number": "m-1", "queue": "billing"},
            {"number": "m-1", "queue": "billing"},
            {"number": "m-2", "queue": "close account"},
            {"number": "m-3", "queue": "fraud"},
        ],
    )
    answers = [item["output"] for item in seen[-1][0] if item.get("type") == "function_call_output"]
    assert answers == ["Done.", "Done.", *["It was not done. A person has been asked to decide."] * 2]
    assert desk.calls == ["m-1"]
    assert not any(word in str(seen) for word in ("forbidden", "always goes", "threshold", "certif"))


def call(governed: Any, text: str) -> str:
    from agents.tool_context import ToolContext

    context = ToolContext(None, tool_name="route_message", tool_call_id="c-1", tool_arguments=text)
    answer: str = asyncio.run(governed.on_invoke_tool(context, text))
    return answer


@pytest.mark.parametrize(
    "text",
    [
        '{"number": "m", "queue": 7}',
        '{"number": "m", "queue": "billing", "size": NaN}',
        '{"number": "m", "queue": "billing", "size": "\\ud800"}',
        '{"number": "\\ud800", "queue": "billing"}',
        '{"number": "I think it is\\nthis one", "queue": "billing"}',
        "[" * 100_000,
        '{"number": "m", "queue": "billing", "deep": ' + "[" * 900 + "]" * 900 + "}",
    ],
)
def test_what_a_model_writes_cannot_end_the_run(
    triage: interlock.Workflow, desk: DeskByHand, live: House, text: str
) -> None:
    before = live.kinds()
    assert call(tool(triage), text) == "The call was not understood: its arguments are not what the tool takes."
    assert (live.kinds(), desk.calls) == (before, [])


def test_the_developer_is_told_why_a_call_was_not_understood(
    triage: interlock.Workflow, caplog: pytest.LogCaptureFixture
) -> None:
    governed = tool(triage, about=lambda arguments: {"amount_cent": 5})
    with caplog.at_level(logging.WARNING, logger="interlock"):
        assert "not understood" in call(governed, '{"number": "m", "queue": "billing"}')
    assert "did you mean 'amount_cents'" in caplog.text


def test_a_tool_can_be_stopped_for_one_tenant_and_tells_the_amount(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    governed = tool(triage, about=lambda arguments: {"tenant": arguments["tenant"], "amount_cents": 1_900})
    kill(live.store, live.drain, "tenant:acme", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    told = [call(governed, json.dumps({"number": n, "queue": "billing", "tenant": n})) for n in ("acme", "other")]
    assert told == ["It was not done. A person has been asked to decide.", "Done."]
    with live.store.reading() as reading:
        row = reading.decision("other")
    assert row is not None
    assert row.inputs["proposal"]["amount_cents"] == 1_900


def test_what_is_broken_ends_the_run_and_is_not_told_to_the_model(triage: interlock.Workflow) -> None:
    without_action = triage.connection.workflow(triage.name)
    with pytest.raises(interlock.BadInput, match="has no action yet"):
        call(tool(without_action), '{"number": "m", "queue": "billing"}')


@pytest.mark.parametrize(
    ("missing", "module", "install"),
    [
        ("langgraph.types", "langgraph", "pip install langgraph"),
        ("agents", "openai_agents", "pip install openai-agents"),
        ("openfeature.provider", "openfeature", "pip install openfeature-sdk"),
    ],
)
def test_a_framework_that_is_not_installed_is_named(
    triage: interlock.Workflow, monkeypatch: pytest.MonkeyPatch, missing: str, module: str, install: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, f"{FRAMEWORKS}.{module}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=install):
        if module == "langgraph":
            import_module(f"{FRAMEWORKS}.langgraph").governed_node(triage, key=str, label=str, confidence=float)
        elif module == "openai_agents":
            tool(triage)
        else:
            import_module(f"{FRAMEWORKS}.openfeature")
