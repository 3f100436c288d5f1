"""A relayed stream is the upstream's very bytes, or says something else in its place, however it was cut."""

import json
from typing import Any

import pytest

from interlock.engine.gateway.wire.streams import chat, messages, responses
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.engine.gateway.wire.streams.sse import BrokenStream, EventParser
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.usage import Usage
from interlock.terms.gateway.wire import Wire
from unit.gateway.wire_streams import CHAT, MESSAGES, RESPONSES, Renaming, chunk, read, sse

NAME = 'Ann "A" \\ Lee'
STREAMS = {Wire.CHAT: CHAT, Wire.MESSAGES: MESSAGES, Wire.RESPONSES: RESPONSES}
CALLS_END = {Wire.CHAT: "tool_calls", Wire.MESSAGES: "tool_use", Wire.RESPONSES: "completed"}


def relayed(wire: Wire, parts: list[bytes], **options: Any) -> tuple[bytes, Relay]:
    relay = Relay(wire, shows_usage=True, **options)
    out = b"".join(relay.feed(part) for part in parts)
    relay.end()
    return out, relay


def cut_everywhere(stream: bytes) -> list[list[bytes]]:
    cuts = [[stream[:at], stream[at:]] for at in range(len(stream))]
    return [*cuts, [stream[at : at + 1] for at in range(len(stream))], [stream]]


def said(wire: Wire, stream: bytes) -> tuple[str, str]:
    """The text and the arguments of the call that a client puts together."""
    text = arguments = ""
    for event in read(stream):
        if wire is Wire.CHAT:
            for choice in event["choices"]:
                text += choice["delta"].get("content") or ""
                for call in choice["delta"].get("tool_calls") or ():
                    arguments += call["function"]["arguments"]
        elif wire is Wire.MESSAGES:
            text += event.get("delta", {}).get("text", "")
            arguments += event.get("delta", {}).get("partial_json", "")
        elif event["type"].endswith(".delta"):
            text += event["delta"] if "text" in event["type"] else ""
            arguments += event["delta"] if "arguments" in event["type"] else ""
    return text, arguments


@pytest.mark.parametrize("wire", STREAMS)
def test_untouched_streams_are_the_same_bytes_at_every_cut(wire: Wire) -> None:
    for parts in cut_everywhere(STREAMS[wire])[:: 3 if wire is Wire.RESPONSES else 1]:
        out, relay = relayed(wire, parts)
        assert out == STREAMS[wire]
        assert relay.counted.usage == Usage(9, 5)
        assert relay.told.finish_reasons == (CALLS_END[wire],)
        assert relay.told.complete


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_other_line_ends_comments_and_a_byte_order_mark(line_end: bytes) -> None:
    stream = b"\xef\xbb\xbf: hello\n\n" + CHAT.replace(b"data: [", b": still here\ndata:[")
    stream = stream.replace(b"\n", line_end)
    for parts in cut_everywhere(stream):
        out, relay = relayed(Wire.CHAT, parts)
        assert stream.removeprefix(out) in (b"", b"\n")  # nothing is sent after the last event
        assert relay.counted.usage == Usage(9, 5)


@pytest.mark.parametrize("wire", STREAMS)
def test_a_name_comes_back_at_every_cut_and_calls_stay_json(wire: Wire) -> None:
    whole = said(wire, relayed(wire, [STREAMS[wire]], filters=Renaming)[0])
    assert whole[0] == f"Dear {NAME}, you owe {NAME} ä€."
    assert json.loads(whole[1]) == {"who": NAME}
    for parts in cut_everywhere(STREAMS[wire])[::7]:
        out, relay = relayed(wire, parts, filters=Renaming)
        assert said(wire, out) == whole
        assert "NAME_1" not in out.decode()
        assert relay.told.complete


def test_what_is_told_again_as_a_whole_is_the_same_text() -> None:
    events = read(relayed(Wire.RESPONSES, [RESPONSES], filters=Renaming)[0])
    whole = f"Dear {NAME}, you owe {NAME} ä€."
    by_type = {event["type"]: event for event in events}
    assert by_type["response.output_text.done"]["text"] == whole
    assert by_type["response.content_part.done"]["part"]["text"] == whole
    assert by_type["response.completed"]["response"]["output"][0]["content"][0]["text"] == whole
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


