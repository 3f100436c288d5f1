"""The official anthropic client, whose address is changed and nothing else."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import anthropic
import pytest

from gateway_gate import Gate
from gateway_upstream.behaviour import Behaviour

Make = Callable[..., anthropic.Anthropic]
ASKED: Any = [{"role": "user", "content": "How large is it?"}]
SAID = "Größe 42 is fine …"
WEATHER: Any = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
PRIVATE = "Write to ana.ruiz@example.com, please."


@pytest.fixture
def client(gate: Gate) -> Iterator[Make]:
    """Makes clients of a workflow, and closes them."""
    with ExitStack() as made:

        def make(workflow: str = "plain", **more: Any) -> anthropic.Anthropic:
            asked = {"base_url": gate.address, "api_key": gate.keys[workflow], "max_retries": 0, **more}
            return made.enter_context(anthropic.Anthropic(**asked))

        yield make


def text_of(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


@pytest.mark.parametrize("model", ["claude", "small"])
def test_messages(gate: Gate, client: Make, model: str) -> None:
    here = client().messages
    whole = here.create(model=model, messages=ASKED, max_tokens=90, system="Be short.")
    with here.stream(model=model, messages=ASKED, max_tokens=90) as events:
        streamed = events.get_final_message()
    cut = here.create(model=model, messages=ASKED, max_tokens=2)
    assert (text_of(whole), text_of(streamed), text_of(cut)) == (SAID, SAID, "Größe 42 ")
    assert [one.stop_reason for one in (whole, streamed, cut)] == ["end_turn", "end_turn", "max_tokens"]
    assert (streamed.usage.output_tokens, cut.usage.output_tokens) == (5, 2)
    assert gate.keys["plain"] not in str(gate.upstream.received)


def test_asynchronous(gate: Gate, client: Make) -> None:
    async def asked() -> str:
        there = anthropic.AsyncAnthropic(base_url=gate.address, api_key=gate.keys["plain"], max_retries=0)
        async with there, there.messages.stream(model="claude", messages=ASKED, max_tokens=90) as events:
            return "".join([text async for text in events.text_stream])

    assert asyncio.run(asked()) == SAID


@pytest.mark.parametrize("model", ["claude", "small"])
def test_tools(gate: Gate, client: Make, model: str) -> None:
    gate.upstream.always = Behaviour(tool="weather")
    here = client().messages
    whole = here.create(model=model, messages=ASKED, max_tokens=90, tools=[WEATHER])
    with here.stream(model=model, messages=ASKED, max_tokens=90, tools=[WEATHER]) as events:
        streamed = events.get_final_message()
    for answer in (whole, streamed):
        called: Any = answer.content[-1]
        assert (called.type, called.name, called.input) == ("tool_use", "weather", {"city": "Vienna"})
        assert answer.stop_reason == "tool_use"
    sent = json.loads(gate.upstream.received[-1].body)
    assert (sent["tools"][0].get("name") or sent["tools"][0]["function"]["name"]) == "weather"


@pytest.mark.parametrize(
    ("workflow", "model", "kind", "said"),
    [
        ("plain", "unheard-of", anthropic.NotFoundError, "not_found_error"),
        ("silent", "claude", anthropic.PermissionDeniedError, "permission_error"),
    ],
)
def test_a_refusal_is_the_class_that_the_client_has_for_it(
    client: Make, workflow: str, model: str, kind: type[anthropic.APIStatusError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        client(workflow).messages.create(model=model, messages=ASKED, max_tokens=9)
    body: Any = caught.value.body
    assert (body["type"], body["error"]["type"]) == ("error", said)


def test_errors_of_an_upstream(gate: Gate, client: Make) -> None:
    nobody = client(api_key="somebody-else")
    with pytest.raises(anthropic.AuthenticationError):
        nobody.messages.create(model="claude", messages=ASKED, max_tokens=9)
    gate.upstream.always = Behaviour(status=429, retry_after="3")
    with pytest.raises(anthropic.RateLimitError) as caught:
        client().messages.create(model="patient", messages=ASKED, max_tokens=9)
    assert caught.value.response.headers["retry-after"] == "3"
    gate.upstream.always = Behaviour(status=529)
    with pytest.raises(anthropic.InternalServerError):
        client().messages.create(model="claude", messages=ASKED, max_tokens=9)
    gate.upstream.always = Behaviour()
    gate.upstream.then(Behaviour(status=529))
    assert text_of(client().messages.create(model="claude", messages=ASKED, max_tokens=9)) == SAID


@pytest.mark.parametrize(
    "wanted", [Behaviour(broken="reset"), Behaviour(without_end=True), Behaviour(error_event=True)]
)
@pytest.mark.parametrize("model", ["claude", "small"])
def test_a_stream_that_does_not_end_well_never_looks_as_if_it_did(
    gate: Gate, client: Make, wanted: Behaviour, model: str
) -> None:
    gate.upstream.always = wanted
    kinds: list[str] = []
    with pytest.raises(anthropic.APIError):
        kinds.extend(
            event.type for event in client().messages.create(model=model, messages=ASKED, max_tokens=90, stream=True)
        )
    assert "message_stop" not in kinds


@pytest.mark.parametrize("model", ["claude", "small"])
def test_personal_data_stays_here_and_comes_back(gate: Gate, client: Make, model: str) -> None:
    gate.upstream.always = Behaviour(echo=True, delta_chars=2, write_bytes=3)
    asked: Any = [{"role": "user", "content": [{"type": "text", "text": PRIVATE}]}]
    here = client("careful").messages
    with here.stream(model=model, messages=asked, max_tokens=900) as events:
        streamed = events.get_final_message()
    whole = here.create(model=model, messages=asked, max_tokens=900)
    assert (text_of(whole), text_of(streamed)) == (PRIVATE, PRIVATE)
    assert not [one for one in gate.upstream.received if b"ana.ruiz" in one.body]


def test_tokens_are_counted_where_that_vendor_counts_them(gate: Gate, client: Make) -> None:
    here = client("careful").messages
    told = here.count_tokens(model="claude", messages=[{"role": "user", "content": PRIVATE}], tools=[WEATHER])
    assert told.input_tokens == len(PRIVATE.replace("ana.ruiz@example.com", "[EMAIL-1]")) // 4 + 1
    (sent,) = gate.upstream.received
    assert (sent.path, b"ana.ruiz" in sent.body, b"max_tokens" in sent.body) == (
        "/v1/messages/count_tokens", False, False,
    )  # fmt: skip
    with pytest.raises(anthropic.BadRequestError, match="nothing like this") as refused:
        here.count_tokens(model="small", messages=ASKED)
    assert refused.value.body["error"]["type"] == "invalid_request_error"  # type: ignore[index]
    with pytest.raises(anthropic.AuthenticationError):
        client("careful", api_key="nobody's").messages.count_tokens(model="claude", messages=ASKED)
