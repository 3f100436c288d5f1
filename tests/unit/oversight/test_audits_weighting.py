"""Guaranteed error shares from unequal audits: coverage computed exactly where it can be, else simulated."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from interlock.engine.oversight.audits.steering import steered_probabilities
from interlock.engine.oversight.audits.weighting import guaranteed_rate, stratified_rate
from interlock.engine.oversight.estimate import rate
from interlock.terms.estimate import Estimate


@pytest.mark.parametrize(
    ("n_floor", "n_rest", "floor", "rest", "n_cases"),
    [(8, 6, 0.02, 0.5, 400), (0, 20, 0.05, 0.2, 400), (60, 0, 0.1, 1.0, 400), (3, 3, 0.5, 1.0, 110)],
)
def test_guaranteed_rate_covers_by_enumeration(
    n_floor: int, n_rest: int, floor: float, rest: float, n_cases: int
) -> None:
    """Wrong cases at the floor and elsewhere: the terms depend on two binomial counts, so coverage is a finite sum."""
    truth = (n_floor + n_rest) / n_cases
    covered = 0.0
    for i in range(n_floor + 1):
        for j in range(n_rest + 1):
            chance = binom.pmf(i, n_floor, floor) * binom.pmf(j, n_rest, rest)
            if chance < 1e-9:
                continue
            got = guaranteed_rate(
                [1] * (i + j) + [0] * 100, [floor] * i + [rest] * (j + 100), n_cases=n_cases, floor=floor
            )
            covered += chance * (got.low is not None and got.high is not None and got.low <= truth <= got.high)
    assert covered >= 0.95


def test_guaranteed_rate_covers_when_the_rule_follows_earlier_audits() -> None:
    """An adversary: one error found in the first half and the second half is drawn at the floor. A finite sum."""
    halves, n_cases, floor = (4, 40), 400, 0.1
    covered = 0.0
    for i in range(halves[0] + 1):
        then = floor if i else 0.5
        for j in range(halves[1] + 1):
            chance = binom.pmf(i, halves[0], 0.3) * binom.pmf(j, halves[1], then)
            got = guaranteed_rate([1] * (i + j) + [0] * 40, [0.3] * i + [then] * (j + 40), n_cases=n_cases, floor=floor)
            covered += chance * (got.low is not None and got.high is not None and got.low <= 0.11 <= got.high)
    assert covered >= 0.95


def test_guaranteed_rate_covers_when_the_judge_is_wrong_and_an_unweighted_rate_does_not() -> None:
    """Errors are the least suspected cases. 400 seeded periods; a true 5 % misses more than `most` once in 10^6."""
    rng = np.random.default_rng(20)
    n_cases, truth, floor, runs = 1500, 0.04, 0.03, 400
    wrong = np.arange(n_cases) < truth * n_cases
    suspicion = np.where(wrong, rng.beta(1, 9, n_cases), rng.beta(1, 1, n_cases))
    p = np.array(steered_probabilities(suspicion.tolist(), share=0.2, floor=floor))
    missed = missed_unweighted = 0
    for _ in range(runs):
        a = rng.random(n_cases) < p
        got = guaranteed_rate(wrong[a], p[a], n_cases=n_cases, floor=floor)
        plain = rate(int(wrong[a].sum()), int(a.sum()))
        assert got.low is not None
        assert got.high is not None
        assert plain.high is not None
        missed += not got.low <= truth <= got.high
        missed_unweighted += plain.high < truth
    most = binom.ppf(1 - 1e-6, runs, 0.05)
    assert missed <= most
    assert missed_unweighted > most


audit = st.tuples(st.integers(0, 1), st.floats(0.05, 1))


@settings(max_examples=60)
@given(
    both=st.lists(audit, min_size=1, max_size=30).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))),
    others=st.integers(0, 3000),
)
def test_guaranteed_rate_holds_its_value_whatever_the_order(
    both: tuple[list[tuple[int, float]], list[tuple[int, float]]], others: int
) -> None:
    n_cases = len(both[0]) + others
    first, second = (
        guaranteed_rate([w for w, _ in audits], [p for _, p in audits], n_cases=n_cases, floor=0.05) for audits in both
    )
    assert first.value is not None
    assert first.low is not None
    assert first.high is not None
    assert 0.0 <= first.low <= first.value * (1 + 1e-9)
    assert first.value <= first.high * (1 + 1e-9) <= 1 + 1e-9
    assert first.n == len(both[0])
    assert (second.low, second.high) == pytest.approx((first.low, first.high), rel=1e-6, abs=1e-12)


def test_guaranteed_rate_of_equal_draws_is_not_far_from_exact() -> None:
    got = guaranteed_rate([1] * 10 + [0] * 990, [0.05] * 1000, n_cases=20_000, floor=0.05)
    assert (got.n, got.level) == (1000, 0.95)
    assert (got.value, got.low, got.high) == pytest.approx((0.01, 0.0030, 0.0235), rel=0.03)
    assert got.method == "guaranteed (betting on Horvitz-Thompson terms)"
    exact = rate(10, 1000)
    assert exact.low is not None
    assert exact.high is not None
    assert got.low is not None
    assert got.high is not None
    assert got.low < exact.low < exact.high < got.high


def test_no_error_found_still_has_an_upper_limit() -> None:
    """The boldest bet alone, at weight w: (1 + floor m)^n_cases = 2 / (0.05 w) bounds the limit from both sides."""
    got = guaranteed_rate([0] * 600, [0.03] * 600, n_cases=20_000, floor=0.03)
    assert (got.value, got.low, got.n) == (0.0, 0.0, 600)
    assert got.high is not None
    assert math.expm1(math.log(40) / 20_000) / 0.03 < got.high < math.expm1(math.log(80) / 20_000) / 0.03


def test_certain_audits_of_wrong_cases_only() -> None:
    got = guaranteed_rate([1] * 50, [1.0] * 50, n_cases=50, floor=1.0)
    assert (got.value, got.high) == (1.0, 1.0)
    assert got.low is not None
    assert got.low > 0.8


def test_each_error_counts_by_its_own_probability() -> None:
    got = guaranteed_rate([1, 1, 0, 0], [0.1, 0.5, 0.1, 0.5], n_cases=200, floor=0.1)
    assert got.value == pytest.approx((10 + 2) / 200)


def test_nothing_audited_is_no_figure() -> None:
    method = "guaranteed (betting on Horvitz-Thompson terms)"
    assert guaranteed_rate([], [], n_cases=100, floor=0.1) == Estimate(None, None, None, 0, method, 0.95)
    got = stratified_rate([0, 0], [0, 0], [10, 20])
    assert (got.value, got.low, got.high, got.n) == (None, None, None, 0)


def test_unlabelled_and_undrawable_audits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"wrong\[1\] is nan: give 0 or 1 for every case drawn; wait for its label"):
        guaranteed_rate([0, math.nan], [0.1, 0.1], n_cases=10, floor=0.1)
    with pytest.raises(
        ValueError, match=r"probability\[0\] is 0\.05: give what it was drawn with, 0\.1 \(floor\) to 1"
    ):
        guaranteed_rate([0], [0.05], n_cases=10, floor=0.1)
    with pytest.raises(ValueError, match="2 audits of n_cases = 1: count the cases that were not audited too"):
        guaranteed_rate([0, 0], [0.5, 0.5], n_cases=1, floor=0.1)
    with pytest.raises(ValueError, match=r"give one of each an audit"):
        guaranteed_rate([0, 0], [0.5], n_cases=5, floor=0.1)
    with pytest.raises(ValueError, match=r"floor is 0\.0"):
        guaranteed_rate([0], [0.5], n_cases=5, floor=0.0)


def test_one_stratum_is_the_plain_rate() -> None:
    got, plain = stratified_rate([3], [200], [5000]), rate(3, 200)
    assert (got.value, got.low, got.high, got.n) == pytest.approx((plain.value, plain.low, plain.high, 200))


def test_two_strata_add_with_their_weights() -> None:
    parts = rate(3, 200, 0.975), rate(10, 100, 0.975)
    got = stratified_rate([3, 10], [200, 100], [9000, 1000])
    for name in ("value", "low", "high"):
        assert getattr(got, name) == pytest.approx(0.9 * getattr(parts[0], name) + 0.1 * getattr(parts[1], name))


def test_a_stratum_without_audits_may_hold_anything() -> None:
    got, part = stratified_rate([3, 0], [200, 0], [9000, 1000]), rate(3, 200)
    assert got.value is None
    assert (got.low, got.high) == pytest.approx((0.9 * (part.low or 0), 0.9 * (part.high or 0) + 0.1))


@pytest.mark.parametrize("n_wrong", [(0, 0), (1, 5), (3, 3), (20, 12), (60, 40)])
def test_stratified_rate_covers_all_cases_by_enumeration(n_wrong: tuple[int, int]) -> None:
    """Draws without replacement: both counts are hypergeometric, and coverage is a finite sum."""
    sizes, audited = (120, 60), (30, 20)
    truth = sum(n_wrong) / sum(sizes)
    covered = 0.0
    for i in range(min(audited[0], n_wrong[0]) + 1):
        for j in range(min(audited[1], n_wrong[1]) + 1):
            chance = hypergeom.pmf(i, sizes[0], n_wrong[0], audited[0]) * hypergeom.pmf(
                j, sizes[1], n_wrong[1], audited[1]
            )
            got = stratified_rate([i, j], audited, sizes)
            covered += chance * (got.low is not None and got.high is not None and got.low <= truth <= got.high)
    assert covered >= 0.95


def test_impossible_strata_are_refused() -> None:
    with pytest.raises(ValueError, match="stratum 1: 3 wrong of 2 audited of 10 cases"):
        stratified_rate([0, 3], [5, 2], [10, 10])
    with pytest.raises(ValueError, match="have 1, 2 and 1 entries"):
        stratified_rate([0], [5, 2], [10])
