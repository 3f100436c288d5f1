"""What goes out for a request, piece by piece, before anybody sends it."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway_upstream import anthropic_wire, openai_wire
from gateway_upstream.answer import Answer, answer_to
from gateway_upstream.behaviour import Behaviour, How, marked

MESSAGES = "/messages"
COUNT = "/messages/count_tokens"


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more comes, and the connection stays."""


@dataclass(frozen=True, slots=True)
class Break:
    how: How


Step = bytes | Pause | Stall | Break


@dataclass(frozen=True, slots=True)
class Planned:
    """`before` is what happens before the head. `ends` False: the body has no proper end."""

    status: int
    headers: dict[str, str]
    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    ends: bool = True


def planned(path: str, body: bytes, behaviour: Behaviour) -> Planned:
    """The answer to a request, whose path may begin with /v1. A mark in the request comes before `behaviour`."""
    route = path.split("?")[0].removeprefix("/v1")
    asked = _parsed(body)
    wanted = marked(asked) or behaviour
    before: tuple[Step, ...] = (Pause(wanted.first_ms / 1e3),) if wanted.first_ms else ()
    if wanted.status != 200:
        return _refused(route, wanted, before)
    if wanted.after == 0 and (wanted.stall or wanted.broken):
        return Planned(200, {}, (*before, _fault(wanted)), ())
    if wanted.raw is not None:
        kind = wanted.content_type or ("text/event-stream" if asked.get("stream") else "application/json")
        return Planned(200, {"content-type": kind}, before, tuple(_pieces(wanted.raw.encode(), wanted)))
    if asked.get("stream"):
        return _streamed(route, asked, wanted, before)
    return _whole(route, asked, wanted, before)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(route: str, wanted: Behaviour, before: tuple[Step, ...]) -> Planned:
    body = anthropic_wire.error(wanted.status) if route in (MESSAGES, COUNT) else openai_wire.error(wanted.status)
    headers = {"content-type": "application/json"}
    if wanted.retry_after is not None:
        headers["retry-after"] = wanted.retry_after
    return Planned(wanted.status, headers, before, (json.dumps(body).encode(),))


def _whole(route: str, asked: dict[str, Any], wanted: Behaviour, before: tuple[Step, ...]) -> Planned:
    content = json.dumps(_body(route, asked, answer_to(asked, wanted)), ensure_ascii=False).encode()
    headers = {"content-type": wanted.content_type or "application/json"}
    if wanted.gzip:
        content, headers["content-encoding"] = gzip.compress(content), "gzip"
    if not (wanted.broken or wanted.stall or wanted.without_end):
        return Planned(200, headers, before, tuple(_pieces(content, wanted)))
    half: list[Step] = [content[: len(content) // 2]]
    if wanted.broken or wanted.stall:
        half.append(_fault(wanted))
    return Planned(200, headers, before, tuple(half), ends=False)


def _body(route: str, asked: dict[str, Any], answer: Answer) -> dict[str, Any]:
    if route == MESSAGES:
        return anthropic_wire.message(answer)
    if route == COUNT:
        return {"input_tokens": answer.usage[0] if answer.usage else None}
    if route == "/responses":
        return openai_wire.response(answer)
    if route == "/embeddings":
        return openai_wire.embeddings(asked, answer)
    if route == "/models":
        return openai_wire.models()
    return openai_wire.chat(answer)


def _streamed(route: str, asked: dict[str, Any], wanted: Behaviour, before: tuple[Step, ...]) -> Planned:
    events = list(_events(route, asked, answer_to(asked, wanted)))
    faulty = wanted.broken or wanted.stall or wanted.error_event
    if faulty or wanted.without_end:
        events = events[: wanted.after]
    if wanted.error_event:
        events.append(_error_event(route))
    steps: list[Step] = []
    for number, event in enumerate(events):
        if number and wanted.gap_ms:
            steps.append(Pause(wanted.gap_ms / 1e3))
        steps += _pieces(event, wanted)
    if wanted.broken or wanted.stall:
        steps.append(_fault(wanted))
    return Planned(200, {"content-type": "text/event-stream; charset=utf-8"}, before, tuple(steps))


def _events(route: str, asked: dict[str, Any], answer: Answer) -> Iterator[bytes]:
    if route == MESSAGES:
        return anthropic_wire.message_events(answer)
    if route == "/responses":
        return openai_wire.response_events(answer)
    options = asked.get("stream_options")
    return openai_wire.chat_events(answer, with_usage=isinstance(options, dict) and bool(options.get("include_usage")))


def _error_event(route: str) -> bytes:
    if route == MESSAGES:
        return openai_wire.sse(anthropic_wire.error(529), "error")
    said = openai_wire.error(500)
    if route == "/responses":
        return openai_wire.sse({"type": "error", "sequence_number": 99, **said["error"]}, "error")
    return openai_wire.sse(said)


def _pieces(content: bytes, wanted: Behaviour) -> Iterator[bytes]:
    size = wanted.write_bytes or max(1, len(content))
    return (content[at : at + size] for at in range(0, len(content), size))


def _fault(wanted: Behaviour) -> Step:
    return Break(wanted.broken) if wanted.broken else Stall()
