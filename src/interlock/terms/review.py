"""A person's look at a case: its kinds, how soon each is due, who is asked when it is late."""

from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.absent import ABSENT_AT_DEFAULT

VALUE_OWNER, SAFETY_OWNER = "value owner", "safety owner"  # roles that a definition may name instead of a person


class ReviewKind(StrEnum):
    """Why a case waits for a person."""

    DECISION = "decision"  # what is to be done, with the proposal in sight
    AUDIT = "audit"  # was right what was applied? Blind
    UNDO = "undo"  # what became of an effect that could not be put back
    SECOND = "second"  # an audit again, by another person. Blind
    THIRD = "third"  # settles an audit on which two people disagree. Blind


BLIND = frozenset({ReviewKind.AUDIT, ReviewKind.SECOND, ReviewKind.THIRD})


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """A canned reason for a decision: `id` is recorded, `words` are shown."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """The service levels of a workflow's reviews, in hours, and whose looks count.

    A review that is not decided when it is due is escalated to `escalate_to` (names, or the role of an owner); a
    decision that is still open `refuse_after_h` later is refused: nothing is applied. A claim lasts `claim_minutes`, an
    approval `approval_h`. A `second_share` of the audits gets a second person's blind look, and where they disagree
    one of `third` settles it (anybody else where nobody is named). `reasons` are canned ones for what people decide. Up
    to `together_max` cases with the same proposed label may be decided at once; 0: each for itself.
    """

    decision_due_h: float = 24.0
    audit_due_h: float = 24.0
    undo_due_h: float = 24.0
    escalate_to: tuple[str, ...] = (SAFETY_OWNER, VALUE_OWNER)
    refuse_after_h: float = 24.0
    claim_minutes: float = 30.0
    approval_h: float = 24.0
    second_share: float = 0.0
    third: tuple[str, ...] = ()
    reasons: tuple[ReviewReason, ...] = ()
    together_max: int = field(default=0, metadata=ABSENT_AT_DEFAULT)

    def due_h(self, kind: str) -> float:
        """Hours from the opening of a review of that kind until it is due."""
        if kind == ReviewKind.DECISION:
            return self.decision_due_h
        return self.undo_due_h if kind == ReviewKind.UNDO else self.audit_due_h
