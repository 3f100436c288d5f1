"""Get an accepted request its answer: kept or asked for, from one tier or the next, whole or streamed."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from interlock.engine.gateway.routing.confidence import asks_next_tier
from interlock.engine.gateway.wire.answer import Answer, read_answer
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.engine.gateway.wire.translate.streams import stream_for
from interlock.flows.gateway.answer.answers import OK, created_at, errored, looked_through, spoken_by
from interlock.flows.gateway.answer.filters import AnswerFilters
from interlock.flows.gateway.answer.streaming import StreamedAnswer
from interlock.flows.gateway.kept.exact import KeptAnswer, KeptAnswers, Remembered, key_of, whose
from interlock.flows.gateway.kept.semantic import SemanticAnswers
from interlock.flows.gateway.request.arrival import Headers, Streamed
from interlock.flows.gateway.request.attempts import Attempts, Sent
from interlock.flows.gateway.request.refusals import broken_off
from interlock.flows.gateway.request.sending import body_of
from interlock.flows.gateway.request.under_way import Ending, UnderWay
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.authority import AUTO, TrafficAuthority, Way
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.trace import HIT, MISS, SEMANTIC
from interlock.terms.gateway.traffic import CacheMode
from interlock.terms.gateway.usage import Usage

ANSWER_BYTES_MAX = 64_000_000
# Why an answer ended that the vendor took away, or the model declined: the next one may be another.
_SAID_NOTHING = frozenset(("content_filter", "refusal", "failed", "cancelled"))

Told = tuple[bytes, Headers]


class Forwarding:
    """Of one process."""

    def __init__(self, attempts: Attempts, kept: KeptAnswers, semantic: SemanticAnswers) -> None:
        self._attempts, self._kept, self._semantic = attempts, kept, semantic

    async def answer(self, under_way: UnderWay) -> Told | Streamed | Refusal:
        """The answer. A whole one, and a refusal, are on record when this returns; a stream is at its own end.

        Raises Unavailable where the outcome cannot be written.
        """
        sent = await self._sent(under_way, under_way.request.ways)
        if isinstance(sent, Refusal):
            under_way.end(Ending(sent.status, refused=sent.rule))
            return sent
        handed_on = False
        try:
            if sent.answer.status != OK:
                refusal = await errored(under_way.request, sent)
                under_way.end(Ending(refusal.status, refused=refusal.rule))
                return refusal
            if under_way.request.parsed.streams:
                streamed = self._streamed(under_way, sent)
                handed_on = True
                return Streamed(streamed.chunks(), streamed.leave, headers_of(under_way, sent))
            return await self._whole(under_way, sent)
        finally:
            if not handed_on:
                sent.answer.close()

    async def _sent(self, under_way: UnderWay, ways: Sequence[Way]) -> Sent | Refusal:
        """What is kept for the first of the ways, or what the ways answer."""
        plan, made = under_way.request.known.authority.plan, body_of(under_way.request)
        if plan.cache is CacheMode.NONE:
            return await self._attempts.send(ways, made, under_way.before, under_way.trail)
        owner = whose(under_way.request.known.authority, under_way.request.known.client.tenant)
        put = made(ways[0])
        if not isinstance(put, Refusal):
            found, cache = self._kept.find(key_of(owner, ways[0], *put), owner), HIT
            if found is None and plan.cache is CacheMode.SEMANTIC:
                found, cache = await self._semantic.find(under_way, ways[0]), SEMANTIC
                refusal = await under_way.before(ways[0])  # what it means took time to tell
                if refusal is not None:
                    return refusal
            if found is not None:
                under_way.cache = cache
                return Sent(found.way, KeptAnswer(found.body), under_way.began_s)
        under_way.cache = MISS
        sent = await self._attempts.send(ways, made, under_way.before, under_way.trail)
        if isinstance(sent, Sent) and sent.answer.status == OK:
            sent.answer = Remembered(sent.answer)
        return sent

    def _keep(self, under_way: UnderWay, sent: Sent, reasons: Sequence[str]) -> None:
        """A complete answer came, which ended for these reasons: keep it if wanted, where it says something."""
        if not isinstance(sent.answer, Remembered) or (body := sent.answer.body) is None:
            return
        if not reasons or not _SAID_NOTHING.isdisjoint(reasons):
            return
        known = under_way.request.known
        owner, put = whose(known.authority, known.client.tenant), body_of(under_way.request)(sent.way)
        if not isinstance(put, Refusal):
            key = key_of(owner, sent.way, *put)
            self._kept.keep(key, owner, sent.way, body, keep_s=known.authority.plan.cache_s)
            self._semantic.keep(under_way, sent.way, key)

    async def _whole(self, under_way: UnderWay, sent: Sent) -> Told | Refusal:
        filters = AnswerFilters(under_way.request.known.authority.plan, under_way.request.looked)
        while True:
            try:
                answer = await self._read(under_way, sent, texts=filters.needed)
            finally:
                sent.answer.close()
            if isinstance(answer, Refusal):
                return answer
            following = await self._next_tier(under_way, sent, answer)
            if following is None:
                break
            sent = following
        under_way.said = answer.said
        told = looked_through(under_way, answer, filters)
        refusal = told if isinstance(told, Refusal) else None
        under_way.end(
            Ending(
                OK if refusal is None else refusal.status,
                answer.counted.usage,
                answer.response_model,
                answer.response_id,
                answer.finish_reasons,
                refused=None if refusal is None else refusal.rule,
                broken=answer.counted.doubt,
                redacted_output=filters.counts,
            )
        )
        return told if isinstance(told, Refusal) else (told, headers_of(under_way, sent))

    async def _read(self, under_way: UnderWay, sent: Sent, *, texts: bool) -> Answer | Refusal:
        broken: str | None
        try:
            body = await sent.answer.read(ANSWER_BYTES_MAX)
            answer = read_answer(spoken_by(sent, under_way.request), body, texts=texts)
            broken = answer.rule if isinstance(answer, Refusal) else None
        except UpstreamFailed as exc:
            answer, broken = broken_off(exc.kind), exc.kind
        except asyncio.CancelledError:
            under_way.trail.unpaid = True
            raise
        if isinstance(answer, Refusal):
            under_way.trail.unpaid = True  # it had begun to answer, and may be billed
            under_way.end(Ending(answer.status, refused=answer.rule, broken=broken))
            return answer
        self._paid(under_way, sent)(answer.counted.usage)
        self._keep(under_way, sent, answer.finish_reasons if answer.wire.writes else ("vectors",))
        return answer

    def _paid(self, under_way: UnderWay, sent: Sent) -> Callable[[Usage | None], None]:
        """How an answer is settled: one that was kept costs nothing."""
        if isinstance(sent.answer, KeptAnswer):
            return lambda _: under_way.unbilled()
        return lambda usage: under_way.answered(sent.way, usage)

    async def _next_tier(self, under_way: UnderWay, sent: Sent, answer: Answer) -> Sent | None:
        """What the next tier answers where this answer is not good enough; None where it is, or nothing better came."""
        request = under_way.request
        below = request.known.authority.plan.escalate_below
        if below is None or request.parsed.model != AUTO or not request.parsed.wire.writes:
            return None
        if not asks_next_tier(answer.said, answer.finish_reasons, below=below):
            return None
        ways = _later(request.known.authority, request.ways, sent.way)
        if not ways or await under_way.before(ways[0]) is not None:
            return None
        found = await self._sent(under_way, ways)
        if isinstance(found, Refusal):
            return None
        if found.answer.status != OK:
            found.answer.close()
            return None
        return found

    def _streamed(self, under_way: UnderWay, sent: Sent) -> StreamedAnswer:
        request = under_way.request
        filters = AnswerFilters(request.known.authority.plan, request.looked)
        spoken = spoken_by(sent, request)
        relay = Relay(
            spoken,
            shows_usage=request.parsed.shows_usage,
            filters=filters if filters.needed else None,
            translation=stream_for(request.parsed, spoken, created=created_at(under_way)),
        )
        paid = self._paid(under_way, sent)
        keep = partial(self._keep, under_way, sent)
        return StreamedAnswer(relay, filters, under_way, sent, paid, lambda: keep(relay.told.finish_reasons))


def headers_of(under_way: UnderWay, sent: Sent) -> Headers:
    """What a client is told of its request beside the answer."""
    headers = [
        (b"interlock-request", under_way.accepted.id.encode()),
        (b"interlock-model", sent.way.model.name.encode()),
    ]
    if under_way.cache != "off":
        headers.append((b"interlock-cache", under_way.cache.encode()))
    return headers


def _later(authority: TrafficAuthority, left: Sequence[Way], used: Way) -> tuple[Way, ...]:
    """The ways of the tiers after the one that answered, of those that the rules left and that were not tried yet."""
    at = next((index for index, tier in enumerate(authority.tiers) if used in authority.ways[tier]), None)
    if at is None:
        return ()
    later = {way for tier in authority.tiers[at + 1 :] for way in authority.ways[tier]}
    return tuple(way for way in left[left.index(used) + 1 :] if way in later)
