"""A request that was accepted: whatever happens to it, it ends once, its outcome on record and its bill settled."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from interlock.engine.gateway.pricing import cost_micro_usd
from interlock.engine.gateway.routing.agreement import said_the_same
from interlock.engine.gateway.routing.likeness import Meaning
from interlock.flows.gateway.limits.limiter import Limiter, Reservation
from interlock.flows.gateway.request.admission import Known, Request
from interlock.flows.gateway.request.arrival import Arrival
from interlock.flows.gateway.request.attempts import Trail
from interlock.ports.gateway.metrics import Metrics
from interlock.ports.gateway.trace_log import TraceLog
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.refusal import STATUS, Refusal, RefusalKind
from interlock.terms.gateway.trace import CLIENT_LEFT, CLIENT_LEFT_STATUS, Accepted, Outcome
from interlock.terms.gateway.usage import Usage

WORD_CHARS_MAX, REASONS_MAX = 200, 128  # of what an upstream says of itself: a trace is no place for more
_logger = logging.getLogger("interlock.gateway")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended, as its outcome says it (terms.gateway.trace.Outcome)."""

    status: int
    usage: Usage | None = None
    response_model: str | None = None
    response_id: str | None = None
    finish_reasons: tuple[str, ...] = ()
    refused: str | None = None
    broken: str | None = None
    redacted_output: Mapping[str, int] = field(default_factory=dict)


_LEFT = Ending(CLIENT_LEFT_STATUS, broken=CLIENT_LEFT)
_WITHOUT_ANSWER = Ending(STATUS[RefusalKind.UNAVAILABLE], broken="it ended without an answer")


@dataclass(frozen=True, slots=True)
class Books:
    """Where a request is written down: trace, limits, metrics. A clock that never goes back, and the recorded time.

    `still` says why a request that was let in may not leave by a way any more, None where it may.
    """

    trace: TraceLog
    limiter: Limiter
    metrics: Metrics
    monotonic: Callable[[], float]
    at: Callable[[], str]
    still: Callable[[Known, Way], Awaitable[Refusal | None]]

    async def reserve(self, request: Request, way: Way) -> tuple[Reservation, int] | Refusal:
        """What one attempt by a way may use at most, and the money in that (micro-dollars)."""
        need, known = request.need(way), request.known
        found = await self.limiter.reserve(known.authority, known.client, way.model.name, need)
        return found if isinstance(found, Refusal) else (found, need.micro_usd or 0)


