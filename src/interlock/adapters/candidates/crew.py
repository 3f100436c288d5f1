"""Several requests at a time, answers in order, and no waiting for them when a person stops the work."""

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import TypeVar

from interlock.ports.progress import Progress

Item = TypeVar("Item")
Done = TypeVar("Done")
_LOOK_SECONDS = 0.2  # the main thread wakes this often, so that an interrupt is seen on every platform


@dataclass(frozen=True, slots=True)
class _Raised:
    """What a thread could not do."""

    reason: BaseException


def in_crew(work: Callable[[Item, Event], Done], items: Sequence[Item], size: int, progress: Progress) -> list[Done]:
    """Do `work` on every item with `size` threads. An exception of any ends all and is raised here.

    The threads are daemons: after an interrupt the process ends without waiting for a slow server.
    """
    todo: queue.SimpleQueue[tuple[int, Item]] = queue.SimpleQueue()
    for pair in enumerate(items):
        todo.put(pair)
    done: queue.SimpleQueue[tuple[int, Done | _Raised]] = queue.SimpleQueue()
    stop = Event()

    def labour() -> None:
        while not stop.is_set():
            try:
                index, item = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((index, work(item, stop)))
            except BaseException as exc:  # noqa: BLE001 - handed to the main thread, which raises it
                done.put((index, _Raised(exc)))
                return

    for _ in range(min(size, len(items))):
        Thread(target=labour, daemon=True).start()
    try:
        return _gather(done, len(items), progress)
    finally:
        stop.set()


def _gather(done: "queue.SimpleQueue[tuple[int, Done | _Raised]]", count: int, progress: Progress) -> list[Done]:
    results: dict[int, Done] = {}
    while len(results) < count:
        try:
            index, outcome = done.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        if isinstance(outcome, _Raised):
            raise outcome.reason
        results[index] = outcome
        progress(len(results), count)
    return [results[index] for index in range(count)]
