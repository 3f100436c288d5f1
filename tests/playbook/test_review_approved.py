"""What a person approves is done once, when its key comes again; a halt and what is forbidden still hold."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House, NotApplied, opened_run_time
from interlock.flows.action.act import Acted, act
from interlock.flows.action.kill import kill, resume
from interlock.flows.action.observe import Observed
from interlock.flows.action.undo import undo
from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_store
from interlock.flows.oversight.audits.recheck import recheck_export
from interlock.flows.review.decide import close_review
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import BadInput
from interlock.terms.intent import Effect, IntentState, KillReport, Receipt
from interlock.terms.workflow import Limits, TargetKind
from made_ledger import entries_of, exported

APPROVED = Decision(Verb.REVIEW, ("approved by Ana Ruiz",))


@pytest.fixture(params=["postgres", "sqlite"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A live workflow on either engine."""
    address = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    house = House(tmp_path, address)
    house.live()
    yield house
    with house.store.reading() as reading:
        assert (verify_store(reading).faults, reading.state_faults()) == ((), ())
    house.opened.close()


def ask(house: House, key: str = "k", label: str = "fraud", **more: Any) -> Proposal:
    proposal = replace(house.proposal(key=key, label=label), **more)
    assert house.act(proposal).decision.verb == "review"
    return proposal


def approve(house: House, key: str = "k", label: str = "fraud", kind: str = "decision") -> Observed:
    return close_review(house.store, NAME, key, kind, label=label, by=ANA, clock=house.clock, approve=True)


def applied(house: House) -> int:
    return sum(word == "apply" for word, _ in house.desk.calls)


def test_an_approved_case_is_applied_when_its_key_comes_again(either: House) -> None:
    ask(either)
    assert approve(either) == Observed(wrong=False, counted=False, demoted=False)
    assert either.desk.calls == []
    before = either.kinds()
    assert either.act(either.proposal(key="k", label="fraud")) == Acted(APPROVED, IntentState.DONE)
    assert (either.desk.queues, either.kinds()[len(before) :]) == (
        {"k": "fraud"},
        ["intent.approved", "intent.completed"],
    )
    with either.store.reading() as reading:
        (entry,) = reading.entries_of("intent.approved")
        intent = reading.intent("k")
    assert intent is not None
    assert (entry.body["approved_by"], intent.label, intent.undo) == ("Ana Ruiz", "fraud", "put it back")
    again = either.act(either.proposal(key="k", label="fraud"))
    assert (again.state, applied(either)) == (IntentState.DONE, 1)
    undo(either.rt, either.desk, "k", by=BEN)
    assert either.desk.queues == {"k": "inbox"}


def test_it_is_done_as_it_was_approved_whatever_comes_with_the_key(either: House) -> None:
    asked: list[Effect] = []

    class Watched(type(either.desk)):  # type: ignore[misc]
        def apply(self, effect: Effect) -> Receipt:
            asked.append(effect)
            receipt: Receipt = super().apply(effect)
            return receipt

    either.desk = Watched()
    ask(either, target="case 7", facts={"tier": 2}, arguments={"to": "Ana"}, amount_cents=1250, items=3, tenant="acme")
    approve(either)
    either.act(replace(either.proposal(key="k", label="billing"), arguments={"to": "Mallory"}, amount_cents=9, items=1))
    (effect,) = asked
    assert (effect.label, effect.target, effect.facts, effect.arguments) == (
        "fraud",
        "case 7",
        {"tier": 2},
        {"to": "Ana"},
    )
    assert (effect.amount_cents, effect.items, effect.idempotency_key) == (1250, 3, "k")
    with either.store.reading() as reading:
        assert [one.key for one in reading.intents("tenant:acme")] == ["k"]


