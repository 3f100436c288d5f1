"""What the SDK costs over the flow that it drives: `with workflow.case(...)` beside `act`, turn by turn in one store.

The floor is `flows.action.act.act` on a target of two functions, over the same run time. Both are timed in processor
time of the calling thread, so that the disk is not in the difference. What else a machine does can only add to it (its
caches are emptied), so the least of several rounds counts.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import interlock
from interlock.flows.action.act import Acted, act
from interlock.flows.action.steps import Flow
from interlock.ports.effects import Target
from interlock.surfaces.sdk.connection import Connection
from interlock.surfaces.sdk.house import House, InForce
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.intent import IntentState
from interlock.terms.workflow import Durability
from runtime.governed import DEFINITION, NAME, Instant, opened, promoted, proposal
from runtime.timing import quantile

CASES = 2_000
ROUNDS = 3
WARM = 200
TIMES_MAX = 1.15  # of the flow alone, so that a slow machine does not decide


@dataclass(frozen=True, slots=True)
class Beside:
    """Medians for one case, in microseconds of the calling thread."""

    flow_us: float
    sdk_us: float

    @property
    def times(self) -> float:
        """What a case takes through the SDK, as a multiple of the flow alone."""
        return self.sdk_us / self.flow_us


def beside(address: str) -> Beside:
    """The flow and the SDK, one case each in turn; who begins changes, because the second finds caches filled."""
    with opened(address) as rt:
        # Nothing is waited for from the disk: its noise would drown the difference.
        release, target = promoted(rt, replace(DEFINITION, durability=Durability.PROCESS_CRASH)), Instant()
        workflow = _registered(Connection(address, lambda: LocalHouse(rt, lambda: None)))
        ways: tuple[Callable[[str], object], ...] = (
            lambda key: act(rt, target, NAME, proposal(release, key)),
            lambda key: _applied(workflow, key),
        )
        timers = (Timer(), Timer())
        for turn in range(CASES + WARM):
            for way in (0, 1) if turn % 2 else (1, 0):
                timers[way].time(ways[way], f"{turn:06}-{way}")
        with rt.store.reading() as reading:
            last = [reading.decision(f"{CASES:06}-{way}") for way in (0, 1)]
        if [row and row.verb for row in last] != [Verb.APPLY, Verb.APPLY]:
            raise RuntimeError("the two did not do the same")
    return Beside(timers[0].median_us(), timers[1].median_us())


def alone_us() -> float:
    """The SDK over a run time that answers at once: its own code, with caches filled."""
    workflow = _registered(Connection("nowhere", lambda: cast("House", Answering())))
    timer = Timer()
    for number in range(CASES + WARM):
        timer.time(lambda key: _applied(workflow, key), f"{number:06}")
    return timer.median_us()


class Answering:
    """What the SDK asks of a run time, answered without one."""

    def in_force(self, workflow: str) -> InForce:  # noqa: ARG002 - as any house
        return InForce("sha256:" + "0" * 64, DEFINITION)

    def acting(self, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float) -> Flow[Acted]:  # noqa: ARG002 - as any house
        yield from ()
        return Acted(Decision(Verb.APPLY, ("sure",)), IntentState.DONE)


def on_an_event_loop_us(address: str) -> float:
    """A case on an event loop, with nothing else to do: wall time, as each step in the store goes through a thread."""
    with interlock.connect(address) as connection:
        workflow = _registered(connection)

        async def all_of_them() -> float:
            began_s = time.perf_counter()
            for number in range(CASES // 10):
                async with workflow.case(f"loop-{number}") as case:
                    await case.propose("billing", confidence=0.95)
                    await case.apply()
            return time.perf_counter() - began_s

        return 1e6 * asyncio.run(all_of_them()) / (CASES // 10)


class Timer:
    """Processor times of this thread, one a call."""

    def __init__(self) -> None:
        self._each_us: list[float] = []

    def time(self, call: Callable[[str], object], key: str) -> None:
        """Call it, and keep how long it took."""
        began_ns = time.thread_time_ns()
        call(key)
        self._each_us.append((time.thread_time_ns() - began_ns) / 1e3)

    def median_us(self) -> float:
        """Without the first ones, when caches are filled."""
        return quantile(self._each_us[WARM:], 0.5)


def _registered(connection: interlock.Connection) -> interlock.Workflow:
    def read(effect: interlock.Effect) -> Mapping[str, Any]:  # noqa: ARG001 - as any target
        return {"queue": "inbox"}

    def route(effect: interlock.Effect) -> interlock.Receipt:
        return interlock.Receipt(effect.case_key, {"queue": effect.label})

    workflow = connection.workflow(NAME)
    workflow.action(route, read=read, undo=lambda effect, before: None, idempotent=True)  # noqa: ARG005 - as any undo
    return workflow


def _applied(workflow: interlock.Workflow, key: str) -> interlock.Outcome:
    with workflow.case(key) as case:
        case.propose("billing", confidence=0.95)
        return case.apply()


def main() -> int:
    """Measure, tell, and say whether the bar was held."""
    with tempfile.TemporaryDirectory() as folder:
        addresses = [str(Path(folder) / f"store-{number}.db") for number in range(ROUNDS)]
        found = min(map(beside, addresses), key=lambda one: one.times)
        loop_us = on_an_event_loop_us(addresses[0])
    print(f"the SDK's own code: {alone_us():.1f} microseconds")
    print(
        f"act: {found.flow_us:.1f} microseconds of processor time; with the SDK: {found.sdk_us:.1f}, which is "
        f"{found.sdk_us - found.flow_us:.1f} more, {found.times:.2f} times as much (at most {TIMES_MAX:g}); least "
        f"of {ROUNDS} medians of {CASES:,}"
    )
    print(f"on an event loop, one after the other: {loop_us:.0f} microseconds of wall time a case")
    return 0 if found.times <= TIMES_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
