"""Requests are read strictly, every text in them is seen and can be replaced, and nothing else changes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.wire.parsed import IMAGE_TOKENS_MAX, Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.vocabulary import VALUES
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

CHAT: dict[str, Any] = {"model": "small", "messages": [{"role": "user", "content": "Hello"}]}
MINIMAL: dict[Wire, dict[str, Any]] = {
    Wire.CHAT: CHAT,
    Wire.RESPONSES: {"model": "small", "input": "Hello"},
    Wire.MESSAGES: {**CHAT, "max_tokens": 64},
    Wire.EMBEDDINGS: {"model": "small", "input": ["Hello"]},
    Wire.COUNT: CHAT,
}


def read(body: Any, wire: Wire = Wire.CHAT) -> Parsed:
    found = parse(wire, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert isinstance(found, Parsed), found
    return found


def refused(body: Any, wire: Wire = Wire.CHAT) -> Refusal:
    found = parse(wire, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert isinstance(found, Refusal)
    return found


def with_every_text(mark: str, parsed: Parsed) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(parsed.rewritten(model="m", texts=[mark] * len(parsed.texts)))
    return body


@pytest.mark.parametrize("wire", Wire)
def test_the_smallest_request_of_each_wire(wire: Wire) -> None:
    parsed = read(MINIMAL[wire], wire)
    assert (parsed.model, parsed.streams, parsed.n) == ("small", False, 1)
    assert parsed.texts == ("Hello",)
    assert json.loads(parsed.rewritten(model="small")) == MINIMAL[wire] | (
        {"store": False} if wire is Wire.RESPONSES else {}
    )


def test_what_governs_a_chat_request() -> None:
    parsed = read(
        CHAT
        | {
            "stream": True,
            "max_tokens": 50,
            "n": 3,
            "temperature": 0.5,
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {}}}],
            "metadata": {"prompt_name": "triage", "prompt_version": "7", "desk": "east"},
            "response_format": {"type": "json_object"},
        }
    )
    assert (parsed.streams, parsed.output_tokens_max, parsed.n) == (True, 50, 3)
    assert (parsed.tools, parsed.prompt) == (("look",), ("triage", "7"))
    assert parsed.parameters == {"temperature": 0.5, "n": 3, "max_tokens": 50, "response_format.type": "json_object"}
    sent = json.loads(parsed.rewritten(model="s-1", output_tokens_max=20))
    assert (sent["model"], sent["max_tokens"], sent["metadata"]) == ("s-1", 20, {"desk": "east"})
    assert sent["stream_options"] == {"include_usage": True}
    assert "max_completion_tokens" not in sent


def test_longer_texts_in_the_place_of_its_own_count() -> None:
    parsed = read(CHAT)
    longer = ['"' * 100]
    assert parsed.input_tokens_with(None) == parsed.input_tokens_max
    assert parsed.input_tokens_with(["Hi"]) == parsed.input_tokens_max
    assert parsed.input_tokens_with(longer) >= parsed.input_tokens_of(parsed.rewritten(model="small", texts=longer))


def test_a_largest_output_is_written_where_none_was_asked() -> None:
    assert json.loads(read(CHAT).rewritten(model="m", output_tokens_max=9))["max_completion_tokens"] == 9
    body = read(MINIMAL[Wire.RESPONSES], Wire.RESPONSES).rewritten(model="m", output_tokens_max=9)
    assert json.loads(body)["max_output_tokens"] == 9


SECRET = "Änne Müller 4111-1111"
PLACES: list[tuple[Wire, dict[str, Any]]] = [
    (Wire.CHAT, {"messages": [{"role": "system", "content": SECRET}]}),
    (Wire.CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": SECRET}]}]}),
    (Wire.CHAT, {"messages": [{"role": "user", "name": SECRET, "content": "x"}]}),
    (Wire.CHAT, {"messages": [{"role": "tool", "tool_call_id": "c", "content": json.dumps({"to": [SECRET]})}]}),
    (Wire.CHAT, {"messages": [{"role": "tool", "tool_call_id": SECRET, "content": "x"}]}),
    (Wire.CHAT, {"user": SECRET}),
    (Wire.CHAT, {"metadata": {"who": SECRET}}),
    (Wire.CHAT, {"metadata": {SECRET: "x"}}),
    (Wire.CHAT, {"stop": [SECRET]}),
    (Wire.CHAT, {"a_field_of_next_year": {"deep": [[SECRET]]}}),
    (Wire.CHAT, {"tools": [{"type": "function", "function": {"name": "f", "description": SECRET}}]}),
    (Wire.CHAT, {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"enum": [SECRET]}}}]}),
    (Wire.RESPONSES, {"instructions": SECRET}),
    (Wire.RESPONSES, {"input": [{"role": "user", "content": [{"type": "input_text", "text": SECRET}]}]}),
    (Wire.RESPONSES, {"input": [{"type": "function_call_output", "call_id": "c", "output": SECRET}]}),
    (Wire.MESSAGES, {"system": [{"type": "text", "text": SECRET, "cache_control": {"type": "ephemeral"}}]}),
    (Wire.MESSAGES, {"metadata": {"user_id": SECRET}}),
    (Wire.EMBEDDINGS, {"input": SECRET}),
]


@pytest.mark.parametrize(("wire", "more"), PLACES)
def test_every_place_of_text_is_seen_and_replaced(wire: Wire, more: dict[str, Any]) -> None:
    parsed = read(MINIMAL[wire] | more, wire)
    assert any(SECRET in text for text in parsed.texts)
    assert SECRET not in json.dumps(with_every_text("gone", parsed), ensure_ascii=False)


@pytest.mark.parametrize("escaped", [True, False])
def test_arguments_of_a_call_stay_json(*, escaped: bool) -> None:
    arguments = json.dumps({"to": SECRET, "phone": 4915112345678, SECRET: 1}, ensure_ascii=escaped)
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    parsed = read(CHAT | {"messages": [{"role": "assistant", "tool_calls": [call]}]})
    assert {SECRET, "4915112345678"} <= set(parsed.texts)
    mark = 'a "quoted" \\ mark'
    new = [mark if SECRET in text or text.isdigit() else text for text in parsed.texts]
    sent = json.loads(parsed.rewritten(model="m", texts=new))["messages"][0]["tool_calls"][0]["function"]
    assert json.loads(sent["arguments"]) == {"to": mark, "phone": mark, mark: 1}


def test_figures_of_the_format_are_no_text_and_those_of_people_are() -> None:
    schema = {"type": "object", "properties": {"n": {"maximum": 9007199254740991, "enum": [4111111111111111]}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    parsed = read(CHAT | {"seed": 5500000000000004, "max_tokens": 4_000_000, "tools": [tool], "phone": 4915112345678})
    assert {text for text in parsed.texts if text.isdigit()} == {"4111111111111111", "4915112345678"}


def test_names_in_what_a_model_hands_to_a_tool_are_texts() -> None:
    use = {"type": "tool_use", "id": "t", "name": "f", "input": {"Miller": {"Smith": 1}}}
    body = MINIMAL[Wire.MESSAGES] | {"messages": [{"role": "assistant", "content": [use]}]}
    assert with_every_text("x", read(body, Wire.MESSAGES))["messages"][0]["content"][0]["input"] == {"x": {"x": 1}}


def test_two_names_that_become_one_lose_no_value() -> None:
    use = {"type": "tool_use", "id": "t", "name": "f", "input": {"a b": 1, "c d": 2}}
    body = MINIMAL[Wire.MESSAGES] | {"messages": [{"role": "assistant", "content": [use]}]}
    parsed = read(body, Wire.MESSAGES)
    assert with_every_text("x", parsed)["messages"][0]["content"][0]["input"] == {"x": 1, "x_2": 2}


def test_pictures_are_counted_and_not_read_as_text() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBO" * 1000}}
    parsed = read(CHAT | {"messages": [{"role": "user", "content": [picture, picture]}]})
    assert parsed.media == {"image": 2}
    assert not any("iVBO" in text for text in parsed.texts)
    assert 2 * IMAGE_TOKENS_MAX < parsed.input_tokens_max < 2 * IMAGE_TOKENS_MAX + 1_000
    assert parsed.is_bounded


@pytest.mark.parametrize("words", ["data:text/plain,Änne Müller", "data:image/png;base64,Änne Müller"])
def test_what_only_claims_to_be_data_is_a_text(words: str) -> None:
    picture = {"type": "image_url", "image_url": {"url": words}}
    assert words in read(CHAT | {"messages": [{"role": "user", "content": [picture]}]}).texts


def test_a_file_is_not_bounded_and_token_numbers_are_not_readable() -> None:
    part = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}}
    parsed = read(CHAT | {"messages": [{"role": "user", "content": [part]}]})
    assert not parsed.is_bounded
    assert parsed.unreadable == {"file_data"}
    assert read({"model": "m", "input": [[1, 2]]}, Wire.EMBEDDINGS).unreadable == {"input"}


@pytest.mark.parametrize(
    ("wire", "more", "field"),
    [
        (Wire.RESPONSES, {"previous_response_id": "resp_1"}, "previous_response_id"),
        (Wire.RESPONSES, {"background": True}, "background"),
        (Wire.RESPONSES, {"prompt": {"id": "p"}}, "prompt"),
        (Wire.RESPONSES, {"input": [{"type": "item_reference", "id": "i"}]}, "item_reference"),
        (Wire.RESPONSES, {"tools": [{"type": "mcp", "server_url": "https://tools.example"}]}, "tools[0].type"),
        (
            Wire.CHAT,
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]},
            "file_id",
        ),
        (Wire.CHAT, {"service_tier": "priority"}, "service_tier"),
        (Wire.CHAT, {"modalities": ["text", "audio"]}, "modalities"),
        (Wire.CHAT, {"max_tokens": 5, "max_completion_tokens": 6}, "max_tokens"),
        (Wire.MESSAGES, {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0].type"),
        (Wire.MESSAGES, {"mcp_servers": [{"url": "https://tools.example"}]}, "mcp_servers"),
    ],
)
def test_what_cannot_be_governed_is_refused_by_name(wire: Wire, more: dict[str, Any], field: str) -> None:
    refusal = refused(MINIMAL[wire] | more, wire)
    assert (refusal.kind, refusal.field) == (RefusalKind.MALFORMED, field)
    assert field in refusal.words


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xef\xbb\xbf{}",
        b'{"model":"m","messages":[{"role":"user","content":"\xff"}]}',
        b'{"model":"m","messages":[{"role":"user","content":"\\ud800"}]}',
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"x":1e999}',
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"x":' + b"9" * 5_000 + b"}",
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"x":NaN}',
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"x":' + b"[" * 65 + b"]" * 65 + b"}",
        b"[" * 100_000,
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":-1}',
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":"9"}',
        b'{"model":"m","messages":[{"role":"user","content":"a"}],"n":1000}',
        b'{"model":"m","messages":[]}',
        b'{"model":"m","messages":"Hello"}',
    ],
)
def test_malformed_bodies_are_refused(body: bytes) -> None:
    assert refused(body).kind is RefusalKind.MALFORMED


@pytest.mark.parametrize(
    "twice",
    [
        b'{"model":"m","model":"k","messages":[{"role":"user","content":"a"}]}',
        b'{"model":"m","messages":[{"role":"user","content":"a:b","content":"c"}]}',
        b'{"model":"m","messages":[{"role":"user","content":"a","content":"\\u003a"}]}',
        b'{"model":"m","messages":[{"role":"user","c\\u006fntent":"a","content":"b"}]}',
    ],
)
def test_a_name_that_comes_twice_is_refused(twice: bytes) -> None:
    assert "twice" in refused(twice).words


def test_an_escaped_colon_is_no_name_that_comes_twice() -> None:
    assert "a:b" in read(b'{"model":"m","messages":[{"role":"user","content":"a\\u003ab"}]}').texts


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(Wire), st.dictionaries(st.sampled_from(["messages", "input", "tools", "stream", "x"]), json_values)
)
def test_no_body_makes_it_raise(wire: Wire, more: dict[str, Any]) -> None:
    parse(wire, json.dumps(MINIMAL[wire] | more).encode())


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(parse(Wire.CHAT, body), Refusal)


def strings_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {one for inner in value.values() for one in strings_in(inner)}
    if isinstance(value, list):
        return {one for inner in value for one in strings_in(inner)}
    return {value} if isinstance(value, str) else set()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(Wire), json_values)
def test_no_string_leaves_that_was_not_shown(wire: Wire, extra: Any) -> None:
    parsed = read(MINIMAL[wire] | {"extra": extra}, wire)
    assert strings_in(with_every_text("gone", parsed)) - VALUES <= {"gone", "m"}
    assert json.loads(parsed.rewritten(model="small"))["extra"] == extra


@pytest.mark.parametrize("name", ["ana.ruiz@example.com", "a" * 101, "two\nlines", "", "Änne"])
def test_a_trace_keeps_no_text_of_anybodys(name: str) -> None:
    odd = parse(Wire.CHAT, json.dumps(CHAT | {"metadata": {"prompt_name": name}}).encode())
    assert isinstance(odd, Refusal)
    assert (odd.kind, odd.field) == (RefusalKind.MALFORMED, "metadata.prompt_name")
    assert not name or name not in odd.words
    effort = read(
        CHAT | {"reasoning_effort": f"high {name}", "response_format": {"type": f"{name} "}, "verbosity": "low"}
    )
    assert effort.parameters == {"verbosity": "low"}


@pytest.mark.parametrize("field", ["models", "fallbacks", "route", "provider", "plugins", "data_sources", "best_of"])
def test_a_request_cannot_say_where_it_goes_or_what_else_acts(field: str) -> None:
    refused = parse(Wire.CHAT, json.dumps(CHAT | {field: ["large"]}).encode())
    assert isinstance(refused, Refusal)
    assert refused.field == field


@pytest.mark.parametrize(
    "more",
    [
        {"Model": "dear"},
        {"MAX_TOKENS": 100_000},
        {"max_token\u017f": 100_000},
        {"tool\u017f": [{"type": "web_search"}]},
        {"Previous_Response_Id": "r"},
        {"Best_Of": 20},
        {"tools": [{"type": "function", "Type": "web_search", "function": {"name": "a"}}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a", "Image_URL": {"url": "u"}}]}]},
        {"messages": [{"role": "user", "content": "a", "Role": "system"}]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_name_that_others_read_like_another_one_is_refused(more: dict[str, Any]) -> None:
    assert "small letters" in refused(CHAT | more).words


def test_names_that_are_anybodys_may_be_spelt_in_any_way() -> None:
    schema = {"type": "object", "properties": {"Model": {"type": "string"}}, "Type": "a"}
    tools = [{"type": "function", "function": {"name": "a", "parameters": schema}}]
    call = {"id": "1", "type": "function", "function": {"name": "a", "arguments": '{"Model": "x", "Type": 1}'}}
    turns = [{"role": "assistant", "content": None, "tool_calls": [call]}, *CHAT["messages"]]
    noted = {"Name": "Ada", "Model": "x", "image": {"type": "image_url", "image_url": "u"}}
    parsed = read(CHAT | {"messages": turns, "tools": tools, "metadata": noted, "logit_bias": {"50256": -1}})
    assert "Ada" in parsed.texts
    assert parsed.media == {}  # nobody shows it to a model


@pytest.mark.parametrize("ttl", ["1h", "5M", 3600, None])
def test_what_a_cache_keeps_for_longer_has_no_price_on_record(ttl: Any) -> None:
    kept = {"type": "ephemeral", "ttl": ttl}
    content = [{"type": "text", "text": "a", "cache_control": kept}]
    body = MINIMAL[Wire.MESSAGES] | {"messages": [{"role": "user", "content": content}]}
    assert "no price on record" in refused(body, Wire.MESSAGES).words
    assert "no price on record" in refused(MINIMAL[Wire.MESSAGES] | {"cache_control": kept}, Wire.MESSAGES).words
    kept["ttl"] = "5m"
    assert read(body, Wire.MESSAGES).texts == ("a",)


def test_a_number_that_a_table_made_a_fraction_of_is_looked_at() -> None:
    arguments = '{"card": 4111111111111111.0, "phone": 4.915112345678e12, "share": 0.25, "large": 1234567.5}'
    call = {"id": "c", "type": "function", "function": {"name": "pay", "arguments": arguments}}
    turns = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    parsed = read(CHAT | {"messages": turns, "rows": [[4111111111111111.0, 1.0]], "temperature": 1.0})
    assert {text for text in parsed.texts if text.isdigit()} >= {"4111111111111111", "4915112345678"}
    assert not {"0", "1", "1234567"} & set(parsed.texts)
    sent = json.loads(parsed.rewritten(model="m"))
    assert sent["rows"] == [[4111111111111111.0, 1.0]]
    gone = with_every_text("gone", parsed)
    assert gone["rows"] == [["gone", 1.0]]
    assert json.loads(gone["messages"][0]["tool_calls"][0]["function"]["arguments"])["gone"] == "gone"


@pytest.mark.parametrize(
    ("part", "media"),
    [
        ({"type": "video_url", "video_url": {"url": "https://a.example/film"}}, {"file": 1}),
        ({"type": "audio_url", "audio_url": {"url": "https://a.example/speech"}}, {"file": 1}),
        ({"type": "picture", "image_url": "https://a.example/picture"}, {"image": 1}),
        ({"image_url": {"url": "https://a.example/picture"}}, {"image": 1}),
        ({"type": "video", "source": {"type": "url", "url": "https://a.example/film"}}, {"file": 1}),
        ({"type": "film", "source": {"type": "base64", "media_type": "video/mp4", "data": "QUJD"}}, {"file": 1}),
        ({"type": "text", "text": "a", "file_url": "https://a.example/file"}, {"file": 1}),
        ({"type": "search_result", "source": "https://a.example", "content": []}, {}),
        ({"type": "text", "text": "a", "annotations": [{"type": "url_citation", "url": "https://a.example"}]}, {}),
        ({"type": "text", "text": "a", "image_url": None, "source": {"type": "text"}}, {}),
    ],
    ids=lambda part: str(part.get("type", "no kind")) if "type" in part or "image_url" in part else "",
)
def test_what_a_part_points_at_counts_whatever_kind_it_says_it_is(part: dict[str, Any], media: dict[str, int]) -> None:
    parsed = read(CHAT | {"messages": [{"role": "user", "content": [part]}]})
    assert parsed.media == media
    assert parsed.is_bounded is ("file" not in media)
