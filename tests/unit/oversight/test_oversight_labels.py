"""Labels needed: the exact table, and agreement with an independent binomial law."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.binomial import log_binomial_cdf
from interlock.oversight import labels_needed

TABLE = {
    0.05: (59, 93, 124, 153),
    0.02: (149, 236, 313, 386),
    0.01: (299, 473, 628, 773),
    0.005: (598, 947, 1258, 1549),
}


@pytest.mark.parametrize(("budget", "wanted"), TABLE.items())
def test_table_for_95_percent_confidence_is_exact(budget: float, wanted: tuple[int, ...]) -> None:
    assert tuple(labels_needed(budget, errors) for errors in range(4)) == wanted


def exact_cdf(errors: int, n: int, rate: Fraction) -> Fraction:
    return sum((comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(errors + 1)), Fraction(0))


@pytest.mark.parametrize(("budget", "wanted"), TABLE.items())
def test_table_holds_in_rational_arithmetic(budget: float, wanted: tuple[int, ...]) -> None:
    rate, delta = Fraction(str(budget)), Fraction(1, 20)
    for errors, m in enumerate(wanted):
        assert exact_cdf(errors, m, rate) <= delta < exact_cdf(errors, m - 1, rate)


@given(
    budget=st.floats(0.001, 0.9), errors=st.integers(0, 60), delta=st.sampled_from((0.001, 0.01, 0.05, 0.2, 0.5, 0.9))
)
def test_is_the_least_number_that_scipy_accepts(budget: float, errors: int, delta: float) -> None:
    m = labels_needed(budget, errors, delta)
    assert binom.cdf(errors, m, budget) <= delta * (1 + 1e-9)
    assert binom.cdf(errors, m - 1, budget) > delta * (1 - 1e-9)


@given(n=st.integers(1, 5000), rate=st.floats(0.001, 0.999), share=st.floats(0, 1))
def test_log_tail_agrees_with_scipy(n: int, rate: float, share: float) -> None:
    errors = int(share * n)
    wanted = float(binom.logcdf(errors, n, rate))
    if wanted > -600:  # below, the reference underflows
        assert log_binomial_cdf(errors, n, rate) == pytest.approx(wanted, rel=1e-8, abs=1e-10)


def test_equality_counts_as_reached() -> None:
    assert labels_needed(0.5, 0, 0.25) == 2
    assert labels_needed(0.5, 0, 0.5) == 1


def test_very_small_budgets_are_answered() -> None:
    assert labels_needed(1e-6) == 2_995_731
    assert labels_needed(1e-6, 3) == 7_753_655


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0, 0.05), "budget is 0.0: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        ((2, 0, 0.05), "budget is 2: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        ((0.02, 0, 1.0), "delta is 1.0: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        ((0.02, -1, 0.05), "errors is -1: give a whole number, 0 or more"),
        ((0.02, 1.5, 0.05), "errors is 1.5: give a whole number, 0 or more"),
        ((float("nan"), 0, 0.05), "budget is nan: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[float, int, float], message: str) -> None:
    with pytest.raises(ValueError, match="give") as caught:
        labels_needed(*arguments)
    assert str(caught.value) == message
