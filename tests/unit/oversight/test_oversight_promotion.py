"""The promotion gate: a fair bet at the budget, planning that agrees with simulation, saved states."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.oversight import PromotionTest


def fed(test: PromotionTest, labels: list[bool]) -> PromotionTest:
    for label in labels:
        test.observe(label)
    return test


@pytest.mark.parametrize("budget", [0.02, 0.3, 0.9])
def test_mean_wealth_is_one_at_the_budget(budget: float) -> None:
    """Over all sequences of 9 labels, weighted with their probability: no simulation error."""
    mean = sum(
        budget ** sum(labels) * (1 - budget) ** (9 - sum(labels)) * fed(PromotionTest(budget), list(labels)).wealth
        for labels in itertools.product((False, True), repeat=9)
    )
    assert mean == pytest.approx(1.0, rel=1e-12)


def test_wealth_is_the_mean_of_the_bets() -> None:
    test = fed(PromotionTest(0.1), [False, True, False])
    wanted = [(q / 0.1) * ((1 - q) / 0.9) ** 2 for q in (0.0, 0.01, 0.025, 0.04, 0.065)]
    assert test.wealth == pytest.approx(sum(wanted) / 5)
    assert test.log_wealth == pytest.approx(math.log(sum(wanted) / 5))


@pytest.mark.parametrize("budget", [0.01, 0.02, 0.05, 0.2])
@pytest.mark.parametrize("delta", [0.05, 0.2])
def test_always_looking_promotes_at_the_budget_at_most_with_delta(budget: float, delta: float) -> None:
    """Exact, by the law of the errors; 201 decision points reach far beyond any sensible number of labels."""
    decided = [probability for _, probability in PromotionTest(budget, delta).decision_points(budget)]
    assert len(decided) == 201
    assert decided == sorted(decided)
    assert delta / 2 < decided[-1] <= delta


def test_decides_without_an_error_at_185_labels_for_2_percent() -> None:
    test = fed(PromotionTest(0.02), [False] * 184)
    assert (test.decided, test.decided_at) == (False, None)
    assert (test.observe(False), test.decided, test.decided_at) == (True, True, 185)


def test_stays_decided_and_keeps_counting() -> None:
    test = fed(PromotionTest(0.02), [False] * 185 + [True] * 50)
    assert (test.decided, test.decided_at, test.n, test.n_wrong) == (True, 185, 235, 50)
    assert test.wealth < 1e-3


def test_median_labels_for_2_percent() -> None:
    test = PromotionTest(0.02)
    rates = (0.0, 0.005, 0.01, 0.02, 0.5)
    assert [test.expected_labels(rate) for rate in rates] == [185, 327, 860, None, None]


@pytest.mark.parametrize(
    ("budget", "other_bets"),
    [(0.01, [379, 379, 667, 1918]), (0.02, [189, 189, 332, 956]), (0.05, [75, 75, 131, 379])],
)
def test_no_good_release_needs_more_labels_than_with_bets_on_eighths(budget: float, other_bets: list[int]) -> None:
    """Medians with bets on 0, 1/8, 1/4, 1/2 and 3/4 of the budget at 0, 1/10, 1/4 and 1/2 of it, beside ours."""
    ours = [PromotionTest(budget).expected_labels(share * budget) or math.inf for share in (0.0, 0.1, 0.25, 0.5)]
    assert all(mine <= theirs for mine, theirs in zip(ours, other_bets, strict=True))
    assert ours[-1] < 0.92 * other_bets[-1]


def test_median_labels_agree_with_simulation() -> None:
    rng, took = np.random.default_rng(3), []
    for _ in range(601):
        test = PromotionTest(0.1)
        labels = (rng.random(2000) < 0.04).tolist()
        took.append(next((n for n, label in enumerate(labels, 1) if test.observe(label)), 2000))
    planned = PromotionTest(0.1).expected_labels(0.04)
    assert planned is not None
    # the simulated share decided by then lies around one half with a standard deviation of 0.02
    assert abs(np.mean(np.array(took) <= planned) - 0.5) < 0.15


def test_labels_remaining_counts_from_here() -> None:
    test = fed(PromotionTest(0.02), [False] * 100)
    assert test.labels_remaining(0.0) == 85
    assert test.expected_labels(0.0) == 185
    assert fed(test, [False] * 85).labels_remaining(0.0) == 0


def test_never_overflows() -> None:
    right, wrong = PromotionTest(0.5), PromotionTest(1e-6)
    right.n, wrong.n, wrong.n_wrong = 10**7, 10**7, 10**7
    assert (right.wealth, wrong.wealth) == (math.inf, 0.0)
    assert right.log_wealth == pytest.approx(10**7 * math.log(2) - math.log(5))
    assert math.isfinite(wrong.log_wealth)


@given(
    budget=st.floats(0.001, 0.99),
    labels=st.lists(st.booleans(), max_size=200),
    cut=st.integers(0, 200),
)
def test_saved_and_restored_equals_uninterrupted(budget: float, labels: list[bool], cut: int) -> None:
    whole = fed(PromotionTest(budget), labels)
    saved = json.loads(json.dumps(fed(PromotionTest(budget), labels[:cut]).to_state()))
    resumed = fed(PromotionTest.from_state(saved), labels[cut:])
    assert resumed.to_state() == whole.to_state()
    assert resumed.wealth == whole.wealth


@pytest.mark.parametrize("label", [2, -1, 0.5, None, "yes", float("nan")])
def test_an_unknown_outcome_is_refused_and_not_counted(label: object) -> None:
    test = PromotionTest(0.02)
    with pytest.raises(ValueError, match="leave unjudged cases out"):
        test.observe(label)  # type: ignore[arg-type]
    assert (test.n, test.n_wrong) == (0, 0)


def test_foreign_and_torn_states_are_refused() -> None:
    state = PromotionTest(0.02).to_state()
    with pytest.raises(ValueError, match="the saved state is of 'demotion', format 1: a state of 'promotion'"):
        PromotionTest.from_state({**state, "kind": "demotion"})
    with pytest.raises(ValueError, match="the saved state of 'promotion' lacks n_wrong: read it"):
        PromotionTest.from_state({name: value for name, value in state.items() if name != "n_wrong"})


@pytest.mark.parametrize(
    ("n", "n_wrong", "decided_at", "message"),
    [
        (500, 0, None, "has reached its limit and lacks the decision: read it"),
        (500, 0, 100, "decided at case 100, too early for 0 wrong of 500: read it"),
        (200, 200, 185, "decided at case 185, too early for 200 wrong of 200"),
    ],
)
def test_a_promotion_that_no_labels_give_is_refused(n: int, n_wrong: int, decided_at: int | None, message: str) -> None:
    state = PromotionTest(0.02).to_state()
    with pytest.raises(ValueError, match=message):
        PromotionTest.from_state({**state, "n": n, "n_wrong": n_wrong, "decided_at": decided_at})
    kept = PromotionTest.from_state({**state, "n": 235, "n_wrong": 50, "decided_at": 185})
    assert (kept.decided, kept.n_wrong) == (True, 50)


@pytest.mark.parametrize("error_rate", [-0.1, 1.0, float("nan")])
def test_planning_refuses_what_is_no_rate(error_rate: float) -> None:
    with pytest.raises(ValueError, match="error_rate is"):
        PromotionTest(0.02).expected_labels(error_rate)