def test_nobody_applies_it_twice(either: House) -> None:
    """Eight deliveries of one key at the same moment, from as many connections."""
    ask(either)
    approve(either)
    start, ended, lock = threading.Barrier(8), [], threading.Lock()

    def deliver() -> None:
        with opened_run_time(either.address, clock=lambda: either.now) as rt:
            proposal = Proposal("k", either.release, "fraud", 0.9, "sha256:payload")
            start.wait()
            acted = act(rt, either.desk, NAME, proposal)
            with lock:
                ended.append(acted.state)

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (applied(either), ended.count(None), len(ended)) == (1, 0, 8)
    assert either.kinds().count("intent.approved") == 1


def test_a_halted_scope_is_never_acted_in(either: House) -> None:
    ask(either, segment="web")
    approve(either)
    kill(either.store, either.drain, "segment:web", by=BEN, reason="stop", clock=either.clock)
    acted = either.act(either.proposal(key="k", label="fraud"))
    words = "approved by Ana Ruiz, and not done yet: segment:web is halted by the kill switch"
    assert acted == Acted(Decision(Verb.REVIEW, (words,)), None)
    assert applied(either) == 0
    resume(either.store, "segment:web", by=BEN, reason="go on", clock=either.clock)
    assert either.act(either.proposal(key="k", label="fraud")) == Acted(APPROVED, IntentState.DONE)


