"""Time-outs that share one look: each ends its own block, and nobody else's cancelling is swallowed."""

import asyncio
import time

import pytest

from interlock.adapters.gateway.deadlines import TICK_S, Deadlines


def test_a_block_that_takes_too_long_ends_and_the_others_go_on() -> None:
    async def both() -> tuple[float, str]:
        deadlines = Deadlines()

        async def late() -> float:
            began_s = time.monotonic()
            with pytest.raises(TimeoutError), deadlines.within(0.05):
                await asyncio.sleep(10)
            await asyncio.sleep(0)  # the task itself is not cancelled
            return time.monotonic() - began_s

        async def in_time() -> str:
            with deadlines.within(5):
                await asyncio.sleep(0.3)
            return "done"

        took_s, said = await asyncio.gather(late(), in_time())
        assert deadlines.open == set()
        return took_s, said

    took_s, said = asyncio.run(both())
    assert said == "done"
    assert 0.05 <= took_s < 0.05 + 10 * TICK_S


def test_who_cancels_the_task_from_outside_is_obeyed() -> None:
    async def left() -> None:
        deadlines = Deadlines()

        async def waiting() -> None:
            with deadlines.within(0.05):
                await asyncio.sleep(10)

        task = asyncio.ensure_future(waiting())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        again = asyncio.ensure_future(waiting())
        await asyncio.sleep(0)
        for one in list(deadlines.open):  # both at once: the deadline and somebody else
            one.is_over = True
            one.task.cancel()
        again.cancel()
        with pytest.raises(asyncio.CancelledError):
            await again

    asyncio.run(left())


def test_a_later_block_is_looked_at_too() -> None:
    async def twice() -> None:
        deadlines = Deadlines()
        for _ in range(2):
            with pytest.raises(TimeoutError), deadlines.within(0.01):
                await asyncio.sleep(10)
            await asyncio.sleep(2 * TICK_S)  # nothing is open meanwhile

    asyncio.run(twice())
