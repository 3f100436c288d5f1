"""Effects whose holder is gone: what the sweep does with each kind of target, and what it leaves to people."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, Desk, House, NotApplied
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill, resume
from interlock.flows.action.recover import Fate, Recovered
from interlock.flows.action.settle import GONE, InDoubt, in_doubt, settle
from interlock.flows.action.sweep import Patience, sweep
from interlock.flows.action.undo import undo
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.decide import close_review
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.person import Person
from interlock.terms.workflow import EffectPlan, Limits, TargetKind, WorkflowDefinition

LEASE = dt.timedelta(seconds=31)
KINDS = tuple(TargetKind)


class Died(BaseException):
    """The process is gone: nothing after this runs."""


class Lossy(Desk):
    """A desk whose caller dies before it is asked (`sent` False) or before the answer arrives (True)."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__()
        self.dies, self.sent = True, sent
        self.applied: list[str] = []
        self.epochs: list[int] = []

    def apply(self, effect: Effect) -> Receipt:
        if self.dies and not self.sent:
            raise Died
        self.epochs.append(effect.epoch)
        if effect.idempotency_key not in self.done:
            self.applied.append(effect.case_key)
        receipt = super().apply(effect)
        if self.dies:
            raise Died
        return receipt


class Forgetful(Lossy):
    """Does not deduplicate: every call is another effect."""

    def apply(self, effect: Effect) -> Receipt:
        self.done.pop(effect.idempotency_key, None) if not self.dies else None
        return super().apply(effect)


def definition(kind: TargetKind, **limits: Any) -> WorkflowDefinition:
    signed = "Ben Okafor" if kind is TargetKind.BLIND else None
    plan = EffectPlan("route the message", kind, "put it back", blind_signed_by=signed)
    return replace(DEFINITION, effect=plan, limits=Limits(**limits))


def lost(house: House, kind: TargetKind, *, sent: bool, key: str = "k", **limits: Any) -> Lossy:
    """A house in which the holder of one intent died; its lease has ended."""
    house.live(definition(kind, **limits))
    desk = Lossy(sent=sent) if kind is TargetKind.IDEMPOTENT else Forgetful(sent=sent)
    dies(house, desk, key)
    house.now += LEASE
    return desk


def dies(house: House, desk: Lossy, key: str) -> None:
    desk.dies = True
    with pytest.raises(Died):
        act(house.rt, desk, NAME, house.proposal(key=key))
    desk.dies = False


def swept(house: House, desk: Desk | None, *, patience: Patience | None = None) -> list[Recovered]:
    return list(sweep(house.rt, lambda workflow, plan: desk, patience or Patience(lambda: 0.0)))


def fates(house: House, desk: Desk | None) -> dict[str, Fate]:
    return {one.key: one.fate for one in swept(house, desk)}


def state(house: House, key: str = "k") -> IntentState | None:
    with house.store.reading() as reading:
        return reading.intent_state(key)


def holds(house: House) -> bool:
    with house.store.reading() as reading:
        return verify_store(reading).holds


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_table(house: House, kind: TargetKind, sent: bool) -> None:
    desk = lost(house, kind, sent=sent)
    blind = kind is TargetKind.BLIND
    expected = Fate.IN_DOUBT if blind else Fate.FOUND if sent and kind is TargetKind.PROBE else Fate.SENT
    assert fates(house, desk) == {"k": expected}
    assert state(house) is (IntentState.IN_DOUBT if blind else IntentState.DONE)
    assert desk.applied == (["k"] if sent or not blind else [])
    assert fates(house, desk) == {}
    again = act(house.rt, desk, NAME, house.proposal(key="k"))
    assert (again.decision.verb, again.state) == (Verb.APPLY, state(house))
    assert desk.applied == (["k"] if sent or not blind else [])
    assert holds(house)


def test_a_live_lease_is_left_alone(house: House) -> None:
    house.live(definition(TargetKind.IDEMPOTENT))
    desk = Lossy(sent=True)
    dies(house, desk, "k")
    assert fates(house, desk) == {}
    assert state(house) is IntentState.EXECUTING


def test_the_audit_is_not_evaded_by_dying(house: House) -> None:
    desk = lost(house, TargetKind.PROBE, sent=True)
    fates(house, desk)
    with house.store.reading() as reading:
        assert [review.kind for review in reading.reviews(NAME)] == ["audit"]


def test_without_its_action_only_what_is_blind_is_settled(house: House) -> None:
    lost(house, TargetKind.IDEMPOTENT, sent=True)
    (one,) = swept(house, None)
    assert (one.fate, one.settled, state(house)) == (Fate.NO_TARGET, False, IntentState.EXECUTING)