class UnderWay:
    """One accepted request. It holds a reservation for each attempt that may be billed; the first was made before.

    `cache` says whether its answer was kept, as its outcome does. `said` is what a whole answer says, `shadow_of` the
    request in whose shadow this one is asked. `meaning` is what its question means, once that was asked for. `arrival`
    is whose client waits for it; None: no client does.
    """

    def __init__(
        self,
        books: Books,
        request: Request,
        accepted: Accepted,
        first: tuple[Reservation, int],
        *,
        began_s: float,
        arrival: Arrival | None,
        shadow_of: "UnderWay | None" = None,
    ) -> None:
        self.request, self.accepted, self.trail = request, accepted, Trail(paid=request.ways[0])
        self.cache = "off"
        self.said: str | None = None
        self.meaning: tuple[Meaning | None] | None = None
        self._shadow_of = shadow_of
        self.began_s, self.arrival = began_s, arrival
        self._books = books
        self._held: tuple[Reservation, int] | None = first
        self._cost_micro_usd = 0
        self._first_chunk_s: float | None = None
        self._has_ended = False

    async def before(self, way: Way) -> Refusal | None:
        """Before one more attempt, by this way: whether the request may still leave, and is paid for.

        Another way may cost more, and other limits may count it: it is reserved anew. What may have been billed keeps
        its own reservation.
        """
        refusal = await self._books.still(self.request.known, way)
        if refusal is not None:
            return refusal
        if self._held is not None and way is self.trail.paid and not self.trail.unpaid:
            return None
        return await self._pay_for(way)

    async def _pay_for(self, way: Way) -> Refusal | None:
        if self.trail.unpaid:
            self._keep()
        elif self._held is not None:
            self._books.limiter.cancel(self._held[0])
        self._held, self.trail.unpaid = None, False
        found = await self._books.reserve(self.request, way)
        if isinstance(found, Refusal):
            return found
        self._held, self.trail.paid = found, way
        return None

    def answered(self, way: Way, usage: Usage | None) -> None:
        """An attempt was answered, and this is what it used; None: nobody knows, and all of it stays charged."""
        if usage is None or self._held is None:
            self._keep()
            return
        cost = cost_micro_usd(way.model.price, usage)
        tokens = usage.input_tokens + usage.output_tokens
        overruns = self._books.limiter.settle(self._held[0], tokens=tokens, micro_usd=cost)
        for one in overruns:
            words = "%s used %s %s where %s were reserved: it does not keep to the largest output"
            _logger.warning(words, way.place.name, one.used, one.unit, one.reserved)
        self._held = None
        self._cost_micro_usd += cost

    def unbilled(self) -> None:
        """Nothing that could be billed was done with what is held: all of it goes back, but the request counts."""
        if self._held is not None:
            self._books.limiter.settle(self._held[0], tokens=0, micro_usd=0)
            self._held = None

    def first_chunk(self) -> None:
        """A piece of a streamed answer leaves now."""
        if self._first_chunk_s is None:
            self._first_chunk_s = self._books.monotonic()

    @property
    def has_ended(self) -> bool:
        """Whether its outcome is on record."""
        return self._has_ended

    @property
    def is_shadow(self) -> bool:
        """Whether it is asked to compare models only."""
        return self._shadow_of is not None

    def leave(self) -> None:
        """Whatever went wrong, or where the client left, it does not stay open: what cannot be told is charged in full.
        Never raises.
        """
        if self._has_ended:
            return
        ending = _LEFT
        if self.arrival is None or not self.arrival.has_left:
            self.trail.unpaid, ending = True, _WITHOUT_ANSWER
        try:
            self.end(ending)
        except Unavailable as exc:  # the accepted record stays, in doubt
            _logger.error("the outcome of request %s cannot be written: %s", self.accepted.id, exc)

    def end(self, ending: Ending) -> None:
        """Write the outcome. Raises Unavailable where it cannot be written: then the answer must not end."""
        if self._has_ended:
            return
        if self._held is not None and self.trail.unpaid:
            self._keep()
        self.unbilled()
        outcome = self._outcome(ending)
        self._books.trace.outcome(outcome)
        self._has_ended = True
        self._books.metrics.observe(self.accepted, outcome)

    def _keep(self) -> None:
        if self._held is not None:
            self._cost_micro_usd += self._held[1]
            self._held = None

    def _outcome(self, ending: Ending) -> Outcome:
        now_s = self._books.monotonic()
        first_s = self._first_chunk_s
        return Outcome(
            id=self.accepted.id,
            at=self._books.at(),
            status=ending.status,
            latency_ms=round((now_s - self.began_s) * 1_000, 3),
            attempts=tuple(self.trail.attempts),
            usage=ending.usage,
            cost_micro_usd=self._cost_micro_usd,
            prices_version=self.request.known.authority.prices_version,
            response_model=_short(ending.response_model),
            response_id=_short(ending.response_id),
            finish_reasons=tuple(one[:WORD_CHARS_MAX] for one in ending.finish_reasons[:REASONS_MAX]),
            first_chunk_ms=None if first_s is None else round((first_s - self.began_s) * 1_000, 3),
            cache=self.cache,
            redacted_output=ending.redacted_output,
            refused=ending.refused,
            broken=ending.broken,
            shadow_of=None if self._shadow_of is None else self._shadow_of.accepted.id,
            shadow_agrees=self._agrees(),
        )

    def _agrees(self) -> bool | None:
        if self._shadow_of is None or self._shadow_of.said is None or self.said is None:
            return None
        return said_the_same(self._shadow_of.said, self.said)


def _short(word: str | None) -> str | None:
    return None if word is None else word[:WORD_CHARS_MAX]
