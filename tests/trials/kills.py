"""Kills of processes at work: nothing is admitted after the fence, nothing begins or lands once it is quiet.

Processes act on slow effects of two tenants and two segments, another one kills and resumes scope after scope. Every
effect writes down when it begins and lands. Times are those of this machine.
"""

import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from faults.clock_jump import machine_time
from governed import BEN, DEFINITION, NAME
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill, resume
from interlock.flows.action.runtime import RunTime
from interlock.terms.decision import Proposal
from interlock.terms.intent import Effect, KillReport, Receipt
from interlock.terms.ledger import LedgerEntry
from interlock.terms.workflow import EffectPlan, TargetKind
from trials.children import Child, in_child, wait_for
from trials.effects import FileTarget
from trials.places import Made, Place, place

ACTION, TENANTS, SEGMENTS = "routing", ("acme", "globex"), ("web", "phone")
SCOPES = ("global", f"workflow:{NAME}", "tenant:acme", f"action:{ACTION}", "segment:phone")
WAIT_S = 10.0
QUIET_S = 0.015  # how long it is watched that nothing happens
BUSY_S = 0.02  # at work between two kills
STARTED_WITHIN_S = 30.0


@dataclass(frozen=True)
class Killed:
    """One kill: its report, and when its scope was let go again (RFC 3339)."""

    report: KillReport
    resumed_at: str


