"""The upstream that other tests stand on: official clients take its good answers, and its bad ones are bad."""

import asyncio
import gzip
import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import anthropic
import openai
import pytest

from gateway_upstream.behaviour import Behaviour, mark
from gateway_upstream.plan import Break, Pause, Stall, planned
from gateway_upstream.played import PlayedUpstream
from gateway_upstream.server import UpstreamServer, upstream
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.definition import ModelUpstream, WireFormat

ASKED: Any = [{"role": "user", "content": "How large is it?"}]
SIX = "Größe 42 is fine … naïve"
PLACE = ModelUpstream("there", WireFormat.OPENAI, "http://there.example/v1", "eu")


@pytest.fixture(scope="module")
def running() -> Iterator[UpstreamServer]:
    with upstream() as server:
        yield server


@pytest.fixture
def server(running: UpstreamServer) -> UpstreamServer:
    running.clear()
    return running


def test_the_openai_client_takes_its_answers(server: UpstreamServer) -> None:
    server.always = Behaviour(tokens=6)
    client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0)
    chat = client.chat.completions.create(model="small", messages=ASKED)
    options: Any = {"include_usage": True}
    pieces = list(client.chat.completions.create(model="small", messages=ASKED, stream=True, stream_options=options))
    answer = client.responses.create(model="small", input="How large is it?")
    with client.responses.stream(model="small", input="How large is it?") as events:
        streamed = events.get_final_response()
    vectors = client.embeddings.create(model="small", input=["a", "b"])
    assert chat.choices[0].message.content == SIX
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices) == SIX
    counted = pieces[-1].usage
    assert counted is not None
    assert (counted.prompt_tokens, counted.completion_tokens) == (5, 6)
    assert (answer.output_text, streamed.output_text) == (SIX, SIX)
    assert [one.embedding for one in vectors.data] == [[0.5, -0.25, 0.0], [0.5, -0.25, 1.0]]
    assert [model.id for model in client.models.list()] == ["small", "large"]
    assert [one.path for one in server.received] == [
        "/v1/chat/completions", "/v1/chat/completions", "/v1/responses", "/v1/responses", "/v1/embeddings", "/v1/models"
    ]  # fmt: skip


def test_the_anthropic_client_takes_its_answers(server: UpstreamServer) -> None:
    client = anthropic.Anthropic(base_url=server.base_url.removesuffix("/v1"), api_key="none", max_retries=0)
    whole = client.messages.create(model="small", messages=ASKED, max_tokens=3)
    with client.messages.stream(model="small", messages=ASKED, max_tokens=90) as events:
        streamed = events.get_final_message()
    server.then(Behaviour(tool="weather"))
    with client.messages.stream(model="small", messages=ASKED, max_tokens=90) as events:
        called = events.get_final_message()
    assert whole.content[0].model_dump() == {"citations": None, "text": "Größe 42 is ", "type": "text"}
    assert (whole.stop_reason, whole.usage.output_tokens) == ("max_tokens", 3)
    assert streamed.content[0].text == "Größe 42 is fine …"  # type: ignore[union-attr]
    assert called.content[0].input == {"city": "Vienna"}  # type: ignore[union-attr]
    assert called.stop_reason == "tool_use"


def test_errors_have_the_shape_of_their_format(server: UpstreamServer) -> None:
    client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=1)
    server.then(Behaviour(status=429, retry_after="0"), Behaviour(tokens=2))
    assert client.responses.create(model="small", input="again").output_text == "Größe 42"
    other = anthropic.Anthropic(base_url=server.base_url.removesuffix("/v1"), api_key="none", max_retries=0)
    server.then(Behaviour(status=529))
    with pytest.raises(anthropic.APIStatusError) as caught:
        other.messages.create(model="small", messages=ASKED, max_tokens=3)
    assert caught.value.body == {
        "type": "error", "error": {"type": "overloaded_error", "message": "the upstream says 529"},
    }  # fmt: skip


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_stream_breaks_and_a_stalled_one_does_not_end(server: UpstreamServer, how: str) -> None:
    server.then(Behaviour(broken=how, after=2), Behaviour(stall=True, after=1))  # type: ignore[arg-type]
    with (
        _asked(server, {"messages": ASKED, "stream": True}) as lost,
        pytest.raises((ConnectionError, http.client.IncompleteRead)),
        lost.getresponse() as answer,
    ):
        answer.read()
    with _asked(server, {"messages": ASKED, "stream": True}) as waiting, waiting.getresponse() as answer:
        assert answer.readline().startswith(b"data: {")
        answer.readline()
        assert waiting.sock is not None
        waiting.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            answer.readline()
    until = time.monotonic() + 5
    while server.closed_early == 0 and time.monotonic() < until:
        time.sleep(0.01)
    assert server.closed_early == 1


