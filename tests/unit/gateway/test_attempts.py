"""Retries, fallbacks and breakers, against an upstream that says what each test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from interlock.engine.gateway.routing.breaker import FAILURES_MAX, OPEN_S
from interlock.engine.gateway.routing.retries import AT_START, RetryBudget, wait_s
from interlock.flows.gateway.request.attempts import Attempts, Sent, Trail
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.definition import GatewayModel, ModelUpstream, WireFormat
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.trace import GIVEN_UP

HERE = ModelUpstream("here", WireFormat.OPENAI, "http://127.0.0.1:1/v1", "eu")
THERE = ModelUpstream("there", WireFormat.OPENAI, "http://127.0.0.1:2/v1", "eu")
WAYS = (Way(GatewayModel("small", "here", "s"), HERE), Way(GatewayModel("large", "there", "l"), THERE))
NOT_PAID = Refusal(RefusalKind.BUDGET, "budget", "spent")


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.headers, self.closed = status, headers or {}, False

    async def read(self, bytes_max: int) -> bytes:
        return b"{}"

    async def chunks(self) -> AsyncIterator[bytes]:
        yield b""

    def close(self) -> None:
        self.closed = True


class Upstream:
    """Each place answers what it is told to, one after the other; the last one again and again."""

    def __init__(self, **told: list[Answer | UpstreamFailed]) -> None:
        self.told, self.asked, self.hangs = told, list[str](), False

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> Answer:
        self.asked.append(place.name)
        if self.hangs:
            await asyncio.Event().wait()
        next_ones = self.told[place.name]
        found = next_ones.pop(0) if len(next_ones) > 1 else next_ones[0]
        if isinstance(found, UpstreamFailed):
            raise found
        return found

    async def close(self) -> None:
        pass


def body_of(way: Way) -> tuple[str, bytes]:
    return "/chat/completions", b"{}"


def ask(
    upstream: Upstream,
    *,
    attempts: Attempts | None = None,
    paid: Refusal | None = None,
    ways: Sequence[Way] = WAYS,
) -> tuple[Sent | Refusal, Trail, list[str]]:
    trail, asked = Trail(paid=WAYS[0]), list[str]()

    async def before(way: Way) -> Refusal | None:
        asked.append(way.place.name)
        return paid

    made = attempts or Attempts(upstream, monotonic=lambda: 0.0, draw=lambda: 0.0)
    return asyncio.run(made.send(ways, body_of, before, trail)), trail, asked


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr("interlock.flows.gateway.request.attempts.asyncio.sleep", at_once)


def test_the_first_answer_is_taken() -> None:
    found, trail, _ = ask(upstream := Upstream(here=[Answer(200)], there=[Answer(200)]))
    assert isinstance(found, Sent)
    assert (found.way, upstream.asked) == (WAYS[0], ["here"])
    assert [(one.upstream, one.status, one.failure) for one in trail.attempts] == [("here", 200, None)]


def test_what_is_the_clients_error_goes_back_and_is_tried_nowhere_else() -> None:
    found, _, _ = ask(upstream := Upstream(here=[Answer(422)], there=[Answer(200)]))
    assert isinstance(found, Sent)
    assert (found.answer.status, upstream.asked) == (422, ["here"])


def test_a_full_place_is_tried_once_more_and_then_another_one() -> None:
    full = Answer(429, {"retry-after": "1"})
    found, trail, _ = ask(upstream := Upstream(here=[full], there=[Answer(200)]))
    assert isinstance(found, Sent)
    assert (found.way, upstream.asked) == (WAYS[1], ["here", "here", "there"])
    assert full.closed
    assert [one.failure for one in trail.attempts] == ["status", "status", None]


def test_whoever_asks_for_a_long_wait_is_not_waited_for() -> None:
    _, _, _ = ask(upstream := Upstream(here=[Answer(503, {"retry-after": "600"})], there=[Answer(200)]))
    assert upstream.asked == ["here", "there"]


def test_the_gateways_own_key_is_no_business_of_a_client() -> None:
    found, _, _ = ask(Upstream(here=[Answer(401)], there=[Answer(403)]))
    assert isinstance(found, Refusal)
    assert (found.kind, found.words) == (
        RefusalKind.UPSTREAM,
        "there refused the gateway itself (status 403); an operator has to look at it",
    )


@pytest.mark.parametrize(
    ("failed", "asked"),
    [
        (UpstreamFailed("timeout", "here did not answer in time"), ["there"]),
        (UpstreamFailed("connect", "here cannot be reached"), ["here", "there"]),
        (Answer(429), ["here", "there"]),
        (Answer(401), ["there"]),
    ],
    ids=["late", "away", "full", "closed"],
)
def test_each_attempt_but_the_first_is_let_in_and_paid_for(failed: Answer | UpstreamFailed, asked: list[str]) -> None:
    found, _, before = ask(upstream := Upstream(here=[failed], there=[Answer(200)]))
    assert isinstance(found, Sent)
    assert (before, upstream.asked) == (asked, ["here", *asked])
    spent, _, _ = ask(upstream := Upstream(here=[failed], there=[Answer(200)]), paid=NOT_PAID)
    assert (spent, upstream.asked) == (NOT_PAID, ["here"])


def test_a_place_that_is_down_is_left_alone() -> None:
    upstream = Upstream(here=[UpstreamFailed("connect", "here cannot be reached")], there=[Answer(200)])
    attempts = Attempts(upstream, monotonic=lambda: 0.0, draw=lambda: 0.0)
    for _ in range(FAILURES_MAX):
        ask(upstream, attempts=attempts)
    assert attempts.open_breakers() == ("here",)
    upstream.asked.clear()
    ask(upstream, attempts=attempts)
    assert upstream.asked == ["there"]


@pytest.mark.parametrize("leaves_at", ["limits", "place"])
def test_who_leaves_while_it_tries_a_place_leaves_that_to_the_next_one(leaves_at: str) -> None:
    now_s = 0.0
    upstream = Upstream(here=[UpstreamFailed("broken", "down")])
    attempts = Attempts(upstream, monotonic=lambda: now_s, draw=lambda: 0.0)
    for _ in range(FAILURES_MAX):
        ask(upstream, attempts=attempts, ways=WAYS[:1])
    now_s += OPEN_S

    async def hangs(_: Way) -> None:
        await asyncio.Event().wait()

    async def leaves() -> Trail:
        trail = Trail() if leaves_at == "limits" else Trail(paid=WAYS[0])
        asked = asyncio.create_task(attempts.send(WAYS[:1], body_of, hangs, trail))
        await asyncio.wait({asked}, timeout=0.01)
        asked.cancel()
        await asyncio.wait({asked})
        return trail

    upstream.hangs = True
    trail = asyncio.run(leaves())
    upstream.hangs = False
    upstream.told["here"] = [Answer(200)]
    assert [one.failure for one in trail.attempts] == [GIVEN_UP] * (leaves_at == "place")
    assert trail.unpaid is (leaves_at == "place")
    assert isinstance(ask(upstream, attempts=attempts, ways=WAYS[:1])[0], Sent)


def test_retries_have_a_budget() -> None:
    upstream = Upstream(here=[Answer(429)], there=[Answer(200)])
    attempts = Attempts(upstream, monotonic=lambda: 0.0, draw=lambda: 0.0)
    for _ in range(200):
        ask(upstream, attempts=attempts)
    retries = upstream.asked.count("here") - 200
    assert AT_START <= retries <= AT_START + 200 * 0.1 + 1
    assert not RetryBudget(saved=0.9).spend()


def test_a_wait_doubles_is_spread_and_obeys_what_is_asked() -> None:
    assert [wait_s(number, {}, draw=0.0) for number in (1, 2, 3)] == [0.125, 0.25, 0.5]
    assert wait_s(1, {}, draw=0.999) == pytest.approx(0.25, rel=0.01)
    assert wait_s(1, {"retry-after": "2"}, draw=0.0) == 2.0
    assert wait_s(1, {"retry-after": "soon"}, draw=0.0) == 0.125
