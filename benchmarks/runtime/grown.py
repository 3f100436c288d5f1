"""What an action, a kill and a verification take in a store of millions of cases, beside a small one."""

import itertools
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from interlock.flows.action.kill import kill, resume
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.verify import verify, verify_entries
from interlock.terms.workflow import Durability
from runtime.bars import Bars
from runtime.filled import fill, key_of
from runtime.governed import BEN, DEFINITION, NAME, opened, promoted, utc
from runtime.journaled import whole_action
from runtime.resident import peak_mb
from runtime.turns import Took, in_turns, took

LAZY = replace(DEFINITION, durability=Durability.PROCESS_CRASH)  # the disk's mood is no part of the growth
ACTIONS = 100
TURNS_S = 12.0
RATIO_MAX = 1.5
VERIFIED_WHOLE_MAX = 200_000
RSS_MAX_MB = 256.0
KILLS = 3


def grown(engine: str, addresses: tuple[str, str], bars: Bars, *, sizes: list[int]) -> None:
    """Grow a store to each size in turn; `addresses` are those of a small store and of the one that grows."""
    releases = []
    for address in addresses:
        with opened(address) as rt:
            releases.append(promoted(rt, LAZY))
    small, large = addresses
    fill(small, releases[0], entries=sizes[0], told=_silent)
    print(f"\n{engine}: an action in stores of many entries, durable against the death of a process")
    for size in sizes:
        start = time.monotonic()
        fill(large, releases[1], entries=size, told=lambda reached: _tell(f"{reached:,} entries written"))
        _tell(f"filled to {size:,} entries in {time.monotonic() - start:.0f} s")
        _beside_a_small_one((small, releases[0]), (large, releases[1]), bars, sizes[0], size)
    _verification(large, bars, sizes[-1])


def _beside_a_small_one(small: tuple[str, str], large: tuple[str, str], bars: Bars, least: int, size: int) -> None:
    numbers = itertools.count(time.time_ns())

    def way(rt: RunTime, release: str) -> Callable[[], Took]:
        return lambda: took(lambda _: whole_action(rt, release, key_of(next(numbers))), range(ACTIONS))

    with ExitStack() as stack:
        opened_both = [(stack.enter_context(opened(address)), release) for address, release in (small, large)]
        turns = in_turns(
            {name: way(*one) for name, one in zip(("small", "large"), opened_both, strict=True)}, seconds=TURNS_S
        )
        kill_ms = _kill_ms(opened_both[1][0])
    ratio = turns.ratio("large", "small")
    print(
        f"  {size:>12,} entries: wall {turns.wall_us('large').words()} us, CPU {turns.cpu_us('large').words()} us;",
        end="",
    )
    print(f" {least:,} entries: wall {turns.wall_us('small').words()} us; a kill {kill_ms:.0f} ms")
    if size > least:
        bars.at_most(f"time of an action at {size:,} entries / at {least:,}, {ratio.words(2)}", ratio.mid, RATIO_MAX)


def _kill_ms(rt: RunTime) -> float:
    best = float("inf")
    for _ in range(KILLS):
        start = time.perf_counter()
        kill(rt.store, rt.drain, f"workflow:{NAME}", by=BEN, reason="stop", clock=utc)
        best = min(best, 1e3 * (time.perf_counter() - start))
        resume(rt.store, f"workflow:{NAME}", by=BEN, reason="go on", clock=utc)
    return best


def _verification(address: str, bars: Bars, size: int) -> None:
    """In a process of its own, whose memory is then the verification's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        whole = size <= VERIFIED_WHOLE_MAX
        faults, seconds, peak_mb = process.submit(_verified, address, whole=whole).result()
    what = "ledger and state" if whole else "ledger"
    print(f"  {what} of {size:,} entries verified in {seconds:.1f} s, {size / seconds:,.0f} entries/s")
    bars.at_most("faults found", faults, 0)
    bars.at_most("memory at the most, in MB", peak_mb, RSS_MAX_MB)


def _verified(address: str, *, whole: bool) -> tuple[int, float, float]:
    with opened(address) as rt:
        start = time.perf_counter()
        if whole:
            checked = verify(rt.store)
        else:
            rt.store.seal()
            with rt.store.reading() as reading:
                checked = verify_entries(reading)
        seconds = time.perf_counter() - start
    for fault in checked.faults[:3]:
        print(f"  fault: {fault}")
    return len(checked.faults), seconds, peak_mb()


def _silent(_: int) -> None:
    pass


def _tell(words: str) -> None:
    print(f"    {words}", flush=True)
