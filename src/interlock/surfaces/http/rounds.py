"""What a server does again and again beside answering."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

log = logging.getLogger("interlock.rounds")


@dataclass(frozen=True, slots=True)
class Round:
    """Work in a thread of its own, `pause_s` after it ended before; the first time `first_s` after the start."""

    work: Callable[[], object]
    pause_s: float
    first_s: float | None = None


@asynccontextmanager
async def going(rounds: Sequence[Round]) -> AsyncIterator[None]:
    """Go these rounds until the end of the context; what one of them raises is logged, and it is tried again."""
    tasks = [asyncio.create_task(_again_and_again(one)) for one in rounds]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(one: Round) -> None:
    wait_s = one.pause_s if one.first_s is None else one.first_s
    while True:
        await asyncio.sleep(wait_s)
        wait_s = one.pause_s
        try:
            await asyncio.to_thread(one.work)
        except Exception:
            log.exception("what is done every %s s failed, and is tried again", one.pause_s)
