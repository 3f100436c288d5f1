"""Threads, event loops and forks: none of them makes an effect happen twice, or lets a lock survive its holder."""

import asyncio
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faults.aftermath import DONE, Case, aftermath, later
from governed import BEN, DEFINITION, NAME
from interlock.flows.action.act import Acted, act, acting
from interlock.flows.action.kill import kill
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import run_async
from interlock.terms.decision import Proposal, Verb
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import TargetKind
from trials.effects import FileTarget
from trials.places import Made, Place, place

READ_BACK = replace(
    DEFINITION,
    effect=replace(DEFINITION.effect, target=TargetKind.PROBE),
    rollout=replace(DEFINITION.rollout, audit_share=0.0),
)
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def at(tmp_path: Path, database: Made | None, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))
    return place(tmp_path / "at", READ_BACK, database=database)


@pytest.fixture
def rt(at: Place) -> Iterator[RunTime]:
    with at.opened() as opened:
        yield opened


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


def target_of(at: Place) -> FileTarget:
    return FileTarget(at.folder, TargetKind.PROBE)  # it would do everything twice


# Threads


def test_threads_that_deliver_the_same_cases_do_each_once(at: Place, rt: RunTime) -> None:
    target, keys = target_of(at), [f"k{number}" for number in range(12)]
    together = threading.Barrier(8)

    def deliver(thread: int) -> list[Acted]:
        mine = keys[:]
        random.Random(thread).shuffle(mine)
        together.wait()
        return [act(rt, target, NAME, case(at, key)) for key in mine]

    with ThreadPoolExecutor(8) as pool:
        acted = [one for many in pool.map(deliver, range(8)) for one in many]
    assert {one.decision.verb for one in acted} == {Verb.APPLY}
    with at.opened(later(at.now)) as afterwards:
        assert aftermath(afterwards, target, keys) == dict.fromkeys(keys, DONE)


def test_a_thread_that_dies_in_an_action_lets_go_of_its_locks(at: Place, rt: RunTime) -> None:
    class Stopped(BaseException):
        pass

    class Stopping(FileTarget):
        def apply(self, effect: Effect) -> Receipt:
            raise Stopped

    with pytest.raises(Stopped):
        act(rt, Stopping(at.folder, TargetKind.PROBE), NAME, case(at, "k"))
    assert rt.drain.emptied("global", timeout_s=0.0)
    assert act(rt, target_of(at), NAME, case(at, "next")).state is IntentState.DONE


# Event loops


class Awaited:
    """The same target for an event loop: it gives way before and after the effect."""

    def __init__(self, target: FileTarget) -> None:
        self._target = target

    async def read(self, effect: Effect) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        return self._target.read(effect)

    async def apply(self, effect: Effect) -> Receipt:
        await asyncio.sleep(0.002)
        receipt = self._target.apply(effect)
        await asyncio.sleep(0.002)
        return receipt

    async def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        return self._target.undo(effect, before)

    async def probe(self, effect: Effect) -> Receipt | None:
        return self._target.probe(effect)


def test_a_hundred_tasks_some_of_them_cancelled_leave_no_lock_and_no_double(at: Place, rt: RunTime) -> None:
    target, chance = target_of(at), random.Random(3)
    keys = [f"k{number}" for number in range(100)]

    async def all_of_them() -> Counter[str]:
        loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(16)

        async def in_thread(work: Callable[[], Any]) -> Any:
            return await loop.run_in_executor(pool, work)

        async def one(key: str) -> Acted:
            return await run_async(acting(rt, Awaited(target), NAME, case(at, key)), in_thread=in_thread)

        tasks = {key: asyncio.create_task(one(key)) for key in keys}
        for key in chance.sample(keys, 60):
            await asyncio.sleep(chance.uniform(0.0, 0.004))
            tasks[key].cancel()
        ended = await asyncio.gather(*tasks.values(), return_exceptions=True)
        pool.shutdown()
        return Counter(type(one).__name__ for one in ended)

    ended = asyncio.run(all_of_them())
    assert set(ended) == {"Acted", "CancelledError"}
    assert rt.drain.emptied("global", timeout_s=0.0)  # whoever was cancelled has let go
    begun = [key for key in keys if _is_decided(rt, key)]
    with at.opened(later(at.now)) as afterwards:
        left = aftermath(afterwards, target, begun)
    assert set(left.values()) == {DONE}, left
    assert len(begun) >= ended["Acted"]