@pytest.mark.parametrize("scope", ["global", f"workflow:{NAME}"])
def test_what_is_halted_is_found_but_not_sent(house: House, scope: str) -> None:
    desk = lost(house, TargetKind.PROBE, sent=True)
    dies(house, desk, "found")
    desk.sent = False
    dies(house, desk, "not sent")
    house.now += LEASE
    kill(house.store, house.drain, scope, by=BEN, reason="stop", clock=house.clock, timeout_s=0)
    assert fates(house, desk) == {"k": Fate.FOUND, "found": Fate.FOUND, "not sent": Fate.HALTED}
    assert desk.applied == ["k", "found"]
    resume(house.store, scope, by=BEN, reason="go on", clock=house.clock)
    assert fates(house, desk) == {"not sent": Fate.SENT}
    assert desk.applied == ["k", "found", "not sent"]
    assert desk.epochs == [0, 0, 1]  # the target can tell the old holder's call from the new one's


def test_a_kill_at_the_last_moment_is_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = lost(house, TargetKind.IDEMPOTENT, sent=False)
    read = desk.read

    def killed(effect: Effect) -> Mapping[str, Any]:
        kill(house.store, house.drain, "global", by=BEN, reason="stop", clock=house.clock, timeout_s=0)
        return read(effect)

    monkeypatch.setattr(desk, "read", killed)
    assert fates(house, desk) == {"k": Fate.HALTED}
    assert desk.applied == []


def test_a_target_that_cannot_be_asked_is_asked_by_the_next_sweep(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = lost(house, TargetKind.PROBE, sent=True)

    def away(effect: Effect) -> None:
        raise ConnectionError("no route")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "probe", away)
        (one,) = swept(house, desk)
        assert one == Recovered(NAME, "k", Fate.UNREACHABLE, "the target cannot be asked: ConnectionError: no route")
    assert "intent.claimed" not in house.kinds()
    assert fates(house, desk) == {"k": Fate.FOUND}


def test_what_fails_when_it_is_sent_again_is_in_doubt_or_given_back(house: House) -> None:
    desk = lost(house, TargetKind.IDEMPOTENT, sent=False, applied_per_day=3)
    dies(house, desk, "second")
    house.now += LEASE
    desk.broken = TimeoutError("no reply")
    assert fates(house, desk) == {"k": Fate.IN_DOUBT, "second": Fate.IN_DOUBT}
    desk.broken, desk.dies = NotApplied("closed"), False
    desk.sent = False
    dies(house, desk, "third")
    house.now += LEASE
    assert fates(house, desk) == {"third": Fate.FAILED}
    desk.broken = None
    assert house.act(house.proposal(key="fourth")).state is IntentState.DONE  # two in doubt, one given back
    assert house.act(house.proposal(key="fifth")).decision.verb is Verb.REVIEW


def test_an_older_definition_that_was_weaker_counts(house: House) -> None:
    desk = lost(house, TargetKind.IDEMPOTENT, sent=True)
    house.define(definition(TargetKind.BLIND), code="2")
    assert fates(house, desk) == {"k": Fate.IN_DOUBT}


class Holding:
    """A drain that is empty or not."""

    def __init__(self, *, empty: bool, gone: bool = False) -> None:
        self.empty, self.gone = empty, gone
        self.asked: list[str] = []

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        yield

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        self.asked.append(scope)
        if self.gone:
            raise Unavailable("no locks")
        return self.empty


@pytest.mark.parametrize("gone", [False, True])
def test_a_clock_that_jumps_does_not_make_an_effect_happen_twice(house: House, gone: bool) -> None:
    desk = lost(house, TargetKind.PROBE, sent=False)
    house.now += dt.timedelta(days=1)
    elapsed = [100.0]
    patience, busy = Patience(lambda: elapsed[0]), Holding(empty=False, gone=gone)
    rt = replace(house.rt, drain=busy)

    def sweep_at(seconds: float) -> list[Fate]:
        elapsed[0] = 100.0 + seconds
        return [one.fate for one in sweep(rt, lambda workflow, plan: desk, patience)]

    # Somebody is at work under its scope, perhaps on this one: it is left alone for a whole lease of a true clock.
    assert [sweep_at(0), sweep_at(15), sweep_at(29.9)] == [[Fate.AT_WORK]] * 3
    assert (busy.asked, desk.applied) == ([f"workflow:{NAME}"] * 3, [])
    assert sweep_at(30) == [Fate.SENT]
    assert desk.applied == ["k"]


def test_nobody_at_work_needs_no_patience(house: House) -> None:
    desk = lost(house, TargetKind.PROBE, sent=False)
    rt = replace(house.rt, drain=Holding(empty=True))
    assert [one.fate for one in sweep(rt, lambda workflow, plan: desk, Patience(lambda: 0.0))] == [Fate.SENT]