def test_a_mark_in_the_prompt_decides(server: UpstreamServer) -> None:
    content = f"say it back {mark(echo=True, delta_chars=1, write_bytes=1, gap_ms=0.1)}"
    body = {"messages": [{"role": "user", "content": content}], "stream": True}
    with _asked(server, body) as connection, connection.getresponse() as answer:
        deltas = [json.loads(line[6:])["choices"] for line in answer if line.startswith(b"data: {")]
    assert "".join(each[0]["delta"].get("content") or "" for each in deltas) == content
    with pytest.raises(ValueError, match="no behaviour is called stal"):
        mark(stal=True)


def test_what_is_planned() -> None:
    body = json.dumps({"model": "small", "messages": ASKED, "stream": True}).encode()
    whole = planned("/v1/chat/completions", body, Behaviour())
    cut = planned("/chat/completions", body, Behaviour(write_bytes=1, first_ms=5))
    assert b"".join(step for step in whole.steps if isinstance(step, bytes)).endswith(b"data: [DONE]\n\n")
    assert (cut.before, {len(step) for step in cut.steps if isinstance(step, bytes)}) == ((Pause(0.005),), {1})
    assert planned("/messages", body, Behaviour(stall=True, after=0)).before == (Stall(),)
    assert planned("/messages", body, Behaviour(broken="reset")).steps[-1] == Break("reset")
    assert planned("/messages", body, Behaviour(error_event=True)).steps[-1].startswith(b"event: error\n")  # type: ignore[union-attr]
    assert not planned("/chat/completions", body, Behaviour(without_end=True)).steps[-1].endswith(b"[DONE]\n\n")  # type: ignore[union-attr]


def test_usage_may_be_any_nonsense() -> None:
    body = json.dumps({"model": "small", "messages": ASKED}).encode()

    def usage(path: str, **said: object) -> object:
        plan = planned(path, body, Behaviour(**said))  # type: ignore[arg-type]
        return json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes))).get("usage")

    assert usage("/chat/completions") == {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    assert usage("/chat/completions", without_usage=True) is None
    assert usage("/messages", input_tokens=-7, output_tokens="12") == {
        "input_tokens": -7, "output_tokens": "12", "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
    }  # fmt: skip


def test_gzip_and_size(server: UpstreamServer) -> None:
    server.then(Behaviour(gzip=True), Behaviour(padding_bytes=3_000_000))
    with _asked(server, {"messages": ASKED}) as connection:
        assert json.loads(gzip.decompress(connection.getresponse().read()))["object"] == "chat.completion"
    with _asked(server, {"messages": ASKED}) as connection:
        assert len(connection.getresponse().read()) > 3_000_000


def test_on_the_port_pieces_are_what_they_were_cut_to() -> None:
    async def asked() -> list[bytes]:
        there = PlayedUpstream(Behaviour(write_bytes=7))
        answer = await there.send(PLACE, "/chat/completions", json.dumps({"messages": ASKED}).encode())
        return [piece async for piece in answer.chunks()]

    pieces = asyncio.run(asked())
    assert {len(piece) for piece in pieces[:-1]} == {7}
    assert json.loads(b"".join(pieces))["object"] == "chat.completion"


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (Behaviour(stall=True, after=0), "timeout"),
        (Behaviour(broken="reset"), "broken"),
        (Behaviour(padding_bytes=2_000), "oversized"),
    ],
)
def test_on_the_port_faults_are_failures(wanted: Behaviour, kind: str) -> None:
    async def asked() -> None:
        answer = await PlayedUpstream(wanted).send(PLACE, "/responses", b"{}")
        await answer.read(1_000)

    with pytest.raises(UpstreamFailed) as caught:
        asyncio.run(asked())
    assert caught.value.kind == kind


@contextmanager
def _asked(server: UpstreamServer, body: object) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
        yield connection
