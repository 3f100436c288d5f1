"""What a question means, asked of a model that embeds: a request of its own, governed and on record like any other."""

import hashlib
from dataclasses import replace

import msgspec

from interlock.engine.gateway.routing.likeness import Meaning, meaning_of
from interlock.engine.gateway.wire.answer import read_answer
from interlock.flows.gateway.answer.answers import OK
from interlock.flows.gateway.request.admission import Admission, Request
from interlock.flows.gateway.request.attempts import Attempts, Sent
from interlock.flows.gateway.request.refusals import broken_off
from interlock.flows.gateway.request.sending import body_of
from interlock.flows.gateway.request.under_way import Books, Ending, UnderWay
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import STATUS, Refusal, RefusalKind
from interlock.terms.gateway.trace import Accepted
from interlock.terms.gateway.wire import Wire

ENDING = "-embed"
ANSWER_BYTES_MAX = 1_000_000


class _Vector(msgspec.Struct):
    embedding: list[float]


class Embedding:
    """Of one process. What it asks counts against the same limits as any request, and is on record like one."""

    def __init__(self, admission: Admission, attempts: Attempts, books: Books) -> None:
        self._admission, self._attempts, self._books = admission, attempts, books

    async def meaning(self, of: UnderWay, question: str) -> Meaning | None:
        """What the question of a request means; None where nobody may be asked, or nothing came that says it."""
        request = self._admission.embedding(of.request, question, at=self._books.at())
        if isinstance(request, Refusal):
            return None
        first = await self._books.reserve(request, request.ways[0])
        if isinstance(first, Refusal):
            return None
        record = _accepted(of.accepted, request, at=self._books.at(), reserved_micro_usd=first[1])
        try:
            self._books.trace.accept(record)
        except Unavailable:
            self._books.limiter.cancel(first[0])
            return None
        began_s = self._books.monotonic()
        under_way = UnderWay(self._books, request, record, first, began_s=began_s, arrival=of.arrival)
        try:
            numbers = await self._numbers(under_way)
        except Unavailable:
            return None
        finally:
            under_way.leave()
        return None if numbers is None else meaning_of(question, numbers)

    async def _numbers(self, under_way: UnderWay) -> list[float] | None:
        """The vector that came. Raises Unavailable where the outcome cannot be written."""
        request = under_way.request
        sent = await self._attempts.send(request.ways, body_of(request), under_way.before, under_way.trail)
        if isinstance(sent, Refusal):
            under_way.end(Ending(sent.status, refused=sent.rule))
            return None
        try:
            return await self._read(under_way, sent)
        finally:
            sent.answer.close()

    async def _read(self, under_way: UnderWay, sent: Sent) -> list[float] | None:
        if sent.answer.status != OK:
            under_way.end(Ending(STATUS[RefusalKind.MALFORMED], refused="upstream refused"))
            return None
        broken: str | None = None
        try:
            answer = read_answer(Wire.EMBEDDINGS, await sent.answer.read(ANSWER_BYTES_MAX), texts=False)
        except UpstreamFailed as exc:
            answer, broken = broken_off(exc.kind), exc.kind
        if isinstance(answer, Refusal):
            under_way.trail.unpaid = True  # it had begun to answer, and may be billed
            under_way.end(Ending(answer.status, refused=answer.rule, broken=broken))
            return None
        usage = answer.counted.usage
        under_way.answered(sent.way, usage)
        under_way.end(Ending(OK, usage, answer.response_model, answer.response_id, broken=answer.counted.doubt))
        try:
            found = msgspec.convert(answer.tree["data"], list[_Vector])
        except msgspec.ValidationError:
            return None
        return found[0].embedding if len(found) == 1 else None


def _accepted(of: Accepted, request: Request, *, at: str, reserved_micro_usd: int) -> Accepted:
    body = request.parsed.body
    return replace(
        of,
        id=of.id + ENDING,
        at=at,
        wire=Wire.EMBEDDINGS.value,
        model=request.parsed.model,
        streams=False,
        input_bytes=len(body),
        body_digest=hashlib.sha256(body).hexdigest(),
        prompt=None,
        parameters={},
        redacted={},
        found=(),
        rules=request.rules,
        reserved_micro_usd=reserved_micro_usd,
    )