def test_a_claim_that_dies_is_claimed_again(house: House) -> None:
    desk = lost(house, TargetKind.IDEMPOTENT, sent=False)
    desk.dies = desk.sent = True
    with pytest.raises(Died):
        fates(house, desk)
    assert (fates(house, desk), state(house)) == ({}, IntentState.EXECUTING)  # it is leased again
    desk.dies = False
    house.now += LEASE
    assert fates(house, desk) == {"k": Fate.SENT}
    assert (desk.applied, house.kinds().count("intent.claimed")) == (["k"], 2)
    assert holds(house)


def test_two_sweeps_at_once_send_it_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = lost(house, TargetKind.PROBE, sent=False)
    asked = [0]
    probe = desk.probe

    def slow(effect: Effect) -> Receipt | None:
        receipt = probe(effect)
        asked[0] += 1
        if asked[0] == 1:
            assert fates(house, desk) == {"k": Fate.SENT}  # another sweep overtakes this one
        return receipt

    monkeypatch.setattr(desk, "probe", slow)
    assert fates(house, desk) == {"k": Fate.MOVED_ON}
    assert desk.applied == ["k"]


def test_an_answer_that_comes_after_all_is_kept(house: House) -> None:
    """The holder was only slow: it was put in doubt, and then says what became of it."""
    house.live(definition(TargetKind.BLIND))

    class Slow(Desk):
        def apply(self, effect: Effect) -> Receipt:
            house.now += LEASE
            assert fates(house, None) == {"k": Fate.IN_DOUBT}
            return super().apply(effect)

    assert act(house.rt, Slow(), NAME, house.proposal(key="k")).state is IntentState.DONE
    assert state(house) is IntentState.DONE


def test_an_effect_that_was_taken_for_not_applied_and_lands_is_brought_before_a_person(house: House) -> None:
    house.live(definition(TargetKind.BLIND, applied_per_day=1))

    class Slow(Desk):
        def apply(self, effect: Effect) -> Receipt:
            house.now += LEASE
            settled(house)
            return super().apply(effect)

    assert act(house.rt, Slow(), NAME, house.proposal(key="k")).state is IntentState.DONE
    assert state(house) is IntentState.DONE
    with house.store.reading() as reading:
        (entry,) = reading.entries_of("intent.answered_late", NAME)
        assert entry.body["reason"] == "the effect was applied after all, when the case was recorded as failed"
        assert [review.kind for review in reading.reviews(NAME)] == ["decision"]
        assert reading.intent("k").after == {"queue": "billing"}  # type: ignore[union-attr]
    assert house.act().decision.verb is Verb.REVIEW  # its place in the day's limit is taken again
    assert holds(house)


# Undo


