"""A request means the same in the other vendor's format, or is refused by the name of the field that has none."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.translate.requests import request_for, wire_at
from interlock.terms.gateway.definition import OutputField, WireFormat
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire

PICTURE = "data:image/png;base64,iVBORw0KGgo="
SCHEMA = {"type": "object", "properties": {"who": {"type": "string"}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"who":"Ann"}'}}
CHAT: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Who is this?"},
                {"type": "image_url", "image_url": {"url": PICTURE}},
                {"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}},
            ],
        },
        {"role": "assistant", "content": "I look.", "tool_calls": [CALL, CALL | {"id": "c2"}]},
        {"role": "tool", "tool_call_id": "c1", "content": "A friend."},
        {"role": "tool", "tool_call_id": "c2", "content": "Her sister."},
        {"role": "user", "content": "Thanks."},
    ],
    "max_completion_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": ["END"],
    "user": "u-1",
    "tools": [{"type": "function", "function": {"name": "look", "description": "Look up.", "parameters": SCHEMA}}],
    "tool_choice": {"type": "function", "function": {"name": "look"}},
    "parallel_tool_calls": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}},
    "reasoning_effort": "low",
}
MESSAGES: dict[str, Any] = {
    "model": "m",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Who is this?"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
                {"type": "image", "source": {"type": "url", "url": "https://pictures.example/1.png"}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "c1", "name": "look", "input": {"who": "Ann"}},
                {"type": "tool_use", "id": "c2", "name": "look", "input": {"who": "Ann"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "A friend."},
                {"type": "tool_result", "tool_use_id": "c2", "content": "Her sister."},
                {"type": "text", "text": "Thanks."},
            ],
        },
    ],
    "temperature": 0.5,
    "top_p": 0.9,
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u-1"},
    "tools": [{"name": "look", "description": "Look up.", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": True},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
}
RESPONSES: dict[str, Any] = {
    "model": "m",
    "instructions": "Be brief.",
    "input": [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Who is this?"},
                {"type": "input_image", "image_url": PICTURE},
                {"type": "input_image", "image_url": "https://pictures.example/1.png"},
            ],
        },
        {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "gAAA"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "I look.", "annotations": []}],
        },
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"who":"Ann"}'},
        {"type": "function_call", "call_id": "c2", "name": "look", "arguments": '{"who":"Ann"}'},
        {"type": "function_call_output", "call_id": "c1", "output": "A friend."},
        {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "Her sister."}]},
        {"role": "user", "content": "Thanks."},
    ],
    "max_output_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "user": "u-1",
    "tools": [{"type": "function", "name": "look", "description": "Look up.", "parameters": SCHEMA}],
    "tool_choice": {"type": "function", "name": "look"},
    "parallel_tool_calls": False,
    "text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "include": ["reasoning.encrypted_content"],
}
SAMPLES = {Wire.CHAT: CHAT, Wire.MESSAGES: MESSAGES, Wire.RESPONSES: RESPONSES}


def parsed(wire: Wire, body: dict[str, Any]) -> Parsed:
    found = parse(wire, json.dumps(body).encode())
    assert isinstance(found, Parsed), found
    return found


def sent(wire: Wire, body: dict[str, Any], target: Wire) -> Any:
    made = request_for(parsed(wire, body), target, model="m")
    assert isinstance(made, bytes), made
    return json.loads(made)


def refusal(wire: Wire, body: dict[str, Any], target: Wire) -> Refusal:
    made = request_for(parsed(wire, body), target, model="m")
    assert isinstance(made, Refusal)
    return made


def test_chat_as_messages_and_back() -> None:
    assert sent(Wire.CHAT, CHAT, Wire.MESSAGES) == MESSAGES
    assert sent(Wire.MESSAGES, MESSAGES, Wire.CHAT) == CHAT


def test_responses_as_chat_and_as_messages() -> None:
    expected = {name: value for name, value in CHAT.items() if name != "stop"}
    assert sent(Wire.RESPONSES, RESPONSES, Wire.CHAT) == expected
    expected = {name: value for name, value in MESSAGES.items() if name != "stop_sequences"}
    assert sent(Wire.RESPONSES, RESPONSES, Wire.MESSAGES) == expected


@pytest.mark.parametrize(("wire", "target"), [(Wire.MESSAGES, Wire.CHAT), (Wire.RESPONSES, Wire.CHAT)])
def test_a_stream_that_becomes_chat_tells_its_usage(wire: Wire, target: Wire) -> None:
    body = sent(wire, SAMPLES[wire] | {"stream": True}, target)
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


def test_replaced_texts_and_the_clamped_output_are_in_the_translation() -> None:
    request = parsed(Wire.CHAT, CHAT)
    texts = [text.replace("Ann", "NAME_1") for text in request.texts]
    made = request_for(request, Wire.MESSAGES, model="c-1", texts=texts, output_tokens_max=7)
    assert isinstance(made, bytes)
    assert b"Ann" not in made
    assert json.loads(made)["max_tokens"] == 7
    assert json.loads(made)["model"] == "c-1"


@pytest.mark.parametrize(
    ("wire", "target", "more", "field"),
    [
        (Wire.CHAT, Wire.MESSAGES, {"n": 2}, "n"),
        (Wire.CHAT, Wire.MESSAGES, {"temperature": 1.5}, "temperature"),
        (Wire.CHAT, Wire.MESSAGES, {"logprobs": True}, "logprobs"),
        (Wire.CHAT, Wire.MESSAGES, {"presence_penalty": 0.5}, "presence_penalty"),
        (Wire.CHAT, Wire.MESSAGES, {"logit_bias": {"50256": -100}}, "logit_bias"),
        (Wire.CHAT, Wire.MESSAGES, {"response_format": {"type": "json_object"}}, "response_format.type"),
        (Wire.CHAT, Wire.MESSAGES, {"a_field_of_next_year": 1}, "a_field_of_next_year"),
        (Wire.CHAT, Wire.MESSAGES, {"max_completion_tokens": None}, "max_tokens"),
        (
            Wire.CHAT,
            Wire.MESSAGES,
            {"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]},
            "messages[1].role",
        ),
        (Wire.CHAT, Wire.MESSAGES, {"messages": [{"role": "user", "content": "a", "name": "Ann"}]}, "messages[0].name"),
        (
            Wire.CHAT,
            Wire.MESSAGES,
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [CALL | {"function": {"name": "f", "arguments": "[]"}}]}
                ]
            },
            "messages[0].tool_calls[0].function.arguments",
        ),
        (
            Wire.CHAT,
            Wire.MESSAGES,
            {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA=="}}]}]},
            "messages[0].content[0].type",
        ),
        (Wire.MESSAGES, Wire.CHAT, {"top_k": 5}, "top_k"),
        (Wire.MESSAGES, Wire.CHAT, {"thinking": {"type": "enabled", "budget_tokens": 2000}}, "thinking"),
        (Wire.MESSAGES, Wire.CHAT, {"stop_sequences": list("abcde")}, "stop_sequences"),
        (Wire.MESSAGES, Wire.CHAT, {"tools": [{"type": "bash_20250124", "name": "bash"}]}, "tools[0].type"),
        (
            Wire.MESSAGES,
            Wire.CHAT,
            {"messages": [{"role": "user", "content": [{"type": "search_result", "source": "s"}]}]},
            "messages[0].content[0].type",
        ),
        (Wire.RESPONSES, Wire.CHAT, {"truncation": "auto"}, "truncation"),
        (Wire.RESPONSES, Wire.CHAT, {"include": ["file_search_call.results"]}, "include"),
        (Wire.RESPONSES, Wire.CHAT, {"max_tool_calls": 3}, "max_tool_calls"),
        (Wire.RESPONSES, Wire.CHAT, {"input": [{"type": "computer_call", "call_id": "c"}]}, "input[0].type"),
        (Wire.RESPONSES, Wire.CHAT, {"tools": [{"type": "custom", "name": "f"}]}, "tools[0].type"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(wire: Wire, target: Wire, more: dict[str, Any], field: str) -> None:
    found = refusal(wire, SAMPLES[wire] | more, target)
    assert found.field == field
    assert f"`{field}`" in found.words


def test_reasoning_of_another_vendor_and_marks_for_caches_are_left_behind() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}
    text = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "assistant", "content": [thinking, text]}]}
    assert sent(Wire.MESSAGES, body, Wire.CHAT)["messages"] == [{"role": "assistant", "content": "Hi"}]


def test_a_failed_tool_says_so() -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "is_error": True, "content": [{"type": "text", "text": "no"}]}
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [result]}]}
    assert sent(Wire.MESSAGES, body, Wire.CHAT)["messages"] == [
        {"role": "tool", "tool_call_id": "c", "content": "Error: no"}
    ]


def test_which_format_goes_to_which_upstream() -> None:
    assert [wire_at(wire, WireFormat.OPENAI) for wire in Wire] == [
        Wire.CHAT,
        Wire.RESPONSES,
        Wire.EMBEDDINGS,
        Wire.CHAT,
        None,
    ]
    assert wire_at(Wire.RESPONSES, WireFormat.OPENAI, has_responses=False) is Wire.CHAT
    assert [wire_at(wire, WireFormat.ANTHROPIC) for wire in Wire] == [
        Wire.MESSAGES,
        Wire.MESSAGES,
        None,
        Wire.MESSAGES,
        Wire.COUNT,
    ]


texts = st.text(min_size=1, max_size=8)
inputs = st.dictionaries(texts, st.integers() | texts | st.booleans(), max_size=2)
turns = st.lists(
    st.tuples(texts, st.lists(st.tuples(texts, inputs), max_size=2), texts) | st.tuples(texts, texts),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(texts, turns)
def test_any_conversation_comes_back_the_same(system: str, conversation: list[Any]) -> None:
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}]
    for turn in conversation:
        messages.append({"role": "user", "content": turn[0]})
        if len(turn) == 2:
            messages.append({"role": "assistant", "content": turn[1]})
            continue
        calls = [
            {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(value)}}
            for n, (name, value) in enumerate(turn[1])
        ]
        messages.append({"role": "assistant", "content": turn[2]} | ({"tool_calls": calls} if calls else {}))
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": turn[2]} for call in calls]
    there = sent(Wire.CHAT, {"model": "m", "max_tokens": 9, "messages": messages}, Wire.MESSAGES)
    back = sent(Wire.MESSAGES, there, Wire.CHAT)["messages"]
    assert meaning(back) == meaning(messages)


def meaning(messages: list[dict[str, Any]]) -> Any:
    """Arguments as values, and turns of one role as one."""
    said: list[tuple[str, Any]] = []
    for message in messages:
        calls = [(c["function"]["name"], json.loads(c["function"]["arguments"])) for c in message.get("tool_calls", [])]
        content = message["content"]
        parts = [content] if isinstance(content, str) else [part["text"] for part in content]
        if said and message["role"] == "user" == said[-1][0]:
            said[-1] = ("user", (said[-1][1][0] + parts, calls))
        else:
            said.append((message["role"], (parts, calls)))
    return said


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(-2, 2)
    | st.sampled_from(["text", "function", "user", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "role", "content", "text", "function", "name", "source"]), inner, max_size=3
        )
    ),
    max_leaves=9,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([(w, t) for w in SAMPLES for t in (Wire.CHAT, Wire.MESSAGES) if w is not t]), st.data())
def test_no_request_makes_translation_raise(pair: tuple[Wire, Wire], data: st.DataObject) -> None:
    wire, target = pair
    body = dict(SAMPLES[wire])
    for field in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=4)):
        body[field] = data.draw(json_values)
    found = parse(wire, json.dumps(body).encode())
    if isinstance(found, Parsed):
        assert isinstance(request_for(found, target, model="m"), bytes | Refusal)


ASKED_OF_CHAT: dict[Wire, dict[str, Any]] = {
    Wire.CHAT: {"messages": [{"role": "user", "content": "Hello"}]},
    Wire.RESPONSES: {"input": "Hello"},
    Wire.MESSAGES: {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 70},
}


@pytest.mark.parametrize("wire", ASKED_OF_CHAT)
@pytest.mark.parametrize("field", OutputField)
def test_an_upstream_is_told_the_largest_output_in_the_field_that_it_knows(wire: Wire, field: OutputField) -> None:
    sent = _sent_as_chat(wire, ASKED_OF_CHAT[wire], field)
    assert {name: sent.get(name) for name in OutputField} == {**dict.fromkeys(OutputField), field: 50}


@pytest.mark.parametrize("wrote", OutputField)
def test_what_a_client_called_it_stays_where_the_upstream_knows_both(wrote: OutputField) -> None:
    asked = {**ASKED_OF_CHAT[Wire.CHAT], wrote.value: 70}
    assert _sent_as_chat(Wire.CHAT, asked, OutputField.MAX_COMPLETION_TOKENS)[wrote] == 50
    only = _sent_as_chat(Wire.CHAT, asked, OutputField.MAX_TOKENS)
    assert {name: only.get(name) for name in OutputField} == {"max_tokens": 50, "max_completion_tokens": None}


def _sent_as_chat(wire: Wire, asked: dict[str, Any], field: OutputField) -> dict[str, Any]:
    parsed = parse(wire, json.dumps({"model": "m", **asked}).encode())
    assert isinstance(parsed, Parsed)
    body = request_for(parsed, Wire.CHAT, model="m", output_tokens_max=50, output_field=field)
    assert isinstance(body, bytes)
    return dict(json.loads(body))