def test_a_kill_between_the_look_and_the_intent_is_seen(either: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal refuses what was wanted under an older authority, also where a person approved it."""
    ask(either)
    approve(either)
    admit = either.rt.journal.admit
    killed: list[KillReport] = []

    def late(wishes: Any) -> Any:
        if wishes[0].entry.kind == "intent.approved" and not killed:
            killed.append(kill(either.store, either.drain, "global", by=BEN, reason="stop", clock=either.clock))
        return admit(wishes)

    monkeypatch.setattr(either.rt.journal, "admit", late)
    acted = either.act(either.proposal(key="k", label="fraud"))
    assert (acted.state, applied(either), len(killed)) == (None, 0, 1)
    assert acted.decision.reasons == ("approved by Ana Ruiz, and not done yet: global is halted by the kill switch",)


def test_an_approval_ends(live: House) -> None:
    ask(live)
    approve(live)
    live.now += dt.timedelta(hours=25)
    acted = live.act(live.proposal(key="k", label="fraud"))
    assert (acted.decision.verb, acted.state, applied(live)) == ("review", None, 0)


def test_what_failed_for_certain_may_be_approved_again(either: House) -> None:
    ask(either)
    approve(either)
    either.desk.broken = NotApplied("closed today")
    assert either.act(either.proposal(key="k", label="fraud")).state is IntentState.FAILED
    either.desk.broken = None
    assert either.act(either.proposal(key="k", label="fraud")).state is IntentState.FAILED  # nobody approved again
    assert approve(either) == Observed(wrong=False, counted=False, demoted=False)
    assert either.act(either.proposal(key="k", label="fraud")) == Acted(APPROVED, IntentState.DONE)
    assert either.desk.queues == {"k": "fraud"}


def test_what_is_in_doubt_is_never_approved(live: House) -> None:
    live.desk.broken = RuntimeError("no answer")
    assert live.act(live.proposal(key="k")).state is IntentState.IN_DOUBT
    with pytest.raises(BadInput, match=r"was begun before \(in_doubt\), and nobody knows"):
        approve(live, label="billing")


def test_only_what_was_proposed_can_be_approved(live: House) -> None:
    ask(live)
    with pytest.raises(BadInput, match="the effect was proposed for 'fraud', not for 'sales'"):
        close_review(
            live.store, NAME, "k", "decision", label="sales", by=ANA, clock=live.clock, approve=True,
            note="no fraud", randomness=lambda n: b"\x01" * n,
        )  # fmt: skip
    live.act(live.proposal(key="audited"))
    with pytest.raises(BadInput, match="only what waits for a decision can be"):
        approve(live, "audited", "billing", "audit")


def test_what_is_forbidden_is_never_done(live: House) -> None:
    """Also where it was forbidden only after somebody had approved it."""
    ask(live)
    approve(live)
    live.define(replace(DEFINITION, limits=Limits(forbidden=("fraud",))))
    acted = live.act(live.proposal(key="k", label="fraud"))
    assert acted.decision.reasons == (
        "approved by Ana Ruiz, and not done yet: 'fraud' is forbidden by the workflow's limits",
    )
    assert applied(live) == 0


def test_a_blind_target_that_is_not_signed_off_cannot_be_approved(house: House) -> None:
    house.live()
    ask(house)
    house.define(replace(DEFINITION, effect=replace(DEFINITION.effect, target=TargetKind.BLIND)))
    with pytest.raises(BadInput, match="a blind target that is not signed off"):
        approve(house)


def test_running_limits_hold_for_what_was_approved(house: House) -> None:
    house.live(replace(DEFINITION, limits=Limits(always_review=("fraud",), applied_per_day=1)))
    ask(house)
    approve(house)
    assert house.act(house.proposal(key="other")).state is IntentState.DONE
    acted = house.act(house.proposal(key="k", label="fraud"))
    assert "has no room for it" in acted.decision.reasons[0]
    house.now += dt.timedelta(hours=20)
    assert house.act(house.proposal(key="k", label="fraud")) == Acted(APPROVED, IntentState.DONE)
    assert house.act(house.proposal(key="third")).decision.verb == "review"  # it took the new day's only place


def test_what_was_erased_cannot_be_done(live: House) -> None:
    ask(live, arguments={"to": "Ana"})
    approve(live)
    with sqlite3.connect(live.path) as db:
        db.execute("UPDATE ledger SET payload = NULL WHERE kind = 'decision.made'")
    db.close()
    acted = live.act(live.proposal(key="k", label="fraud"))
    assert "what it was to be done with is not kept any more" in acted.decision.reasons[0]
    assert applied(live) == 0


def test_a_target_that_cannot_be_read_is_left_alone(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(live)
    approve(live)

    def broken(effect: Effect) -> None:
        raise OSError("no route")

    monkeypatch.setattr(live.desk, "read", broken)
    acted = live.act(live.proposal(key="k", label="fraud"))
    assert acted.decision.reasons == ("approved by Ana Ruiz, and not done yet: the target cannot be read",)
    assert applied(live) == 0
    with live.store.reading() as reading:
        assert [one.key for one in reading.approved("2026-03-02")] == ["k"]


def test_an_effect_that_nobody_approved_is_named(live: House) -> None:
    """Rechecking an exported ledger: an approval stands before each effect that rests on one."""
    ask(live)
    approve(live)
    live.act(live.proposal(key="k", label="fraud"))
    with sealed(live.store) as reading:
        entries = entries_of(list(export(reading)))
    assert recheck_export(exported(entries)).workflows[0].faults == ()
    closed = next(entry for entry in entries if entry["kind"] == "review.closed")
    del closed["body"]["approved_until"]
    (fault,) = recheck_export(exported(entries)).workflows[0].faults
    assert fault.reason == "an effect was begun for it as approved, but no approval is on record"


def test_what_is_approved_never_overdraws_a_running_limit(either: House) -> None:
    """Eight approved cases at the same moment, and room for three."""
    either.live(replace(DEFINITION, limits=Limits(always_review=("fraud",), applied_per_day=3)))
    keys = [f"k{i}" for i in range(8)]
    for key in keys:
        ask(either, key)
        approve(either, key)
    start = threading.Barrier(len(keys))

    def deliver(key: str) -> IntentState | None:
        with opened_run_time(either.address, clock=lambda: either.now) as rt:
            start.wait()
            return act(rt, either.desk, NAME, Proposal(key, either.release, "fraud", 0.9, "sha256:payload")).state

    with ThreadPoolExecutor(len(keys)) as threads:
        states = list(threads.map(deliver, keys))
    assert (applied(either), states.count(IntentState.DONE), states.count(None)) == (3, 3, 5)
    with either.store.reading() as reading:
        assert len(reading.approved("2026-03-02")) == 5  # they wait for a day that has room
