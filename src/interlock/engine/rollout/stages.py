"""Rollout stages: which gate leaves which, which autonomy level each allows, and who may move."""

from collections.abc import Iterator, Mapping

from interlock.engine.rollout.people import did, is_among, known_as
from interlock.terms.evidence import Verdict
from interlock.terms.grant import AutonomyLevel
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import DecisionRights

STAGES = tuple(RolloutStage)

# The gate that is judged to go one stage up; the last stage is proven where it is.
LEAVES: Mapping[RolloutStage, str] = {
    RolloutStage.EXPLORATION: "leave exploration",
    RolloutStage.PILOT: "leave pilot",
    RolloutStage.CONTROLLED_ROLLOUT: "leave controlled rollout",
    RolloutStage.SCALE: "leave scale",
    RolloutStage.OPERATION: "stay in operation",
}

# The most that a stage allows.
HIGHEST: Mapping[RolloutStage, AutonomyLevel] = {
    RolloutStage.EXPLORATION: AutonomyLevel.SHADOW,
    RolloutStage.PILOT: AutonomyLevel.ASSISTANT,
    RolloutStage.CONTROLLED_ROLLOUT: AutonomyLevel.AGENT,
    RolloutStage.SCALE: AutonomyLevel.AUTOMATED_WORKFLOW,
    RolloutStage.OPERATION: AutonomyLevel.AUTOMATED_WORKFLOW,
}


def is_up(left: RolloutStage, entered: RolloutStage) -> bool:
    """Whether the move takes more than there was."""
    return STAGES.index(entered) > STAGES.index(left)


def move_refusals(
    rights: DecisionRights,
    left: RolloutStage,
    entered: RolloutStage,
    gate: Verdict | None,
    *,
    by: str,
    reason: str,
    proposers: Mapping[str, str],
) -> Iterator[str]:
    """Every reason against a move; `gate` is the verdict of the gate that leaves the stage. Down needs no gate."""
    if entered is left:
        yield f"it is in {left} already"
    if not known_as(by):
        yield "a move needs a named person"
    if not reason.strip():
        yield "no reason is given"
    if not is_up(left, entered):
        return
    may = rights.move or rights.promote
    if authored := did(by, proposers):
        yield f"{by} {authored} this release and cannot move it up"
    elif known_as(by) and not is_among(by, may):
        yield f"{by} has no right to move it (who has: {', '.join(may) or 'nobody'})"
    if STAGES.index(entered) - STAGES.index(left) > 1:
        yield f"one stage at a time: after {left} comes {STAGES[STAGES.index(left) + 1]}"
    if gate is not Verdict.PASSED:
        yield f"the gate '{LEAVES[left]}' is {gate or 'not judged'}, only passed opens (`interlock stage show`)"
