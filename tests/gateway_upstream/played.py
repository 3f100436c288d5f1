"""The upstream on the gateway's own port, without a socket: pieces arrive exactly as they were cut."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping

from gateway_upstream.behaviour import Behaviour
from gateway_upstream.plan import Break, Pause, Planned, Stall, Step, planned
from interlock.ports.gateway.upstream import UpstreamAnswer, UpstreamFailed
from interlock.terms.gateway.definition import ModelUpstream


class PlayedAnswer:
    """An answer whose head has come. A stall is a time-out at once: no test waits for one."""

    def __init__(self, plan: Planned) -> None:
        self._plan = plan
        self.closed = False

    @property
    def status(self) -> int:
        return self._plan.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._plan.headers

    async def read(self, bytes_max: int) -> bytes:
        whole = b""
        async for piece in self.chunks():
            whole += piece
            if len(whole) > bytes_max:
                raise UpstreamFailed("oversized", f"the answer has more than {bytes_max} bytes")
        return whole

    async def chunks(self) -> AsyncIterator[bytes]:
        for step in self._plan.steps:
            if isinstance(step, bytes):
                yield step
            else:
                await _wait(step)
        if not self._plan.ends:
            raise UpstreamFailed("broken", "the answer ended before its end")

    def close(self) -> None:
        self.closed = True


class PlayedUpstream:
    """`then` says what the next requests get, each one; all others get `always`. `received` is what was sent where."""

    def __init__(self, always: Behaviour | None = None) -> None:
        self.always = always or Behaviour()
        self.received: list[tuple[ModelUpstream, str, bytes]] = []
        self.answers: list[PlayedAnswer] = []
        self._next: deque[Behaviour] = deque()

    def then(self, *behaviours: Behaviour) -> None:
        self._next.extend(behaviours)

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> UpstreamAnswer:
        self.received.append((place, path, body))
        plan = planned(path, body, self._next.popleft() if self._next else self.always)
        for step in plan.before:
            await _wait(step)
        answer = PlayedAnswer(plan)
        self.answers.append(answer)
        return answer

    async def close(self) -> None:
        """Nothing is open."""


async def _wait(step: Step) -> None:
    if isinstance(step, Pause):
        await asyncio.sleep(step.seconds)
    elif isinstance(step, Stall):
        raise UpstreamFailed("timeout", "nothing came for too long")
    elif isinstance(step, Break):
        raise UpstreamFailed("broken", "the connection was lost")
