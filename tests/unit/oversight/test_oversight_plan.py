"""The oversight plan: Chow's rule, the square-root rule, volumes that add up, and that nothing is assumed unseen."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.oversight.planning.plan import oversight_plan
from interlock.oversight import PromotionTest, audit_share, labels_needed
from interlock.terms.evaluation import Assumption
from interlock.terms.oversight_plan import Lane, StepPlan
from interlock.terms.workflow import WorkflowStep

SORT = WorkflowStep(
    "sort",
    cost_wrong_usd=50.0,
    cost_review_usd=2.0,
    cost_slow_usd=0.5,
    cases_per_day=400.0,
    novelty_share=0.05,
    automatic_share=0.5,
    person_error_share=0.01,
    review_minutes=3.0,
    days_between_drifts=90.0,
    reversible=True,
)


def plan_of(step: WorkflowStep = SORT, *, budget: float = 0.04, **options: Any) -> StepPlan:
    return oversight_plan([step], budget=budget, **options).steps[0]


def changed(**figures: Any) -> WorkflowStep:
    return dataclasses.replace(SORT, **figures)


def test_a_step_by_hand() -> None:
    plan = plan_of()
    audit = audit_share(
        cost_wrong_usd=50.0,
        cost_review_usd=2.0,
        automatic_per_day=190.0,
        budget=0.04,
        drift_error_rate=0.12,
        drifts_per_day=1 / 90,
        audits_to_detect=83.0,
    ).share
    assert plan.lane is Lane.THRESHOLD
    assert plan.chow_threshold == pytest.approx(0.01 + 2.5 / 50)
    assert plan.audit is not None
    assert plan.audit.share == pytest.approx(audit)
    assert (plan.automatic_per_day, plan.novel_per_day, plan.unsure_per_day) == pytest.approx((190.0, 20.0, 190.0))
    assert plan.reviews_per_day == pytest.approx(210 + 190 * audit)
    assert plan.reviewer_hours_per_day == pytest.approx(plan.reviews_per_day / 20)
    assert plan.days_until_drift_seen == pytest.approx(83 / (190 * audit))
    assert plan.all_reviewed_usd_per_day == pytest.approx(400 * (2.5 + 0.01 * 50))
    drift = 83 / 90 * 0.08 * 50 / audit
    assert plan.cost_usd_per_day == pytest.approx(210 * 3.0 + 190 * 0.02 * 50 + 190 * audit * 2 + drift)
    assert [(need.errors, need.labels) for need in plan.labels] == [(r, labels_needed(0.02, r)) for r in range(4)]
    assert [need.days for need in plan.labels] == pytest.approx([need.labels / 190 for need in plan.labels])
    assert plan.promotion_labels == PromotionTest(0.04).expected_labels(0.01)


def test_where_being_wrong_costs_more_than_being_slow_people_stay_in_the_loop() -> None:
    plan = plan_of(changed(cost_wrong_usd=500.0))
    assert (plan.lane, plan.audit, plan.automatic_per_day, plan.reviewed_share) == (Lane.PERSON, None, 0.0, 1.0)
    assert plan.reasons[0].startswith("Being wrong costs more than being slow, so people stay in the loop")
    assert plan.cost_usd_per_day == plan.all_reviewed_usd_per_day
    assert plan.labels[0].budget == pytest.approx((0.01 + 2.5 / 500) / 2)  # labels for a budget that would pay
    assert plan.days_until_drift_seen is None


def test_where_audits_eat_up_what_is_saved_people_decide() -> None:
    plan = plan_of(changed(cases_per_day=3.0, cost_wrong_usd=60.0))
    assert plan.lane is Lane.PERSON
    assert "audits and undetected drift eat up" in plan.reasons[0]


@pytest.mark.parametrize(
    ("step", "lane"),
    [
        (changed(error_share=0.015), Lane.SAMPLE),
        (changed(error_share=0.021), Lane.THRESHOLD),
        (changed(error_share=0.015, reversible=False), Lane.THRESHOLD),
        (changed(error_share=0.015, reversible=None), Lane.THRESHOLD),  # nobody said: not taken for reversible
        (changed(error_share=None), Lane.THRESHOLD),
        (changed(error_share=0.0, novelty_share=1.0), Lane.PERSON),
    ],
)
def test_no_threshold_only_where_errors_are_known_few_and_reversible(step: WorkflowStep, lane: Lane) -> None:
    assert plan_of(step).lane is lane


def test_every_figure_says_where_it_comes_from() -> None:
    plan = plan_of(
        WorkflowStep("bare", cost_slow_usd=1.0),
        measured=(Assumption("cases_per_day", 120.0, "cases per day", "measured: 360 cases in 3 days"),),
    )
    origins = {figure.name: (figure.value, figure.origin.partition(":")[0]) for figure in plan.figures}
    assert origins["cost_slow_usd"] == (1.0, "given")
    assert origins["cases_per_day"] == (120.0, "measured")
    assert origins["novelty_share"] == (0.05, "assumed")
    assert "error_share" not in origins  # unknown: nothing may stand in for it
    assert {origin for _, origin in origins.values()} == {"given", "measured", "assumed"}
    assert {one.figure for one in plan.sensitivity} == set(plan.figures)


def test_the_driver_moves_the_reviewed_share_most() -> None:
    plan = plan_of(changed(automatic_share=None))
    assert plan.driver == "automatic_share"
    swings = {one.figure.name: one.swing for one in plan.sensitivity}
    assert swings[plan.driver] == max(swings.values())
    one = next(each for each in plan.sensitivity if each.figure.name == plan.driver)
    assert one.at_high.reviewed_share == pytest.approx(plan_of(changed(automatic_share=0.9)).reviewed_share)


shares = st.floats(0.0, 1.0)
usd = st.floats(0.01, 1e4)


@given(
    step=st.builds(
        changed,
        cost_wrong_usd=usd,
        cost_review_usd=usd,
        cost_slow_usd=st.floats(0, 1e3),
        cases_per_day=st.floats(1, 1e5),
        novelty_share=shares,
        automatic_share=st.floats(0.01, 1.0),
        error_share=st.none() | shares,
        person_error_share=st.floats(0, 0.2),
        reversible=st.none() | st.booleans(),
    ),
    budget=st.floats(0.001, 0.3),
)
def test_laws(step: WorkflowStep, budget: float) -> None:
    plan = plan_of(step, budget=budget)
    volumes = plan.automatic_per_day + plan.novel_per_day + plan.unsure_per_day
    assert volumes == pytest.approx(plan.cases_per_day)
    assert 0.0 <= plan.reviewed_share <= 1.0 + 1e-9
    assert plan.novel_per_day <= plan.reviews_per_day + 1e-9
    assert plan.cost_usd_per_day <= plan.all_reviewed_usd_per_day * (1 + 1e-12)
    if plan.lane is not Lane.PERSON:
        assert plan.audit is not None
        assert plan.audits_per_day > 0.0  # what is automatic is audited
        assert budget < plan.chow_threshold
    if budget >= plan.chow_threshold:
        assert plan.lane is Lane.PERSON
    dearer = plan_of(dataclasses.replace(step, cost_wrong_usd=2 * (step.cost_wrong_usd or 1)), budget=budget)
    assert plan.lane is not Lane.PERSON or dearer.lane is Lane.PERSON or step.person_error_share


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"cost_wrong_usd": 0.0}, "step 'sort': cost_wrong_usd is 0.0: give a number over 0"),
        ({"novelty_share": 1.2}, "step 'sort': novelty_share is 1.2: give a share from 0 to 1"),
        ({"cases_per_day": float("nan")}, "step 'sort': cases_per_day is nan"),
        ({"cases_per_day": float("inf")}, "step 'sort': cases_per_day is inf: give a finite number"),
        ({"automatic_share": True}, "step 'sort': automatic_share is True"),
    ],
)
def test_a_wrong_figure_is_named(figures: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plan_of(changed(**figures))


def test_steps_alone_need_a_budget() -> None:
    with pytest.raises(ValueError, match="budget is missing"):
        oversight_plan([SORT])
    with pytest.raises(ValueError, match="no steps"):
        oversight_plan([], budget=0.02)
    with pytest.raises(ValueError, match="over the budget"):
        oversight_plan([SORT], budget=0.02, certify_at=0.03)
