"""Processes on one PostgreSQL: the journal by itself and the whole action, beside a fenced intent and a completion."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from postgres_server import PostgresMissing, Server
from runtime.bars import Bars
from runtime.floors import fsync, postgres_floor
from runtime.governed import opened, promoted
from runtime.intent import WARM_UP_S
from runtime.journaled import journal_only, made_ready, whole_action
from runtime.postgres_floor import at_rest
from runtime.processes import in_processes
from runtime.timing import Floor, Timed, timed
from runtime.turns import Spread

PROCESSES = {8: 0.75, 1: 0.25}  # and how much of the time is for each
RATE_RATIO_MIN = 0.8
AS_IT_COMES = {"shared_buffers": "128MB"}  # what PostgreSQL itself begins with; tests make do with less
TURN_S = 2.5
TURNS_MIN = 3
READY_PER_S = 7_000  # of all processes together: more than any turn reaches


@dataclass(frozen=True, slots=True)
class _Task:
    address: str
    release: str
    caller: int
    of: int
    whole: bool


def shared(folder: Path, bars: Bars, *, seconds: float) -> None:
    """Measure and judge on a server of its own, which waits for the disk that this folder is on too."""
    try:
        server = Server(fsync=True, settings=AS_IT_COMES)
    except PostgresMissing as exc:
        bars.without(f"PostgreSQL: {exc}")
        return
    synced_us = fsync(folder, seconds=0.5).p50_us
    with server:
        for processes, share in PROCESSES.items():
            _shared(server.new_database(), server.new_database(), processes, bars, seconds * share, synced_us)


def _shared(floor_at: str, product_at: str, processes: int, bars: Bars, seconds: float, synced_us: float) -> None:
    with opened(product_at) as rt:
        release = promoted(rt)
    turns: list[tuple[Floor, Floor, Floor]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(turns) < TURNS_MIN:
        floor = postgres_floor(floor_at, processes=processes, seconds=TURN_S)
        journal, whole = (_product(product_at, release, processes, whole=whole) for whole in (False, True))
        turns.append((floor, journal, whole))
    print(f"\nPostgreSQL, processes: {processes}; fsync p50 {synced_us:,.0f} us; {len(turns)} turns of {TURN_S:g} s")
    for name, taken in zip(("floor", "journal", "act"), zip(*turns, strict=True), strict=True):
        rates, cpu, wall = (
            Spread.of([getattr(one, of) for one in taken]) for of in ("rate_per_s", "cpu_us", "wall_p50_us")
        )
        print(f"  {name:<8} actions/s {rates.words():<26} p50 {wall.words():<26} us, client's CPU {cpu.words()} us")
    journal_ratio = Spread.of([journal.rate_per_s / floor.rate_per_s for floor, journal, _ in turns])
    whole_ratio = Spread.of([whole.rate_per_s / floor.rate_per_s for floor, _, whole in turns])
    words = f"journal's rate / floor's, processes: {processes}, {journal_ratio.words(2)}"
    if processes > 1:
        bars.at_least(words, journal_ratio.mid, RATE_RATIO_MIN)
    else:
        bars.without(words)
    bars.without(f"whole action's rate / floor's, {whole_ratio.words(2)}")


def _product(address: str, release: str, processes: int, *, whole: bool) -> Floor:
    at_rest(address)  # as before the floor's turn
    tasks = [_Task(address, release, caller, processes, whole) for caller in range(processes)]
    return in_processes(_measure, tasks, seconds=TURN_S).floor("act" if whole else "journal", callers=processes)


def _measure(task: _Task, ready: Callable[[], object]) -> Timed:
    run = time.time_ns()  # keys of this turn
    with opened(task.address) as rt:
        keys = (f"{task.caller}-{run}-{number}" for number in itertools.count())
        made = made_ready(rt, task.release, itertools.islice(keys, 0 if task.whole else _reached(task)))

        def act(number: int) -> None:
            if task.whole:
                whole_action(rt, task.release, next(keys))
            else:
                journal_only(rt, made[number])

        warm = timed(act, seconds=WARM_UP_S, cpu=time.process_time)
        ready()
        return timed(act, seconds=TURN_S, first=len(warm.each_us), cpu=time.process_time)


def _reached(task: _Task) -> int:
    return int(READY_PER_S * (TURN_S + WARM_UP_S) / task.of)
