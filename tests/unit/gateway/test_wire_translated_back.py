"""Answers and streams come back in the client's format, and are what the formats' own schemas say."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.wire.answer import Answer, read_answer
from interlock.engine.gateway.wire.models import model_body, models_body
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.refusals import refusal_body, refusal_event, refusal_headers
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.engine.gateway.wire.translate.answers import answer_for
from interlock.engine.gateway.wire.translate.requests import request_for
from interlock.engine.gateway.wire.translate.streams import stream_for
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.usage import Usage
from interlock.terms.gateway.wire import Wire
from unit.gateway.test_wire_answers import ANSWERS
from unit.gateway.test_wire_relay import STREAMS, cut_everywhere, said
from unit.gateway.test_wire_translation import SAMPLES
from unit.gateway.wire_streams import Renaming, read

NAME = 'Ann "A" \\ Lee'
CREATED = 1_760_000_000
PAIRS = [
    (Wire.CHAT, Wire.MESSAGES),
    (Wire.MESSAGES, Wire.CHAT),
    (Wire.RESPONSES, Wire.CHAT),
    (Wire.RESPONSES, Wire.MESSAGES),
]


def client(wire: Wire, **more: Any) -> Parsed:
    found = parse(wire, json.dumps(SAMPLES[wire] | more).encode())
    assert isinstance(found, Parsed)
    return found


def upstream_answer(wire: Wire, body: dict[str, Any]) -> Answer:
    found = read_answer(wire, json.dumps(body).encode())
    assert isinstance(found, Answer)
    return found


def streamed(wire: Wire, upstream: Wire, parts: list[bytes], filters: Any = None) -> tuple[bytes, Relay]:
    asked = client(wire, stream=True, **({"stream_options": {"include_usage": True}} if wire is Wire.CHAT else {}))
    relay = Relay(upstream, filters=filters, translation=stream_for(asked, upstream, created=CREATED))
    return b"".join(relay.feed(part) for part in parts), relay


@pytest.mark.parametrize(("wire", "upstream"), PAIRS)
def test_an_answer_says_the_same_in_the_other_format(wire: Wire, upstream: Wire) -> None:
    answer = upstream_answer(upstream, ANSWERS[upstream])
    body = answer_for(client(wire), answer, answer.body, created=CREATED)
    assert isinstance(body, bytes)
    back = upstream_answer(wire, json.loads(body))
    assert (back.said, back.response_model, back.response_id) == (
        answer.said,
        answer.response_model,
        answer.response_id,
    )
    before, after = answer.counted.usage, back.counted.usage
    assert before is not None
    assert after is not None
    assert (after.input_tokens, after.output_tokens) == (before.input_tokens, before.output_tokens)
    assert after.cached_input_tokens == before.cached_input_tokens == 4
    assert after.cache_written_input_tokens == before.cache_written_input_tokens
    assert b"look" in body
    assert json.dumps({"who": "NAME_1"}, separators=(",", ":")) in body.decode().replace('\\"', '"').replace(": ", ":")


def test_names_that_were_put_back_are_in_the_translation() -> None:
    answer = upstream_answer(Wire.MESSAGES, ANSWERS[Wire.MESSAGES])
    body = answer.rewritten([text.replace("NAME_1", NAME) for text in answer.texts])
    told = answer_for(client(Wire.CHAT), answer, body, created=CREATED)
    assert isinstance(told, bytes)
    message = json.loads(told)["choices"][0]["message"]
    assert message["content"] == f"Dear {NAME}"
    assert json.loads(message["tool_calls"][0]["function"]["arguments"]) == {"who": NAME}


@pytest.mark.parametrize(
    ("wire", "upstream", "change"),
    [
        (Wire.MESSAGES, Wire.CHAT, {"choices": []}),
        (Wire.RESPONSES, Wire.CHAT, {"choices": [{"message": {}}, {"message": {}}]}),
        (Wire.CHAT, Wire.MESSAGES, {"content": [{"type": "server_tool_use", "id": "s", "name": "web_search"}]}),
        (Wire.CHAT, Wire.MESSAGES, {"content": [{"type": "text"}]}),
    ],
)
def test_what_cannot_be_told_is_refused_and_not_left_out(wire: Wire, upstream: Wire, change: dict[str, Any]) -> None:
    answer = upstream_answer(upstream, ANSWERS[upstream] | change)
    found = answer_for(client(wire), answer, answer.body, created=CREATED)
    assert isinstance(found, Refusal)
    assert found.kind is RefusalKind.UPSTREAM


@pytest.mark.parametrize(
    ("reason", "stop"), [("stop", "end_turn"), ("length", "max_tokens"), ("content_filter", "refusal")]
)
def test_why_an_answer_ended(reason: str, stop: str) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": reason}
    answer = upstream_answer(Wire.CHAT, ANSWERS[Wire.CHAT] | {"choices": [choice]})
    told = answer_for(client(Wire.MESSAGES), answer, answer.body, created=CREATED)
    assert isinstance(told, bytes)
    assert json.loads(told)["stop_reason"] == stop
    back = answer_for(client(Wire.CHAT), upstream_answer(Wire.MESSAGES, json.loads(told)), told, created=CREATED)
    assert isinstance(back, bytes)
    assert json.loads(back)["choices"][0]["finish_reason"] == reason


@pytest.mark.parametrize(("wire", "upstream"), PAIRS)
@pytest.mark.parametrize("filters", [None, Renaming])
def test_a_stream_says_the_same_at_every_cut(wire: Wire, upstream: Wire, filters: Any) -> None:
    whole, relay = streamed(wire, upstream, [STREAMS[upstream]], filters)
    name = NAME if filters else "NAME_1"
    text, arguments = said(wire, whole)
    assert (text, json.loads(arguments)) == (f"Dear {name}, you owe {name} ä€.", {"who": name})
    assert relay.counted.usage == Usage(9, 5)
    for parts in cut_everywhere(STREAMS[upstream])[::37]:
        assert streamed(wire, upstream, parts, filters)[0] == whole


@pytest.mark.parametrize(("wire", "upstream"), PAIRS)
def test_the_translated_stream_is_one_that_the_gateway_would_relay(wire: Wire, upstream: Wire) -> None:
    whole, _ = streamed(wire, upstream, [STREAMS[upstream]])
    relay = Relay(wire, shows_usage=True)
    assert relay.feed(whole) == whole
    assert relay.counted.usage == Usage(9, 5)
    assert relay.told.response_model == ("s-1" if upstream is Wire.CHAT else "c-1")


def test_a_responses_stream_tells_each_part_whole() -> None:
    events = read(streamed(Wire.RESPONSES, Wire.CHAT, [STREAMS[Wire.CHAT]])[0])
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events if not event["type"].endswith("delta")] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_item.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [item["type"] for item in events[-1]["response"]["output"]] == ["message", "function_call"]
    assert events[-1]["response"]["instructions"] == "Be brief."


def test_each_block_that_begins_stops_before_the_end() -> None:
    events = read(streamed(Wire.MESSAGES, Wire.CHAT, [STREAMS[Wire.CHAT]])[0])
    begun = [event["index"] for event in events if event["type"] == "content_block_start"]
    assert begun == [event["index"] for event in events if event["type"] == "content_block_stop"] == [0, 1]
    assert [event["type"] for event in events[-2:]] == ["message_delta", "message_stop"]


def test_usage_is_told_to_who_asked() -> None:
    translation = stream_for(client(Wire.CHAT, stream=True), Wire.MESSAGES, created=CREATED)
    told = Relay(Wire.MESSAGES, translation=translation).feed(STREAMS[Wire.MESSAGES])
    assert b"prompt_tokens" not in told
    assert b"prompt_tokens" in streamed(Wire.CHAT, Wire.MESSAGES, [STREAMS[Wire.MESSAGES]])[0]


def test_a_tool_without_arguments_is_called_with_an_empty_object() -> None:
    stream = STREAMS[Wire.MESSAGES]
    parts = [block for block in stream.split(b"\n\n") if b"input_json_delta" not in block]
    assert said(Wire.CHAT, streamed(Wire.CHAT, Wire.MESSAGES, [b"\n\n".join(parts)])[0])[1] == "{}"


def test_refusals_have_the_shape_of_each_format() -> None:
    refusal = Refusal(RefusalKind.BUDGET, "budget", "The day's money is spent.", retry_after_s=60, field=None)
    assert json.loads(refusal_body(Wire.CHAT, refusal)) == {
        "error": {
            "message": "The day's money is spent.",
            "type": "insufficient_quota",
            "param": None,
            "code": "insufficient_quota",
        }
    }
    assert json.loads(refusal_body(Wire.MESSAGES, refusal)) == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": "The day's money is spent."},
    }
    assert refusal_headers(refusal) == ((b"retry-after", b"60"), (b"x-should-retry", b"false"))
    assert read(refusal_event(Wire.RESPONSES, refusal, 7))[0]["sequence_number"] == 7
    for kind in RefusalKind:
        assert all(refusal_body(wire, Refusal(kind, "some rule", "Words.")) for wire in Wire)


def test_models_are_listed_in_both_shapes() -> None:
    assert [one["id"] for one in json.loads(models_body(["a", "b"], for_anthropic=False))["data"]] == ["a", "b"]
    listed = json.loads(models_body(["a", "b"], for_anthropic=True))
    assert (listed["first_id"], listed["last_id"], listed["data"][0]["type"]) == ("a", "b", "model")
    assert json.loads(models_body([], for_anthropic=True))["first_id"] is None
    assert json.loads(model_body("a", for_anthropic=False))["object"] == "model"


@cache
def schemas(data: Path) -> dict[str, Any]:
    with gzip.open(data / "api_specs" / "openai_openapi.json.gz") as file:
        found: dict[str, Any] = json.load(file, object_hook=_nullable)["components"]["schemas"]
    return found


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    """The document says `nullable` as its older standard did."""
    return {"anyOf": [node, {"type": "null"}]} if node.pop("nullable", None) is True else node


def valid(data: Path, name: str, values: list[Any]) -> None:
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas(data)}}
    validator = jsonschema_rs.Draft202012Validator(root)
    wrong = [(error.message[:300], value) for value in values for error in validator.iter_errors(value)]
    assert wrong == []


def test_what_is_made_is_valid_by_the_vendors_own_schemas(data_dir: Path) -> None:
    for wire in (Wire.MESSAGES, Wire.RESPONSES):
        made = request_for(client(wire, stream=True), Wire.CHAT, model="m", output_tokens_max=50)
        assert isinstance(made, bytes)
        valid(data_dir, "CreateChatCompletionRequest", [json.loads(made)])
    chat, messages = (upstream_answer(wire, ANSWERS[wire]) for wire in (Wire.CHAT, Wire.MESSAGES))
    for answer in (chat, messages):
        told = answer_for(client(Wire.RESPONSES), answer, answer.body, created=CREATED)
        assert isinstance(told, bytes)
        valid(data_dir, "Response", [json.loads(told)])
    told = answer_for(client(Wire.CHAT), messages, messages.body, created=CREATED)
    assert isinstance(told, bytes)
    valid(data_dir, "CreateChatCompletionResponse", [json.loads(told)])
    events = read(streamed(Wire.CHAT, Wire.MESSAGES, [STREAMS[Wire.MESSAGES]])[0])
    valid(data_dir, "CreateChatCompletionStreamResponse", events)
    for upstream in (Wire.CHAT, Wire.MESSAGES):
        events = read(streamed(Wire.RESPONSES, upstream, [STREAMS[upstream]])[0])
        valid(data_dir, "ResponseStreamEvent", events)
    valid(data_dir, "ListModelsResponse", [json.loads(models_body(["a"], for_anthropic=False))])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["text", "tool_use", "x", "{", "tool_calls"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "index", "function", "name", "arguments", "id"]), inner, max_size=3
        )
    ),
    max_leaves=9,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([*PAIRS, *((wire, wire) for wire in STREAMS)]), st.booleans(), st.data())
def test_no_stream_makes_it_raise(pair: tuple[Wire, Wire], looks: bool, data: st.DataObject) -> None:
    wire, upstream = pair
    events = [dict(event) for event in read(STREAMS[upstream])]
    for _ in range(data.draw(st.integers(1, 3))):
        node: Any = data.draw(st.sampled_from(events))
        while isinstance(node, dict | list) and node:
            key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if not isinstance(node[key], dict | list) or data.draw(st.booleans()):
                node[key] = data.draw(json_values)
                break
            node = node[key]
    stream = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"
    asked = client(wire, stream=True)
    relay = Relay(
        upstream, filters=Renaming if looks else None, translation=stream_for(asked, upstream, created=CREATED)
    )
    relay.feed(stream)
    relay.end()
    assert relay.told.is_over()
