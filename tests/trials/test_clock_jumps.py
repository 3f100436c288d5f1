"""Clocks that jump: nothing is lost, nothing is applied twice, and where time matters it is on the side of people."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from faults.aftermath import DONE, aftermath, later
from faults.clock_jump import JumpingClock, Stepping
from governed import BEN, DEFINITION, NAME
from interlock.flows.action.act import Acted, act
from interlock.flows.action.kill import kill
from interlock.flows.action.recover import Fate
from interlock.flows.action.replay import Policy, replay
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.sweep import Patience, sweep
from interlock.flows.ledger.verify import verify_store
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import Limits, TargetKind, WorkflowDefinition
from trials.effects import FileTarget
from trials.places import Made, Place, place

DAY = dt.timedelta(days=1)
READ_BACK = replace(
    DEFINITION,
    effect=replace(DEFINITION.effect, target=TargetKind.PROBE),
    rollout=replace(DEFINITION.rollout, audit_share=0.0),
)


@contextmanager
def jumping(
    tmp_path: Path, database: Made | None, definition: WorkflowDefinition = READ_BACK
) -> Iterator[tuple[Place, RunTime, JumpingClock]]:
    at = place(tmp_path / "at", definition, database=database)
    clock = JumpingClock(Stepping(at.now))
    with at.opened(clock) as rt:
        yield at, rt, clock


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


class Waiting(FileTarget):
    """Its effect takes until it is told to go on; it cannot deduplicate."""

    def __init__(self, at: Place) -> None:
        super().__init__(at.folder, TargetKind.PROBE)
        self.begun, self.go_on = threading.Event(), threading.Event()

    def apply(self, effect: Effect) -> Receipt:
        self.begun.set()
        assert self.go_on.wait(30)
        return super().apply(effect)


def test_a_lease_that_a_jump_ended_is_not_taken_from_who_is_at_work(tmp_path: Path, database: Made | None) -> None:
    with jumping(tmp_path, database) as (at, rt, clock), ThreadPoolExecutor(1) as pool:
        target = Waiting(at)
        acting = pool.submit(act, rt, target, NAME, case(at, "k"))
        assert target.begun.wait(30)
        clock.jump(DAY)
        with at.opened(clock, owner="other") as other:
            patience = Patience(time.monotonic)
            swept = [sweep(other, lambda workflow, plan: target, patience) for _ in range(3)]
            assert [[one.fate for one in round_] for round_ in swept] == [[Fate.AT_WORK]] * 3
            report = kill(other.store, other.drain, "global", by=BEN, reason="stop", clock=clock, timeout_s=0.1)
            assert (report.quiesced_at, report.in_doubt) == (None, ("k",))
            target.go_on.set()
            assert acting.result().state is IntentState.DONE
            assert aftermath(other, target, ["k"]) == {"k": DONE}


def test_what_was_lost_in_the_future_is_found_once_it_comes(tmp_path: Path, database: Made | None) -> None:
    """An intent under a clock that was a day ahead, whose holder died: it is in flight for all that anybody knows."""

    class Died(BaseException):
        pass

    class Dying(FileTarget):
        def apply(self, effect: Effect) -> Receipt:
            super().apply(effect)
            raise Died

    with jumping(tmp_path, database) as (at, rt, clock):
        target = FileTarget(at.folder, TargetKind.PROBE)
        clock.jump(DAY)
        with pytest.raises(Died):
            act(rt, Dying(at.folder, TargetKind.PROBE), NAME, case(at, "k"))
        clock.jump(-DAY)
        assert sweep(rt, lambda workflow, plan: target, Patience(time.monotonic)) == ()
        report = kill(rt.store, rt.drain, "global", by=BEN, reason="stop", clock=clock, timeout_s=0.0)
        assert (report.quiesced_at, report.in_flight) == (None, ("k",))
    with at.opened(later(at.now + DAY)) as afterwards:
        assert aftermath(afterwards, target, ["k"]) == {"k": DONE}


@pytest.mark.parametrize("by", [DAY, -DAY, dt.timedelta(seconds=-40), dt.timedelta(days=400)])
def test_a_jump_within_an_action_is_recorded_and_reproduced(
    tmp_path: Path, database: Made | None, by: dt.timedelta
) -> None:
    with jumping(tmp_path, database) as (at, rt, clock):

        class Jumping(FileTarget):
            def apply(self, effect: Effect) -> Receipt:
                clock.jump(by)
                return super().apply(effect)

        target = Jumping(at.folder, TargetKind.PROBE)
        acted = [act(rt, target, NAME, case(at, key)) for key in ("a", "b", "c")]
        expired = by > dt.timedelta(days=30)
        states = [IntentState.DONE, *([None, None] if expired else [IntentState.DONE] * 2)]
        assert [one.state for one in acted] == states
        assert [target.effects(key) for key in ("a", "b", "c")] == ([1, 0, 0] if expired else [1, 1, 1])
        with rt.store.reading() as reading:
            check = verify_store(reading)
            assert check.holds, check.faults
            assert replay(reading, NAME, Policy()).differing == ()


def test_a_grant_that_a_jump_ended_sends_cases_to_people_until_the_clock_is_put_right(
    tmp_path: Path, database: Made | None
) -> None:
    with jumping(tmp_path, database) as (at, rt, clock):
        target = FileTarget(at.folder, TargetKind.PROBE)

        def verb(key: str) -> Verb:
            return act(rt, target, NAME, case(at, key)).decision.verb

        assert verb("before") is Verb.APPLY
        clock.jump(31 * DAY)
        assert verb("ahead") is Verb.REVIEW
        clock.jump(-31 * DAY)
        assert verb("after") is Verb.APPLY
        assert act(rt, target, NAME, case(at, "ahead")) == Acted(_review(rt, "ahead"), None)  # decided once


def _review(rt: RunTime, key: str) -> Decision:
    with rt.store.reading() as reading:
        row = reading.decision(key)
        assert row is not None
        return Decision(Verb(row.verb), row.reasons)


def test_the_limit_of_a_day_is_that_day_s_however_often_the_clock_comes_back_to_it(
    tmp_path: Path, database: Made | None
) -> None:
    definition = replace(READ_BACK, limits=Limits(applied_per_day=2))
    with jumping(tmp_path, database, definition) as (at, rt, clock):
        target = FileTarget(at.folder, TargetKind.PROBE)

        def applied(*keys: str) -> int:
            return sum(act(rt, target, NAME, case(at, key)).decision.verb is Verb.APPLY for key in keys)

        assert applied("a", "b", "c") == 2
        clock.jump(DAY)
        assert applied("d", "e", "f") == 2
        clock.jump(-DAY)
        assert applied("g", "h") == 0
