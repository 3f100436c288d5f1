"""The audit share: the known examples, that it is the least cost, and what drives it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.oversight import audit_share
from interlock.terms.evaluation import Assumption

EXAMPLE: dict[str, Any] = {
    "cost_wrong_usd": 50.0,
    "cost_review_usd": 2.0,
    "automatic_per_day": 1000.0,
    "budget": 0.02,
    "drift_error_rate": 0.06,
    "drifts_per_day": 1 / 90,
    "audits_to_detect": 166.0,
}
KNOWN = dict.fromkeys(EXAMPLE, "given")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [({}, 0.043), ({"cost_wrong_usd": 500.0}, 0.136), ({"automatic_per_day": 100.0}, 0.136)],
)
def test_known_examples(change: dict[str, Any], wanted: float) -> None:
    assert audit_share(**{**EXAMPLE, **change}).share == pytest.approx(wanted, abs=0.0005)


positive = st.floats(0.01, 1e5)


@given(
    cost_wrong_usd=positive,
    cost_review_usd=positive,
    automatic_per_day=positive,
    drifts_per_day=st.floats(1e-4, 1),
    audits_to_detect=st.floats(1, 1000),
    excess=st.floats(0.001, 0.9),
)
def test_no_point_of_the_curve_is_cheaper(excess: float, **figures: Any) -> None:
    plan = audit_share(budget=0.02, drift_error_rate=0.02 + excess, **figures)
    cost = {point.share: point.total_cost_usd for point in plan.curve}
    assert 0.0 < plan.share <= 1.0
    assert cost[plan.share] <= min(cost.values()) * (1 + 1e-12)
    assert list(cost) == sorted(cost)
    assert {0.1, 0.125, 0.15, 0.175, 0.2} <= set(cost)


def test_point_of_the_curve_adds_up() -> None:
    point = next(each for each in audit_share(**EXAMPLE).curve if each.share == 0.1)
    assert point.audit_cost_usd == pytest.approx(200.0)
    assert point.drift_cost_usd == pytest.approx(166 / 90 * 0.04 * 50 / 0.1)
    assert point.total_cost_usd == point.audit_cost_usd + point.drift_cost_usd


def test_assumptions_carry_unit_and_origin() -> None:
    plan = audit_share(**EXAMPLE, origins={"cost_review_usd": "given", "automatic_per_day": "measured from the file"})
    assert plan.assumptions == (
        Assumption("cost_wrong_usd", 50.0, "USD per wrong action", "assumed"),
        Assumption("cost_review_usd", 2.0, "USD per review", "given"),
        Assumption("automatic_per_day", 1000.0, "actions per day", "measured from the file"),
        Assumption("budget", 0.02, "share wrong", "assumed"),
        Assumption("drift_error_rate", 0.06, "share wrong after a drift", "assumed"),
        Assumption("drifts_per_day", 1 / 90, "drifts per day", "assumed"),
        Assumption("audits_to_detect", 166.0, "audits until a drift is seen", "assumed"),
    )


@pytest.mark.parametrize(
    ("origins", "wanted"),
    [
        ({}, "cost_wrong_usd"),
        ({"cost_wrong_usd": "given"}, "drifts_per_day"),
        ({**KNOWN, "cost_review_usd": "assumed"}, "cost_review_usd"),
        ({**KNOWN, "automatic_per_day": "assumed", "cost_review_usd": "assumed"}, "cost_review_usd"),
        (KNOWN, "drift_error_rate"),
        ({**KNOWN, "drift_error_rate": "measured", "budget": "assumed"}, "cost_wrong_usd"),
    ],
)
def test_driver_is_the_least_sure_figure_that_moves_the_answer_most(origins: dict[str, str], wanted: str) -> None:
    assert audit_share(**{**EXAMPLE, "drift_error_rate": 0.1}, origins=origins).driver == wanted


def test_everything_is_audited_where_that_is_cheapest() -> None:
    plan = audit_share(**{**EXAMPLE, "cost_wrong_usd": 1e6})
    assert (plan.share, plan.driver) == (1.0, "cost_wrong_usd")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost_wrong_usd": 0.0}, "cost_wrong_usd is 0.0: give a number over 0"),
        ({"drifts_per_day": float("inf")}, "drifts_per_day is inf: give a number over 0"),
        ({"automatic_per_day": float("nan")}, "automatic_per_day is nan: give a number over 0"),
        ({"drift_error_rate": 0.02}, "drift_error_rate is 0.02: give the share wrong after a drift, over the budget"),
        ({"budget": 0.0}, "budget is 0.0: give a share between 0 and 1"),
        ({"origins": {"weather": "assumed"}}, "origins names 'weather': the figures are cost_wrong_usd"),
        ({"origins": {"budget": "rumour"}}, r"origins\['budget'\] is 'rumour': begin it with given, measured or"),
    ],
)
def test_refusals_name_the_figure_and_the_mend(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        audit_share(**{**EXAMPLE, **change})
