"""How long a kill takes, from the call: until nothing older can commit, and until nothing is in flight."""

import datetime as dt
import time
from functools import partial
from pathlib import Path

from governed import BEN, NAME
from interlock.engine.timestamp import moment
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill, resume
from postgres_server import PostgresMissing, Server
from runtime.bars import Bars
from runtime.timing import quantile
from trials.children import Child, in_child, wait_for
from trials.kills import SlowTarget, case, kill_place
from trials.places import Made, Place

PROCESSES, KILLS = 8, 60
SLOW_S = (0.005, 0.020)
BUSY_S = 0.05  # at work between two kills
SCOPE = f"workflow:{NAME}"


def propagation(folder: Path, bars: Bars) -> None:
    """Measure on both engines."""
    _told("SQLite", kill_place(folder / "sqlite"), bars)
    try:
        server = Server(fsync=True)
    except PostgresMissing as exc:
        bars.without(f"kills on PostgreSQL: {exc}")
        return
    with server:
        database: Made = server.new_database
        _told("PostgreSQL", kill_place(folder / "postgres", database=database), bars)


def _told(engine: str, at: Place, bars: Bars) -> None:
    waits_ms = _waits_ms(at)
    print(f"\nKill of a workflow on {engine}: {PROCESSES} processes, effects of 5 to 20 ms, {len(waits_ms)} kills")
    for name, each in zip(("call to fenced", "call to quiesced"), zip(*waits_ms, strict=True), strict=True):
        p50, p99 = quantile(each, 0.5), quantile(each, 0.99)
        bars.without(f"{name:<18} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   longest {max(each):6.1f} ms")


def _waits_ms(at: Place) -> list[tuple[float, float]]:
    low, high = SLOW_S
    ready = [at.folder / f"ready-{number}" for number in range(PROCESSES)]
    slows_s = [low + (high - low) * number / (PROCESSES - 1) for number in range(PROCESSES)]
    workers = [Child(partial(_work, at, number, slows_s[number], ready[number])) for number in range(PROCESSES)]
    try:
        wait_for(ready)
        return in_child(partial(_kill_again_and_again, at))
    finally:
        (at.folder / "end").touch()
        for worker in workers:
            worker.result()


def _work(at: Place, worker: int, slow_s: float, ready: Path) -> int:
    target, number, end = SlowTarget(at.folder, slow_s), 0, at.folder / "end"
    with at.opened(_now, owner=f"worker {worker}") as rt:
        while not end.exists():
            number += 1
            act(rt, target, NAME, case(at, worker, number))
            ready.touch()
    return number


def _kill_again_and_again(at: Place) -> list[tuple[float, float]]:
    waits_ms = []
    with at.opened(_now, owner="killer") as rt:
        for _ in range(KILLS):
            time.sleep(BUSY_S)
            called = _now()
            report = kill(rt.store, rt.drain, SCOPE, by=BEN, reason="stop", clock=_now)
            if report.quiesced_at is None:
                raise RuntimeError(f"not quiet within 10 s: {report.in_flight}")
            waits_ms.append((_ms(called, report.fenced_at), _ms(called, report.quiesced_at)))
            resume(rt.store, SCOPE, by=BEN, reason="go on", clock=_now)
    return waits_ms


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _ms(start: dt.datetime, end: str) -> float:
    return (moment(end) - start).total_seconds() * 1e3
