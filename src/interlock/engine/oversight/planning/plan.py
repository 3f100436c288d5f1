"""Size human review for each step of a workflow: from what being wrong and being slow cost, volume and novelty."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from interlock.engine.oversight.binomial import share_in_open_unit
from interlock.engine.oversight.planning.lanes import Sized, chow_threshold, named, size
from interlock.engine.oversight.planning.step_figures import (
    assumed_value,
    checked,
    figures_of,
    plausible_range,
    unit_of,
)
from interlock.engine.oversight.sequential.promotion import PromotionTest
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import Assumption
from interlock.terms.oversight_plan import LabelNeed, Lane, OversightPlan, PlanAt, Sensitivity, StepPlan
from interlock.terms.workflow import WorkflowDefinition, WorkflowStep

_ERRORS_PLANNED = 3
_PROMISING = 0.25  # of the budget: the error rate for which the promotion test's labels are told


def oversight_plan(
    workflow: WorkflowDefinition | Sequence[WorkflowStep],
    *,
    budget: float | None = None,
    certify_at: float | None = None,
    delta: float | None = None,
    promise: Promise | str | None = None,
    measured: Sequence[Assumption] = (),
) -> OversightPlan:
    """The least review that each step needs, with what it costs, what it rests on and what would change it.

    `workflow`: a definition (its budget and costs are taken; without steps it is one step), or steps, with a `budget`
    (a share). `certify_at` is half the budget and `delta` 0.05 unless told. `measured`: figures that were measured, by
    the names of `WorkflowStep`, for the steps that do not give their own.

    A step is left to people where the budget is not under Chow's threshold p_human + (C_review + C_delay) / C_wrong
    (Chow 1970). Audits follow the square-root rule of `audit_share`; labels the exact binomial test of `labels_needed`.
    Every result is an expectation under `figures`, each given, measured or assumed; `sensitivity` shows the plan at
    both ends of what each may plausibly be. Raises ValueError naming the step and the figure.
    """
    steps, from_definition = _steps(workflow)
    if from_definition is not None:
        budget = from_definition.budget.error if budget is None else budget
        certify_at = from_definition.budget.certify_at if certify_at is None else certify_at
        delta = from_definition.budget.delta if delta is None else delta
        promise = from_definition.budget.promise if promise is None else promise
    if budget is None:
        raise ValueError("budget is missing: steps alone have none; give a share between 0 and 1 (0.02 for 2 %)")
    budget = share_in_open_unit("budget", budget)
    certify_at = budget / 2.0 if certify_at is None else share_in_open_unit("certify_at", certify_at)
    if certify_at > budget:
        raise ValueError(f"certify_at is {certify_at!r}, over the budget of {budget!r}: lower it")
    delta = share_in_open_unit("delta", 0.05 if delta is None else delta)
    promise = Promise(promise) if promise is not None else Promise.SELECTIVE
    costs = {} if from_definition is None else _costs(from_definition)
    plans = []
    for step in steps:
        figures = figures_of(step, budget=budget, certify_at=certify_at, measured=measured, costs=costs)
        plans.append(_StepSizing(step, figures, budget, certify_at, delta, promise).plan())
    return OversightPlan(budget, certify_at, delta, promise, tuple(plans))


def _steps(
    workflow: WorkflowDefinition | Sequence[WorkflowStep],
) -> tuple[tuple[WorkflowStep, ...], WorkflowDefinition | None]:
    if not isinstance(workflow, WorkflowDefinition):
        if not workflow:
            raise ValueError("workflow has no steps: give at least one WorkflowStep")
        return tuple(workflow), None
    undo = workflow.effect.undo is not None
    steps = workflow.steps or (WorkflowStep(workflow.name),)
    return tuple(replace(step, reversible=undo) if step.reversible is None else step for step in steps), workflow


def _costs(definition: WorkflowDefinition) -> dict[str, Assumption]:
    """The definition's costs; at the value that stands there unless told they count as assumed."""
    told = {"cost_wrong_usd": definition.cost_wrong_usd, "cost_review_usd": definition.cost_review_usd}
    return {
        name: Assumption(
            name,
            checked("costs", name, value),
            unit_of(name),
            "assumed: the definition's default" if value == assumed_value(name) else "given: the definition's costs",
        )
        for name, value in told.items()
    }