@dataclass
class Watched:
    """What many kills came to. Every list names what must not be."""

    kills: int = 0
    effects: int = 0
    admitted_after_fence: list[str] = field(default_factory=list)
    begun_after_quiet: list[str] = field(default_factory=list)
    landed_after_quiet: list[str] = field(default_factory=list)
    not_quiet: list[str] = field(default_factory=list)
    waits_ms: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing happened that must not."""
        broken = (self.admitted_after_fence, self.begun_after_quiet, self.landed_after_quiet, self.not_quiet)
        return not any(broken)


class SlowTarget(FileTarget):
    """Effects that take a while, and say when they begin and land, and under which scopes."""

    def __init__(self, folder: Path, slow_s: float) -> None:
        super().__init__(folder, TargetKind.IDEMPOTENT)
        self._log, self._slow_s = folder / "events", slow_s

    def apply(self, effect: Effect) -> Receipt:
        self._note("begun", effect.case_key)
        time.sleep(self._slow_s)
        self._note("landed", effect.case_key)
        return Receipt(effect.case_key, {"queue": effect.label})

    def _note(self, what: str, key: str) -> None:
        handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{json.dumps([stamp(machine_time()), what, key])}\n".encode())
        os.close(handle)


def kill_place(folder: Path, *, database: Made | None = None) -> Place:
    """A place whose effects fall under a scope of every kind."""
    plan = EffectPlan("route the message", TargetKind.IDEMPOTENT, "put it back", action_class=ACTION)
    definition = replace(DEFINITION, effect=plan, rollout=replace(DEFINITION.rollout, audit_share=0.01))
    return place(folder, definition, database=database, start=machine_time())


def kill_trials(at: Place, *, kills: int, processes: int, slows_s: Sequence[float] = (0.005, 0.02)) -> Watched:
    """Kill scope after scope while processes act on effects that take between these times."""
    low, high = slows_s
    steps = max(1, processes - 1)
    workers = [
        Child(partial(_work, at, number, low + (high - low) * number / steps, at.folder / f"ready-{number}"))
        for number in range(processes)
    ]
    try:
        wait_for([at.folder / f"ready-{number}" for number in range(processes)])
        killed = in_child(partial(_kill_all, at, kills))
    finally:
        (at.folder / "end").touch()
        for worker in workers:
            worker.result()
    return in_child(partial(_watched, at, killed))


def _work(at: Place, worker: int, slow_s: float, ready: Path) -> int:
    target, number, end = SlowTarget(at.folder, slow_s), 0, at.folder / "end"
    with at.opened(machine_time, owner=f"worker {worker}") as rt:
        while not end.exists():
            number += 1
            act(rt, target, NAME, case(at, worker, number))
            ready.touch()
    return number


def case(at: Place, worker: int, number: int) -> Proposal:
    """The number-th case of a worker; tenants and segments take turns."""
    return replace(
        Proposal(f"{worker}-{number}", at.release, "billing", 0.95, "sha256:payload"),
        tenant=TENANTS[number % 2],
        segment=SEGMENTS[number // 2 % 2],
    )


def _kill_all(at: Place, kills: int) -> list[Killed]:
    killed = []
    with at.opened(machine_time, owner="killer") as rt:
        for number in range(kills):
            scope = SCOPES[number % len(SCOPES)]
            report = kill(rt.store, rt.drain, scope, by=BEN, reason="stop", clock=machine_time, timeout_s=WAIT_S)
            time.sleep(QUIET_S)
            killed.append(Killed(report, stamp(machine_time())))
            resume(rt.store, scope, by=BEN, reason="go on", clock=machine_time)
            time.sleep(BUSY_S)
    return killed


def _watched(at: Place, killed: Sequence[Killed]) -> Watched:
    watched = Watched(kills=len(killed))
    events = [json.loads(line) for line in (at.folder / "events").read_text().splitlines()]
    watched.effects = sum(what == "landed" for _, what, _ in events)
    with at.opened(machine_time) as rt, rt.store.reading() as reading:
        entries = list(reading.entries())
        scopes = {intent.key: intent.scopes for intent in reading.intents("global")}
    watched.admitted_after_fence = admitted_while_halted(entries)
    for one in killed:
        report = one.report
        if report.quiesced_at is None or report.in_flight or report.in_doubt:
            watched.not_quiet.append(f"{report.scope}, epoch {report.epoch}: {report.in_flight} {report.in_doubt}")
            continue
        watched.waits_ms.append(_ms_between(report.fenced_at, report.quiesced_at))
        for time_, what, key in events:
            if report.quiesced_at < time_ < one.resumed_at and report.scope in scopes[key]:
                late = watched.begun_after_quiet if what == "begun" else watched.landed_after_quiet
                late.append(f"{key} {what} at {time_}, quiet since {report.quiesced_at}")
    return watched


def admitted_while_halted(entries: Sequence[LedgerEntry]) -> list[str]:
    """Keys of intents that stand in the ledger between the fence of one of their scopes and its resumption."""
    halted: set[str] = set()
    late = []
    for entry in entries:
        body = entry.body
        if entry.kind == "kill.fenced":
            halted.add(body["scope"])
        elif entry.kind == "scope.resumed":
            halted.discard(body["scope"])
        elif entry.kind == "decision.made" and body.get("state") is not None:
            named = {f"{kind}:{body.get(kind)}" for kind in ("tenant", "workflow", "action", "segment")}
            if halted & {"global", *named}:
                late.append(str(body["key"]))
    return late


def _ms_between(start: str, end: str) -> float:
    return (moment(end) - moment(start)).total_seconds() * 1e3


@dataclass(frozen=True)
class Stopped:
    """Kills of a workflow one of whose holders stands still, and after it went on: (quiet, in flight, epoch) each."""

    holder: str
    while_stopped: tuple[tuple[bool, tuple[str, ...], int], ...]
    afterwards: tuple[bool, tuple[str, ...], int]


def stopped_holder(at: Place) -> Stopped:
    """Stop a process in the middle of an effect with SIGSTOP, kill twice, let it go on, kill again."""
    worker = Child(partial(_work, at, 0, 0.3, at.folder / "ready-0"))
    try:
        key = _begun(at.folder / "events")
        worker.kill(signal.SIGSTOP)
        stopped = [in_child(partial(_kill_once, at, timeout_s)) for timeout_s in (0.1, 0.0)]
        worker.kill(signal.SIGCONT)
        last = in_child(partial(_kill_once, at, WAIT_S))
    finally:
        worker.kill(signal.SIGCONT)
        (at.folder / "end").touch()
        worker.result()
    return Stopped(key, tuple(map(_told, stopped)), _told(last))


def _kill_once(at: Place, timeout_s: float) -> KillReport:
    with at.opened(machine_time, owner="killer") as rt:
        return _kill(rt, timeout_s)


def _kill(rt: RunTime, timeout_s: float) -> KillReport:
    scope = f"workflow:{NAME}"
    return kill(rt.store, rt.drain, scope, by=BEN, reason="stop", clock=machine_time, timeout_s=timeout_s)


def _told(report: KillReport) -> tuple[bool, tuple[str, ...], int]:
    return report.quiesced_at is not None, report.in_flight, report.epoch


def _begun(log: Path) -> str:
    give_up = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < give_up:
        lines = log.read_text().splitlines() if log.exists() else []
        if lines and json.loads(lines[-1])[1] == "begun":
            return str(json.loads(lines[-1])[2])
        time.sleep(0.002)
    raise AssertionError(f"no effect was begun within {STARTED_WITHIN_S:g} s")
