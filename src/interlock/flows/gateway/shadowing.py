"""Ask a second model the same as well, where a workflow wants to compare: its answer goes to nobody."""

import asyncio
import logging
from dataclasses import replace

import msgspec

from interlock.engine.gateway.routing.agreement import is_drawn
from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.flows.gateway.forwarding import Forwarding
from interlock.flows.gateway.request.admission import Admission
from interlock.flows.gateway.request.arrival import Streamed
from interlock.flows.gateway.request.under_way import Books, UnderWay
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.trace import SEMANTIC

AT_ONCE_MAX = 32
ENDING = "-shadow"
_logger = logging.getLogger("interlock.gateway")


class Shadowing:
    """Of one process. What is asked counts against the same limits as any request, and is on record like one."""

    def __init__(self, admission: Admission, forwarding: Forwarding, books: Books) -> None:
        self._admission, self._forwarding, self._books = admission, forwarding, books
        self._asking: set[asyncio.Task[None]] = set()
        self.left_out = 0

    def after(self, under_way: UnderWay) -> None:
        """A request has ended: ask its shadow, where one is wanted and it was drawn. Never waits, never raises.

        `left_out` counts those that no rule, no limit or no room was left for (`AT_ONCE_MAX` at once): a slow second
        model must not hold up the first.
        """
        plan = under_way.request.known.authority.plan
        if plan.shadow_model is None or not is_drawn(under_way.accepted.id, plan.shadow_share):
            return
        # Nothing is said in vectors and counts; and what was answered to another question says nothing of this one.
        if not under_way.request.parsed.wire.writes or under_way.cache == SEMANTIC:
            return
        if len(self._asking) >= AT_ONCE_MAX:
            self.left_out += 1
            return
        task = asyncio.get_running_loop().create_task(self._ask(under_way, plan.shadow_model))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def close(self) -> None:
        """Wait for those that are under way."""
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _ask(self, of: UnderWay, model: str) -> None:
        request = self._admission.shadow(of.request, model, at=self._books.at())
        if isinstance(request, Refusal):
            self.left_out += 1
            return
        if await self._books.still(request.known, request.ways[0]) is not None:
            self.left_out += 1
            return
        request = replace(request, parsed=_whole(request.parsed))
        first = await self._books.reserve(request, request.ways[0])
        if isinstance(first, Refusal):
            self.left_out += 1
            return
        record = replace(
            of.accepted,
            id=of.accepted.id + ENDING,
            at=self._books.at(),
            model=model,
            streams=False,
            reserved_micro_usd=first[1],
        )
        try:
            self._books.trace.accept(record)
        except Unavailable as exc:
            self._books.limiter.cancel(first[0])
            self.left_out += 1
            _logger.error("the shadow of request %s cannot be put on record: %s", of.accepted.id, exc)
            return
        began_s = self._books.monotonic()
        await self._answered(UnderWay(self._books, request, record, first, began_s=began_s, arrival=None, shadow_of=of))

    async def _answered(self, under_way: UnderWay) -> None:
        try:
            found = await self._forwarding.answer(under_way)
            if isinstance(found, Streamed):
                raise TypeError("a shadow is asked for a whole answer")
        except Unavailable as exc:
            _logger.error("the end of %s cannot be put on record: %s", under_way.accepted.id, exc)
        except Exception:  # nobody waits for it who could be told
            _logger.exception("request %s ended by a fault of the gateway", under_way.accepted.id)
        finally:
            under_way.leave()


def _whole(parsed: Parsed) -> Parsed:
    """The same request for an answer in one piece."""
    if not parsed.streams:
        return parsed
    tree = {name: value for name, value in parsed.tree.items() if name not in {"stream", "stream_options"}}
    return msgspec.structs.replace(parsed, streams=False, tree=tree, body=encode(tree))
