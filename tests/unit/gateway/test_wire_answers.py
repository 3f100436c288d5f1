"""Complete answers: what they say, what they used, and other texts in the place of theirs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.wire.answer import Answer, read_answer
from interlock.engine.gateway.wire.usage import counted
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.usage import Usage
from interlock.terms.gateway.wire import Wire

CALL = {"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"who": "NAME_1"}'}}
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1760000000,
    "model": "s-1",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Dear NAME_1", "refusal": None, "tool_calls": [CALL]},
            "logprobs": {"content": [{"token": "NAME", "logprob": -0.1, "bytes": None, "top_logprobs": []}]},
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {
        "prompt_tokens": 1_234_567,
        "completion_tokens": 8,
        "total_tokens": 1_234_575,
        "prompt_tokens_details": {"cached_tokens": 4},
    },
}
MESSAGES = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "c-1",
    "content": [
        {"type": "text", "text": "Dear NAME_1"},
        {"type": "tool_use", "id": "t", "name": "look", "input": {"who": "NAME_1"}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 9, "output_tokens": 8, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 2},
}
RESPONSES = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1760000000,
    "model": "s-1",
    "status": "incomplete",
    "incomplete_details": {"reason": "max_output_tokens"},
    "instructions": "Be kind to NAME_1",
    "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Dear NAME_1"}]}],
    "usage": {"input_tokens": 9, "output_tokens": 8, "total_tokens": 17, "input_tokens_details": {"cached_tokens": 4}},
}
EMBEDDINGS = {
    "object": "list",
    "model": "e-1",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.1, -0.2]}],
    "usage": {"prompt_tokens": 9, "total_tokens": 9},
}
ANSWERS: dict[Wire, dict[str, Any]] = {
    Wire.CHAT: CHAT,
    Wire.MESSAGES: MESSAGES,
    Wire.RESPONSES: RESPONSES,
    Wire.EMBEDDINGS: EMBEDDINGS,
}


def answer(wire: Wire, body: dict[str, Any]) -> Answer:
    found = read_answer(wire, json.dumps(body, indent=1).encode())
    assert isinstance(found, Answer), found
    return found


@pytest.mark.parametrize(
    ("wire", "said", "reasons", "usage"),
    [
        (Wire.CHAT, "Dear NAME_1", ("tool_calls",), Usage(1_234_567, 8, 4)),
        (Wire.MESSAGES, "Dear NAME_1", ("tool_use",), Usage(15, 8, 4, 2)),
        (Wire.RESPONSES, "Dear NAME_1", ("max_output_tokens",), Usage(9, 8, 4)),
        (Wire.EMBEDDINGS, "", (), Usage(9, 0)),
    ],
)
def test_what_an_answer_says_and_used(wire: Wire, said: str, reasons: tuple[str, ...], usage: Usage) -> None:
    found = answer(wire, ANSWERS[wire])
    assert (found.said, found.finish_reasons, found.counted.usage) == (said, reasons, usage)
    assert found.response_model == ANSWERS[wire]["model"]


@pytest.mark.parametrize("wire", ANSWERS)
def test_an_untouched_answer_is_the_same_bytes(wire: Wire) -> None:
    found = answer(wire, ANSWERS[wire])
    assert found.rewritten(list(found.texts)) is found.body
    assert found.tree == ANSWERS[wire]


@pytest.mark.parametrize("wire", [Wire.CHAT, Wire.MESSAGES, Wire.RESPONSES])
def test_a_name_comes_back_and_nothing_else_changes(wire: Wire) -> None:
    found = answer(wire, ANSWERS[wire])
    name = 'Ann "A" \\ Lee'
    body = found.rewritten([text.replace("NAME_1", name) for text in found.texts])
    expected = json.loads(json.dumps(ANSWERS[wire]).replace("NAME_1", json.dumps(name)[1:-1]))
    if wire is Wire.CHAT:
        expected["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = json.dumps(
            {"who": name}, separators=(",", ":")
        )
        del expected["choices"][0]["logprobs"]
    assert json.loads(body) == expected


@pytest.mark.parametrize(
    ("wire", "told", "chars"),
    [
        (Wire.CHAT, None, 0),
        (Wire.CHAT, {}, 0),
        (Wire.CHAT, "9", 0),
        (Wire.CHAT, {"prompt_tokens": -1, "completion_tokens": 5}, 0),
        (Wire.CHAT, {"prompt_tokens": "9", "completion_tokens": 5}, 0),
        (Wire.CHAT, {"prompt_tokens": 9.5, "completion_tokens": 5}, 0),
        (Wire.CHAT, {"prompt_tokens": True, "completion_tokens": 5}, 0),
        (Wire.CHAT, {"prompt_tokens": 9}, 0),
        (Wire.CHAT, {"prompt_tokens": 9, "completion_tokens": 10**12}, 0),
        (Wire.CHAT, {"prompt_tokens": 0, "completion_tokens": 5}, 0),
        (Wire.CHAT, {"prompt_tokens": 9, "completion_tokens": 1}, 1_000),
        (Wire.CHAT, {"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 10}}, 0),
        (Wire.MESSAGES, {"input_tokens": 9}, 0),
        (Wire.MESSAGES, {"input_tokens": 9, "output_tokens": 5, "cache_read_input_tokens": -4}, 0),
    ],
)
def test_usage_that_cannot_be_is_doubted(wire: Wire, told: Any, chars: int) -> None:
    found = counted(wire, told, chars)
    assert found.usage is None
    assert found.doubt


def test_what_others_wrote_into_an_answer_is_not_counted_as_its_output() -> None:
    assert answer(Wire.CHAT, CHAT | {"citations": ["x" * 5_000]}).counted.usage == Usage(1_234_567, 8, 4)


def test_reasoning_outside_the_output_is_counted_as_output() -> None:
    assert counted(Wire.CHAT, {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 30}, 0).usage == Usage(9, 21)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(list(ANSWERS)), st.data())
def test_no_answer_makes_it_raise(wire: Wire, data: st.DataObject) -> None:
    body = dict(ANSWERS[wire])
    for field in data.draw(st.lists(st.sampled_from(sorted(body)))):
        body[field] = data.draw(json_values)
    found = read_answer(wire, json.dumps(body).encode())
    assert isinstance(found, Answer) or found.kind is RefusalKind.UPSTREAM
    assert same(read_answer(wire, json.dumps(body).encode(), texts=False), found)


def same(quick: Answer | Refusal, thorough: Answer | Refusal) -> bool:
    """Whether what is read without the texts is what is read with them."""
    if isinstance(quick, Refusal) or isinstance(thorough, Refusal):
        return quick == thorough
    fields = ("response_id", "response_model", "finish_reasons", "said", "counted", "body", "tree")
    return all(getattr(quick, field) == getattr(thorough, field) for field in fields)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([Wire.CHAT, Wire.MESSAGES, Wire.RESPONSES]),
    st.text(max_size=40),
    st.integers(0, 40),
    st.integers(0, 12),
    st.booleans(),
)
def test_usage_is_doubted_by_the_characters_that_were_said(
    wire: Wire, piece: str, times: int, tokens: int, ascii_only: bool
) -> None:
    body = json.loads(json.dumps(ANSWERS[wire]).replace("Dear NAME_1", "SAID"))
    body = json.loads(json.dumps(body).replace('"SAID"', json.dumps(piece * times)))
    body["usage"]["completion_tokens" if wire is Wire.CHAT else "output_tokens"] = tokens
    body["usage"].pop("total_tokens", None)
    sent = json.dumps(body, ensure_ascii=ascii_only, indent=2).encode(errors="replace")
    found = read_answer(wire, sent, texts=False)
    thorough = read_answer(wire, sent)
    assert same(found, thorough)
    assert isinstance(thorough, Answer)
    own = [text for text in thorough.texts if text not in {"look", "Be kind to NAME_1"}]
    if wire is not Wire.RESPONSES:  # its instructions are the client's
        assert (thorough.counted.usage is None) == (tokens * 256 < sum(map(len, own)) + 4 - 256), own


def test_an_answer_that_was_read_without_its_texts_is_not_looked_through() -> None:
    found = read_answer(Wire.CHAT, json.dumps(CHAT).encode(), texts=False)
    assert isinstance(found, Answer)
    assert found.rewritten() is found.body
    for asked in (lambda: found.texts, lambda: found.rewritten(())):
        with pytest.raises(ValueError, match="without its texts"):
            asked()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"choices":[{"message":3}]}', b'{"id":1,"id":2}'])
def test_what_is_no_answer_is_a_refusal(body: bytes) -> None:
    assert isinstance(read_answer(Wire.CHAT, body), Refusal)
