"""Estimates: exact values, coverage computed exactly where it can be, refusals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from interlock.oversight import Estimate, mean, quantile, rate, weighted_rate


def test_rate_of_nothing_is_no_rate() -> None:
    assert rate(0, 0) == Estimate(None, None, None, 0, "exact (Clopper-Pearson)", 0.95)


@given(n=st.integers(1, 3000), share=st.floats(0, 1), level=st.sampled_from((0.5, 0.9, 0.95, 0.99)))
def test_rate_agrees_with_scipy(n: int, share: float, level: float) -> None:
    wrong = round(share * n)
    wanted = stats.binomtest(wrong, n).proportion_ci(level, method="exact")
    got = rate(wrong, n, level)
    assert (got.value, got.n, got.level) == (wrong / n, n, level)
    assert got.low == pytest.approx(wanted.low, rel=1e-9)
    assert got.high == pytest.approx(wanted.high, rel=1e-9)


@pytest.mark.parametrize("true_rate", [0.001, 0.02, 0.3, 0.5])
def test_rate_covers_exactly_at_least_as_often_as_said(true_rate: float) -> None:
    n = 80
    intervals = [rate(k, n) for k in range(n + 1)]
    covered = [e.low is not None and e.high is not None and e.low <= true_rate <= e.high for e in intervals]
    assert stats.binom.pmf(np.arange(n + 1), n, true_rate)[covered].sum() >= 0.95


def test_whole_quantile() -> None:
    assert quantile(range(1, 101), 0.5) == Estimate(50.0, 40.0, 61.0, 100, "exact (order statistics)", 0.95)


def test_quantile_limits_are_missing_where_cases_are_too_few() -> None:
    assert quantile([], 0.5) == Estimate(None, None, None, 0, "exact (order statistics)", 0.95)
    assert quantile([3.0], 0.5) == Estimate(3.0, None, None, 1, "exact (order statistics)", 0.95)
    assert quantile(range(20), 0.95) == Estimate(18.0, 16.0, None, 20, "exact (order statistics)", 0.95)


@given(n=st.integers(1, 400), q=st.floats(0.01, 0.99), level=st.sampled_from((0.8, 0.95)))
def test_quantile_interval_covers_and_is_no_wider_than_needed(n: int, q: float, level: float) -> None:
    """Of the values 1..n, the number under the quantile is binomial: coverage of the ranks is exact."""
    got, tail = quantile(range(1, n + 1), q, level), (1 - level) / 2
    low = 0 if got.low is None else int(got.low)
    high = n + 1 if got.high is None else int(got.high)
    under = stats.binom(n, q)
    assert under.cdf(low - 1) <= tail * (1 + 1e-9)
    assert under.sf(high - 1) <= tail * (1 + 1e-9)
    assert under.cdf(low) > tail * (1 - 1e-9)
    assert got.low is None or got.value is None or got.low <= got.value
    assert got.high is None or got.value is None or got.high >= got.value


def test_mean_without_bounds_is_students_and_says_so() -> None:
    values = [1.0, 2.0, 4.0, 8.0]
    wanted = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    got = mean(values)
    assert got == Estimate(3.75, got.low, got.high, 4, "approximate (Student t)", 0.95)
    assert got.low == pytest.approx(wanted.low)
    assert got.high == pytest.approx(wanted.high)


def test_mean_of_too_few_has_no_interval() -> None:
    assert mean([]) == Estimate(None, None, None, 0, "approximate (Student t)", 0.95)
    assert mean([2.0]) == Estimate(2.0, None, None, 1, "approximate (Student t)", 0.95)
    assert mean([2.0], bounds=(0, 3)) == Estimate(2.0, None, None, 1, "guaranteed (empirical Bernstein limits)", 0.95)


def test_bounded_mean_covers_the_rare_great_loss_that_students_interval_misses() -> None:
    """One case in fifty costs 1: both intervals on 100 cases, 2000 times; the test errs less than once in a million."""
    rng, runs = np.random.default_rng(13), 2000
    missed = {"bounded": 0, "student": 0}
    for _ in range(runs):
        losses = (rng.random(100) < 0.02).astype(float)
        for name, got in (("bounded", mean(losses, bounds=(0.0, 1.0))), ("student", mean(losses))):
            assert got.low is not None
            assert got.high is not None
            missed[name] += not got.low <= 0.02 <= got.high
    assert missed["bounded"] <= stats.binom.ppf(1 - 1e-6, runs, 0.05)
    assert missed["student"] > 2 * 0.05 * runs


@given(wrong=st.lists(st.booleans(), min_size=1, max_size=200), probability=st.floats(0.001, 1))
def test_weighted_rate_with_one_probability_is_the_plain_rate(wrong: list[bool], probability: float) -> None:
    got, plain = weighted_rate(wrong, [probability] * len(wrong)), rate(sum(wrong), len(wrong))
    assert got.n == plain.n
    assert got.value == pytest.approx(plain.value)
    assert got.low == pytest.approx(plain.low, rel=1e-6, abs=1e-9)
    assert got.high == pytest.approx(plain.high, rel=1e-6, abs=1e-9)


def test_weighted_rate_undoes_unequal_audits() -> None:
    """Suspect cases (a tenth, 30 % wrong) audited all, others (1 % wrong) one in ten: the true rate is 3.9 %."""
    rng, values, covered = np.random.default_rng(17), [], 0
    for _ in range(400):
        suspect = rng.random(4000) < 0.1
        wrong = rng.random(4000) < np.where(suspect, 0.3, 0.01)
        probability = np.where(suspect, 1.0, 0.1)
        audited = rng.random(4000) < probability
        got = weighted_rate(wrong[audited], probability[audited])
        assert got.value is not None
        assert got.low is not None
        assert got.high is not None
        values.append(got.value)
        covered += got.low <= 0.039 <= got.high
    assert np.mean(values) == pytest.approx(0.039, abs=0.002)
    assert covered > 0.9 * 400


def test_weighted_rate_of_nothing() -> None:
    assert weighted_rate([], []).value is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rate(3, 2), "wrong is 3 of n = 2: there cannot be more wrong cases than cases"),
        (lambda: rate(0, -1), "n is -1: give a whole number, 0 or more"),
        (lambda: rate(0, 1, 95), "level is 95: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        (lambda: quantile([1.0, float("nan")], 0.5), "values[1] is nan: give finite numbers, or leave the entry out"),
        (lambda: quantile([[1.0]], 0.5), "values has 2 dimensions: give one flat column"),
        (lambda: mean([0.0, 2.0], bounds=(0, 1)), "values[1] is 2.0, outside the bounds (0, 1): mend either"),
        (lambda: mean([0.0], bounds=(1, 1)), "bounds are (1, 1): give the least and the greatest value possible, in "),
        (lambda: weighted_rate([0], [0.5, 0.5]), "wrong has 1 entries and probability 2: give one of each a case"),
        (lambda: weighted_rate([2], [0.5]), "wrong[0] is 2.0: give 0 or 1"),
        (lambda: weighted_rate([1], [0.0]), "probability[0] is 0.0: give the probability of the draw, over 0 and at "),
    ],
)
def test_refusals_name_the_entry_and_the_mend(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        call()
    assert str(caught.value).startswith(message)
