"""A client that leaves while it waits: its upstream is cut off, nothing else begins, and what it cost is on record."""

import hashlib
import json
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway_gate import NOBODY, Gate, serving
from gateway_house import place, put_house
from gateway_on_record import on_record
from gateway_upstream.behaviour import Behaviour, mark
from gateway_upstream.server import upstream
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.trace import CLIENT_LEFT, CLIENT_LEFT_STATUS, GIVEN_UP, Accepted, Outcome
from interlock.terms.gateway.traffic import CacheMode, Of, Per, TrafficLimit, TrafficPlan, Unit

LONG_MS = 30_000.0
STAYS_S = 0.05
LOOKED_AT_S = 0.4
AT_ONCE_S = 1.0
PATIENCE_S = 5.0
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
BUDGET = (TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, 10**9),)
PLANS = {
    "plain": TrafficPlan(models=("small", "claude", "spare", "narrow"), limits=BUDGET),
    "counted": TrafficPlan(models=("small",), limits=BUDGET),
    "kept": TrafficPlan(models=("small",), cache=CacheMode.EXACT),
    "tiers": TrafficPlan(models=("small", "claude"), escalate_below=0.8),
    "shadowed": TrafficPlan(models=("small",), shadow_model="claude", shadow_share=1.0),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gate, Path]]:
    store = tmp_path_factory.mktemp("gate") / "store.db"
    with upstream() as there:
        places = [
            place("small", there.base_url),
            place("claude", there.base_url, WireFormat.ANTHROPIC),
            place("spare", NOBODY, model={"fallbacks": ("small",), "retries_max": 0}),
            place("narrow", there.base_url, connections_max=2),
        ]
        keys = put_house(store, places, PLANS)
        with serving(store) as address:
            yield Gate(address, keys, there), store


@pytest.fixture
def gate(house: tuple[Gate, Path]) -> Gate:
    house[0].upstream.clear()
    return house[0]


@pytest.fixture
def store(house: tuple[Gate, Path]) -> Path:
    return house[1]


def body_of(text: str, model: str = "small", **more: Any) -> bytes:
    return json.dumps({
        "model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}], **more,
    }).encode()  # fmt: skip


