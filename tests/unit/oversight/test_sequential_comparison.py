"""Two releases on the same cases: proved no worse by a margin, and few labels where they mostly agree."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.oversight import NonInferiorityTest, PromotionTest


def acceptable(rate: float, runs: int) -> int:
    return int(binom.ppf(1.0 - 1e-6, runs, rate))


def play(test: NonInferiorityTest, worse: float, better: float, n: int, rng: np.random.Generator) -> NonInferiorityTest:
    for draw in rng.random(n).tolist():
        if draw < worse:
            done = test.observe(0, 1)
        elif draw < worse + better:
            done = test.observe(1, 0)
        else:
            done = test.observe_same()
        if done:
            break
    return test


@pytest.mark.parametrize(("worse", "better"), [(0.02, 0.0), (0.05, 0.03), (0.3, 0.28)])
def test_a_release_worse_by_the_margin_is_let_through_at_most_as_often_as_delta(worse: float, better: float) -> None:
    rng, runs = np.random.default_rng(1), 250
    false = sum(play(NonInferiorityTest(0.02), worse, better, 3000, rng).decided for _ in range(runs))
    assert false <= acceptable(0.05, runs)


def test_a_changed_prompt_re_earns_its_grant_on_few_labels() -> None:
    """One answer in fifty changed, as often for the better; beside a fresh promotion at 2 % of a release at 1 %."""
    rng, labels, cases = np.random.default_rng(2), [], []
    for _ in range(60):
        test = play(NonInferiorityTest(0.01), 0.01, 0.01, 20_000, rng)
        assert test.decided
        labels.append(test.n_labelled)
        cases.append(test.n)
    fresh = PromotionTest(0.02).expected_labels(0.01)
    assert fresh is not None
    assert np.median(labels) < fresh / 20
    expected = NonInferiorityTest(0.01).expected_cases(0.01, 0.01)
    assert expected is not None
    assert 0.5 < np.median(cases) / expected < 2.0


@given(same=st.integers(0, 500), worse=st.integers(0, 20), better=st.integers(0, 20), both=st.integers(0, 20))
def test_only_the_counts_matter_and_worse_never_helps(same: int, worse: int, better: int, both: int) -> None:
    test, other = NonInferiorityTest(0.02), NonInferiorityTest(0.02)
    for one in (test, other):
        one.observe_same(same)
        for _ in range(better):
            one.observe(1, 0)
    for _ in range(both):
        test.observe(1, 1)
    other.observe_same(both)
    assert test.log_wealth == other.log_wealth
    assert test.n == other.n
    before = test.log_wealth
    for _ in range(worse):
        test.observe(0, 1)
    assert test.log_wealth <= before
    assert test.n_labelled == worse + better + both


def test_a_saved_comparison_goes_on_and_parts_are_merged() -> None:
    rng = np.random.default_rng(3)
    first, second = (play(NonInferiorityTest(0.005), 0.02, 0.02, 200, rng) for _ in range(2))
    again = NonInferiorityTest.from_state(json.loads(json.dumps(first.to_state())))
    assert again.to_state() == first.to_state()
    merged = first.merge(second)
    assert (merged.n, merged.n_worse) == (first.n + second.n, first.n_worse + second.n_worse)
    assert merged.log_wealth == second.merge(first).log_wealth
    with pytest.raises(ValueError, match="margin or delta differ"):
        first.merge(NonInferiorityTest(0.01))
    with pytest.raises(ValueError, match="n_same is -1"):
        NonInferiorityTest.from_state({**first.to_state(), "n_same": -1})


def test_what_is_no_outcome_is_refused() -> None:
    test = NonInferiorityTest(0.02)
    with pytest.raises(ValueError, match="wrong is None"):
        test.observe(None, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="n is -1"):
        test.observe_same(-1)
    with pytest.raises(ValueError, match="together at most 1"):
        test.expected_cases(0.7, 0.7)
    assert test.expected_cases(0.03, 0.0) is None
    assert test.n == 0
