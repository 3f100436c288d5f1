"""A whole record at once equals one case after the other; tests of separate streams say what they may together."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.oversight import BreachMonitor, DemotionMonitor, PromotionTest, Replay, pooled, replay

KINDS = (PromotionTest, DemotionMonitor, BreachMonitor)
Kind = type[PromotionTest] | type[DemotionMonitor] | type[BreachMonitor]


def figure(test: PromotionTest | DemotionMonitor | BreachMonitor) -> float:
    return test.log_wealth if isinstance(test, PromotionTest) else test.statistic


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    budget=st.sampled_from((0.001, 0.02, 0.3, 0.9)),
    rate=st.sampled_from((0.0, 0.01, 0.1, 0.6, 1.0)),
    before=st.integers(0, 60),
    n=st.sampled_from((0, 1, 30, 700, 5000)),
    seed=st.integers(0, 2**32),
)
def test_replay_equals_step_by_step(kind: Kind, budget: float, rate: float, before: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    stepped = kind(budget)
    for wrong in rng.random(before) < rate:
        stepped.observe(wrong)
    given_state = stepped.to_state()
    start = kind.from_state(given_state)
    record = rng.random(n) < rate
    path = []
    for wrong in record.tolist():
        stepped.observe(wrong)
        path.append(figure(stepped))
    got: Replay[Any] = replay(start, record)
    assert np.allclose(got.statistic, path, rtol=1e-9, atol=1e-9)
    assert got.decided_at == stepped.decided_at == got.test.decided_at
    assert (got.test.n, got.test.n_wrong) == (stepped.n, stepped.n_wrong)
    assert math.isclose(figure(got.test), figure(stepped), rel_tol=1e-9, abs_tol=1e-9)
    assert start.to_state() == given_state  # the test that was given is left alone


def test_a_statistic_at_its_ceiling_is_followed_step_by_step() -> None:
    record = np.ones(2000, dtype=int)
    stepped = DemotionMonitor(0.001)
    path = []
    for wrong in record.tolist():
        stepped.observe(wrong)
        path.append(stepped.statistic)
    got = replay(DemotionMonitor(0.001), record)
    assert max(path) >= 1e300
    assert np.allclose(got.statistic, path, rtol=1e-9)


def test_a_record_that_is_not_of_outcomes_is_refused_and_named() -> None:
    for record, message in (
        ([0, 1, 2], r"wrong\[2\] is 2.0"),
        ([0, None], r"wrong\[1\] is nan"),
        ([[0]], "2 dimensions"),
    ):
        with pytest.raises(ValueError, match=message):
            replay(DemotionMonitor(0.02), record)  # type: ignore[arg-type]


@given(first=st.integers(0, 300), wrong=st.integers(0, 3), second=st.integers(0, 300))
def test_merged_promotion_tests_are_the_test_over_all_labels(first: int, wrong: int, second: int) -> None:
    a, b, both = PromotionTest(0.02), PromotionTest(0.02), PromotionTest(0.02)
    for test, n, errors in ((a, first, wrong), (b, second, 0)):
        for i in range(n):
            test.observe(i < errors)
            both.observe(i < errors)
    merged = a.merge(b)
    assert (merged.n, merged.n_wrong) == (both.n, both.n_wrong)
    assert merged.log_wealth == both.log_wealth == b.merge(a).log_wealth
    assert merged.decided == (merged.wealth >= 20)


def test_only_tests_of_one_promise_are_merged_or_pooled() -> None:
    with pytest.raises(ValueError, match=r"budget is 0.02 here and 0.03 there"):
        PromotionTest(0.02).merge(PromotionTest(0.03))
    with pytest.raises(ValueError, match="pool those of one promise only"):
        pooled([DemotionMonitor(0.02), DemotionMonitor(0.02, run_length=100)])
    with pytest.raises(ValueError, match="no monitor was given"):
        pooled([])


def test_pooled_streams_see_together_what_none_sees_alone() -> None:
    rng = np.random.default_rng(1)
    site = replay(DemotionMonitor(0.02), [0] * 20 + [1, 0, 0, 0] * 3).test
    assert not site.decided
    sites = [site] * math.ceil(10_000 / site.statistic)
    together = pooled(sites)
    assert together.decided
    assert not pooled(sites[1:]).decided
    assert (together.n, together.n_wrong) == (32 * len(sites), 3 * len(sites))
    breaches = [replay(BreachMonitor(0.02), rng.random(100) < 0.02).test for _ in range(3)]
    assert pooled(breaches).statistic == pytest.approx(np.mean([each.statistic for each in breaches]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": -1}, "n is -1"),
        ({"n": 3, "n_wrong": 4}, "4 wrong of 3 cases"),
        ({"decided_at": 7}, "decided at case 7 of 0"),
        ({"n": 0.5}, "n is 0.5"),
    ],
)
def test_a_state_that_cannot_have_been_saved_is_refused(kind: Kind, change: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind.from_state({**kind(0.02).to_state(), **change})


@pytest.mark.parametrize("sums", [[1.0] * 4, [math.nan] * 5, [-1.0] * 5, [math.inf] * 5, "many", ["x"] * 5])
def test_sums_that_are_no_evidence_are_refused(sums: object) -> None:
    for kind in (DemotionMonitor, BreachMonitor):
        with pytest.raises(ValueError, match="unusable sums"):
            kind.from_state({**kind(0.02).to_state(), "sums": sums})
