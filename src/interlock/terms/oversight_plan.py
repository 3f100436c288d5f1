"""How much human review each step of a workflow gets, what that rests on, and what would change it."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.certificate import Promise
from interlock.terms.evaluation import Assumption, AuditPlan


class Lane(StrEnum):
    """Who does a step."""

    PERSON = "a person for everything"
    THRESHOLD = "automatic above a threshold, with audits"
    SAMPLE = "automatic, with sample audits only"


@dataclass(frozen=True, slots=True)
class LabelNeed:
    """Labelled cases with which `budget` could be certified if `errors` of them are wrong, and days to collect them.

    `days` is expected, at the planned volume, with every case decided by a person meanwhile; None where none will come.
    """

    budget: float
    errors: int
    labels: int
    days: float | None


@dataclass(frozen=True, slots=True)
class PlanAt:
    """What the plan would be at one value of one figure; shares of cases and of automatic cases."""

    value: float
    lane: Lane
    reviewed_share: float
    audit_share: float | None
    cost_usd_per_day: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The plan at the plausible low and high end of one figure, everything else as it is."""

    figure: Assumption
    at_low: PlanAt
    at_high: PlanAt

    @property
    def swing(self) -> float:
        """By how much the reviewed share of cases changes over the range."""
        return abs(self.at_high.reviewed_share - self.at_low.reviewed_share)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """Review of one step, sized; expected values under `figures`, not measurements.

    A case is worth doing automatically while its predicted error is under `chow_threshold` (a share). Per day:
    `cases_per_day` = `automatic_per_day` + `novel_per_day` + `unsure_per_day` (under the confidence threshold); people
    look at the last two and at `audits_per_day` of the first: `reviews_per_day`, `reviewer_hours_per_day`.
    `cost_usd_per_day` counts looks, waits, mistakes and drift until it is seen; `all_reviewed_usd_per_day` the same if
    people decided everything. `audit` is None where nothing is automatic, and so is `days_until_drift_seen`.
    `labels`: for 0 to 3 errors. `promotion_labels`: the median number with which the promotion test decides if a
    quarter of the budget is wrong; None where it would not. `driver` names the figure that moves `reviewed_share` most.
    """

    name: str
    lane: Lane
    reasons: tuple[str, ...]
    chow_threshold: float
    audit: AuditPlan | None
    cases_per_day: float
    automatic_per_day: float
    novel_per_day: float
    unsure_per_day: float
    audits_per_day: float
    reviews_per_day: float
    reviewer_hours_per_day: float
    cost_usd_per_day: float
    all_reviewed_usd_per_day: float
    days_until_drift_seen: float | None
    labels: tuple[LabelNeed, ...]
    promotion_labels: int | None
    figures: tuple[Assumption, ...]
    sensitivity: tuple[Sensitivity, ...]
    driver: str

    @property
    def reviewed_share(self) -> float:
        """Looks by people as a share of cases."""
        return self.reviews_per_day / self.cases_per_day

    def figure(self, name: str) -> Assumption | None:
        """One of the figures, or None where nobody told and nothing may be assumed."""
        return next((each for each in self.figures if each.name == name), None)


@dataclass(frozen=True, slots=True)
class OversightPlan:
    """The review of a whole workflow under one error budget; `certify_at` is the stricter one of the threshold."""

    budget: float
    certify_at: float
    delta: float
    promise: Promise
    steps: tuple[StepPlan, ...]

    @property
    def reviews_per_day(self) -> float:
        """Looks by people, all steps."""
        return sum(step.reviews_per_day for step in self.steps)

    @property
    def reviewer_hours_per_day(self) -> float:
        """Their time, all steps."""
        return sum(step.reviewer_hours_per_day for step in self.steps)
