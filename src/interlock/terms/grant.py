"""The authority that a workflow holds now."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.certificate import Promise
from interlock.terms.decision import GrantFacts


class AutonomyLevel(StrEnum):
    """What the run time allows."""

    SHADOW = "shadow"
    ASSISTANT = "assistant"
    AGENT = "agent"
    AUTOMATED_WORKFLOW = "automated workflow"


@dataclass(frozen=True, slots=True)
class Grant:
    """Authority given by a named person to one release, until it expires, is demoted or is superseded.

    `labels` are those that the certificate was made with: any other proposal goes to a person.
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

    def facts(self) -> GrantFacts:
        """What a decision reads."""
        return GrantFacts(self.release, self.threshold, self.traffic_share, self.audit_share, self.expires_at)