class _StepSizing:
    """One step under one budget; the plan and the plan at other figures."""

    def __init__(
        self,
        step: WorkflowStep,
        figures: tuple[Assumption, ...],
        budget: float,
        certify_at: float,
        delta: float,
        promise: Promise,
    ) -> None:
        self._step = step
        self._figures = figures
        self._values = named(figures)
        self._origins = {figure.name: figure.origin for figure in figures}
        self._budget, self._certify_at, self._delta, self._promise = budget, certify_at, delta, promise

    def plan(self) -> StepPlan:
        values, sized = self._values, self._size(self._values)
        sensitivity = tuple(self._sensitivity(figure) for figure in self._figures)
        seen = None
        if sized.audits > 0:
            seen = values["audits_to_detect"] / sized.audits
        return StepPlan(
            name=self._step.name,
            lane=sized.lane,
            reasons=sized.reasons,
            chow_threshold=chow_threshold(values),
            audit=sized.audit,
            cases_per_day=values["cases_per_day"],
            automatic_per_day=sized.automatic,
            novel_per_day=sized.novel,
            unsure_per_day=sized.unsure,
            audits_per_day=sized.audits,
            reviews_per_day=sized.reviews,
            reviewer_hours_per_day=sized.reviews * values["review_minutes"] / 60.0,
            cost_usd_per_day=sized.cost_usd,
            all_reviewed_usd_per_day=sized.all_reviewed_usd,
            days_until_drift_seen=seen,
            labels=self._labels(sized.lane),
            promotion_labels=PromotionTest(self._budget, self._delta).expected_labels(_PROMISING * self._budget),
            figures=self._figures,
            sensitivity=sensitivity,
            driver=max(sensitivity, key=_importance).figure.name,
        )

    def _size(self, values: Mapping[str, float]) -> Sized:
        return size(
            values,
            budget=self._budget,
            certify_at=self._certify_at,
            reversible=self._step.reversible,
            origins=self._origins,
        )

    def _sensitivity(self, figure: Assumption) -> Sensitivity:
        low, high = plausible_range(figure, figures=self._values, budget=self._budget)
        return Sensitivity(figure, self._at(figure.name, low), self._at(figure.name, high))

    def _at(self, name: str, value: float) -> PlanAt:
        values = {**self._values, name: value}
        sized = self._size(values)
        reviewed = sized.reviews / values["cases_per_day"]
        share = None if sized.audit is None else sized.audit.share
        return PlanAt(value, sized.lane, reviewed, share, sized.cost_usd)

    def _labels(self, lane: Lane) -> tuple[LabelNeed, ...]:
        """At the certified budget; where that would not pay, at half of the one that would begin to."""
        certify_at = self._certify_at
        if lane is Lane.PERSON:
            certify_at = min(certify_at, chow_threshold(self._values) / 2.0)
        values = self._values
        per_day = values["cases_per_day"]
        if self._promise is Promise.SELECTIVE:  # labels count where the threshold would let a case through
            share = 1.0 if lane is Lane.SAMPLE else values["automatic_share"]
            per_day *= (1.0 - values["novelty_share"]) * share
        needs = []
        for errors in range(_ERRORS_PLANNED + 1):
            labels = labels_needed(certify_at, errors, self._delta)
            needs.append(LabelNeed(certify_at, errors, labels, labels / per_day if per_day > 0 else None))
        return tuple(needs)


def _importance(sensitivity: Sensitivity) -> tuple[float, float]:
    """By the reviewed share, and by cost where that does not move."""
    costs = sorted((sensitivity.at_low.cost_usd_per_day, sensitivity.at_high.cost_usd_per_day))
    per_case = costs[1] - costs[0] if sensitivity.figure.name != "cases_per_day" else 0.0
    return round(sensitivity.swing, 9), per_case
