"""What holds for any traffic, whoever sends what, however it is cut, whatever comes back."""

import copy
import dataclasses
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway_in_process import TENANTS, Inside
from gateway_requests import GOOD, bodies, headers, pieces
from gateway_upstream.behaviour import Behaviour
from interlock.terms.gateway.trace import CLIENT_LEFT, CLIENT_LEFT_STATUS, GIVEN_UP

STREAMED = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
# Each is valid by its own check digits; none is anybody's.
PRIVATE = (
    "ana.ruiz@example.com", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "+43 660 1234567", "203.0.113.77",
    "o'neil+shop@mail.example.org", "GB33BUKB20201555555555", "5500-0000-0000-0004", "2001:db8::8a2e:370:7334",
)  # fmt: skip
fillers = st.text(st.sampled_from("abc xyz, .Größe日🙂\n"), max_size=12)
sizes = st.sampled_from([None, 1, 2, 3, 7, 64])


def _run(examples: int, test: Callable[[], None]) -> None:
    settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )(test)()


def any_request_is_answered(here: Inside, examples: int) -> None:
    """No failure of ours, whatever is asked of an upstream that is well; refusals have their format's shape."""
    here.upstream.always = Behaviour()

    @given(path=st.sampled_from(list(GOOD)), more=headers, data=st.data())
    def ask(path: str, more: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
        content = data.draw(pieces(data.draw(bodies(path))))
        answer = here.ask(path, content, more=more)
        assert answer.status < 500, (answer.status, answer.body[:300])
        assert answer.ended
        if answer.status != 200:
            _shaped(path, answer.body)

    _run(examples, ask)


odd_parts: tuple[Any, ...] = (None, True, -1, "", [], {}, [[]], {"type": {}})


def every_part_may_be_odd(here: Inside, _: int) -> None:
    """No failure of ours where one part of a request, each in its turn, is of another type."""
    for path, good in GOOD.items():
        for at in _places(good):
            for odd in odd_parts:
                answer = here.ask(path, [json.dumps(_with(good, at, odd)).encode()])
                assert answer.status < 500, (path, at, odd, answer.body[:300])
                if answer.status != 200:
                    _shaped(path, answer.body)


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (key,)
        yield from ((key, *rest) for rest in _places(part))


def _with(value: Any, at: tuple[Any, ...], odd: Any) -> Any:
    if not at:
        return odd
    changed = copy.copy(value)
    changed[at[0]] = _with(value[at[0]], at[1:], odd)
    return changed


def any_caller_is_answered(here: Inside, examples: int) -> None:
    """Headers, paths and methods of any kind let nobody in who has no key, and break nothing."""

    @given(
        path=st.sampled_from([*GOOD, "/v1/models", "/v1/models/small", "/v1/models/%00", "/v1/models/" + "x" * 3_000]),
        method=st.sampled_from(["POST", "GET", "PUT", "HEAD", "X"]),
        more=headers,
    )
    def ask(path: str, method: str, more: list[tuple[bytes, bytes]]) -> None:
        sent = len(here.upstream.received)
        answer = here.bare(path, [b"{}"], more, method)
        assert 400 <= answer.status < 500, (answer.status, answer.body[:300])
        assert len(here.upstream.received) == sent
        _shaped(path, answer.body)

    _run(examples, ask)


def any_answer_is_survived(here: Inside, examples: int) -> None:
    """Whatever an upstream says, the client gets an answer, an error of its format, or a stream that ends with one."""
    statuses = st.sampled_from([200] * 6 + [204, 301, 400, 401, 404, 418, 429, 500, 503, 529, 599])

    @given(path=st.sampled_from(list(GOOD)), streams=st.booleans(), status=statuses, size=sizes, data=st.data())
    def ask(path: str, streams: bool, status: int, size: int | None, data: st.DataObject) -> None:
        body = {**GOOD[path], **({"stream": True} if streams and path in STREAMED else {})}
        here.upstream.always = data.draw(_behaviours(status, size))
        answer = here.ask(path, [json.dumps(body).encode()])
        assert answer.ended
        assert answer.status != 500, answer.body[:300]
        if answer.status != 200:
            _shaped(path, answer.body)
        here.upstream.always = Behaviour()  # and the next one is answered as if nothing had been
        assert here.ask(path, [json.dumps(GOOD[path]).encode()]).status == 200

    _run(examples, ask)
    here.upstream.always = Behaviour()


@st.composite
def _behaviours(draw: st.DrawFn, status: int, size: int | None) -> Behaviour:
    wrong = draw(st.sampled_from(["raw", "usage", "stall", "reset", "close", "no end", "error", "nothing"]))
    if wrong == "raw":
        return Behaviour(status=status, raw=draw(raws), write_bytes=size)
    if wrong == "usage":
        odd: st.SearchStrategy[Any] = st.sampled_from([None, -1, "7", 1e300, 10**40, [1], {}, True, 2**63])
        return Behaviour(status=status, input_tokens=draw(odd), output_tokens=draw(odd), write_bytes=size)
    return Behaviour(
        status=status, write_bytes=size, after=draw(st.integers(0, 6)), stall=wrong == "stall",
        broken="reset" if wrong == "reset" else "close" if wrong == "close" else None,
        without_end=wrong == "no end", error_event=wrong == "error",
    )  # fmt: skip


parts = st.sampled_from(
    [
        *("data: ", "\n\n", "\n", "\r\n", "{", "}", '"choices"', ":", "[", "]", "[DONE]", "null", "7"),
        "event: message_start\n",
        "data: [DONE]\n\n",
        'data: {"choices": [{"index": 0, "delta": {"content": "x"}}]}\n\n',
        'data: {"type": "response.completed"}\n\n',
        'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 9, "delta": {}}\n\n',
    ]
)
wholes = st.sampled_from(
    ['{"choices": []}', '{"content": []}', '{"output": null}', '{"data": [{}]}', '{"usage": {}}', "[]", "1e999"]
)
raws = st.one_of(st.text(max_size=60), st.lists(parts, max_size=8).map("".join), wholes)


def personal_data_stays_here(here: Inside, examples: int) -> None:
    """What leaves holds none of it, and an answer that repeats the question gets it back, however it is cut."""

    @given(
        path=st.sampled_from(STREAMED), private=_texts(), streams=st.booleans(), size=sizes, chars=sizes, data=st.data()
    )
    def ask(path: str, private: str, streams: bool, size: int | None, chars: int | None, data: st.DataObject) -> None:
        here.upstream.always = Behaviour(echo=True, write_bytes=size, delta_chars=chars)
        here.upstream.received.clear()
        content = json.dumps(_asking(path, private, streams=streams), ensure_ascii=data.draw(st.booleans())).encode()
        answer = here.ask(path, data.draw(pieces(content)))
        assert answer.status == 200, answer.body[:300]
        [(_, _, sent)] = here.upstream.received
        _holds_none(json.dumps(json.loads(sent), ensure_ascii=False))
        assert _text_in(path, answer.body, streams=streams) == private

    _run(examples, ask)
    here.upstream.always = Behaviour()


def personal_data_does_not_come_out(here: Inside, examples: int) -> None:
    """What a model says by itself goes out without it, however it is cut."""

    @given(path=st.sampled_from(STREAMED), private=_texts(), streams=st.booleans(), size=sizes, chars=sizes)
    def ask(path: str, private: str, streams: bool, size: int | None, chars: int | None) -> None:
        here.upstream.always = Behaviour(text=private, write_bytes=size, delta_chars=chars)
        answer = here.ask(path, [json.dumps(_asking(path, "hello", streams=streams)).encode()], client="clean")
        assert answer.status == 200, answer.body[:300]
        _holds_none(_text_in(path, answer.body, streams=streams))

    _run(examples, ask)
    here.upstream.always = Behaviour()


def nothing_crosses(here: Inside, examples: int) -> None:
    """An answer is given again to nobody but the tenant and the workflow that it was made for."""
    numbers = itertools.count()
    made: dict[tuple[str, int], str] = {}
    callers = ("kept", *(f"kept of {tenant}" for tenant in TENANTS))

    @given(caller=st.sampled_from(callers), question=st.integers(0, 5))
    def ask(caller: str, question: int) -> None:
        here.upstream.always = Behaviour(text=f"answer {next(numbers)}")
        body = {"model": "small", "messages": [{"role": "user", "content": f"question {question}"}], "temperature": 0}
        answer = here.ask("/v1/chat/completions", [json.dumps(body).encode()], client=caller)
        assert answer.status == 200, answer.body[:300]
        text = _text_in("/v1/chat/completions", answer.body, streams=False)
        assert made.setdefault((caller, question), text) == text
        assert len(set(made.values())) == len(made)

    _run(examples, ask)
    here.upstream.always = Behaviour()


def every_request_is_on_record_and_paid(here: Inside, examples: int) -> None:
    """What leaves is on record twice, and what may have cost something is never free, whoever leaves when."""
    leaves = st.sampled_from([None, None, 0, 1, 3])

    @given(path=st.sampled_from(STREAMED), streams=st.booleans(), leaves_after=leaves, data=st.data())
    def ask(path: str, streams: bool, leaves_after: int | None, data: st.DataObject) -> None:
        wanted = data.draw(_behaviours(200, None))
        here.upstream.always = dataclasses.replace(wanted, first_ms=0.5, gap_ms=0.5)
        before, sent = len(here.records), len(here.upstream.received)
        body = json.dumps({**GOOD[path], **({"stream": True} if streams else {})}).encode()
        here.ask(path, [body], leaves_after=leaves_after)
        accepted, outcome = here.records[before:]
        assert accepted.id == outcome.id
        assert accepted.reserved_micro_usd > 0 or not outcome.attempts
        assert len(here.upstream.received) - sent == len(outcome.attempts)
        if outcome.usage is None and any(attempt.status == 200 for attempt in outcome.attempts):
            assert outcome.cost_micro_usd >= accepted.reserved_micro_usd
        if any(attempt.failure == GIVEN_UP for attempt in outcome.attempts):
            assert (outcome.broken, outcome.status) == (CLIENT_LEFT, CLIENT_LEFT_STATUS)
            assert outcome.cost_micro_usd >= accepted.reserved_micro_usd
        assert outcome.cost_micro_usd > 0 or outcome.usage is not None or outcome.status != 200
        here.upstream.always = Behaviour()
        assert here.ask(path, [json.dumps(GOOD[path]).encode()]).status == 200

    _run(examples, ask)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Some private values among words."""
    words = [draw(fillers)]
    for value in draw(st.lists(st.sampled_from(PRIVATE), min_size=1, max_size=4)):
        words += [" (", value, ") ", draw(fillers)]
    return "".join(words)


def _asking(path: str, text: str, *, streams: bool) -> dict[str, Any]:
    streaming = {"stream": True} if streams else {}
    if path == "/v1/responses":
        return {"model": "small", "input": text, **streaming}
    model = "claude" if path == "/v1/messages" else "small"
    return {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 4_000, **streaming}


def _text_in(path: str, body: bytes, *, streams: bool) -> str:
    """What an answer says."""
    if not streams:
        whole: Any = json.loads(body)
        if path == "/v1/responses":
            return str(whole["output"][0]["content"][0]["text"])
        return str(whole["content"][0]["text"] if path == "/v1/messages" else whole["choices"][0]["message"]["content"])
    return "".join(_delta(json.loads(line[6:])) for line in body.split(b"\n") if line.startswith(b"data: {"))


def _delta(event: Any) -> str:
    if event.get("choices"):
        return str(event["choices"][0]["delta"].get("content") or "")
    delta = event.get("delta")
    if event.get("type") == "response.output_text.delta":
        return str(delta)
    return str(delta.get("text", "")) if event.get("type") == "content_block_delta" else ""


def _holds_none(text: str) -> None:
    for value in PRIVATE:
        assert value not in text, (value, text)


def _shaped(path: str, body: bytes) -> None:
    """An error in the shape that the format's clients read."""
    told: Any = json.loads(body)
    assert told["error"]["message"], told
    if path == "/v1/messages":
        assert told["type"] == "error", told
