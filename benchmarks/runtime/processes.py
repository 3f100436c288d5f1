"""The same measurement in several processes that begin together."""

import multiprocessing
import queue
from collections.abc import Callable, Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

from runtime.timing import Timed

T = TypeVar("T")
STARTED_WITHIN_S = 60.0


def in_processes(measure: Callable[[T, Callable[[], object]], Timed], tasks: Sequence[T], *, seconds: float) -> Timed:
    """All together: `measure` is given a task and what it calls when it is ready, which waits for the others.

    Raises RuntimeError where a process failed, or says nothing for a minute longer than it was to take.
    """
    spawn = multiprocessing.get_context("spawn")  # a forked process would share this one's state
    ready, told = spawn.Barrier(len(tasks)), spawn.Queue()
    workers = [spawn.Process(target=_work, args=(measure, task, ready, told), daemon=True) for task in tasks]
    try:
        for worker in workers:
            worker.start()
        ended = [answer(told, seconds) for _ in workers]
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
        told.close()
    all_us = [each for done in ended for each in done.each_us]
    return Timed(all_us, max(done.elapsed_s for done in ended), sum(done.cpu_s for done in ended))


def answer(told: "Queue[Any]", seconds: float) -> Timed:
    """What the next process to end has measured."""
    try:
        said = told.get(timeout=STARTED_WITHIN_S + seconds)
    except queue.Empty:
        raise RuntimeError("a process that measures said nothing; was it killed?") from None
    if not isinstance(said, Timed):
        raise RuntimeError(f"a process that measures failed: {said}")
    return said


def _work(
    measure: Callable[[Any, Callable[[], object]], Timed], task: object, ready: Barrier, told: "Queue[Any]"
) -> None:
    try:
        told.put(measure(task, lambda: ready.wait(STARTED_WITHIN_S)))
    except Exception as exc:  # noqa: BLE001 - the parent raises it
        ready.abort()
        told.put(f"{type(exc).__name__}: {exc}")
