"""Five rollout stages, three levels, segments: what may be given where."""

from dataclasses import replace

import pytest

from governed import DEFINITION
from interlock.engine.rollout.levels import high_harm, level_refusals, takes_conditions
from interlock.engine.rollout.stages import HIGHEST, LEAVES, STAGES
from interlock.terms.grant import AutonomyLevel
from interlock.terms.initiative import Initiative, Risk
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import WorkflowDefinition, WorkflowStep

SHADOW, ASSISTANT, AGENT, AUTOMATED = AutonomyLevel
IN_SEGMENTS = replace(DEFINITION, initiative=Initiative(segments=("Nordics", "Benelux", "Alps")))


def refusals(
    level: AutonomyLevel,
    stage: RolloutStage | None,
    segments: tuple[str, ...] = (),
    *,
    held: AutonomyLevel = SHADOW,
    definition: WorkflowDefinition = DEFINITION,
) -> list[str]:
    return list(level_refusals(definition, level, segments, held=held, stage=stage))


def test_there_are_five_stages_in_their_order_and_each_has_a_gate() -> None:
    assert STAGES == ("exploration", "pilot", "controlled rollout", "scale", "operation")
    assert len(set(LEAVES.values())) == len(STAGES)


def test_there_are_three_levels_of_authority_above_shadow_and_no_level_is_above_its_stage() -> None:
    allowed = {stage: [level for level in AutonomyLevel if not refusals(level, stage)] for stage in STAGES}
    assert allowed == {
        "exploration": [],
        "pilot": [ASSISTANT],
        "controlled rollout": [ASSISTANT, AGENT],
        "scale": [ASSISTANT, AGENT, AUTOMATED],
        "operation": [ASSISTANT, AGENT, AUTOMATED],
    }
    assert HIGHEST[RolloutStage.EXPLORATION] is SHADOW


def test_before_the_first_move_there_is_the_level_agent_alone() -> None:
    assert [level for level in AutonomyLevel if not refusals(level, None)] == [AGENT]


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        (("Nordics",), None),
        (("Benelux", "Nordics"), None),
        ((), "a limited segment first: name some of Nordics, Benelux, Alps, beginning with Nordics"),
        (("Nordics", "Benelux", "Alps"), "a limited segment first"),
        (("Benelux",), "segments are gone through in the order of the definition"),
        (("Mars",), "not a segment of the definition: Mars"),
    ],
)
def test_a_controlled_rollout_is_within_the_first_segments(segments: tuple[str, ...], words: str | None) -> None:
    found = refusals(AGENT, RolloutStage.CONTROLLED_ROLLOUT, segments, definition=IN_SEGMENTS)
    assert [line.startswith(words or "") for line in found] == ([] if words is None else [True])


def test_scale_covers_all_segments_and_a_rise_takes_a_limited_one_first() -> None:
    assert refusals(AGENT, RolloutStage.SCALE, definition=IN_SEGMENTS) == []
    assert refusals(AUTOMATED, RolloutStage.SCALE, held=AGENT, definition=IN_SEGMENTS) != []
    assert refusals(AUTOMATED, RolloutStage.SCALE, ("Nordics",), held=AGENT, definition=IN_SEGMENTS) == []
    assert refusals(AUTOMATED, RolloutStage.SCALE, held=AUTOMATED, definition=IN_SEGMENTS) == []


def test_every_rise_to_acting_by_itself_takes_the_five_conditions_once_stages_are_used() -> None:
    scale = RolloutStage.SCALE
    assert takes_conditions(AGENT, SHADOW, scale)
    assert takes_conditions(AUTOMATED, AGENT, scale)
    assert not takes_conditions(AGENT, AGENT, scale)
    assert not takes_conditions(ASSISTANT, SHADOW, RolloutStage.PILOT)
    assert not takes_conditions(AGENT, SHADOW, None)


def test_steps_of_high_harm_stay_with_people_in_an_automated_workflow() -> None:
    steps = (WorkflowStep("sort", harm=Risk.LOW), WorkflowStep("refund", harm=Risk.HIGH))
    with_steps = replace(DEFINITION, steps=steps)
    assert high_harm(with_steps, AUTOMATED) == ("refund",)
    assert high_harm(with_steps, AGENT) == ()