class LossyUndo(Desk):
    """Its caller dies before an undo is asked for, or before the answer arrives."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__()
        self.dies, self.sent = False, sent
        self.undone = 0

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        if self.dies and not self.sent:
            raise Died
        if self.done.pop(effect.idempotency_key, None) is None:
            self.undone += 1
        receipt = super().undo(effect, before)
        if self.dies:
            raise Died
        return receipt


def undo_dies(house: House, kind: TargetKind, desk: LossyUndo) -> None:
    house.live(definition(kind))
    act(house.rt, desk, NAME, house.proposal(key="k"))
    desk.dies = True
    with pytest.raises(Died):
        undo(house.rt, desk, "k", by=ANA)
    desk.dies = False


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_an_undo_that_was_cut_short_is_gone_on_with(house: House, kind: TargetKind, sent: bool) -> None:
    desk = LossyUndo(sent=sent)
    undo_dies(house, kind, desk)
    assert fates(house, desk) == {}
    house.now += LEASE
    assert fates(house, None) == {"k": Fate.NO_TARGET}
    kill(house.store, house.drain, "global", by=BEN, reason="stop", clock=house.clock, timeout_s=0)
    assert fates(house, desk) == {"k": Fate.UNDONE}  # also while halted
    assert (state(house), desk.queues["k"]) == (IntentState.UNDONE, "inbox")
    assert desk.undone == 1
    with house.store.reading() as reading:
        assert [e.body["by"] for e in reading.entries_of("undo.admitted", NAME)] == ["Ana Ruiz", "Ana Ruiz"]
    assert holds(house)


def test_an_undo_that_does_not_show_is_for_a_person(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = LossyUndo(sent=True)
    monkeypatch.setattr(desk, "read", lambda effect: {"queue": "billing"})
    undo_dies(house, TargetKind.PROBE, desk)
    house.now += LEASE
    (one,) = swept(house, desk)
    assert (one.fate, one.words) == (
        Fate.FOR_A_PERSON,
        "'k' was not undone: an undo was cut short, and the target does not show whether it got there",
    )
    assert desk.undone == 1


# What a person approved


def test_what_was_approved_is_carried_out(house: House) -> None:
    house.live(definition(TargetKind.IDEMPOTENT, always_review=("billing",)))
    house.act(house.proposal(key="k"))
    close_review(house.store, NAME, "k", "decision", label="billing", by=ANA, clock=house.clock, approve=True)
    assert fates(house, None) == {"k": Fate.NO_TARGET}
    assert [(one.fate, one.words) for one in swept(house, house.desk)] == [(Fate.CARRIED_OUT, "approved by Ana Ruiz")]
    assert (state(house), house.desk.calls, fates(house, house.desk)) == (
        IntentState.DONE,
        [("apply", "k")],
        {},
    )


def test_what_was_approved_waits_while_it_is_halted(house: House) -> None:
    house.live(definition(TargetKind.IDEMPOTENT, always_review=("billing",)))
    house.act(house.proposal(key="k"))
    close_review(house.store, NAME, "k", "decision", label="billing", by=ANA, clock=house.clock, approve=True)
    kill(house.store, house.drain, "global", by=BEN, reason="stop", clock=house.clock, timeout_s=0)
    (one,) = swept(house, house.desk)
    assert one == Recovered(
        NAME,
        "k",
        Fate.FOR_A_PERSON,
        "approved by Ana Ruiz, and not done yet: global is halted by the kill switch",
    )


# In doubt


def in_doubt_now(house: House) -> list[InDoubt]:
    with house.store.reading() as reading:
        return list(in_doubt(reading, NAME, at=house.clock().isoformat().replace("+00:00", "Z")))


def test_what_is_in_doubt_is_listed_with_why_and_since_when(house: House) -> None:
    desk = lost(house, TargetKind.BLIND, sent=True)
    (executing,) = in_doubt_now(house)
    assert (executing.key, executing.owner, executing.reason) == ("k", "test", GONE)
    fates(house, desk)
    (doubtful,) = in_doubt_now(house)
    assert doubtful.reason == "its holder is gone, and its target can neither deduplicate nor be read"
    assert doubtful.since > executing.since


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("swept_before", [True, False])
def test_who_found_out_says_so(house: House, applied: bool, swept_before: bool) -> None:
    desk = lost(house, TargetKind.BLIND, sent=True, applied_per_day=1)
    if swept_before:
        fates(house, desk)
    settle(house.store, NAME, "k", applied=applied, by=CARLA, reason="asked the desk", clock=house.clock)
    assert state(house) is (IntentState.DONE if applied else IntentState.FAILED)
    assert in_doubt_now(house) == []
    with house.store.reading() as reading:
        (entry,) = reading.entries_of("intent.failed") if not applied else _completed(house)
        assert (entry.body["by"], entry.body["reason"]) == ("Carla Nunes", "asked the desk")
        kinds = {review.kind for review in reading.reviews(NAME)}
    assert kinds == ({"audit"} if applied else {"decision"}) | ({"decision"} if swept_before else set())
    assert house.act().decision.verb is (Verb.REVIEW if applied else Verb.APPLY)  # a day's limit of one
    assert holds(house)


def _completed(house: House) -> list[Any]:
    with house.store.reading() as reading:
        return [entry for entry in reading.entries() if entry.kind == "intent.completed"]


def settled(house: House, key: str = "k", *, name: str = "Carla Nunes", reason: str = "asked", of: str = NAME) -> None:
    settle(house.store, of, key, applied=False, by=Person(name), reason=reason, clock=house.clock)


def test_only_what_is_in_doubt_can_be_settled_and_only_by_somebody(house: House) -> None:
    house.live(definition(TargetKind.BLIND))
    desk = Lossy(sent=True)
    dies(house, desk, "k")
    with pytest.raises(BadInput, match=r"is at work until .* at the latest: wait until then"):
        settled(house)
    house.now += LEASE
    for name, reason in (("", "asked"), (" ", "asked"), ("Carla Nunes", " ")):
        with pytest.raises(BadInput, match="say who found out"):
            settled(house, name=name, reason=reason)
    with pytest.raises(BadInput, match="has no effect under 'other'"):
        settled(house, "other")
    with pytest.raises(BadInput, match="'else' has no effect under 'k'"):
        settled(house, of="else")
    settled(house)
    with pytest.raises(BadInput, match="'k' is not in doubt: it is failed"):
        settled(house)


def test_a_case_in_doubt_that_turned_out_applied_is_undone_by_people_only(house: House) -> None:
    desk = lost(house, TargetKind.BLIND, sent=True)
    settle(house.store, NAME, "k", applied=True, by=CARLA, reason="seen", clock=house.clock)
    with pytest.raises(Exception, match="the state before or after it is not kept any more"):
        undo(house.rt, desk, "k", by=ANA)