def request(gate: Gate, workflow: str, body: bytes, path: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {gate.keys[workflow]}\r\n"
    return head.encode() + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


@contextmanager
def asking(gate: Gate, workflow: str, body: bytes, path: str = CHAT) -> Iterator[socket.socket]:
    """A connection on which a request was sent."""
    at = urlsplit(gate.address)
    with socket.create_connection((at.hostname, at.port), timeout=PATIENCE_S) as there:
        there.sendall(request(gate, workflow, body, path))
        yield there


def leave(
    gate: Gate, workflow: str, body: bytes, path: str = CHAT, *, received: int = 1, stays_s: float = STAYS_S
) -> None:
    """Ask, and go away a moment after so many requests in all came to the upstream."""
    with asking(gate, workflow, body, path):
        assert until(lambda: len(gate.upstream.received) == received, PATIENCE_S)
        time.sleep(stays_s)


def answer(gate: Gate, workflow: str, body: bytes) -> bytes:
    with asking(gate, workflow, body.replace(b'"max', b'"user": "one who stays", "max')) as there:
        return there.recv(65_536)


def until(holds: Callable[[], object], seconds: float = AT_ONCE_S) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def records(store: Path, body: bytes) -> tuple[list[Accepted], list[Outcome]]:
    """What is on record of requests with this body."""
    digest, (begun, ended) = hashlib.sha256(body).hexdigest(), on_record(Path(f"{store}.traces"))
    found = [one for one in begun.values() if one.body_digest == digest]
    return found, [ended[one.id] for one in found if one.id in ended]


def left(store: Path, body: bytes, *, status: int = CLIENT_LEFT_STATUS) -> tuple[Accepted, Outcome]:
    """The records of a request whose client left, which are there at once and only once."""
    assert until(lambda: records(store, body)[1]), "its end is not on record"
    (begun,), (ended,) = records(store, body)
    assert (ended.broken, ended.status, ended.refused) == (CLIENT_LEFT, status, None)
    return begun, ended


def test_what_is_asked_is_cut_off_at_once_and_stays_charged(gate: Gate, store: Path) -> None:
    waits = [
        (body_of("waits " + mark(first_ms=LONG_MS)), CHAT),
        (body_of("hangs in the middle of its body " + mark(stall=True)), CHAT),
        (body_of("waits for the head of a stream " + mark(first_ms=LONG_MS), stream=True), CHAT),
        (body_of("waits " + mark(first_ms=LONG_MS), "claude"), MESSAGES),
        (body_of("translated " + mark(first_ms=LONG_MS), "claude"), CHAT),
        (body_of("as large as what comes in several pieces " * 10_000 + mark(first_ms=LONG_MS)), CHAT),
    ]
    for number, (body, path) in enumerate(waits, 1):
        leave(gate, "plain", body, path, received=number)
        assert until(lambda: gate.upstream.closed_early == number), f"{number} goes on"  # noqa: B023 - asked at once
        begun, ended = left(store, body)
        assert ended.cost_micro_usd == begun.reserved_micro_usd > 0
        (attempt,) = ended.attempts
        assert attempt.failure == (None if b"stall" in body else GIVEN_UP)


def test_a_stream_is_cut_off_in_its_middle_and_stays_charged(gate: Gate, store: Path) -> None:
    body = body_of("much " + mark(tokens=500, gap_ms=20.0), stream=True)
    with asking(gate, "plain", body) as there:
        said = b""
        while b"data:" not in said:
            said += there.recv(65_536)
    assert until(lambda: gate.upstream.closed_early == 1)
    begun, ended = left(store, body, status=200)
    assert ended.cost_micro_usd == begun.reserved_micro_usd > 0
    assert ended.first_chunk_ms is not None


def test_connections_that_were_waited_for_are_free_again(gate: Gate, store: Path) -> None:
    waits, last = body_of("waits " + mark(first_ms=LONG_MS), "narrow"), body_of("last", "narrow")
    with ExitStack() as several:
        for _ in range(6):
            several.enter_context(asking(gate, "plain", waits))
        assert until(lambda: len(records(store, waits)[0]) == 6, PATIENCE_S)
        assert until(lambda: len(gate.upstream.received) == 2, PATIENCE_S)
    assert until(lambda: len(records(store, waits)[1]) == 6)
    for _ in range(3):
        assert b"200 OK" in answer(gate, "plain", last)
    assert len(gate.upstream.received) == 5  # those that waited for a connection never had one


def test_nothing_is_asked_again_for_it(gate: Gate, store: Path) -> None:
    gate.upstream.then(Behaviour(status=503, retry_after="0.3"))
    body = body_of("busy")
    leave(gate, "plain", body)
    begun, ended = left(store, body)
    assert [one.status for one in ended.attempts] == [503]
    assert (ended.cost_micro_usd, begun.reserved_micro_usd > 0) == (0, True)  # a place that was busy did nothing
    time.sleep(0.3)
    assert len(gate.upstream.received) == 1


def test_a_fallback_that_was_asked_is_cut_off(gate: Gate, store: Path) -> None:
    body = body_of("elsewhere " + mark(first_ms=LONG_MS), "spare")
    leave(gate, "plain", body)
    assert until(lambda: gate.upstream.closed_early == 1)
    begun, ended = left(store, body)
    assert [one.failure for one in ended.attempts] == ["connect", GIVEN_UP]
    assert ended.cost_micro_usd == begun.reserved_micro_usd


def test_a_better_model_that_was_asked_is_cut_off(gate: Gate, store: Path) -> None:
    gate.upstream.then(Behaviour(text='{"label": "a", "confidence": 0.3}'), Behaviour(first_ms=LONG_MS))
    body = body_of("how sure?", "auto")
    leave(gate, "tiers", body, received=2)
    assert until(lambda: gate.upstream.closed_early == 1)
    _, ended = left(store, body)
    assert [one.failure for one in ended.attempts] == [None, GIVEN_UP]


def test_who_leaves_while_its_limits_are_looked_at_cost_nothing(gate: Gate, store: Path) -> None:
    body = body_of("first of all")
    with sqlite3.connect(store) as other:
        other.execute("BEGIN IMMEDIATE")
        leave(gate, "counted", body, received=0, stays_s=LOOKED_AT_S)
        begun, ended = left(store, body)
        other.rollback()
    assert (ended.attempts, ended.cost_micro_usd, begun.reserved_micro_usd) == ((), 0, 0)
    assert b"200 OK" in answer(gate, "counted", body)
    assert len(gate.upstream.received) == 1


def test_nothing_is_kept_of_it(gate: Gate, store: Path) -> None:
    body = body_of("kept")
    gate.upstream.then(Behaviour(stall=True))
    leave(gate, "kept", body)
    left(store, body)
    said = []
    for _ in range(2):
        with asking(gate, "kept", body) as there:
            said.append(there.recv(65_536))
    assert [b"interlock-cache: " + how in one for how, one in zip((b"miss", b"hit"), said, strict=True)] == [True, True]


def test_nothing_is_compared_with_it(gate: Gate, store: Path) -> None:
    for streams in (False, True):
        behaves = mark(tokens=500, gap_ms=20.0, first_ms=0.0 if streams else LONG_MS)
        body = body_of(f"{streams} {behaves}", stream=streams)
        leave(gate, "shadowed", body, received=1 + streams)
        assert until(lambda: records(store, body)[1])  # noqa: B023 - asked at once
    time.sleep(0.2)
    assert len(gate.upstream.received) == 2


def test_who_closes_for_its_own_direction_has_left(gate: Gate, store: Path) -> None:
    body = body_of("says nothing more " + mark(first_ms=LONG_MS))
    with asking(gate, "plain", body) as there:
        assert until(lambda: gate.upstream.received)
        there.shutdown(socket.SHUT_WR)
        assert there.recv(100) == b""
    left(store, body)


def test_who_asks_again_before_it_was_answered_is_answered_twice(gate: Gate) -> None:
    body = body_of("one " + mark(first_ms=100.0))
    with asking(gate, "plain", body) as there:
        there.sendall(request(gate, "plain", body, CHAT))
        said = b""
        while said.count(b"200 OK") < 2:
            said += there.recv(65_536)


def test_it_is_counted_apart(gate: Gate) -> None:
    leave(gate, "plain", body_of("counted " + mark(first_ms=LONG_MS)))
    at = urlsplit(gate.address)
    wanted = re.compile(rb'requests_total\{workflow="plain",[^}]*model="small"[^}]*outcome="left"')

    def page() -> bytes:
        with socket.create_connection((at.hostname, at.port), timeout=PATIENCE_S) as there:
            there.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            return b"".join(iter(lambda: there.recv(65_536), b""))

    assert until(lambda: wanted.search(page()), PATIENCE_S)
