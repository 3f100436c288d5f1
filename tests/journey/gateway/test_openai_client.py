"""The official openai client, whose address is changed and nothing else."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import httpx
import openai
import pytest
from pydantic import BaseModel

from gateway_gate import Gate
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.openai_wire import sse

Make = Callable[..., openai.OpenAI]
ASKED: Any = [{"role": "user", "content": "How large is it?"}]
SAID = "Größe 42 is fine …"
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Weather(BaseModel):
    city: str


@pytest.fixture
def client(gate: Gate) -> Iterator[Make]:
    """Makes clients of a workflow, and closes them."""
    with ExitStack() as made:

        def make(workflow: str = "plain", **more: Any) -> openai.OpenAI:
            asked = {"base_url": gate.base_url, "api_key": gate.keys[workflow], "max_retries": 0, **more}
            return made.enter_context(openai.OpenAI(**asked))

        yield make


def sent(gate: Gate) -> dict[str, Any]:
    """What the upstream was last asked."""
    found: dict[str, Any] = json.loads(gate.upstream.received[-1].body)
    return found


def test_chat(gate: Gate, client: Make) -> None:
    answer = client().chat.completions.create(model="small", messages=ASKED, temperature=0.2)
    usage = answer.usage
    assert usage is not None
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (SAID, "stop")
    assert (usage.prompt_tokens, usage.completion_tokens) == (5, 5)
    assert {key: sent(gate)[key] for key in ("model", "messages", "temperature")} == {
        "model": "small", "messages": ASKED, "temperature": 0.2,
    }  # fmt: skip
    assert gate.keys["plain"] not in str(gate.upstream.received[-1])


@pytest.mark.parametrize("write_bytes", [None, 1])
def test_chat_streams(gate: Gate, client: Make, write_bytes: int | None) -> None:
    gate.upstream.always = Behaviour(write_bytes=write_bytes)
    chunks = list(client().chat.completions.create(model="small", messages=ASKED, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    options: Any = {"include_usage": True}
    *_, last = client().chat.completions.create(model="small", messages=ASKED, stream=True, stream_options=options)
    assert (last.choices, last.usage.completion_tokens if last.usage else None) == ([], 5)


def test_asynchronous(gate: Gate, client: Make) -> None:
    async def asked() -> tuple[str | None, str, list[float]]:
        async with openai.AsyncOpenAI(base_url=gate.base_url, api_key=gate.keys["plain"], max_retries=0) as there:
            whole = await there.chat.completions.create(model="small", messages=ASKED)
            stream = await there.chat.completions.create(model="small", messages=ASKED, stream=True)
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            vectors = await there.embeddings.create(model="embed", input="one")
            return whole.choices[0].message.content, text, vectors.data[0].embedding

    assert asyncio.run(asked()) == (SAID, SAID, [0.5, -0.25, 0.0])


def test_tools_and_structured_outputs(gate: Gate, client: Make) -> None:
    gate.upstream.then(Behaviour(tool="weather"), Behaviour(tool="weather"), Behaviour(text='{"city": "Wien"}'))
    here = client()
    whole = here.chat.completions.create(model="small", messages=ASKED, tools=[WEATHER])
    with here.chat.completions.stream(model="small", messages=ASKED, tools=[WEATHER]) as events:
        streamed = events.get_final_completion()
    parsed = here.chat.completions.parse(model="small", messages=ASKED, response_format=Weather)
    for answer in (whole, streamed):
        [called] = cast("list[Any]", answer.choices[0].message.tool_calls)
        assert (called.function.name, json.loads(called.function.arguments)) == ("weather", {"city": "Vienna"})
        assert answer.choices[0].finish_reason == "tool_calls"
    assert parsed.choices[0].message.parsed == Weather(city="Wien")
    assert sent(gate)["response_format"]["json_schema"]["name"] == "Weather"


def test_responses(gate: Gate, client: Make) -> None:
    here = client()
    whole = here.responses.create(model="small", input="How large is it?", instructions="Be short.")
    with here.responses.stream(model="small", input="How large is it?") as events:
        kinds = [event.type for event in events]
        streamed = events.get_final_response()
    gate.upstream.then(Behaviour(text='{"city": "Wien"}'), Behaviour(tool="weather"))
    parsed = here.responses.parse(model="small", input="Where?", text_format=Weather)
    tool: Any = {**WEATHER["function"], "type": "function", "strict": False}
    called: Any = here.responses.create(model="small", input="Weather?", tools=[tool]).output[0]
    assert (whole.output_text, streamed.output_text) == (SAID, SAID)
    assert kinds.count("response.output_text.delta") == 5
    assert parsed.output_parsed == Weather(city="Wien")
    assert (called.type, called.name, called.arguments) == ("function_call", "weather", '{"city": "Vienna"}')


def test_embeddings_and_models(gate: Gate, client: Make) -> None:
    here = client()
    packed = here.embeddings.create(model="embed", input=["one", "two"])
    plain = here.embeddings.create(model="embed", input="one", encoding_format="float")
    assert [one.embedding for one in packed.data] == [[0.5, -0.25, 0.0], [0.5, -0.25, 1.0]]
    assert plain.data[0].embedding == [0.5, -0.25, 0.0]
    assert {model.id for model in here.models.list()} >= {"small", "claude", "embed"}
    assert here.models.retrieve("small").id == "small"
    with pytest.raises(openai.NotFoundError):
        here.models.retrieve("large")


@pytest.mark.parametrize("stream", [False, True])
def test_another_wire_format_behind_it(gate: Gate, client: Make, stream: bool) -> None:
    here = client()
    if stream:
        chunks = list(here.chat.completions.create(model="claude", messages=ASKED, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    else:
        text = here.chat.completions.create(model="claude", messages=ASKED).choices[0].message.content or ""
    assert text == SAID
    assert gate.upstream.received[-1].path == "/v1/messages"


@pytest.mark.parametrize(
    ("workflow", "model", "kind"),
    [
        ("plain", "unheard-of", openai.NotFoundError),
        ("silent", "small", openai.PermissionDeniedError),
        ("scarce", "small", openai.RateLimitError),
    ],
)
def test_a_refusal_is_the_class_that_the_client_has_for_it(
    client: Make, workflow: str, model: str, kind: type[openai.APIStatusError]
) -> None:
    here = client(workflow)
    with pytest.raises(kind) as caught:
        for _ in range(2):  # the second is one too many for "scarce"
            here.chat.completions.create(model=model, messages=ASKED)
    body: Any = caught.value.body
    assert {"message", "type", "code"} <= body.keys()
    assert body["message"]


def test_a_rule_of_the_workflow_decides_and_is_named(client: Make) -> None:
    here = client("ruled").chat.completions
    assert here.create(model="small", messages=ASKED).choices[0].message.content == SAID
    with pytest.raises(openai.PermissionDeniedError, match="no tools here"):
        here.create(model="small", messages=ASKED, tools=[WEATHER])


def test_nobody_and_nonsense(gate: Gate, client: Make) -> None:
    nobody = client(api_key="sk-of-somebody-else")
    with pytest.raises(openai.AuthenticationError):
        nobody.chat.completions.create(model="small", messages=ASKED)
    with pytest.raises(openai.BadRequestError):
        client().chat.completions.create(model="small", messages="not a list")  # type: ignore[arg-type]
    assert gate.upstream.received == []


def test_what_an_upstream_refuses_and_what_the_gateway_tries_again(gate: Gate, client: Make) -> None:
    gate.upstream.then(Behaviour(status=429, retry_after="0"), Behaviour(tokens=1))
    assert client().chat.completions.create(model="small", messages=ASKED).choices[0].message.content == "Größe"
    gate.upstream.always = Behaviour(status=429, retry_after="7")
    with pytest.raises(openai.RateLimitError) as limited:
        client().chat.completions.create(model="patient", messages=ASKED)
    assert (limited.value.status_code, limited.value.response.headers["retry-after"]) == (429, "7")
    gate.upstream.always = Behaviour(status=500)
    with pytest.raises(openai.InternalServerError):
        client().chat.completions.create(model="patient", messages=ASKED)
    gate.upstream.always = Behaviour()
    answer = client().chat.completions.create(model="spare", messages=ASKED)
    assert answer.choices[0].message.content == SAID


def test_the_client_tries_again_as_it_is_told(gate: Gate, client: Make) -> None:
    gate.upstream.then(Behaviour(status=429, retry_after="0"), Behaviour(tokens=1))
    answer = client(max_retries=1).chat.completions.create(model="patient", messages=ASKED)
    assert answer.choices[0].message.content == "Größe"
    assert len(gate.upstream.received) == 2


def test_time_outs_of_the_gateway_and_of_the_client(gate: Gate, client: Make) -> None:
    gate.upstream.always = Behaviour(stall=True, after=0)
    with pytest.raises(openai.APIStatusError) as caught:
        client().chat.completions.create(model="hasty", messages=ASKED)
    assert caught.value.status_code == 504
    with pytest.raises(openai.APITimeoutError):
        client(timeout=0.1).chat.completions.create(model="hasty", messages=ASKED)


@pytest.mark.parametrize(
    "wanted",
    [
        Behaviour(broken="reset"),
        Behaviour(broken="close"),
        Behaviour(without_end=True),
        Behaviour(stall=True),
        Behaviour(error_event=True),
    ],
    ids=["reset", "closed", "without an end", "stalled", "error event"],
)
def test_a_stream_that_does_not_end_well_never_looks_as_if_it_did(gate: Gate, client: Make, wanted: Behaviour) -> None:
    gate.upstream.always = wanted
    seen = []
    with pytest.raises(openai.APIError):
        for chunk in client().chat.completions.create(model="hasty", messages=ASKED, stream=True):
            seen.append(chunk)  # noqa: PERF402
    assert all(chunk.choices[0].finish_reason is None for chunk in seen if chunk.choices)


@pytest.mark.parametrize(
    "raw",
    ["{", "", '"text"', "[1, 2]", '{"choices": 7}', "<html>Bad gateway</html>", '{"choices": [{"message": null}]}'],
)
def test_a_malformed_answer_is_the_upstreams_fault(gate: Gate, client: Make, raw: str) -> None:
    gate.upstream.always = Behaviour(raw=raw)
    with pytest.raises(openai.InternalServerError) as caught:
        client().chat.completions.create(model="patient", messages=ASKED)
    assert caught.value.status_code == 502


@pytest.mark.parametrize("raw", ["data: {\n\n", "data: 7\n\n", 'data: {"choices": 7}\n\n', "hello"])
def test_a_malformed_stream_is_an_error(gate: Gate, client: Make, raw: str) -> None:
    gate.upstream.always = Behaviour(raw=raw)
    with pytest.raises(openai.APIError):
        list(client().chat.completions.create(model="patient", messages=ASKED, stream=True))


@pytest.mark.parametrize("usage", [-5, "12", None, 1e300, 10**40, True, [3]])
@pytest.mark.parametrize("stream", [False, True])
def test_wrong_usage_breaks_no_answer(gate: Gate, client: Make, usage: object, stream: bool) -> None:
    gate.upstream.always = Behaviour(input_tokens=usage, output_tokens=usage)
    here = httpx.Client(base_url=gate.base_url, headers={"Authorization": f"Bearer {gate.keys['plain']}"})
    with (
        here,
        here.stream("POST", "/chat/completions", json={"model": "small", "messages": ASKED, "stream": stream}) as one,
    ):
        text = one.read().decode()
    assert one.status_code == 200
    assert "fine" in text


def test_a_huge_and_a_packed_answer(gate: Gate, client: Make) -> None:
    gate.upstream.then(Behaviour(padding_bytes=3_000_000), Behaviour(gzip=True))
    huge = client().chat.completions.create(model="small", messages=ASKED)
    assert len(huge.choices[0].message.content or "") > 3_000_000
    assert client().chat.completions.create(model="small", messages=ASKED).choices[0].message.content == SAID


PRIVATE = "Write to ana.ruiz@example.com about DE89 3704 0044 0532 0130 00, phone +43 660 1234567."
SECRETS = ("ana.ruiz", "3704", "1234567")


@pytest.mark.parametrize("delta_chars", [1, 3, 50])
@pytest.mark.parametrize("model", ["small", "claude"])
def test_personal_data_stays_here_and_comes_back(gate: Gate, client: Make, delta_chars: int, model: str) -> None:
    gate.upstream.always = Behaviour(echo=True, delta_chars=delta_chars, write_bytes=7)
    asked: Any = [{"role": "user", "content": PRIVATE}]
    here = client("careful").chat.completions
    whole = here.create(model=model, messages=asked).choices[0].message.content
    chunks = here.create(model=model, messages=asked, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert (whole, text) == (PRIVATE, PRIVATE)
    for received in gate.upstream.received:
        assert not [secret for secret in SECRETS if secret.encode() in received.body]


@pytest.mark.parametrize("delta_chars", [1, 2, 9])
def test_personal_data_does_not_come_out_of_a_model(gate: Gate, client: Make, delta_chars: int) -> None:
    gate.upstream.always = Behaviour(text=PRIVATE, delta_chars=delta_chars)
    here = client("clean").chat.completions
    whole = here.create(model="small", messages=ASKED).choices[0].message.content or ""
    chunks = here.create(model="small", messages=ASKED, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    for said in (whole, text):
        assert said.startswith("Write to ")
        assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("delta_chars", [1, 4, 100])
def test_what_no_answer_may_hold_never_leaves_whole(gate: Gate, client: Make, delta_chars: int) -> None:
    gate.upstream.always = Behaviour(text="The plan is called Project Bluebird, of course.", delta_chars=delta_chars)
    here = client("careful").chat.completions
    with pytest.raises(openai.APIError):
        here.create(model="small", messages=ASKED)
    seen: list[str] = []
    with pytest.raises(openai.APIError):
        for chunk in here.create(model="small", messages=ASKED, stream=True):
            seen += [choice.delta.content or "" for choice in chunk.choices]
    assert "bluebird" not in "".join(seen).lower()


def test_events_that_the_client_does_not_know_pass(gate: Gate, client: Make) -> None:
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    good = sse({**head, "choices": [{"index": 0, "delta": {"content": "well"}, "finish_reason": None}]}).decode()
    last = sse({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}).decode()
    crlf = good.replace("\n", "\r\n")
    gate.upstream.always = Behaviour(raw=f": a comment\n\n{good}{crlf}{last}data: [DONE]\n\n", write_bytes=5)
    chunks = client().chat.completions.create(model="small", messages=ASKED, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "wellwell"
