"""Undo: an intent of its own, newest first, allowed while halted, finished after a crash."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from governed import BEN, DEFINITION, NAME, Desk, House
from interlock.engine.timestamp import stamp
from interlock.flows.action.kill import kill
from interlock.flows.action.settle import HALF_UNDONE, in_doubt, settle
from interlock.flows.action.undo import Undone, undo, undo_since
from interlock.flows.ledger.record import record
from interlock.ports.effects import NotApplied
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import EffectPlan, TargetKind


class Stubborn(Desk):
    """A desk whose undo may fail, before or after it worked."""

    fails: BaseException | None = None
    works_first = False
    unreadable = False

    def read(self, effect: Effect) -> Mapping[str, Any]:
        if self.unreadable:
            raise OSError("the desk does not answer")
        return super().read(effect)

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        if self.fails is not None and not self.works_first:
            raise self.fails
        receipt = super().undo(effect, before)
        if self.fails is not None:
            raise self.fails
        return receipt


@pytest.fixture
def desk(live: House) -> Stubborn:
    live.desk = Stubborn()
    live.act(live.proposal(key="k"))
    return live.desk


def put_back(house: House, key: str = "k") -> None:
    undo(house.rt, house.desk, key, by=BEN)


def state(house: House, key: str = "k") -> IntentState | None:
    with house.store.reading() as reading:
        intent = reading.intent(key)
        return intent.state if intent else None


def test_what_was_applied_is_put_back(live: House, desk: Stubborn) -> None:
    before = live.kinds()
    put_back(live)
    assert live.kinds()[len(before) :] == ["undo.admitted", "intent.undone"]
    assert (desk.queues["k"], state(live)) == ("inbox", IntentState.UNDONE)


def test_it_is_put_back_once(live: House, desk: Stubborn) -> None:
    put_back(live)
    with pytest.raises(BadInput, match=r"nothing that can be undone is applied under 'k' \(undone\)"):
        put_back(live)
    with pytest.raises(BadInput, match=r"under 'none' \(unknown\)"):
        put_back(live, "none")
    assert desk.calls == [("apply", "k"), ("undo", "k")]


def test_it_is_allowed_while_halted(live: House, desk: Stubborn) -> None:
    kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    put_back(live)
    assert state(live) is IntentState.UNDONE


@pytest.mark.parametrize("held", ["elsewhere", "inbox"])
def test_where_the_target_moved_on_a_person_decides(live: House, desk: Stubborn, held: str) -> None:
    desk.queues["k"] = held
    with pytest.raises(Refused, match="somebody changed it since"):
        put_back(live)
    assert (desk.queues["k"], state(live)) == (held, IntentState.DONE)
    with live.store.reading() as reading:
        assert [review.kind for review in reading.reviews(NAME)] == ["audit", "undo"]


def test_a_target_that_cannot_be_read_is_for_a_person(live: House, desk: Stubborn) -> None:
    desk.unreadable = True
    with pytest.raises(Refused, match="the target cannot be read: OSError: the desk does not answer"):
        put_back(live)
    assert state(live) is IntentState.DONE


class Overtaken(Desk):
    """While it reads or undoes for the first time, somebody else comes in between."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when
        self.meanwhile: Callable[[], object] = dict

    def read(self, effect: Effect) -> Mapping[str, Any]:
        held = super().read(effect)
        self._overtaken("read")
        return held

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        self._overtaken("undo")
        return super().undo(effect, before)

    def _overtaken(self, when: str) -> None:
        if self.when == when:
            self.when = ""
            self.meanwhile()
            raise OSError("no reply")


def admitted_elsewhere(house: House) -> str:
    until = stamp(house.clock() + dt.timedelta(seconds=30))
    body = {"workflow": NAME, "key": "k", "by": "Ana Ruiz", "owner": "other host", "lease_until": until}
    with house.store.transaction() as tx:
        record(tx, "undo.admitted", body, at=stamp(house.clock()))
    return until


def lease_of(house: House) -> tuple[IntentState, str]:
    with house.store.reading() as reading:
        intent = reading.intent("k")
    assert intent is not None
    return intent.state, intent.lease_until


def test_who_is_overtaken_before_an_undo_does_not_end_the_lease_of_the_other(live: House) -> None:
    live.act(live.proposal(key="k"))
    live.desk = desk = Overtaken("read")
    until: list[str] = []
    desk.meanwhile = lambda: until.append(admitted_elsewhere(live))
    for _ in range(2):  # the second one would be let in behind a lease that was ended
        with pytest.raises(BadInput, match="being undone by somebody else"):
            put_back(live)
    assert (lease_of(live), desk.calls) == ((IntentState.UNDOING, until[0]), [])
    with live.store.reading() as reading:
        assert "undo" not in {review.kind for review in reading.reviews(NAME)}


