"""A streamed answer on its way to the client: its outcome is on record before the last piece of it leaves."""

import logging
from collections.abc import AsyncIterator, Callable

from interlock.engine.gateway.redaction.phrases import ForbiddenPhrase
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.flows.gateway.answer.filters import AnswerFilters
from interlock.flows.gateway.request.attempts import Sent
from interlock.flows.gateway.request.refusals import FORBIDDEN_OUTPUT, broken_off, fault, not_recorded
from interlock.flows.gateway.request.under_way import Ending, UnderWay
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.trace import CLIENT_LEFT
from interlock.terms.gateway.usage import Usage

OK = 200
_logger = logging.getLogger("interlock.gateway")


class StreamedAnswer:
    """One of them. Whoever reads `chunks` calls `leave` at the end, also where nothing was read."""

    def __init__(
        self,
        relay: Relay,
        filters: AnswerFilters,
        under_way: UnderWay,
        sent: Sent,
        paid: Callable[[Usage | None], None],
        complete: Callable[[], None],
    ) -> None:
        """`paid` settles what was used (None: nobody knows), `complete` is told once all of it has come."""
        self._relay, self._filters, self._under_way, self._sent = relay, filters, under_way, sent
        self._paid, self._complete = paid, complete

    async def chunks(self) -> AsyncIterator[bytes]:
        """What the client is sent. Never raises for what an upstream or a disk did: the last event then says it."""
        relay, answer = self._relay, self._sent.answer
        refusal: Refusal | None = None
        try:
            try:
                async for chunk in answer.chunks():
                    out = relay.feed(chunk)
                    if relay.told.complete:
                        self._complete()
                        self._end()  # before the event that tells the client that all is here
                    if out:
                        self._under_way.first_chunk()
                        yield out
                    if relay.told.is_over():
                        break
                relay.end()
            except UpstreamFailed as exc:
                relay.told.error = relay.told.error or exc.kind
            except ForbiddenPhrase:
                refusal = FORBIDDEN_OUTPUT
            if refusal is None and not relay.told.complete:
                refusal = broken_off(relay.told.error)
            if refusal is not None:
                self._end(refusal)
                yield relay.refused(refusal)
        except Exception as exc:  # noqa: BLE001 - whatever it is, a stream that has begun says so itself
            yield relay.refused(self._fault(exc))

    def leave(self) -> None:
        """The client is gone. Before the end what was used cannot be told, so that what was reserved stays charged."""
        self._sent.answer.close()
        if self._under_way.has_ended:
            return
        self._relay.told.error = CLIENT_LEFT
        try:
            self._end()
        except Unavailable as exc:  # nobody is left to be told; the accepted record stays, in doubt
            _logger.error("the outcome of request %s cannot be written: %s", self._under_way.accepted.id, exc)

    def _fault(self, exc: Exception) -> Refusal:
        if isinstance(exc, Unavailable):
            return not_recorded(exc)
        _logger.error("request %s ended by a fault of the gateway", self._under_way.accepted.id, exc_info=exc)
        return fault(self._under_way.accepted.id)

    def _end(self, refusal: Refusal | None = None) -> None:
        told, counted = self._relay.told, self._relay.counted
        self._paid(counted.usage)
        self._under_way.end(
            Ending(
                OK,
                counted.usage,
                told.response_model,
                told.response_id,
                told.finish_reasons,
                refused=FORBIDDEN_OUTPUT.rule if refusal is FORBIDDEN_OUTPUT else None,
                broken=None if refusal is FORBIDDEN_OUTPUT else counted.doubt,
                redacted_output=self._filters.counts,
            )
        )
