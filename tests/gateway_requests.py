"""Requests to the gateway, good ones and any that can be made of them, and what an application in this process says."""

import asyncio
import copy
import itertools
import json
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hypothesis import strategies as st

from interlock.surfaces.gateway.leaving import CONNECTION

MESSAGES = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "How large is it?"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
SHAPE = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
GOOD: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {
        "model": "small", "messages": MESSAGES, "max_tokens": 50, "temperature": 0.5, "n": 1, "stop": ["x"],
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": PARAMETERS}}],
        "tool_choice": "auto", "response_format": SHAPE, "metadata": {"a": "b"}, "user": "u", "seed": 1,
    },
    "/v1/responses": {
        "model": "small", "instructions": "Be short.", "max_output_tokens": 50,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "How large is it?"}]}],
        "tools": [{"type": "function", "name": "f", "parameters": PARAMETERS, "strict": False}],
    },
    "/v1/embeddings": {"model": "embed", "input": ["one", "two"], "encoding_format": "float"},
    "/v1/messages": {
        "model": "claude", "system": "Be short.", "max_tokens": 50, "temperature": 0.5,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "How large is it?"}]}],
        "tools": [{"name": "f", "description": "d", "input_schema": PARAMETERS}],
    },
}  # fmt: skip

odd_texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "\x00", "\ud800", "\u202e", "a" * 5_000, "auto", "small", "claude", "user", "tool", "text", "[DONE]"]
    ),
)
odd_numbers = st.sampled_from([0, -1, 1, 2**31, 2**63, -(2**70), 10**400, 0.5, -0.0, 1e308])
scalars = st.one_of(st.none(), st.booleans(), odd_numbers, odd_texts)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def bodies(draw: st.DrawFn, path: str) -> bytes:
    """A good request in which some things are others, or are missing, or whose bytes are damaged."""
    body: Any = copy.deepcopy(GOOD[path])
    if draw(st.booleans()):
        body["stream"] = draw(st.one_of(st.just(True), scalars))
    for _ in range(draw(st.integers(0, 3))):
        _change(draw, body)
    content = json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=3)) + content[at + draw(st.integers(0, 3)) :]
    return content


def _change(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Go some way into a body, and put something else there, or nothing."""
    place: Any = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or draw(st.booleans()):
            break
        place = place[key]
    if draw(st.integers(0, 4)) == 0:
        del place[key]
    else:
        place[key] = draw(anything)


@st.composite
def pieces(draw: st.DrawFn, content: bytes) -> tuple[bytes, ...]:
    """The same bytes, as they may arrive: cut anywhere, also into nothing."""
    cuts = sorted(draw(st.lists(st.integers(0, len(content)), max_size=6)))
    ends = [0, *cuts, len(content)]
    return tuple(content[start:end] for start, end in itertools.pairwise(ends))


names = st.sampled_from([
    b"authorization", b"x-api-key", b"content-type", b"content-length", b"transfer-encoding", b"accept", b"host",
    b"x-forwarded-for", b"forwarded", b"user-agent", b"anthropic-version", b"traceparent", b"idempotency-key", b"x-odd",
])  # fmt: skip
values = st.one_of(
    st.binary(max_size=30).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b"")),
    st.sampled_from(
        [b"", b"Bearer", b"Bearer ", b"bearer a.b.c", b"-1", b"99999999999999999999", b"chunked", b"127.0.0.1"]
    ),
    st.sampled_from(
        [b"for=unknown", b'for="[::1]"', b"1.2.3.4, evil", b"\xff" * 9_000, b"application/json; charset=\xff"]
    ),
)
headers = st.lists(st.tuples(names, values), max_size=5)


class Application(Protocol):
    """An ASGI application."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. `ended` is whether its end was said too; status 0: nothing was said."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    chunks: tuple[bytes, ...]
    ended: bool

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


class _Line:
    """What a client hangs on to, or not."""

    def __init__(self, *, leaves_at_once: bool) -> None:
        self._left: Callable[[], object] | None = None
        self._leaves_at_once = leaves_at_once

    def watch(self, left: Callable[[], object]) -> None:
        self._left = left
        if self._leaves_at_once:
            self.leave_soon()

    def unwatch(self) -> None:
        self._left = None

    def leave_soon(self) -> None:
        asyncio.get_running_loop().call_soon(self._leave)

    def _leave(self) -> None:
        left, self._left = self._left, None
        if left is not None:
            left()


async def said(
    app: Application,
    path: str,
    content: Sequence[bytes],
    more: Sequence[tuple[bytes, bytes]] = (),
    method: str = "POST",
    *,
    leaves_after: int | None = None,
) -> Said:
    """What an application answers to a request that arrives in these pieces, from a client that then waits.

    `leaves_after` so many pieces of the answer it waits no longer; 0: it leaves as soon as it has asked.
    """
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": one, "more_body": True} for one in content]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    got: list[MutableMapping[str, Any]] = []
    line = _Line(leaves_at_once=leaves_after == 0)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        got.append(message)
        if leaves_after is not None and len(got) > leaves_after:
            line.leave_soon()

    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": list(more),
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80), "state": {CONNECTION: lambda: line},
    }  # fmt: skip
    await asyncio.wait_for(app(scope, receive, send), 20)
    if not got:
        return Said(0, (), (), ended=False)
    start, *rest = got
    chunks = tuple(one.get("body", b"") for one in rest)
    ended = bool(rest) and not rest[-1].get("more_body", False)
    return Said(start["status"], tuple(start["headers"]), chunks, ended)