def test_an_undo_that_fails_after_its_lease_does_not_end_the_lease_of_the_next(live: House) -> None:
    live.desk = desk = Overtaken("undo")
    live.act(live.proposal(key="k"))
    until: list[str] = []

    def overtake() -> None:
        live.now += dt.timedelta(seconds=31)
        until.append(admitted_elsewhere(live))

    desk.meanwhile = overtake
    with pytest.raises(Refused, match="the undo failed: OSError: no reply"):
        put_back(live)
    assert lease_of(live) == (IntentState.UNDOING, until[0])


def test_an_effect_without_undo_is_for_a_person(house: House) -> None:
    effect = EffectPlan("send a letter", TargetKind.IDEMPOTENT, None, no_undo_signed_by="Ben Okafor")
    house.live(replace(DEFINITION, effect=effect))
    house.act(house.proposal(key="k"))
    house.define(DEFINITION)  # what counts is what was declared when the effect was admitted
    with pytest.raises(Refused, match="declared to have no undo"):
        put_back(house)
    assert (house.desk.calls, state(house)) == ([("apply", "k")], IntentState.DONE)


def test_newest_first_and_on_past_those_that_wait_for_a_person(live: House) -> None:
    live.desk = Stubborn()
    with live.store.reading() as reading:
        since = reading.last_entry() + 1
    for key in ("a", "b", "c"):
        live.act(live.proposal(key=key))
    live.desk.queues["b"] = "elsewhere"
    result = undo_since(live.rt, live.desk, NAME, since_entry=since, by=BEN)
    assert (result.undone, [key for key, _ in result.for_a_person]) == (("c", "a"), ["b"])
    assert live.desk.calls[3:] == [("undo", "c"), ("undo", "a")]
    again = undo_since(live.rt, live.desk, NAME, since_entry=since, by=BEN)
    assert (again.undone, [key for key, _ in again.for_a_person]) == ((), ["b"])
    last = undo_since(live.rt, live.desk, NAME, since_entry=10**6, by=BEN)
    assert last == Undone((), ())


@pytest.mark.parametrize("works_first", [False, True])
def test_a_crash_in_the_undo_is_seen_and_finished(live: House, desk: Stubborn, works_first: bool) -> None:
    """Before or after the effect reached the target; the same key makes it happen once."""
    desk.fails, desk.works_first = KeyboardInterrupt(), works_first
    with pytest.raises(KeyboardInterrupt):
        put_back(live)
    assert state(live) is IntentState.UNDOING
    report = kill(live.store, live.drain, "global", by=BEN, reason="look", clock=live.clock, timeout_s=0)
    assert (report.in_flight, report.in_doubt, report.quiesced_at) == (("k",), (), None)  # its lease is live
    desk.fails = None
    with pytest.raises(BadInput, match="'k' is being undone by somebody else; try again after"):
        put_back(live)
    live.now += dt.timedelta(seconds=31)
    report = kill(live.store, live.drain, "global", by=BEN, reason="look", clock=live.clock, timeout_s=0)
    assert (report.in_flight, report.in_doubt) == ((), ("k",))
    with live.store.reading() as reading:
        (listed,) = in_doubt(reading, NAME, at=stamp(live.clock()))
    assert (listed.key, listed.reason) == ("k", HALF_UNDONE)
    with pytest.raises(BadInput, match="'k' was applied and is being undone: `interlock recover` goes on"):
        settle(live.store, NAME, "k", applied=False, by=BEN, reason="looked", clock=live.clock)
    result = undo_since(live.rt, live.desk, NAME, since_entry=0, by=BEN)
    assert result == Undone(("k",), ())
    assert (desk.queues["k"], state(live)) == ("inbox", IntentState.UNDONE)


def test_a_crashed_undo_of_a_case_that_moved_on_is_for_a_person(live: House, desk: Stubborn) -> None:
    desk.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        put_back(live)
    desk.fails = None
    live.now += dt.timedelta(seconds=31)
    desk.queues["k"] = "elsewhere"
    with pytest.raises(Refused, match="somebody changed it since"):
        put_back(live)
    assert (desk.queues["k"], state(live)) == ("elsewhere", IntentState.UNDOING)


@pytest.mark.parametrize("fails", [NotApplied("locked"), TimeoutError("no reply"), ValueError("\udcff")])
def test_a_failing_undo_is_for_a_person_and_can_be_tried_again_at_once(
    live: House, desk: Stubborn, fails: Exception
) -> None:
    desk.fails = fails
    with pytest.raises(Refused, match=f"the undo failed: {type(fails).__name__}"):
        put_back(live)
    assert state(live) is IntentState.UNDOING
    with live.store.reading() as reading:
        assert [review.kind for review in reading.reviews(NAME)] == ["audit", "undo"]
    desk.fails = None
    put_back(live)
    assert state(live) is IntentState.UNDONE
