"""One request from arrival to answer: known, admitted, reserved, on record, sent, looked through, on record again."""

import logging

from interlock.engine.gateway.redaction.phrases import ForbiddenPhrase
from interlock.engine.gateway.strays import network_of
from interlock.engine.gateway.wire.answer import Answer, read_answer
from interlock.engine.gateway.wire.models import model_body, models_body
from interlock.engine.gateway.wire.refusals import refusal_body, refusal_headers
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.engine.gateway.wire.translate.answers import answer_for
from interlock.engine.gateway.wire.translate.streams import stream_for
from interlock.engine.timestamp import moment
from interlock.flows.gateway.admission import Admission, Known, Request, unknown_model
from interlock.flows.gateway.attempts import Attempts, Sent
from interlock.flows.gateway.filters import AnswerFilters
from interlock.flows.gateway.passing import Arrival, Headers, Streamed, Whole
from interlock.flows.gateway.records import accepted, accepted_refused, error_said, model_named, outcome_refused
from interlock.flows.gateway.refusals import FORBIDDEN_OUTPUT, broken_off, not_recorded
from interlock.flows.gateway.sending import body_of, wire_by
from interlock.flows.gateway.streaming import StreamedAnswer
from interlock.flows.gateway.under_way import Books, Ending, UnderWay
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import AUTO
from interlock.terms.gateway.refusal import STATUS, Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

ANSWER_BYTES_MAX = 64_000_000
OK = 200
ERROR_BYTES_MAX = 1_000_000
_logger = logging.getLogger("interlock.gateway")


