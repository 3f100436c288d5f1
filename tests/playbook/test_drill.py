"""Drills of the kill switch: a real kill, a check that bites, and back to work."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.action.drill import drill, drill_standings, due_drills
from interlock.flows.action.kill import kill, resume
from interlock.flows.ledger.verify import verify_store
from interlock.flows.rollout.demote import demote
from interlock.ports.journal import Admission, Answer, Wish
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Effect, Receipt
from interlock.terms.person import Person

SCOPE = f"workflow:{NAME}"


def test_a_drill_kills_checks_and_resumes(live: House) -> None:
    held = drill(live.rt, SCOPE, by=BEN, wait_s=1)
    assert held.passed
    assert (held.refused, held.resumed, held.in_flight, held.in_doubt) == (True, True, (), ())
    assert held.quiesce_ms is not None
    assert 0 < held.fence_ms <= held.quiesce_ms
    assert live.act().decision.verb is Verb.APPLY
    assert live.kinds()[-6:-1] == ["kill.fenced", "kill.quiesced", "scope.resumed", "drill.held", "decision.made"]
    with live.store.reading() as reading:
        assert verify_store(reading).holds


def test_cases_that_come_meanwhile_go_to_people(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Verb] = []
    admit = live.rt.journal.admit

    def admitting(wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        if wishes[0].key.startswith("drill:"):
            seen.append(live.act().decision.verb)
        return admit(wishes)

    monkeypatch.setattr(live.rt.journal, "admit", admitting)
    drill(live.rt, "global", by=BEN, wait_s=1)
    assert seen == [Verb.REVIEW]


def test_a_switch_that_does_not_fence_is_found_out_and_stays_halted(
    live: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.rt.journal, "admit", lambda wishes: (Admission(Answer.ADMITTED),))
    held = drill(live.rt, SCOPE, by=BEN, wait_s=1)
    assert (held.passed, held.refused, held.resumed) == (False, False, False)
    with live.store.reading() as reading:
        assert reading.halted((SCOPE,)) == (SCOPE,)


def test_an_effect_that_hangs_makes_it_not_pass(live: House) -> None:
    started, let_go = threading.Event(), threading.Event()

    class Slow(type(live.desk)):  # type: ignore[misc]
        def apply(self, effect: Effect) -> Receipt:
            started.set()
            let_go.wait(10)
            receipt: Receipt = super().apply(effect)
            return receipt

    live.desk = Slow()
    worker = threading.Thread(target=live.act, args=(live.proposal(key="k"),))
    worker.start()
    assert started.wait(10)
    held = drill(live.rt, SCOPE, by=BEN, wait_s=0.05)
    let_go.set()
    worker.join(10)
    assert (held.passed, held.quiesce_ms, held.in_flight) == (False, None, ("k",))


@pytest.mark.parametrize("person", [ANA, Person(" ")])
def test_who_may_not_resume_may_not_drill(live: House, person: Person) -> None:
    before = live.kinds()
    with pytest.raises(Refused, match="has no right to resume"):
        drill(live.rt, SCOPE, by=person, wait_s=1)
    assert live.kinds() == before


def test_what_is_halted_is_not_drilled(live: House) -> None:
    kill(live.store, live.drain, SCOPE, by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    with pytest.raises(Refused, match="is halted: a drill would resume it"):
        drill(live.rt, SCOPE, by=BEN, wait_s=1)


def test_what_was_never_drilled_is_overdue_and_then_in_its_days(house: House) -> None:
    house.live(replace(DEFINITION, rollout=replace(DEFINITION.rollout, drill_every_days=30)))

    def standing() -> Any:
        with house.store.reading() as reading:
            (one,) = drill_standings(reading, at=stamp(house.now))
            assert list(due_drills(reading, at=stamp(house.now))) == ([SCOPE] if one.overdue else [])
        return one

    never = standing()
    assert (never.last_at, never.passed, never.overdue) == (None, None, True)
    drill(house.rt, SCOPE, by=BEN, wait_s=1)
    done = standing()
    assert (done.passed, done.overdue, done.due_at[:10]) == (True, False, "2026-04-01")
    house.now = house.now.replace(month=4, day=2)
    assert standing().overdue


def test_without_a_schedule_nothing_is_due(live: House) -> None:
    with live.store.reading() as reading:
        (one,) = drill_standings(reading, at=stamp(live.now))
    assert (one.due_at, one.overdue) == (None, False)


def test_authority_is_not_given_back_nor_taken_without_a_word(live: House) -> None:
    kill(live.store, live.drain, SCOPE, by=BEN, reason=" ", clock=live.clock, timeout_s=0)
    with live.store.reading() as reading:
        assert [entry.body["reason"] for entry in reading.entries_of("kill.fenced")] == ["no reason given"]
    with pytest.raises(BadInput, match="say why it may work again"):
        resume(live.store, SCOPE, by=BEN, reason=" ", clock=live.clock)
    for who, why in ((Person(""), "why"), (ANA, "")):
        with pytest.raises(BadInput, match="say who takes the authority away, and why"):
            demote(live.store, NAME, by=who, reason=why, clock=live.clock)
