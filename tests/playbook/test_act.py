"""One case from proposal to receipt, with targets and stores that fail in every way."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from governed import CARLA, DEFINITION, NAME, Desk, House
from interlock.flows.action.act import Acted, act, shadow
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.verify import verify_store
from interlock.ports.effects import NotApplied
from interlock.terms.decision import Decision, Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import Limits

SURE = "confidence 0.9500 >= certified threshold 0.9000"
UNREADABLE = "the target cannot be read, has no undo and no signed statement, or is blind and not signed off"


def intent_state(house: House, key: str) -> IntentState | None:
    with house.store.reading() as reading:
        intent = reading.intent(key)
        return intent.state if intent else None


def open_reviews(house: House) -> list[tuple[str, str]]:
    with house.store.reading() as reading:
        return [(review.key, review.kind) for review in reading.reviews(NAME)]


def test_a_sure_case_is_applied_once_with_intent_and_receipt(live: House) -> None:
    before = live.kinds()
    assert live.act() == Acted(Decision(Verb.APPLY, (SURE,), audited=True), IntentState.DONE)
    assert live.desk.queues == {"live-00000": "billing"}
    assert live.kinds()[len(before) :] == ["decision.made", "intent.completed"]
    with live.store.reading() as reading:
        intent = reading.intent("live-00000")
        assert intent is not None
        assert (intent.before, intent.after, intent.receipt) == ({"queue": "inbox"}, {"queue": "billing"}, "r-0")
        assert verify_store(reading).holds


def test_the_same_key_is_never_acted_on_twice(live: House) -> None:
    proposal = live.proposal(key="one")
    first = live.act(proposal)
    ledger = live.kinds()
    assert live.act(proposal) == first
    assert live.act(replace(proposal, label="sales", confidence=0.99)) == first
    assert (live.desk.calls, live.kinds()) == ([("apply", "one")], ledger)


def test_a_key_of_another_workflow_is_refused(live: House) -> None:
    live.act(live.proposal(key="one"))
    live.define(replace(DEFINITION, name="refunds"))
    with pytest.raises(BadInput, match=f"the key 'one' was used by '{NAME}'"):
        act(live.rt, live.desk, "refunds", live.proposal(key="one"))


def test_an_unknown_workflow_is_refused(live: House) -> None:
    with pytest.raises(BadInput, match="there is no workflow 'none'"):
        act(live.rt, live.desk, "none", live.proposal())
    with pytest.raises(BadInput, match="there is no workflow 'none'"):
        shadow(live.rt, "none", [live.proposal()])


@pytest.mark.parametrize("confidence", [None, math.nan, math.inf, -math.inf, "0.99", True, 1j])
def test_a_confidence_that_is_no_number_goes_to_a_person(live: House, confidence: Any) -> None:
    acted = live.act(live.proposal(confidence=confidence))
    assert acted == Acted(Decision(Verb.REVIEW, ("the confidence is unknown",)), None)
    assert open_reviews(live) == [("live-00000", "decision")]
    assert live.desk.calls == []


@pytest.mark.parametrize(("confidence", "word"), [(2.0, "2"), (-0.5, "-0.5"), (10**30, "1e+30")])
def test_a_confidence_outside_of_its_range_goes_to_a_person(live: House, confidence: float, word: str) -> None:
    reason = f"the confidence {word} is outside 0..1"
    assert live.act(live.proposal(confidence=confidence)).decision == Decision(Verb.REVIEW, (reason,))


def test_text_that_cannot_be_recorded_is_bad_input_and_nothing_happens(live: House) -> None:
    before = live.kinds()
    with pytest.raises(BadInput, match="cannot be recorded"):
        live.act(live.proposal(label="bill\ud800"))
    assert (live.kinds(), live.desk.calls) == (before, [])


class Odd(Desk):
    """A desk whose answers are not what they should be."""

    def __init__(self, *, held: Any = None, answer: Any = None) -> None:
        super().__init__()
        self.held, self.answer = held, answer

    def read(self, effect: Effect) -> Mapping[str, Any]:
        if isinstance(self.held, Exception):
            raise self.held
        return super().read(effect) if self.held is None else self.held

    def apply(self, effect: Effect) -> Receipt:
        receipt = super().apply(effect)
        return receipt if self.answer is None else self.answer


@pytest.mark.parametrize(
    "held",
    [
        OSError("gone"),
        KeyError("case"),
        "text",
        3,
        {"x": math.nan},
        {"x": object()},
        {"x": "\ud800"},
        {"x": "y" * 65_536},
    ],
)
def test_a_target_that_cannot_be_read_means_that_a_person_decides(live: House, held: Any) -> None:
    live.desk = Odd(held=held)
    assert live.act() == Acted(Decision(Verb.REVIEW, (UNREADABLE,)), None)
    assert live.desk.calls == []


@pytest.mark.parametrize("field", ["key", "tenant", "segment"])
def test_a_name_with_a_nul_is_refused_on_every_store(live: House, field: str) -> None:
    with pytest.raises(BadInput, match="NUL"):
        live.act(replace(live.proposal(), **{field: "north\0"}))  # type: ignore[arg-type]
    assert live.desk.calls == []


def test_without_a_target_nothing_is_applied(live: House) -> None:
    acted = act(live.rt, None, NAME, live.proposal())
    assert acted == Acted(Decision(Verb.REVIEW, (UNREADABLE,)), None)
    (decision,) = shadow(live.rt, NAME, [live.proposal()])
    assert decision == Decision(Verb.REVIEW, (UNREADABLE,))


def test_a_target_that_surely_did_nothing_sends_the_case_to_a_person(live: House) -> None:
    live.desk.broken = NotApplied("the queue is closed")
    assert live.act().state is IntentState.FAILED
    assert (intent_state(live, "live-00000"), open_reviews(live)) == (IntentState.FAILED, [("live-00000", "decision")])
    live.desk.broken = None
    assert live.act(live.proposal(key="live-00000")).state is IntentState.FAILED  # a person has it now
    assert live.desk.calls == [("apply", "live-00000")]


class Strange(Exception):
    def __str__(self) -> str:
        return "\udcff" + "very long " * 10_000


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    "broken", [TimeoutError("no reply"), Strange(), Wordless(), Unavailable("a store behind the desk")]
)
def test_any_other_failure_is_in_doubt_and_never_retried(live: House, broken: Exception) -> None:
    live.desk.broken = broken
    proposal = live.proposal()
    assert live.act(proposal).state is IntentState.IN_DOUBT
    live.desk.broken = None
    assert live.act(proposal).state is IntentState.IN_DOUBT
    assert live.desk.calls == [("apply", "live-00000")]
    assert open_reviews(live) == [("live-00000", "decision")]


@pytest.mark.parametrize(
    "answer",
    ["done", {"reference": "r"}, Receipt("r", {"x": math.nan}), Receipt("r", {"x": {1}}), Receipt("r", 3)],  # type: ignore[arg-type]
)
def test_an_answer_that_cannot_be_recorded_is_in_doubt(live: House, answer: Any) -> None:
    live.desk = Odd(answer=answer)
    assert live.act().state is IntentState.IN_DOUBT
    assert intent_state(live, "live-00000") is IntentState.IN_DOUBT


def test_a_target_that_is_interrupted_leaves_its_intent_to_be_found(live: House) -> None:
    live.desk.broken = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        live.act()
    assert intent_state(live, "live-00000") is IntentState.EXECUTING


def failing(house: House, *, nth: int) -> RunTime:
    """A run time whose n-th write from now on cannot be committed."""
    store: Any = house.store
    commit, left = store._commit, [nth]

    def refuse(tx: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Unavailable("the disk is full")
        commit(tx)

    store._commit = refuse
    return house.rt


def test_without_a_durable_intent_the_effect_does_not_run(live: House) -> None:
    before = live.kinds()
    acted = act(failing(live, nth=1), live.desk, NAME, live.proposal())
    reasons = (
        "a person decides, because the disk is full",
        "it is kept on this host, and goes to the queue when the store is back",
    )
    assert acted == Acted(Decision(Verb.REVIEW, reasons), None, recorded=False)
    assert (live.desk.calls, live.kinds()) == ([], before)


def test_a_receipt_that_cannot_be_written_leaves_the_intent_executing(live: House) -> None:
    rt = failing(live, nth=2)
    with pytest.raises(Unavailable, match="the disk is full"):
        act(rt, live.desk, NAME, live.proposal())
    assert live.desk.calls == [("apply", "live-00000")]
    assert intent_state(live, "live-00000") is IntentState.EXECUTING
    assert live.act(live.proposal(key="live-00000")).state is IntentState.EXECUTING
    assert live.desk.calls == [("apply", "live-00000")]


def test_a_closed_store_means_that_a_person_decides(live: House) -> None:
    live.store.close()
    acted = live.act()
    assert (acted.decision.verb, acted.state, acted.recorded) == (Verb.REVIEW, None, False)
    assert live.desk.calls == []


def test_an_expired_grant_sends_cases_to_people(live: House) -> None:
    grant = live.grant()
    assert grant is not None
    live.now = live.now.replace(year=2027)
    assert live.act().decision == Decision(Verb.REVIEW, (f"the grant expired at {grant['expires_at']}",))


def test_the_daily_limit_counts_what_was_not_refused(house: House) -> None:
    house.live(replace(DEFINITION, limits=Limits(applied_per_day=2)))
    house.desk.broken = NotApplied("closed")
    house.act()
    house.desk.broken = None
    verbs = [house.act().decision.verb for _ in range(3)]
    assert verbs == [Verb.APPLY, Verb.APPLY, Verb.REVIEW]
    house.now = house.now.replace(day=house.now.day + 1)
    assert house.act().decision.verb is Verb.APPLY


@pytest.mark.parametrize("lease_s", [0.0, -1.0, math.nan, math.inf])
def test_a_lease_that_is_none_is_refused_before_anything_is_written(live: House, lease_s: float) -> None:
    before = live.kinds()
    with pytest.raises(BadInput, match="is none: give the seconds within which the effect will be done"):
        act(live.rt, live.desk, NAME, live.proposal(key="k"), lease_s=lease_s)
    assert live.kinds() == before


def test_a_new_release_holds_no_authority(live: House) -> None:
    old = live.proposal()
    live.define(replace(DEFINITION, acts={"model": "sha256:two"}), by=CARLA)
    assert live.grant() is None
    assert live.act().decision.verb is Verb.SHADOW
    assert live.act(replace(old, key="old")).decision.verb is Verb.SHADOW


def test_a_raising_generator_of_proposals_records_nothing(live: House) -> None:
    before = live.kinds()

    def proposals() -> Iterator[Any]:
        yield live.proposal()
        raise OSError("the file with the cases is gone")

    with pytest.raises(OSError, match="the file with the cases is gone"):
        shadow(live.rt, NAME, proposals())
    assert live.kinds() == before
