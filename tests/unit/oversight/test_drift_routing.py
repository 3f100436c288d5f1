"""Novelty sends a case to a person where the workflow says so; nothing changes for a workflow that does not."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commandline
from governed import DEFINITION, NAME, House
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.action.decide import decide
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.rollout.definition import changed_fields, definition_of, limits_of
from interlock.flows.action.replay import Policy, inputs_of, replay
from interlock.flows.rollout.define import release_digest
from interlock.terms.decision import Decision, DecisionInputs, GrantFacts, Proposal, Verb
from interlock.terms.errors import BadInput
from interlock.terms.workflow import Limits

# Of the code before there was novelty.
DIGEST_BEFORE = "sha256:b488ca8863e17f0512ac596e2a7cc0acfdc343fabae7d74f7e2ccf31fdd46843"
SURE = DecisionInputs(
    proposal=Proposal("k", "r1", "billing", 0.95, "sha256:x"),
    current_release="r1",
    owners_named=True,
    effect_allowed=True,
    label_known=True,
    limits=Limits(novelty_review_below=0.01),
    grant=GrantFacts("r1", 0.9, 1.0, 0.25, "2026-03-03T09:00:00.000000Z"),
    halted=(),
    applied_today=0,
    traffic_draw=0.5,
    audit_draw=0.5,
    at="2026-03-02T09:00:00.000000Z",
)


def decided(novelty: float | None, limit: float | None = 0.01) -> Decision:
    inputs = replace(SURE, proposal=replace(SURE.proposal, novelty=novelty), limits=Limits(novelty_review_below=limit))
    return decide(inputs)


@pytest.mark.parametrize(
    ("novelty", "said"),
    [
        (None, "how unlike the certified cases it is, is unknown"),
        (math.nan, "how unlike the certified cases it is, is unknown"),
        (math.inf, "how unlike the certified cases it is, is unknown"),
        (1.5, "the novelty 1.5 is outside 0..1"),
        (-0.5, "the novelty -0.5 is outside 0..1"),
        (
            0.000999,
            "it is unlike the certified cases: 0.0999 % of usual cases are as unlike, under the limit of 1 %",
        ),
    ],
)
def test_a_novel_case_or_one_of_unknown_novelty_goes_to_a_person(novelty: float | None, said: str) -> None:
    assert decided(novelty) == Decision(Verb.REVIEW, (said,))


@given(novelty=st.none() | st.floats(), limit=st.none() | st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_with_a_limit_only_a_case_known_to_be_usual_is_applied(novelty: float | None, limit: float | None) -> None:
    usual = novelty is not None and 0.0 <= novelty <= 1.0 and limit is not None and novelty >= limit
    assert (decided(novelty, limit).verb is Verb.APPLY) == (limit is None or usual)


def test_novelty_lifts_no_other_doubt() -> None:
    unsure = replace(SURE, proposal=replace(SURE.proposal, novelty=1.0, confidence=0.5))
    assert decide(unsure).reasons == ("confidence 0.5000 < certified threshold 0.9000",)


def test_a_definition_and_a_proposal_without_novelty_are_written_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "triage.yaml"
    file.write_text(commandline.DEFINITION, encoding="utf-8")
    assert release_digest(read_definition(file), code_version="1") == DIGEST_BEFORE
    assert "novelty" not in plain(SURE.proposal)
    assert digest(replace(SURE.proposal, novelty=0.5)) != digest(SURE.proposal)
    recorded = {name: value for name, value in plain(SURE).items() if name != "limits"}
    assert inputs_of(recorded, SURE.limits) == SURE
    assert limits_of({"always_review": [], "forbidden": [], "applied_per_day": None}) == Limits()


def test_the_limit_is_read_kept_and_told_as_a_change(tmp_path: Path) -> None:
    file = tmp_path / "triage.yaml"
    with_limit = commandline.DEFINITION.replace("limits: {", "limits: {novelty_review_below: 0.01, ")
    file.write_text(with_limit, encoding="utf-8")
    definition = read_definition(file)
    assert definition.limits.novelty_review_below == 0.01
    assert definition_of(plain(definition)) == definition
    assert release_digest(definition, code_version="1") != DIGEST_BEFORE
    without = replace(definition, limits=replace(definition.limits, novelty_review_below=None))
    assert changed_fields(plain(without), plain(definition)) == (("limits.novelty_review_below", "(absent)", "0.01"),)
    file.write_text(with_limit.replace("0.01", "1"), encoding="utf-8")
    with pytest.raises(BadInput, match=r"limits\.novelty_review_below"):
        read_definition(file)


def test_cases_are_routed_by_novelty_recorded_with_it_and_decided_again_the_same(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(replace(DEFINITION, limits=Limits(novelty_review_below=0.01)))
    verbs = [
        house.act(replace(house.proposal(), novelty=novelty)).decision.verb
        for novelty in (0.4, 0.01, 0.009, None, math.nan, True)
    ]
    assert verbs == [Verb.APPLY, Verb.APPLY, *[Verb.REVIEW] * 4]
    with house.store.reading() as reading:
        done = replay(reading, NAME, Policy())
        kept = [row.inputs["proposal"].get("novelty") for row in reading.decisions(NAME) if row.verb != "shadow"]
    assert (done.differing, done.changed) == ((), 0)
    assert kept == [0.4, 0.01, 0.009, None, None, None]
