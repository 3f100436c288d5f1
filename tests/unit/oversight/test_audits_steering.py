"""Steered and stratified draws: laws of the probabilities, and a record that can be rechecked."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.audits.steering import (
    fit_steering,
    recheck_steered,
    recheck_stratified,
    steered_draw,
    steered_probabilities,
    steered_probability,
    stratified_draw,
    stratified_probabilities,
)
from interlock.terms.audits import SteeringRule

SALT = "a secret of thirty-two characters"
suspicions = st.lists(st.one_of(st.floats(0, 1), st.sampled_from((0.0, 0.25, 1.0))), min_size=1, max_size=40)
floors = st.floats(1e-6, 1)


def _between(low: float, high: float, t: float) -> float:
    return min(high, max(low, low + t * (high - low)))


def test_worked_example() -> None:
    """Roots 0, 1/4, 1/2, 1: one at the floor, the rest share 0.7 - 0.1 in proportion 1 : 2 : 4."""
    assert steered_probabilities([0.0, 1 / 16, 0.25, 1.0], share=0.2, floor=0.1) == pytest.approx((0.1, 0.1, 0.2, 0.4))


@given(suspicion=suspicions, floor=floors, t=st.floats(0, 1))
def test_mean_is_the_share_and_none_is_under_the_floor(suspicion: list[float], floor: float, t: float) -> None:
    share = _between(floor, 1.0, t)
    got = steered_probabilities(suspicion, share=share, floor=floor)
    assert all(floor <= p <= 1.0 for p in got)
    assert math.fsum(got) == pytest.approx(share * len(got), rel=1e-9)
    by_suspicion = sorted(zip(suspicion, got, strict=True))
    assert [p for _, p in by_suspicion] == sorted(got)


@given(both=suspicions.flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))), t=st.floats(0, 1))
def test_the_order_of_cases_does_not_matter(both: tuple[list[float], list[float]], t: float) -> None:
    share = _between(0.01, 1.0, t)
    assert fit_steering(both[1], share=share, floor=0.01) == fit_steering(both[0], share=share, floor=0.01)


@given(value=st.floats(0, 1), n=st.integers(1, 20), t=st.floats(0, 1))
def test_a_judge_who_suspects_all_alike_changes_nothing(value: float, n: int, t: float) -> None:
    share = _between(0.01, 1.0, t)
    assert steered_probabilities([value] * n, share=share, floor=0.01) == pytest.approx((share,) * n)


@given(
    strata=st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 1)), min_size=1, max_size=8),
    floor=st.floats(1e-4, 1),
    t=st.floats(0, 1),
)
def test_strata_respect_the_budget(strata: list[tuple[int, float]], floor: float, t: float) -> None:
    sizes, rates = [size for size, _ in strata], [r for _, r in strata]
    total = sum(sizes)
    if not total:
        return
    n_audits = _between(floor * total, total, t)
    got = stratified_probabilities(sizes, rates, n_audits=n_audits, floor=floor)
    assert all(floor <= p <= 1.0 for p in got)
    assert math.fsum(s * p for s, p in zip(sizes, got, strict=True)) == pytest.approx(n_audits, rel=1e-9)


def test_neyman_has_the_least_variance_among_neighbours() -> None:
    sizes, rates = np.array([9000, 900, 100]), np.array([0.001, 0.02, 0.3])
    best = np.array(stratified_probabilities(sizes.tolist(), rates.tolist(), n_audits=300, floor=1e-6))
    spread = rates * (1 - rates) * sizes

    def variance(p: npt.NDArray[np.float64]) -> float:
        return float((spread / p).sum())

    for i, j in ((0, 1), (1, 2), (2, 0)):
        moved = best.copy()
        moved[i] += 1.0 / sizes[i]
        moved[j] -= 1.0 / sizes[j]
        assert variance(moved) > variance(best)


def test_draws_hit_with_their_probability_and_the_record_holds() -> None:
    rule = fit_steering([0.0, 0.1, 0.9], share=0.2, floor=0.05)
    records = [steered_draw(f"case-{i}", (0.0, 0.1, 0.9)[i % 3], rule=rule, salt=SALT) for i in range(30_000)]
    for suspicion in (0.0, 0.1, 0.9):
        drawn = [r.in_sample for r in records if r.suspicion == suspicion]
        p = steered_probability(suspicion, rule=rule)
        low, high = binom.ppf((1e-7, 1 - 1e-7), len(drawn), p)
        assert low <= sum(drawn) <= high
    assert recheck_steered(records, rule=rule, salt=SALT) == ()


def test_recheck_names_what_was_altered() -> None:
    rule = SteeringRule(floor=0.05, scale=0.5, share=0.1, n=100)
    records = [steered_draw(f"case-{i}", i / 50, rule=rule, salt=SALT) for i in range(50)]
    records[3] = records[3]._replace(probability=0.9)
    records[5] = records[5]._replace(suspicion=1.0)
    records[7] = records[7]._replace(in_sample=not records[7].in_sample)
    records[9] = records[9]._replace(draw=0.5)
    records[11] = records[11]._replace(suspicion=math.nan)
    assert recheck_steered(records, rule=rule, salt=SALT) == ("case-3", "case-5", "case-7", "case-9", "case-11")
    with pytest.raises(ValueError, match="salt has 0 bytes"):
        recheck_steered(records, rule=rule, salt="")


def test_stratified_records_can_be_rechecked() -> None:
    probabilities = {"refunds": 0.5, "mail": 0.1}
    records = [
        stratified_draw(f"case-{i}", "refunds" if i % 2 else "mail", probabilities=probabilities, salt=SALT)
        for i in range(20)
    ]
    assert recheck_stratified(records, probabilities=probabilities, salt=SALT) == ()
    records[4] = records[4]._replace(stratum="refunds")
    records[6] = records[6]._replace(stratum="gone")
    assert recheck_stratified(records, probabilities=probabilities, salt=SALT) == ("case-4", "case-6")
    with pytest.raises(ValueError, match=r"probabilities\['gone'\] is None"):
        stratified_draw("case", "gone", probabilities=probabilities, salt=SALT)


@pytest.mark.parametrize("value", [None, math.nan, -0.1, 1.1, "0.5"])
def test_unknown_suspicion_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"suspicion\[1\] is .*: give a share from 0 to 1, and 1 where"):
        steered_probabilities([0.1, value], share=0.1, floor=0.01)


def test_what_cannot_be_met_is_said() -> None:
    with pytest.raises(ValueError, match=r"share is 0\.01: a mean of probabilities from floor = 0\.05"):
        steered_probabilities([0.5], share=0.01, floor=0.05)
    with pytest.raises(ValueError, match=r"floor is 0\.0: give the least probability, over 0"):
        steered_probabilities([0.5], share=0.1, floor=0.0)
    with pytest.raises(ValueError, match="suspicion is empty"):
        steered_probabilities([], share=0.1, floor=0.01)
    with pytest.raises(ValueError, match="n_audits is 5 of 1000 cases: give 10 to 1000, or a lower floor"):
        stratified_probabilities([900, 100], [0.01, 0.1], n_audits=5, floor=0.01)
    with pytest.raises(ValueError, match="sizes has 2 entries and prior_rates 1"):
        stratified_probabilities([900, 100], [0.01], n_audits=50, floor=0.01)
    with pytest.raises(ValueError, match="sizes hold no case"):
        stratified_probabilities([0], [0.01], n_audits=0, floor=0.01)
