"""Processes that die at each point of an action, then recovery, then the same case again: what is left must be so.

| target           | before intent | not sent    | reply unread | not recorded | recorded |
| deduplicates     | 1 effect      | 1           | 1            | 1            | 1        |
| can be read back | 1 effect      | 1           | 1            | 1            | 1        |
| blind            | 1 effect      | 0, in doubt | 1, in doubt  | 1, in doubt  | 1        |
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from faults.clock_jump import Stepping
from governed import DEFINITION, NAME
from interlock.flows.action.act import act
from interlock.flows.action.recover import Fate, Recovered
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.settle import in_doubt
from interlock.flows.action.sweep import Patience, sweep
from interlock.flows.ledger.verify import verify_store
from interlock.ports.effects import Target
from interlock.ports.journal import Admission, Journal, Wish
from interlock.terms.decision import Proposal
from interlock.terms.intent import IntentState
from interlock.terms.ledger import NewEntry
from interlock.terms.workflow import EffectPlan, TargetKind, WorkflowDefinition
from trials.children import die, dies, in_child
from trials.effects import FileTarget, nothing
from trials.places import Made, Place, place

LEASE = dt.timedelta(seconds=31)
PATIENCE_S = 20.0


class Point(StrEnum):
    """Where a process dies."""

    BEFORE_INTENT = "before intent"
    NOT_SENT = "intent, not sent"
    REPLY_UNREAD = "applied, reply unread"
    NOT_RECORDED = "reply, not recorded"
    RECORDED = "recorded"


@dataclass(frozen=True, order=True)
class Left:
    """What is left of a case: its effects, where it stands, and whether it is listed as in doubt."""

    effects: int
    state: IntentState | None
    in_doubt: bool


ONCE = Left(1, IntentState.DONE, in_doubt=False)
TABLE: Mapping[TargetKind, Mapping[Point, Left]] = {
    TargetKind.IDEMPOTENT: dict.fromkeys(Point, ONCE),
    TargetKind.PROBE: dict.fromkeys(Point, ONCE),
    TargetKind.BLIND: {
        Point.BEFORE_INTENT: ONCE,
        Point.NOT_SENT: Left(0, IntentState.IN_DOUBT, in_doubt=True),
        Point.REPLY_UNREAD: Left(1, IntentState.IN_DOUBT, in_doubt=True),
        Point.NOT_RECORDED: Left(1, IntentState.IN_DOUBT, in_doubt=True),
        Point.RECORDED: ONCE,
    },
}


class DyingJournal:
    """A journal whose process dies at a point: before it is asked to admit, before or after it settles."""

    def __init__(self, journal: Journal, point: Point | None) -> None:
        self._journal, self._point = journal, point

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        self._dies_at(Point.BEFORE_INTENT)
        return self._journal.admit(wishes)

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:
        self._dies_at(Point.NOT_RECORDED)
        settled = self._journal.settle(entry, admission, durable=durable)
        self._dies_at(Point.RECORDED)
        return settled

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        return self._journal.used(workflow, counters)

    def _dies_at(self, point: Point) -> None:
        if point is self._point:
            die()


def dying(rt: RunTime, folder: Path, kind: TargetKind, point: Point | None) -> tuple[RunTime, FileTarget]:
    """A run time and a target in which the process dies at that point."""
    target = FileTarget(
        folder,
        kind,
        before=die if point is Point.NOT_SENT else nothing,
        after=die if point is Point.REPLY_UNREAD else nothing,
    )
    return replace(rt, journal=DyingJournal(rt.journal, point)), target


def crash_place(folder: Path, kind: TargetKind, *, database: Made | None = None) -> Place:
    """A place whose workflow has a target of that kind."""
    return place(folder, definition(kind), database=database)


def definition(kind: TargetKind) -> WorkflowDefinition:
    """A blind target needs the safety owner's signature."""
    signed = DEFINITION.owners.safety if kind is TargetKind.BLIND else None
    plan = EffectPlan("route the message", kind, "put it back", blind_signed_by=signed)
    return replace(DEFINITION, effect=plan)


def proposal(at: Place, key: str) -> Proposal:
    """A sure case."""
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


def crash_trials(at: Place, kind: TargetKind, *, trials: int, really: TargetKind | None = None) -> Counter[str]:
    """Let a process die at every point, `trials` times each; recover; deliver every case again.

    How often each point came out as the table has it, or what else was left. `really`: what the target does, where the
    definition is to be wrong about it.
    """
    keys = {f"{point.name}-{number}": point for point in Point for number in range(trials)}
    for key, point in keys.items():
        dies(partial(deliver, at, really or kind, key, point))
    left = in_child(partial(recovered_and_delivered, at, really or kind, keys))
    return Counter(compared(point, left[key], TABLE[kind][point]) for key, point in keys.items())


def compared(where: str, left: Left, expected: Left) -> str:
    """The place, and whether what is left there is as expected."""
    return f"{where}: as expected" if left == expected else f"{where}: {left}, not {expected}"


def deliver(at: Place, kind: TargetKind, key: str, point: Point | None) -> IntentState | None:
    """Act on one case, and die at that point."""
    with at.opened() as rt:
        mortal, target = dying(rt, at.folder, kind, point)
        return act(mortal, target, NAME, proposal(at, key)).state


def recovered_and_delivered(at: Place, kind: TargetKind, keys: Iterable[str], *, leases: int = 1) -> dict[str, Left]:
    """After so many leases: recover what is lost, deliver every case once more, and see what is left.

    Raises AssertionError where the store does not hold what its ledger says, or a case that stood recovered was changed
    by coming again.
    """
    target = FileTarget(at.folder, kind)
    with at.opened(Stepping(at.now + leases * LEASE), owner="recovery") as rt:
        swept_until_quiet(rt, target)
        before = {key: _left(rt, target, key) for key in keys}
        for key in keys:
            act(rt, target, NAME, proposal(at, key))
        after = {key: _left(rt, target, key) for key in keys}
        changed = {key: (was, after[key]) for key, was in before.items() if was.state and was != after[key]}
        assert not changed, changed
        with rt.store.reading() as reading:
            check = verify_store(reading)
            assert check.holds, check.faults
    return after


def swept_until_quiet(rt: RunTime, target: Target) -> list[Recovered]:
    """Sweep until nobody may be at work any more: a server may learn a little later that a client has died."""
    patience, give_up = Patience(time.monotonic), time.monotonic() + PATIENCE_S
    swept: list[Recovered] = []
    while True:
        round_ = sweep(rt, lambda workflow, plan: target, patience)
        swept += round_
        if not any(one.fate is Fate.AT_WORK for one in round_) or time.monotonic() > give_up:
            return swept
        time.sleep(0.01)


def _left(rt: RunTime, target: FileTarget, key: str) -> Left:
    with rt.store.reading() as reading:
        doubtful = {one.key for one in in_doubt(reading, NAME, at="9999")}
        return Left(target.effects(key), reading.intent_state(key), key in doubtful)
