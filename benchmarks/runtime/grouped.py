"""Many threads of one process on SQLite: what group commit gives where a sync costs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from interlock.flows.action.runtime import RunTime
from runtime.bars import Bars
from runtime.floors import fsync, sqlite_group
from runtime.governed import promoted
from runtime.journaled import whole_action
from runtime.slower import in_words, opened_slower
from runtime.timing import quantile

CALLERS = 32
GAIN_MIN = 3.0
SYNC_COSTS_US = (
    1_000.0  # of an action that is its larger part: a processor's time cannot be shared by committing it together
)
TURN_S = 1.0
TURNS_MIN = 3
ADDED_S = (0.0, 0.002)


def grouped(folder: Path, bars: Bars, *, seconds: float, where: str) -> None:
    """Measure and judge in this folder, as its disk is and with each sync made slower."""
    for added_s in ADDED_S:
        _grouped(folder, bars, seconds=seconds / len(ADDED_S), added_s=added_s, where=where)


def _grouped(folder: Path, bars: Bars, *, seconds: float, added_s: float, where: str) -> None:
    synced_us = fsync(folder, seconds=0.5).p50_us
    floor_folder = folder / f"floor-{added_s:g}"
    floor_folder.mkdir()
    rates: dict[str, list[float]] = {}
    with opened_slower(folder / f"store-{added_s:g}.db", added_s) as rt:
        release, end, turn = promoted(rt), time.monotonic() + seconds, 0
        while time.monotonic() < end or turn < TURNS_MIN:
            turn += 1
            for callers in (1, CALLERS):
                floor = sqlite_group(floor_folder, callers=callers, seconds=TURN_S, added_s=added_s)
                rates.setdefault(f"floor {callers}", []).append(floor.rate_per_s)
                rates.setdefault(f"act {callers}", []).append(_act_rate(rt, release, callers, turn))
    synced_us = min(synced_us, fsync(folder, seconds=0.5).p50_us) + 1e6 * added_s
    print(f"\nSQLite in {where}, group commit; fsync p50 {synced_us:,.0f} us{in_words(added_s)}")
    print(f"  actions a second, medians of {turn} turns")
    gains = {}
    for what in ("floor", "act"):
        one, many = (quantile(rates[f"{what} {callers}"], 0.5) for callers in (1, CALLERS))
        gains[what] = many / one
        print(f"  {what:<8} 1 caller {one:8,.0f}   {CALLERS} callers {many:8,.0f}   {many / one:6.2f} times")
    words = f"{CALLERS} callers' rate / one caller's, the whole action (the floor's: {gains['floor']:.2f})"
    if synced_us >= SYNC_COSTS_US:
        bars.at_least(words, gains["act"], GAIN_MIN)
    else:
        bars.without(f"{words}: {gains['act']:.2f}; its bar is for an fsync of {SYNC_COSTS_US:.0f} us or more")


def _act_rate(rt: RunTime, release: str, callers: int, turn: int) -> float:
    started = threading.Barrier(callers)

    def work(who: int) -> int:
        started.wait()
        end, done = time.perf_counter() + TURN_S, 0
        while time.perf_counter() < end:
            whole_action(rt, release, f"{turn}-{callers}-{who}-{done}")
            done += 1
        return done

    with ThreadPoolExecutor(callers) as threads:
        return sum(threads.map(work, range(callers))) / TURN_S
