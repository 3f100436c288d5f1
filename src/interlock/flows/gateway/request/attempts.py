"""Send a request along its ways until one answers: retries at the same place, then the fallbacks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from interlock.engine.gateway.routing.breaker import Breaker
from interlock.engine.gateway.routing.retries import RetryBudget, Said, is_place_down, said, wait_s
from interlock.ports.gateway.upstream import Upstream, UpstreamAnswer, UpstreamFailed
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.trace import GIVEN_UP, Attempt

FAILED = "upstream"  # the rule by which a way is known to have failed, and the next one is tried
_KINDS = {429: RefusalKind.LIMITED, 529: RefusalKind.BUSY}
BUSY = "busy"
_FAILED_AS = {"timeout": RefusalKind.TIMED_OUT, BUSY: RefusalKind.BUSY}
# Whether the place may have worked on it, and bills for that, is then unknown.
MAY_BE_BILLED = frozenset({"timeout", "broken", "oversized"})

BodyOf = Callable[[Way], tuple[str, bytes] | Refusal]
Before = Callable[[Way], Awaitable[Refusal | None]]


@dataclass(slots=True)
class Sent:
    """An answer whose head has come, the way that it came by, and every attempt until then (itself the last one)."""

    way: Way
    answer: UpstreamAnswer
    began_s: float


@dataclass(slots=True)
class Trail:
    """The attempts of one request, in order. `paid` is the way that is reserved for; `unpaid`: the last attempt may
    have been billed, so the next one has to be reserved anew.
    """

    attempts: list[Attempt] = field(default_factory=list)
    paid: Way | None = None
    unpaid: bool = False

    def is_first_by(self, way: Way) -> bool:
        """Whether this attempt is the one that the request was let in and paid for."""
        return way is self.paid and not self.attempts and not self.unpaid


class Attempts:
    """Of one process: its breakers, one a place, and its budget of retries."""

    def __init__(self, upstream: Upstream, *, monotonic: Callable[[], float], draw: Callable[[], float]) -> None:
        self._upstream, self._monotonic, self._draw = upstream, monotonic, draw
        self._breakers: dict[str, Breaker] = {}
        self._budget = RetryBudget()

    def open_breakers(self) -> tuple[str, ...]:
        """The places that are left alone now."""
        return tuple(name for name, breaker in self._breakers.items() if breaker.is_open)

    def breaker(self, place: str) -> Breaker:
        """The breaker of a place."""
        found = self._breakers.get(place)
        if found is None:
            found = self._breakers[place] = Breaker()
        return found

    async def send(self, ways: Sequence[Way], body_of: BodyOf, before: Before, trail: Trail) -> Sent | Refusal:
        """The first answer that is one. The caller must close it.

        `before` is asked before each attempt but the one that was let in: it sees whether the request may still leave,
        and reserves what this way may cost. Its refusal ends it all.
        """
        self._budget.earn()
        failed: Refusal | None = None
        for way in ways:
            made = body_of(way)
            if isinstance(made, Refusal):  # this place does not speak it; another one may
                failed = failed or made
                continue
            found = await self._at(way, *made, before, trail)
            if isinstance(found, Sent) or found.rule != FAILED:
                return found
            failed = found
        return failed or Refusal(RefusalKind.UPSTREAM, "no way", "no place is left that may be asked")

    async def _at(self, way: Way, path: str, body: bytes, before: Before, trail: Trail) -> Sent | Refusal:
        breaker = self.breaker(way.place.name)
        for number in range(way.model.retries_max + 1):
            if not breaker.lets_through(self._monotonic()):
                return _failed(way, "is left alone for a moment, because it failed again and again")
            try:
                refusal = None if trail.is_first_by(way) else await before(way)
            except BaseException:  # its client left, or whatever it is: the next one tries whether the place is back
                breaker.left_alone()
                raise
            if refusal is not None:
                breaker.left_alone()
                return refusal
            found, wait = await self._once(way, path, body, breaker, trail, number)
            if wait is None or number == way.model.retries_max or not self._budget.spend():
                return found
            await asyncio.sleep(wait)
        raise AssertionError("the loop returns")

    async def _once(
        self, way: Way, path: str, body: bytes, breaker: Breaker, trail: Trail, number: int
    ) -> tuple[Sent | Refusal, float | None]:
        """One attempt, and how long to wait before another one at the same place (None: none)."""
        began = self._monotonic()
        try:
            answer = await self._upstream.send(way.place, path, body)
        except UpstreamFailed as exc:
            if exc.kind == BUSY:  # of the gateway's own: it says nothing of the place
                breaker.left_alone()
            else:
                breaker.failed(self._monotonic())
            trail.unpaid = exc.kind in MAY_BE_BILLED
            trail.attempts.append(self._attempt(way, began, failure=exc.kind))
            kind = _FAILED_AS.get(exc.kind, RefusalKind.UPSTREAM)
            again = wait_s(number + 1, {}, draw=self._draw()) if exc.kind == "connect" else None
            return Refusal(kind, FAILED, str(exc)), again
        except BaseException:
            breaker.left_alone()
            trail.unpaid = True
            trail.attempts.append(self._attempt(way, began, failure=GIVEN_UP))
            raise
        trail.unpaid = False
        verdict = said(answer.status)
        if is_place_down(answer.status):
            breaker.failed(self._monotonic())
        else:
            breaker.succeeded()
        failure = None if verdict is Said.ANSWER else "status"
        trail.attempts.append(self._attempt(way, began, status=answer.status, failure=failure))
        if verdict is Said.ANSWER:
            return Sent(way, answer, began), None
        wait = wait_s(number + 1, answer.headers, draw=self._draw()) if verdict is Said.AGAIN else None
        refusal = _status_refusal(way, answer)
        answer.close()
        return refusal, wait

    def _attempt(self, way: Way, began: float, *, status: int | None = None, failure: str | None = None) -> Attempt:
        latency_ms = round((self._monotonic() - began) * 1_000, 3)
        return Attempt(way.place.name, way.model.name, way.place.region, latency_ms, status, failure)


def _failed(way: Way, words: str) -> Refusal:
    return Refusal(RefusalKind.UPSTREAM, FAILED, f"{way.place.name} {words}; try again", retry_after_s=1)


def _status_refusal(way: Way, answer: UpstreamAnswer) -> Refusal:
    """A failure of the place in words of ours: its own body is about the gateway, and no client's business."""
    if said(answer.status) is Said.ELSEWHERE:
        words = f"{way.place.name} refused the gateway itself (status {answer.status}); an operator has to look at it"
        return Refusal(RefusalKind.UPSTREAM, FAILED, words)
    asked = answer.headers.get("retry-after", "")
    after = int(asked) if asked.isdigit() and len(asked) < 6 else None
    kind = _KINDS.get(answer.status, RefusalKind.UPSTREAM)
    return Refusal(kind, FAILED, f"{way.place.name} answered with status {answer.status}; try again", after)