def _is_decided(rt: RunTime, key: str) -> bool:
    with rt.store.reading() as reading:
        return reading.decision(key) is not None


# Forks


def test_a_forked_child_cannot_act_on_its_parents_store_and_says_so(at: Place, rt: RunTime) -> None:
    target, answers = target_of(at), FORK.SimpleQueue()
    assert act(rt, target, NAME, case(at, "before")).state is IntentState.DONE

    def child() -> None:
        answers.put(act(rt, target, NAME, case(at, "k")))
        with at.opened(owner="child") as own:
            answers.put(act(own, target, NAME, case(at, "own")))

    process = FORK.Process(target=child)
    process.start()
    inherited, own = answers.get(), answers.get()
    process.join(30)  # it ends as Python programs do: nothing that it inherited may be closed by that
    assert process.exitcode == 0
    assert (inherited.decision.verb, inherited.recorded, own.state) == (Verb.REVIEW, False, IntentState.DONE)
    assert inherited.decision.reasons[0] == (
        "a person decides, because this store was opened before a fork; open a new one in the child process"
    )
    assert act(rt, target, NAME, case(at, "after")).state is IntentState.DONE
    with at.opened(later(at.now)) as afterwards:
        left = aftermath(afterwards, target, ["before", "k", "own", "after"])
    assert left == {"before": DONE, "k": Case(0, None, "decision"), "own": DONE, "after": DONE}


def test_children_forked_while_threads_act_lose_nothing_and_keep_no_lock(at: Place, rt: RunTime) -> None:
    target, end, keys = target_of(at), threading.Event(), list[str]()

    def acting_on(thread: int) -> None:
        number = 0
        while not end.is_set():
            number += 1
            key = f"{thread}-{number}"
            keys.append(key)
            assert act(rt, target, NAME, case(at, key)).recorded

    threads = [threading.Thread(target=acting_on, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    hold = FORK.Event()
    children = []
    for number in range(6):
        child = FORK.Process(target=hold.wait, args=(30,), name=str(number))
        child.start()
        children.append(child)
    end.set()
    for thread in threads:
        thread.join()
    report = kill(rt.store, rt.drain, "global", by=BEN, reason="stop", clock=rt.clock, timeout_s=5)
    assert (report.quiesced_at is not None, report.in_flight) == (True, ())  # the children live, and hold nothing
    hold.set()
    for child in children:
        child.join(30)
    with at.opened(later(at.now)) as afterwards:
        assert set(aftermath(afterwards, target, keys).values()) == {DONE}


def test_a_child_forked_in_the_middle_of_an_effect_keeps_no_lock_of_a_parent_that_is_killed(at: Place) -> None:
    in_child, from_child = os.pipe()

    class Forking(FileTarget):
        def apply(self, effect: Effect) -> Receipt:
            if os.fork() == 0:
                os.write(from_child, f"{os.getpid()}\n".encode())
            time.sleep(60)
            return super().apply(effect)

    def parent() -> None:
        with at.opened(owner="parent") as own:
            act(own, Forking(at.folder, TargetKind.PROBE), NAME, case(at, "k"))

    process = FORK.Process(target=parent)
    process.start()
    child = int(os.read(in_child, 32))
    try:
        with at.opened(owner="other") as other:
            assert not other.drain.emptied("global", timeout_s=0.05)
            process.kill()
            process.join()  # without a timeout: its sentinel is one of what the child has inherited
            assert other.drain.emptied("global", timeout_s=10)
            os.kill(child, 0)  # it lives, as a worker that was forked before a crash does
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(in_child)
        os.close(from_child)


# Kill flags that are kept


def test_a_kill_by_another_process_is_seen_by_the_very_next_case(at: Place, rt: RunTime) -> None:
    target = target_of(at)
    assert act(rt, target, NAME, case(at, "before")).state is IntentState.DONE

    def killer() -> None:
        with at.opened(owner="killer") as own:
            kill(own.store, own.drain, "global", by=BEN, reason="stop", clock=own.clock, timeout_s=5)

    process = FORK.Process(target=killer)
    process.start()
    process.join(30)
    assert process.exitcode == 0
    acted = act(rt, target, NAME, case(at, "after"))
    assert acted.decision.reasons == ("global is halted by the kill switch",)
    assert target.effects("after") == 0
