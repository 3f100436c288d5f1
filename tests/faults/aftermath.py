"""What is left once a fault is over: nothing lost, nothing applied twice, and a person where nobody knows."""

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass

from faults.clock_jump import Stepping
from governed import NAME
from interlock.flows.action.recover import Fate
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.suggest import unspool
from interlock.flows.action.sweep import Patience, sweep
from interlock.flows.ledger.verify import verify_store
from interlock.ports.clock import Clock
from interlock.terms.intent import IntentState
from trials.effects import FileTarget

PATIENCE_S = 20.0


@dataclass(frozen=True)
class Case:
    """What became of a case: how often its effect happened, where it stands, and what review of it is open."""

    effects: int
    state: IntentState | None
    review: str | None


DONE = Case(1, IntentState.DONE, None)
WAITS = Case(0, None, "decision")  # a suggestion in the queue
GIVEN_BACK = Case(0, IntentState.FAILED, "decision")  # it was admitted, it was not begun, and it is in the queue


def aftermath(rt: RunTime, target: FileTarget, keys: Iterable[str]) -> dict[str, Case]:
    """Bring what this host kept to the queue, recover what lost its holder, and look at each case.

    The clock of `rt` must be past every lease. Raises AssertionError where the ledger does not verify, where a
    suggestion is left or set aside, and where a case is lost: neither decided nor waiting.
    """
    assert rt.spool is not None
    unspool(rt, files_max=1_000)
    assert (rt.spool.waiting(), rt.spool.aside()) == (0, ())
    patience, give_up = Patience(time.monotonic), time.monotonic() + PATIENCE_S
    while any(one.fate is Fate.AT_WORK for one in sweep(rt, lambda workflow, plan: target, patience)):
        assert time.monotonic() < give_up, "somebody is still at work"
    with rt.store.reading() as reading:
        check = verify_store(reading)
        assert check.holds, check.faults
        lost = [key for key in keys if reading.decision(key) is None]
        assert lost == []
        reviews = {review.key: review.kind for review in reading.reviews(NAME)}
        return {key: Case(target.effects(key), reading.intent_state(key), reviews.get(key)) for key in keys}


def later(now: dt.datetime, *, minutes: int = 5) -> Clock:
    """A clock that goes on after every lease of the time `now` has ended."""
    return Stepping(now + dt.timedelta(minutes=minutes))
