"""Stages, waivers and what is live without a grant, on a store."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, CARLA, NAME, House
from interlock.adapters.packs.gates import read_gates
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.rollout.gate_facts import QueueKept
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import shadow
from interlock.flows.ledger.record import record
from interlock.flows.review.decide import close_review
from interlock.flows.rollout import unauthorised
from interlock.flows.rollout.facts import facts_of, stage_of, waivers_of
from interlock.flows.rollout.unauthorised import CASES_A_DAY, WINDOW_DAYS
from interlock.flows.rollout.waive import end_waiver, waive
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Verdict
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind
from interlock.terms.stage import RolloutStage
from staged import PACKS, READY, SIGNING, drift, judged, move, put, ready, signed


def test_without_a_move_a_workflow_is_in_exploration_and_a_person_moves_it_through_its_gate(house: House) -> None:
    ready(house)
    with house.store.reading() as reading:
        assert stage_of(reading, NAME) is RolloutStage.EXPLORATION
    moved = move(house, RolloutStage.PILOT)
    assert (moved.left, moved.entered, moved.by) == (RolloutStage.EXPLORATION, RolloutStage.PILOT, "Ana Ruiz")
    with house.store.reading() as reading:
        assert stage_of(reading, NAME) is RolloutStage.PILOT
        judged = reading.newest_of("readiness.judged", NAME)
        assert judged is not None
        assert (judged.body["gate"], judged.body["verdict"]) == ("leave exploration", "passed")
        assert reading.state_faults() == ()


@pytest.mark.parametrize(
    ("stage", "by", "reason", "words"),
    [
        (RolloutStage.PILOT, CARLA, "now", "Carla Nunes proposed this release and cannot move it up"),
        (RolloutStage.PILOT, BEN, "now", "Ben Okafor has no right to move it (who has: Ana Ruiz)"),
        (RolloutStage.PILOT, ANA, " ", "no reason is given"),
        (RolloutStage.CONTROLLED_ROLLOUT, ANA, "now", "one stage at a time: after exploration comes pilot"),
        (RolloutStage.EXPLORATION, ANA, "now", "it is in exploration already"),
    ],
)
def test_planted_moves_that_a_rule_forbids_are_refused(
    house: House, stage: RolloutStage, by: Person, reason: str, words: str
) -> None:
    ready(house)
    with pytest.raises(Refused) as caught:
        move(house, stage, by, reason)
    assert str(caught.value) == f"'{NAME}' was not moved: {words}"
    with house.store.reading() as reading:
        assert stage_of(reading, NAME) is RolloutStage.EXPLORATION


def test_planted_a_stage_gate_that_did_not_pass_is_not_gone_through(house: House) -> None:
    house.define(READY)
    with pytest.raises(Refused, match="the gate 'leave exploration' is inconclusive, only passed opens"):
        move(house, RolloutStage.PILOT)


def test_down_needs_no_gate_and_ends_the_grant(live: House) -> None:
    with live.store.transaction() as tx:
        body = {"workflow": NAME, "release": live.release, "left": "pilot", "entered": "controlled rollout"}
        record(tx, "stage.moved", {**body, "by": "x", "authenticated": False, "reason": "y"}, at="2026-03-02")
    move(live, RolloutStage.EXPLORATION, by=Person("anybody"))
    with live.store.reading() as reading:
        row = reading.workflow(NAME)
        assert row is not None
        assert row.grant is None


def test_a_waiver_opens_the_gate_until_its_date_and_then_stops_by_itself(house: House) -> None:
    house.define(READY)
    put(house, "labels", {"n": 120, "edge_cases": 12})
    signed(house, ("data fitness", "representative"))
    gate, check = "privacy and legal", "impact assessment"
    until = house.now + dt.timedelta(days=10)
    given = waive(
        house.store,
        NAME,
        PACKS,
        gate=gate,
        check=check,
        until=until,
        reason="next week",
        by=BEN,
        clock=house.clock,
        signing=SIGNING,
    )
    by_gate = {one.gate: one for one in judged(house, "readiness")}
    assert by_gate[gate].verdict is Verdict.PASSED
    assert given.check in {one.check for one in by_gate[gate].findings if one.waived}
    house.now = until
    by_gate = {one.gate: one for one in judged(house, "readiness")}
    assert by_gate[gate].verdict is Verdict.INCONCLUSIVE


def test_a_waiver_can_be_ended_and_an_unknown_one_is_told(house: House) -> None:
    ready(house)
    given = waive(
        house.store,
        NAME,
        PACKS,
        gate="human in the loop",
        check="reviewer tools",
        until=house.now + dt.timedelta(days=5),
        reason="soon",
        by=BEN,
        clock=house.clock,
        signing=SIGNING,
    )
    end_waiver(house.store, NAME, given.entry, by=CARLA, reason="it is there", clock=house.clock)
    with house.store.reading() as reading:
        assert waivers_of(reading, NAME) == ()
    with pytest.raises(BadInput, match="has no waiver"):
        end_waiver(house.store, NAME, given.entry, by=CARLA, reason="again", clock=house.clock)


def test_planted_production_volume_without_a_grant_is_found(house: House) -> None:
    house.define()
    volume = WINDOW_DAYS * CASES_A_DAY
    assert volume == 350
    shadow(house.rt, NAME, [house.proposal() for _ in range(volume - 1)])
    assert drift(house) == ()
    shadow(house.rt, NAME, [house.proposal()])
    assert drift(house) == ("350 cases in 7 days without a grant, in exploration: that is production",)


def test_planted_cases_of_a_release_not_in_force_are_found(house: House) -> None:
    house.define()
    shadow(house.rt, NAME, [replace(house.proposal(), release="sha256:old"), house.proposal()])
    assert drift(house) == ("1 of 2 cases came from a release that was not in force",)


def test_of_a_busy_week_all_cases_are_counted_and_the_newest_thousand_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unauthorised.CASES_READ == 1_000
    monkeypatch.setattr(unauthorised, "CASES_READ", 3)
    house.define()
    shadow(house.rt, NAME, [replace(house.proposal(), release="sha256:old") for _ in range(2)])
    shadow(house.rt, NAME, [house.proposal() for _ in range(348)])
    assert drift(house) == ("350 cases in 7 days without a grant, in exploration: that is production",)
    shadow(house.rt, NAME, [replace(house.proposal(), release="sha256:old")])
    assert drift(house)[0] == "1 of the newest 3 cases came from a release that was not in force"


def test_planted_effects_reported_where_no_grant_was_held_are_found(house: House) -> None:
    house.define()
    put(house, "period", {"period_start": "2026-02-01", "period_end": "2026-02-14", "applied": 12})
    (words,) = drift(house)
    assert words.startswith("12 effects are reported up to 2026-02-14, and no grant was held by then (sha256:")


def test_planted_traffic_after_a_grant_expired_is_found(live: House) -> None:
    live.now += dt.timedelta(days=31)
    shadow(live.rt, NAME, [live.proposal() for _ in range(CASES_A_DAY)])
    (words,) = drift(live)
    assert words.startswith("50 cases came after the grant expired at ")


def test_a_pack_of_ones_own_is_judged_and_its_faults_are_told(house: House, tmp_path: Path) -> None:
    house.define(READY)
    own = tmp_path / "own.yaml"
    check = '{id: who, asks: "Who?", probe: stated, fields: [problem.who], next_step: say who}'
    head = "pack: own\nversion: '1'\ntitle: Ours\ngates:\n  - {id: ours, title: t, question: q, prevents: p, "
    own.write_text(f"{head}decided_by: us, checks: [{check}]}}\n")
    (verdict,) = judged(house, "own", read_gates(own))
    assert (verdict.gate, verdict.verdict) == ("ours", Verdict.PASSED)
    own.write_text(own.read_text().replace("probe: stated", "probe: guess"))
    with pytest.raises(BadInput, match=r"ours\.who: no probe 'guess'"):
        judged(house, "own", read_gates(own))
    own.write_text("pack: own\n")
    with pytest.raises(BadInput, match=r"own\.yaml:1: gates: is missing; add it"):
        read_gates(own)


def test_planted_security_scored_two_keeps_the_scorecard_from_scaling(house: House) -> None:
    ready(house)
    card = next(one for one in read_instruments() if one.id == "readiness-scorecard")
    answers = [{"item": item.id, "value": 2 if item.id == "security" else 4, "words": ""} for item in card.items]
    with house.store.transaction() as tx:
        body = {"workflow": NAME, "instrument": card.id, "version": card.version, "subject": NAME, "by": "Ana Ruiz"}
        record(tx, "instrument.answered", {**body, "answers": answers}, at=stamp(house.clock()))
    with house.store.reading() as reading:
        scaling = facts_of(reading, NAME, PACKS, now=house.clock(), signing=SIGNING, scorecard=card).scaling
    assert scaling is not None
    assert scaling.verdict is Verdict.FAILED
    assert "security" in scaling.reason


RECORDED: tuple[tuple[str, dict[str, int], Verdict], ...] = (
    ("tests", {"n": 9, "failures": 0, "errors": 0}, Verdict.PASSED),
    ("tests", {"n": 9, "failures": 1, "errors": 0}, Verdict.FAILED),
    ("tests", {"n": 9, "failures": 0, "errors": 1}, Verdict.FAILED),
    ("tests", {"n": 0, "failures": 0, "errors": 0}, Verdict.INCONCLUSIVE),
    ("scan", {"rules": 40, "errors": 0, "warnings": 3}, Verdict.PASSED),
    ("scan", {"rules": 40, "errors": 1, "warnings": 0}, Verdict.FAILED),
    ("scan", {"rules": 0, "errors": 0}, Verdict.INCONCLUSIVE),
    ("traces", {"outputs": 70, "traced": 70, "share": 1}, Verdict.PASSED),
    ("traces", {"outputs": 70, "traced": 69}, Verdict.PASSED),
    ("traces", {"outputs": 70, "traced": 0}, Verdict.FAILED),
)


@pytest.mark.parametrize(("kind", "body", "verdict"), RECORDED)
def test_planted_failing_tests_and_scans_pass_no_check_that_names_no_figures(
    house: House, tmp_path: Path, kind: str, body: dict[str, int], verdict: Verdict
) -> None:
    house.define(READY)
    own = tmp_path / "own.yaml"
    check = f"{{id: it, asks: 'Did it run?', probe: recorded, kind: {kind}, next_step: run it}}"
    head = "pack: own\nversion: '1'\ntitle: Ours\ngates:\n  - {id: ours, title: t, question: q, prevents: p, "
    own.write_text(f"{head}decided_by: us, checks: [{check}]}}\n")
    put(house, kind, body)
    (judgement,) = judged(house, "own", read_gates(own))
    assert (judgement.verdict, judgement.findings[0].check) == (verdict, "it")


def test_the_queue_and_what_people_decide_are_read_from_records(live: House) -> None:
    def read() -> tuple[QueueKept, bool]:
        with live.store.reading() as reading:
            held = facts_of(reading, NAME, PACKS, now=live.clock(), signing=SIGNING)
        return held.queue, held.captured_at is not None and held.captured_at >= begun

    begun = stamp(live.clock())
    case = live.proposal(confidence=0.1)
    live.act(case)
    assert read()[0] == QueueKept(1, 0, 0)
    live.now += dt.timedelta(hours=25)
    assert read() == (QueueKept(1, 0, 1), False)
    close_review(live.store, NAME, case.key, ReviewKind.DECISION, label="billing", by=ANA, clock=live.clock)
    assert read() == (QueueKept(1, 1, 0), True)
