"""Autonomy levels and segments, enforced by the decision and replayed as they were."""

from dataclasses import replace

import pytest

from governed import ANA, BEN, CARLA, NAME, House
from interlock.adapters.packs.gates import read_gates
from interlock.engine.ledger.canonical import plain
from interlock.flows.action.act import act
from interlock.flows.action.replay import Policy, replay
from interlock.flows.ledger.record import record
from interlock.flows.rollout.promote import promote
from interlock.terms.decision import GrantFacts, Proposal
from interlock.terms.errors import Refused
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.stage import RolloutStage
from staged import SIGNING, drift, move

LEVELS = AutonomyLevel


def put_in(house: House, stage: RolloutStage) -> None:
    """As if a person had moved it there through its gates."""
    body = {"workflow": NAME, "release": house.release, "left": "exploration", "entered": stage, "by": "Ana Ruiz"}
    with house.store.transaction() as tx:
        record(
            tx, "stage.moved", {**body, "authenticated": False, "reason": "a test"}, at="2026-03-02T09:00:00.000000Z"
        )


def given(house: House, level: AutonomyLevel, *segments: str) -> Grant:
    return promote(
        house.store,
        NAME,
        release=house.release,
        by=ANA,
        clock=house.clock,
        level=level,
        segments=segments,
        packs=read_gates(),
        signing=SIGNING,
    )


def grant_as(house: House, **changes: object) -> None:
    """A grant as a promotion would leave it, without the evidence that it takes."""
    with house.store.transaction() as tx:
        row = tx.workflow(NAME)
        assert row is not None
        assert row.grant is not None
        body = {"workflow": NAME, "release": row.release, "grant": {**row.grant, **plain(changes)}}
        record(tx, "grant.given", {**body, "monitor": row.monitor, "approver": "Ana Ruiz"}, at=row.at)


def decided(house: House, proposal: Proposal) -> tuple[str, tuple[str, ...]]:
    acted = act(house.rt, house.desk, NAME, proposal)
    return acted.decision.verb.value, acted.decision.reasons


def reproduced(house: House) -> bool:
    with house.store.reading() as reading:
        again = replay(reading, NAME, Policy())
    return again.reproduced == again.decisions


def test_an_assistant_in_a_pilot_sends_every_case_to_a_person(house: House) -> None:
    house.define()
    put_in(house, RolloutStage.PILOT)
    grant = given(house, LEVELS.ASSISTANT)
    assert (grant.level, grant.threshold, grant.stage) == ("assistant", 1.0, "pilot")
    assert decided(house, house.proposal(confidence=1.0)) == ("review", ("the level is assistant: a person applies",))
    assert reproduced(house)


def test_planted_promotion_above_the_stage_by_the_proposer_or_without_the_conditions_is_refused(passed: House) -> None:
    put_in(passed, RolloutStage.PILOT)
    with pytest.raises(Refused, match="pilot allows the level assistant at most, not agent"):
        given(passed, LEVELS.AGENT)
    with pytest.raises(Refused, match="Carla Nunes proposed this release"):
        promote(passed.store, NAME, release=passed.release, by=CARLA, clock=passed.clock, level=LEVELS.ASSISTANT)
    put_in(passed, RolloutStage.CONTROLLED_ROLLOUT)
    with pytest.raises(Refused) as caught:
        given(passed, LEVELS.AGENT)
    told = str(caught.value)
    assert "the condition 'precision' is inconclusive: nobody has attested it" in told  # its certificate is there
    for condition in ("safety", "stability", "observability of outputs", "business proof"):
        assert f"the condition '{condition}' is inconclusive" in told
    with pytest.raises(Refused, match="the conditions to rise in autonomy were not judged"):
        promote(passed.store, NAME, release=passed.release, by=ANA, clock=passed.clock)


def test_a_case_outside_the_granted_segments_goes_to_a_person(live: House) -> None:
    grant_as(live, segments=("Nordics",))
    assert decided(live, replace(live.proposal(), segment="Nordics"))[0] == "apply"
    outside = "its segment (Benelux) is not one that the grant covers"
    assert decided(live, replace(live.proposal(), segment="Benelux")) == ("review", (outside,))
    assert decided(live, live.proposal())[1] == ("its segment (not named) is not one that the grant covers",)
    assert reproduced(live)


def test_a_step_of_high_harm_goes_to_a_person_at_the_level_automated_workflow(live: House) -> None:
    grant_as(live, level="automated workflow", high_harm=("sales",))
    assert decided(live, live.proposal())[0] == "apply"
    words = "'sales' is a step of high harm: a person decides"
    assert decided(live, live.proposal(label="sales")) == ("review", (words,))
    assert reproduced(live)


def test_a_level_that_nobody_knows_applies_nothing(live: House) -> None:
    grant_as(live, level="emperor")
    assert decided(live, live.proposal())[0] == "review"


def test_a_grant_without_the_newer_fields_is_recorded_and_read_as_before(live: House) -> None:
    assert decided(live, live.proposal())[0] == "apply"
    with live.store.reading() as reading:
        recorded = next(iter(reading.decisions(NAME, since_entry=0, until_entry=None)))
        newest = list(reading.decisions(NAME))[-1]
    assert recorded.inputs["grant"] is None  # a shadow case
    names = {"release", "threshold", "traffic_share", "audit_share", "expires_at"}
    assert set(newest.inputs["grant"]) == names
    assert "segment" not in newest.inputs["proposal"]
    assert plain(GrantFacts("r", 0.9, 1.0, 0.1, "x")).keys() == names


def test_a_move_down_leaves_no_level_behind(live: House) -> None:
    put_in(live, RolloutStage.PILOT)
    assert drift(live) == ("it holds the level agent, and pilot allows assistant at most",)
    move(live, RolloutStage.EXPLORATION, by=BEN)
    assert drift(live) == ()
    assert decided(live, live.proposal())[0] == "shadow"