class Traffic:
    """Model traffic of one process."""

    def __init__(self, admission: Admission, attempts: Attempts, books: Books) -> None:
        self._admission, self._attempts, self._books = admission, attempts, books

    async def answer(self, arrival: Arrival) -> Whole | Streamed:
        """The answer to an arrival. Never raises for what a client, an upstream or a full disk did."""
        known = await self._admission.known(arrival)
        if isinstance(known, Refusal):
            return self._unknown(arrival, known)
        request = self._admission.request(arrival, known)
        if isinstance(request, Refusal):
            return self._not_admitted(arrival, known, request)
        first = await self._books.reserve(request, request.ways[0])
        if isinstance(first, Refusal):
            return self._not_admitted(arrival, known, first)
        record = accepted(arrival, request, reserved_micro_usd=first[1])
        try:
            self._books.trace.accept(record)
        except Unavailable as exc:
            self._books.limiter.cancel(first[0])
            return self.refused(arrival.wire, not_recorded(exc))
        under_way = UnderWay(self._books, request, record, first, began_s=arrival.started_s)
        return await self._sent(arrival.wire, under_way)

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
            return Whole(OK, models_body(names, for_anthropic=arrival.wire is Wire.MESSAGES), [])
        if name not in names:
            return self.refused(arrival.wire, unknown_model(authority, name))
        return Whole(OK, model_body(name, for_anthropic=arrival.wire is Wire.MESSAGES), [])

    def refused(self, wire: Wire, refusal: Refusal, headers: Headers | None = None) -> Whole:
        """A refusal in the wire format's own shape."""
        return Whole(refusal.status, refusal_body(wire, refusal), [*(headers or ()), *refusal_headers(refusal)])

    async def _sent(self, wire: Wire, under_way: UnderWay) -> Whole | Streamed:
        request = under_way.request
        sent: Sent | Refusal | None = None
        handed_on = False
        try:
            sent = await self._attempts.send(request.ways, body_of(request), under_way.pay_for, under_way.trail)
            if isinstance(sent, Refusal):
                return self._ended(wire, under_way, sent)
            headers = _headers(under_way, sent)
            if sent.answer.status != OK:
                return await self._errored(wire, under_way, sent, headers)
            if request.parsed.streams:
                streamed = self._streamed(under_way, sent)
                handed_on = True
                return Streamed(streamed.chunks(), streamed.leave, headers)
            return await self._whole(wire, under_way, sent, headers)
        except Unavailable as exc:
            return self.refused(wire, not_recorded(exc))
        finally:
            if not handed_on:
                if isinstance(sent, Sent):
                    sent.answer.close()
                self._left(under_way)

    async def _whole(self, wire: Wire, under_way: UnderWay, sent: Sent, headers: Headers) -> Whole:
        at_place = _spoken(sent, under_way.request)
        try:
            body = await sent.answer.read(ANSWER_BYTES_MAX)
        except UpstreamFailed as exc:
            return self._broken(wire, under_way, exc, headers)
        answer = read_answer(at_place, body)
        if isinstance(answer, Refusal):
            under_way.trail.unpaid = True  # whatever it was, it may be billed
            return self._ended(wire, under_way, answer, broken=answer.rule, headers=headers)
        under_way.answered(sent.way, answer.counted.usage)
        filters = AnswerFilters(under_way.request.known.authority.plan, under_way.request.looked)
        told = _looked_through(answer, filters)
        if not isinstance(told, Refusal):
            told = answer_for(under_way.request.parsed, answer, told, created=_created(under_way))
        refusal = told if isinstance(told, Refusal) else None
        ending = Ending(
            OK if refusal is None else refusal.status,
            answer.counted.usage,
            answer.response_model,
            answer.response_id,
            answer.finish_reasons,
            refused=None if refusal is None else refusal.rule,
            broken=answer.counted.doubt,
            redacted_output=filters.counts,
        )
        under_way.end(ending)
        return self.refused(wire, told, headers) if isinstance(told, Refusal) else Whole(OK, told, headers)

    def _streamed(self, under_way: UnderWay, sent: Sent) -> StreamedAnswer:
        request = under_way.request
        filters = AnswerFilters(request.known.authority.plan, request.looked)
        spoken = _spoken(sent, request)
        relay = Relay(
            spoken,
            shows_usage=request.parsed.shows_usage,
            filters=filters if filters.needed else None,
            translation=stream_for(request.parsed, spoken, created=_created(under_way)),
        )
        return StreamedAnswer(relay, filters, under_way, sent)

    async def _errored(self, wire: Wire, under_way: UnderWay, sent: Sent, headers: Headers) -> Whole:
        """The place says that the request is wrong: its message goes back, looked through like any answer."""
        status = sent.answer.status
        try:
            said = error_said(await sent.answer.read(ERROR_BYTES_MAX))
        except UpstreamFailed:
            said = None
        filters = AnswerFilters(under_way.request.known.authority.plan, under_way.request.looked)
        try:
            words = f": {filters.whole([said])[0]}" if said else "; look at its parameters and its size"
        except ForbiddenPhrase:
            words = ""
        kind = RefusalKind.TOO_LARGE if status == STATUS[RefusalKind.TOO_LARGE] else RefusalKind.MALFORMED
        refusal = Refusal(
            kind, "upstream refused", f"{sent.way.place.name} refused the request (status {status}){words}"
        )
        return self._ended(wire, under_way, refusal, headers=headers)

    def _broken(self, wire: Wire, under_way: UnderWay, exc: UpstreamFailed, headers: Headers) -> Whole:
        under_way.trail.unpaid = True  # it had begun to answer
        return self._ended(wire, under_way, broken_off(exc.kind), broken=exc.kind, headers=headers)

    def _ended(
        self,
        wire: Wire,
        under_way: UnderWay,
        refusal: Refusal,
        *,
        broken: str | None = None,
        headers: Headers | None = None,
    ) -> Whole:
        under_way.end(Ending(refusal.status, refused=refusal.rule, broken=broken))
        return self.refused(wire, refusal, headers)

    def _left(self, under_way: UnderWay) -> None:
        """Whatever went wrong, no request stays open: what cannot be told is charged in full."""
        if under_way.has_ended:
            return
        under_way.trail.unpaid = True
        try:
            under_way.end(Ending(STATUS[RefusalKind.UNAVAILABLE], broken="it ended without an answer"))
        except Unavailable as exc:  # the accepted record stays, in doubt
            _logger.error("the outcome of request %s cannot be written: %s", under_way.accepted.id, exc)

    def _unknown(self, arrival: Arrival, refusal: Refusal) -> Whole:
        model = model_named(arrival.body)
        network = network_of(arrival.peer)
        self._books.trace.ungoverned(network=network, wire=arrival.wire.value, model=model, rule=refusal.rule)
        self._books.metrics.ungoverned(refusal.rule)
        return self.refused(arrival.wire, refusal)

    def _not_admitted(self, arrival: Arrival, known: Known, refusal: Refusal) -> Whole:
        """A known client's request that does not leave is on record like any other."""
        record = accepted_refused(arrival, known)
        outcome = outcome_refused(arrival, refusal, now_s=self._books.monotonic(), at=self._books.at())
        try:
            self._books.trace.accept(record)
            self._books.trace.outcome(outcome)
        except Unavailable as exc:
            return self.refused(arrival.wire, not_recorded(exc))
        self._books.metrics.observe(record, outcome)
        return self.refused(arrival.wire, refusal)


def _looked_through(answer: Answer, filters: AnswerFilters) -> bytes | Refusal:
    if not filters.needed:
        return answer.body
    try:
        return answer.rewritten(filters.whole(answer.texts))
    except ForbiddenPhrase:
        return FORBIDDEN_OUTPUT


def _spoken(sent: Sent, request: Request) -> Wire:
    wire = wire_by(sent.way, request.parsed.wire)
    if wire is None:
        raise ValueError("a request was sent to where it cannot be put")
    return wire


def _created(under_way: UnderWay) -> int:
    return int(moment(under_way.accepted.at).timestamp())


def _headers(under_way: UnderWay, sent: Sent) -> Headers:
    return [
        (b"interlock-request", under_way.accepted.id.encode()),
        (b"interlock-model", sent.way.model.name.encode()),
    ]
