"""How far an initiative has come: five rollout stages, and what it takes to leave each."""

from dataclasses import dataclass
from enum import StrEnum


class RolloutStage(StrEnum):
    """In this order; no workflow reaches one by drift."""

    EXPLORATION = "exploration"
    PILOT = "pilot"
    CONTROLLED_ROLLOUT = "controlled rollout"
    SCALE = "scale"
    OPERATION = "operation"


class Choice(StrEnum):
    """How to go on with what was tried."""

    SCALE = "scale"
    ITERATE = "iterate"  # for one or two sprints, all iterations in a row together
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class StageMove:
    """A person moved a workflow from one stage to another. `entry` is where it is on record."""

    workflow: str
    release: str
    left: RolloutStage
    entered: RolloutStage
    by: str
    reason: str
    at: str
    entry: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception to one check of one gate: named, reasoned, and at an end on a date.

    A waived finding keeps its verdict and is shown with its waiver. The laws cannot be waived (engine.rollout.waivers).
    """

    workflow: str
    release: str
    gate: str
    check: str
    by: str
    reason: str
    given_at: str
    expires_at: str
    entry: int
