"""The `review` part of a definition file: service levels, second looks, canned reasons."""

from collections import Counter
from importlib import resources
from typing import Annotated

import yaml
from pydantic import AfterValidator, Field, TypeAdapter

from interlock.adapters.definitions.field_types import FilePart, Hours, Name, Part, Words
from interlock.terms.review import SAFETY_OWNER, VALUE_OWNER, ReviewPlan, ReviewReason

REASONS_MAX = 50
CLAIM_MINUTES_MAX = 24 * 60
TOGETHER_MAX = 100


class DueHoursPart(FilePart):
    """Hours until a review of each kind is due."""

    decision: Hours = 24.0
    audit: Hours = 24.0
    undo: Hours = 24.0


class ReasonPart(FilePart):
    """One canned reason."""

    id: Name
    words: Words


def _each_once(reasons: tuple[ReasonPart, ...]) -> tuple[ReasonPart, ...]:
    twice = next((id_ for id_, times in Counter(reason.id for reason in reasons).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"two reasons have the id '{twice}'; give each its own")
    return reasons


def _known_pack(name: str) -> str:
    packs = sorted(path.name.removesuffix(".yaml") for path in _folder().iterdir() if path.name.endswith(".yaml"))
    if name not in packs:
        raise ValueError(f"there is no pack of reasons '{name}'; there are: {', '.join(packs)}")
    return name


class ReviewPart(FilePart):
    """How soon people look, who is asked when they do not, and whose second look counts."""

    due_hours: DueHoursPart = DueHoursPart()
    escalate_to: tuple[Words, ...] = (SAFETY_OWNER, VALUE_OWNER)
    refuse_after_hours: Hours = 24.0
    claim_minutes: Annotated[float, Field(gt=0, le=CLAIM_MINUTES_MAX, strict=True, allow_inf_nan=False)] = 30.0
    approval_hours: Hours = 24.0
    second_share: Part = 0.0
    third: tuple[Words, ...] = ()
    reasons: Annotated[tuple[ReasonPart, ...], Field(max_length=REASONS_MAX), AfterValidator(_each_once)] = ()
    reason_pack: Annotated[Name, AfterValidator(_known_pack)] | None = None
    together_max: Annotated[int, Field(ge=0, le=TOGETHER_MAX, strict=True)] = 0

    def plan(self) -> ReviewPlan:
        """The term; reasons of the file stand before those of the pack, and take their place where the id is one."""
        own = [ReviewReason(reason.id, reason.words) for reason in self.reasons]
        taken = {reason.id for reason in own}
        packed = () if self.reason_pack is None else reasons_in(self.reason_pack)
        return ReviewPlan(
            decision_due_h=self.due_hours.decision,
            audit_due_h=self.due_hours.audit,
            undo_due_h=self.due_hours.undo,
            escalate_to=self.escalate_to,
            refuse_after_h=self.refuse_after_hours,
            claim_minutes=self.claim_minutes,
            approval_h=self.approval_hours,
            second_share=self.second_share,
            third=self.third,
            reasons=(*own, *(reason for reason in packed if reason.id not in taken)),
            together_max=self.together_max,
        )


def reasons_in(pack: str) -> tuple[ReviewReason, ...]:
    """The reasons of a pack that is there."""
    parts = TypeAdapter(tuple[ReasonPart, ...]).validate_python(
        yaml.safe_load((_folder() / f"{pack}.yaml").read_text(encoding="utf-8"))
    )
    return tuple(ReviewReason(part.id, part.words) for part in _each_once(parts))


def _folder() -> "resources.abc.Traversable":
    return resources.files("interlock") / "packs" / "review_reasons"
