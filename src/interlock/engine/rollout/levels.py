"""Which autonomy level may be given in which stage, and over which segments."""

from collections.abc import Iterator

from interlock.engine.rollout.stages import HIGHEST
from interlock.terms.grant import AutonomyLevel
from interlock.terms.initiative import Risk
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import WorkflowDefinition

LEVELS = tuple(AutonomyLevel)


def is_above(one: AutonomyLevel, other: AutonomyLevel) -> bool:
    """Whether a level allows more."""
    return LEVELS.index(one) > LEVELS.index(other)


def takes_conditions(level: AutonomyLevel, held: AutonomyLevel, stage: RolloutStage | None) -> bool:
    """Whether the five conditions have to pass: for every rise to acting by itself, once stages are used."""
    return stage is not None and is_above(level, AutonomyLevel.ASSISTANT) and is_above(level, held)


def level_refusals(
    definition: WorkflowDefinition,
    level: AutonomyLevel,
    segments: tuple[str, ...],
    *,
    held: AutonomyLevel,
    stage: RolloutStage | None,
) -> Iterator[str]:
    """Every reason against a level over these segments (none named: all). `held` is the level of the grant in force.

    `stage` is None before the first move: then there is the promotion gate alone, and the level agent.
    """
    if level is AutonomyLevel.SHADOW:
        yield "shadow takes no grant: take the grant away instead (`interlock demote`)"
    elif stage is None and level is not AutonomyLevel.AGENT:
        yield f"the level {level} takes a rollout stage: move it there first (`interlock stage move`)"
    elif stage is not None and is_above(level, HIGHEST[stage]):
        yield f"{stage} allows the level {HIGHEST[stage]} at most, not {level}"
    yield from _segment_refusals(definition, level, segments, held=held, stage=stage)


def _segment_refusals(
    definition: WorkflowDefinition,
    level: AutonomyLevel,
    segments: tuple[str, ...],
    *,
    held: AutonomyLevel,
    stage: RolloutStage | None,
) -> Iterator[str]:
    known = definition.initiative.segments
    strange = [name for name in segments if name not in known]
    if strange:
        yield f"not a segment of the definition: {', '.join(strange)} (there are: {', '.join(known) or 'none'})"
        return
    limited = stage is RolloutStage.CONTROLLED_ROLLOUT or (
        level is AutonomyLevel.AUTOMATED_WORKFLOW and is_above(level, held)
    )
    if not limited or len(known) < 2:
        return
    if not segments or set(segments) == set(known):
        yield f"a limited segment first: name some of {', '.join(known)}, beginning with {known[0]}"
    elif set(segments) != set(known[: len(set(segments))]):
        yield f"segments are gone through in the order of the definition: {', '.join(known)}"


def high_harm(definition: WorkflowDefinition, level: AutonomyLevel) -> tuple[str, ...]:
    """Steps that an automated workflow leaves to a person."""
    if level is not AutonomyLevel.AUTOMATED_WORKFLOW:
        return ()
    return tuple(step.name for step in definition.steps if step.harm is Risk.HIGH)