class Withholding:
    """Holds all text until its block is over."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str, /) -> str:
        self._held += text
        return ""

    def finish(self) -> str:
        held, self._held = self._held, ""
        return held


@pytest.mark.parametrize("wire", STREAMS)
def test_what_was_held_back_comes_before_the_end_of_its_block(wire: Wire) -> None:
    out, _ = relayed(wire, [STREAMS[wire]], filters=Withholding)
    assert said(wire, out) == said(wire, STREAMS[wire])
    ends = {Wire.CHAT: b'"tool_calls":[', Wire.MESSAGES: b"content_block_stop", Wire.RESPONSES: b"output_text.done"}
    assert out.index(b"Dear") < out.index(ends[wire])


def test_a_byte_order_mark_hides_no_event() -> None:
    relay = Relay(Wire.CHAT)
    relay.feed(b"\xef\xbb\xbf" + CHAT.split(b"\n\n")[0] + b"\n\n")
    assert relay.told.response_id == "chatcmpl-1"


def test_held_text_of_a_choice_comes_before_it_is_finished() -> None:
    stream = sse(chunk({"content": "Dear"}), chunk({}, "stop"), done=True)
    out, _ = relayed(Wire.CHAT, [stream], filters=Withholding)
    assert out.index(b"Dear") < out.index(b'"stop"')


@pytest.mark.parametrize("wire", STREAMS)
def test_arguments_are_not_held_without_bound(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chat, messages, responses):
        monkeypatch.setattr(module, "EVENT_BYTES_MAX", 15)
    assert relayed(wire, [STREAMS[wire]], filters=Renaming)[1].told.error == "oversized"
    assert relayed(wire, [STREAMS[wire]])[1].told.error is None


def test_a_block_that_never_stops_is_told_before_the_message_ends() -> None:
    blocks = [block for block in MESSAGES.split(b"\n\n") if b"content_block_stop" not in block]
    out, _ = relayed(Wire.MESSAGES, [b"\n\n".join(blocks)], filters=Withholding)
    assert out.index(b"Dear") < out.index(b"message_delta")


def test_a_field_beside_the_text_of_a_delta_does_not_pass_unseen() -> None:
    stream = MESSAGES.replace(b'"text": "Dear NAM"', b'"text": "Dear", "more": "NAME_1"')
    assert b'"more"' in stream
    assert b"NAME_1" not in relayed(Wire.MESSAGES, [stream], filters=Renaming)[0]


def test_what_messages_say_of_the_output_before_it_came_is_no_count() -> None:
    stream = MESSAGES.replace(b', "usage": {"output_tokens": 5}', b"")
    assert stream != MESSAGES
    assert relayed(Wire.MESSAGES, [stream])[1].counted.usage is None


def test_choices_do_not_share_a_filter() -> None:
    stream = sse(
        chunk({"content": "NAM"}),
        chunk({"content": "E_1"}, index=1),
        chunk({"content": "E_1"}),
        chunk({}, "stop"),
        chunk({}, "stop", index=1),
        done=True,
    )
    events = read(relayed(Wire.CHAT, [stream], filters=Renaming)[0])
    texts = [
        [e["choices"][0]["delta"].get("content", "") for e in events if e["choices"][0]["index"] == i] for i in (0, 1)
    ]
    assert ["".join(one) for one in texts] == [NAME, "E_1"]


def test_text_in_fields_that_nobody_knows_is_looked_through_or_taken_out() -> None:
    stream = sse(
        chunk({"reasoning_content": "NAM", "details": [{"text": "NAM"}]}, provider="NAME_1"),
        chunk({"reasoning_content": "E_1", "details": [{"text": "E_1"}]}),
        {
            **chunk({}, "stop"),
            "choices": [{**chunk({}, "stop")["choices"][0], "logprobs": {"content": [{"token": "NAM"}]}}],
        },
        done=True,
    )
    out = relayed(Wire.CHAT, [stream], filters=Renaming)[0]
    events = read(out)
    assert "".join(event["choices"][0]["delta"].get("reasoning_content", "") for event in events) == NAME
    assert any(event.get("provider") == NAME for event in events)
    assert b"details" not in out
    assert b"token" not in out


def test_text_in_the_begin_of_a_block_is_part_of_the_block() -> None:
    stream = MESSAGES.replace(b'"text": ""', b'"text": "NAM"').replace(b"Dear NAM", b"E_1 NAM")
    assert said(Wire.MESSAGES, relayed(Wire.MESSAGES, [stream], filters=Renaming)[0])[0].startswith(NAME)


def test_the_usage_event_is_hidden_from_who_did_not_ask() -> None:
    relay = Relay(Wire.CHAT)
    out = relay.feed(CHAT)
    assert b"prompt_tokens" not in out
    assert out.endswith(b"data: [DONE]\n\n")
    assert relay.counted.usage == Usage(9, 5)


@pytest.mark.parametrize("wire", STREAMS)
def test_a_stream_that_ends_early_is_broken_and_has_no_usage(wire: Wire) -> None:
    stream = STREAMS[wire]
    for at in range(0, len(stream) - 1, 97):
        relay = Relay(wire)
        relay.feed(stream[:at])
        relay.end()
        assert relay.told.error == "ended early"
        assert relay.counted.usage is None


@pytest.mark.parametrize(
    ("wire", "event", "error"),
    [
        (Wire.CHAT, {"error": {"message": "key sk-1", "type": "server_error", "code": None}}, "server_error"),
        (
            Wire.MESSAGES,
            {"type": "error", "error": {"type": "overloaded_error", "message": "key sk-1"}},
            "overloaded_error",
        ),
        (Wire.RESPONSES, {"type": "error", "code": "server_error", "message": "key sk-1"}, "server_error"),
        (
            Wire.RESPONSES,
            {"type": "response.failed", "response": {"error": {"code": "server_error", "message": "key sk-1"}}},
            "server_error",
        ),
    ],
)
def test_an_error_inside_a_stream_ends_it_without_the_upstreams_words(wire: Wire, event: Any, error: str) -> None:
    relay = Relay(wire)
    first = STREAMS[wire].split(b"\n\n")[0] + b"\n\n"
    out = relay.feed(first + sse(event, named=wire is not Wire.CHAT) + STREAMS[wire])
    assert (out, relay.told.error) == (first, error)
    assert relay.feed(STREAMS[wire]) == b""
    told = relay.refused(Refusal(RefusalKind.UPSTREAM, "upstream broke", "The model's answer broke off."))
    assert read(told)[0]["error"]["message"] == "The model's answer broke off."


@pytest.mark.parametrize(
    "bad",
    [
        b"data: {\n\n",
        b"data: []\n\n",
        b'data: {"choices":3}\n\n',
        b'data: {"choices":[{"index":-1}]}\n\n',
        b"data: \xff\n\n",
        b'data: {"choices":[{"delta":{"tool_calls":[{"function":"x"}]}}]}\n\n',
        b'data: {"id":1,"id":2}\n\n',
    ],
)
def test_malformed_events_break_the_stream(bad: bytes) -> None:
    relay = Relay(Wire.CHAT, filters=Renaming)
    relay.feed(sse(chunk({"content": "a"})) + bad)
    assert relay.told.error == "malformed"


def test_a_giant_event_is_not_held() -> None:
    relay = Relay(Wire.CHAT, event_bytes_max=1_000)
    for _ in range(100):
        relay.feed(b"data: " + b"x" * 100)
    assert relay.told.error == "oversized"
    parser = EventParser(10)
    with pytest.raises(BrokenStream):
        parser.feed(b"x" * 11)


def string_places(node: Any) -> list[tuple[Any, Any]]:
    """Every string below a node that is no word or figure of the format, as its holder and key."""
    members = list(node.items() if isinstance(node, dict) else enumerate(node))
    places = [(node, key) for key, value in members if isinstance(value, str) and key not in SPARED]
    inner = [value for key, value in members if isinstance(value, dict | list) and key != "usage"]
    return [*places, *(place for value in inner for place in string_places(value))]


SPARED = ("type", "id", "object", "model", "role", "finish_reason", "stop_reason", "status", "item_id")


@pytest.mark.parametrize("wire", STREAMS)
def test_no_string_of_any_event_passes_unseen(wire: Wire) -> None:
    """A value is put into each string of a stream in turn, known field or not, and must not come out."""
    events = [event | {"next_year": {"field": ["x"]}} for event in read(STREAMS[wire])]
    for event in events:
        for delta in (event.get("delta"), *(choice["delta"] for choice in event.get("choices", ()))):
            if isinstance(delta, dict):
                delta["next_year"] = "x"
    places = string_places(events)
    assert len(places) > len(events)
    for holder, key in places:
        before, holder[key] = holder[key], "for NAME_1 now"
        out, relay = relayed(wire, [sse(*events, named=wire is not Wire.CHAT, done=True)], filters=Renaming)
        holder[key] = before
        assert relay.told.error in (None, "malformed")
        assert b"NAME_1" not in out, key


CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}", "more": "NAME_1"}}
BLOCK = {"type": "content_block_delta", "index": 0}


@pytest.mark.parametrize(
    ("wire", "events"),
    [
        (Wire.CHAT, [chunk({"tool_calls": [CALL]})]),
        (Wire.MESSAGES, [{**BLOCK, "delta": {"type": "signature_delta", "signature": "NAME_1 x"}}]),
        (Wire.MESSAGES, [{**BLOCK, "delta": {"type": "signature_delta", "signature": "abcd", "text": "NAME_1"}}]),
    ],
    ids=["beside a call", "no signature", "beside a signature"],
)
def test_what_only_stands_where_no_text_is_is_looked_through_too(wire: Wire, events: list[Any]) -> None:
    out, _ = relayed(wire, [sse(*events)], filters=Renaming)
    assert b"NAME_1" not in out


def test_a_signature_passes_as_it_came() -> None:
    event = sse({**BLOCK, "delta": {"type": "signature_delta", "signature": "Erk+/0=="}})
    assert relayed(Wire.MESSAGES, [event], filters=Renaming)[0] == event
