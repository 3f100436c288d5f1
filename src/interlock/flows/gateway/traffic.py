"""One request from arrival to answer: known, admitted, reserved, on record, sent, looked through, on record again."""

import asyncio
import logging
from functools import partial

from interlock.engine.gateway.strays import network_of
from interlock.engine.gateway.wire.models import model_body, models_body
from interlock.engine.gateway.wire.refusals import refusal_body, refusal_headers
from interlock.flows.gateway.answer.answers import OK
from interlock.flows.gateway.forwarding import Forwarding
from interlock.flows.gateway.request.admission import Admission, Known, Request, unknown_model
from interlock.flows.gateway.request.arrival import Arrival, Headers, Room, Streamed, Whole
from interlock.flows.gateway.request.records import (
    accepted,
    accepted_refused,
    model_named,
    outcome_left,
    outcome_refused,
)
from interlock.flows.gateway.request.refusals import fault, not_recorded, too_large
from interlock.flows.gateway.request.under_way import Books, UnderWay
from interlock.flows.gateway.shadowing import Shadowing
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import AUTO
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.wire import Wire

_logger = logging.getLogger("interlock.gateway")


class Traffic:
    """Model traffic of one process."""

    def __init__(self, admission: Admission, forwarding: Forwarding, shadowing: Shadowing, books: Books) -> None:
        self._admission, self._forwarding, self._books = admission, forwarding, books
        self._shadowing = shadowing

    async def answer(self, arrival: Arrival) -> Whole | Streamed:
        """The answer to an arrival. Never raises; where the client leaves it is cancelled, and that is on record."""
        try:
            return await self._answer(arrival)
        except Exception:  # a fault of ours is a refusal like any other, and says where to look
            _logger.exception("request %s ended by a fault of the gateway", arrival.id)
            return self.refused(arrival.wire, fault(arrival.id))

    async def room(self, arrival: Arrival, length: int) -> Whole | Room:
        """How large a body may be that is to be read, where `length` was announced, in bytes; or the refusal of a
        stranger, or of a body that is too large, before anything of it is read.
        """
        known = await self._admission.known(arrival)
        if isinstance(known, Refusal):
            return self._unknown(arrival, known)
        most = known.authority.plan.input_bytes_max
        if length > most:
            return self._not_admitted(arrival, known, too_large(length, most))
        return Room(f"{known.client.tenant}/{known.client.name}", most)

    async def not_read(self, arrival: Arrival, refusal: Refusal) -> Whole:
        """The refusal of a request whose body is not read, on record where the client is known."""
        known = await self._admission.known(arrival)
        if isinstance(known, Refusal):
            return self._unknown(arrival, known)
        return self._not_admitted(arrival, known, refusal)

    async def _answer(self, arrival: Arrival) -> Whole | Streamed:
        known = await self._admission.known(arrival)
        if isinstance(known, Refusal):
            return self._unknown(arrival, known)
        request = self._admission.request(arrival, known)
        if isinstance(request, Refusal):
            return self._not_admitted(arrival, known, request)
        try:
            first = await self._books.reserve(request, request.ways[0])
        except asyncio.CancelledError:
            self._left_waiting(arrival, request)
            raise
        if isinstance(first, Refusal):
            return self._not_admitted(arrival, known, first)
        record = accepted(arrival, request, reserved_micro_usd=first[1])
        try:
            self._books.trace.accept(record)
        except Unavailable as exc:
            self._books.limiter.cancel(first[0])
            return self.refused(arrival.wire, not_recorded(exc))
        under_way = UnderWay(self._books, request, record, first, began_s=arrival.started_s, arrival=arrival)
        return await self._forwarded(arrival.wire, under_way)

    async def models(self, arrival: Arrival, name: str | None) -> Whole:
        """The models that a client may ask for, or the one of that name. Nothing leaves, so nothing is recorded."""
        known = await self._admission.known(arrival)
        if isinstance(known, Refusal):
            return self._unknown(arrival, known)
        authority = known.authority
        if authority.refusal is not None:
            return self.refused(arrival.wire, authority.refusal)
        names = (*authority.tiers, AUTO)
        if name is None:
            return Whole(OK, models_body(names, for_anthropic=arrival.wire.is_anthropics), [])
        if name not in names:
            return self.refused(arrival.wire, unknown_model(authority, name))
        return Whole(OK, model_body(name, for_anthropic=arrival.wire.is_anthropics), [])

    def refused(self, wire: Wire, refusal: Refusal, headers: Headers | None = None) -> Whole:
        """A refusal in the wire format's own shape."""
        return Whole(refusal.status, refusal_body(wire, refusal), [*(headers or ()), *refusal_headers(refusal)])

    async def _forwarded(self, wire: Wire, under_way: UnderWay) -> Whole | Streamed:
        handed_on = False
        try:
            found = await self._forwarding.answer(under_way)
            handed_on = isinstance(found, Streamed)
        except Unavailable as exc:
            found = not_recorded(exc)
        finally:
            if not handed_on:
                under_way.leave()
        if isinstance(found, Refusal):
            return self.refused(wire, found, [(b"interlock-request", under_way.accepted.id.encode())])
        if isinstance(found, Streamed):
            return Streamed(found.chunks, partial(self._streamed, found, under_way), found.headers)
        self._shadowing.after(under_way)
        return Whole(OK, *found)

    def _streamed(self, found: Streamed, under_way: UnderWay) -> None:
        is_whole = under_way.has_ended
        found.leave()
        if is_whole:  # nobody compares with an answer that a client did not want
            self._shadowing.after(under_way)

    def _unknown(self, arrival: Arrival, refusal: Refusal) -> Whole:
        model = model_named(arrival.body)
        network = network_of(arrival.peer)
        self._books.trace.ungoverned(network=network, wire=arrival.wire.value, model=model, rule=refusal.rule)
        self._books.metrics.ungoverned(refusal.rule)
        return self.refused(arrival.wire, refusal)

    def _left_waiting(self, arrival: Arrival, request: Request) -> None:
        """Nothing was reserved for it yet, and nothing left."""
        record = accepted(arrival, request, reserved_micro_usd=0)
        outcome = outcome_left(arrival, now_s=self._books.monotonic(), at=self._books.at())
        try:
            self._on_record(record, outcome)
        except Unavailable as exc:
            _logger.error("that the client of request %s left cannot be written: %s", arrival.id, exc)

    def _not_admitted(self, arrival: Arrival, known: Known, refusal: Refusal) -> Whole:
        """A known client's request that does not leave is on record like any other."""
        record = accepted_refused(arrival, known)
        outcome = outcome_refused(arrival, refusal, now_s=self._books.monotonic(), at=self._books.at())
        try:
            self._on_record(record, outcome)
        except Unavailable as exc:
            return self.refused(arrival.wire, not_recorded(exc))
        return self.refused(arrival.wire, refusal)

    def _on_record(self, record: Accepted, outcome: Outcome) -> None:
        self._books.trace.accept(record)
        self._books.trace.outcome(outcome)
        self._books.metrics.observe(record, outcome)
