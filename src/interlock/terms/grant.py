"""The authority that a workflow holds now."""

from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.absent import ABSENT_AT_DEFAULT
from interlock.terms.certificate import Promise


class AutonomyLevel(StrEnum):
    """What the run time allows."""

    SHADOW = "shadow"
    ASSISTANT = "assistant"
    AGENT = "agent"
    AUTOMATED_WORKFLOW = "automated workflow"


@dataclass(frozen=True, slots=True)
class Grant:
    """Authority given by a named person to one release, until it expires, is demoted or is superseded.

    `labels` are those that the certificate was made with: any other proposal goes to a person. An assistant, whose
    every case a person applies, has a threshold of 1 and no labels. `segments` are those that it covers (empty: all),
    `stage` the rollout stage that it was given in (None: before the first move), `high_harm` steps that always go to a
    person.
    """

    workflow: str
    release: str
    level: AutonomyLevel
    threshold: float
    promise: Promise
    budget: float
    traffic_share: float
    audit_share: float
    granted_by: str
    granted_at: str
    expires_at: str
    evidence: tuple[str, ...]
    labels: tuple[str, ...]
    segments: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    stage: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    high_harm: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
