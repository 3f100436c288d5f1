"""Two releases on the same cases: proved no worse by a margin, and few labels where they mostly agree."""

import itertools
import json
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.sequential.replay_comparison import replay_comparison
from interlock.oversight import NonInferiorityTest, PromotionTest

WORSE, BETTER, BOTH, SAME = (0, 1), (1, 0), (1, 1), None


def acceptable(rate: float, runs: int) -> int:
    return int(binom.ppf(1.0 - 1e-6, runs, rate))


def columns(worse: float, better: float, both: float, n: int, seed: int) -> dict[str, npt.NDArray[np.bool_]]:
    """A record of n cases with these shares of cases whose answers differ; all others have the same answer."""
    draws = np.random.default_rng(seed).random(n)
    kind = np.searchsorted(np.cumsum([worse, better, both]), draws, side="right")
    return {"same": kind == 3, "wrong_old": (kind == 1) | (kind == 2), "wrong_new": (kind == 0) | (kind == 2)}


def feed(test: NonInferiorityTest, outcome: tuple[int, int] | None) -> None:
    if outcome is None:
        test.observe_same()
    else:
        test.observe(*outcome)


@pytest.mark.parametrize("margin", [0.01, 0.2, 0.9])
def test_mean_wealth_is_one_at_the_margin(margin: float) -> None:
    """Over all sequences of 5 cases with their probability, the new release worse by the margin, exactly."""
    law = {WORSE: margin + 0.3 * (1 - margin) / 2, BETTER: 0.3 * (1 - margin) / 2, SAME: 0.7 * (1 - margin)}
    assert sum(law.values()) == pytest.approx(1.0)
    mean = 0.0
    for outcomes in itertools.product(law, repeat=5):
        test = NonInferiorityTest(margin)
        for outcome in outcomes:
            feed(test, outcome)
        mean += math.prod(law[outcome] for outcome in outcomes) * test.wealth
    assert mean == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("worse", "better"), [(0.02, 0.0), (0.05, 0.03), (0.3, 0.28)])
def test_a_release_worse_by_the_margin_is_let_through_at_most_as_often_as_delta(worse: float, better: float) -> None:
    runs, test = 400, NonInferiorityTest(0.02)
    false = sum(replay_comparison(test, **columns(worse, better, 0.0, 5000, i)).test.decided for i in range(runs))
    assert false <= acceptable(0.05, runs)


def test_a_changed_prompt_re_earns_its_grant_on_few_labels() -> None:
    """Answers changed in 5 % of cases, both releases wrong in 2.5 % of all: about 43 labels for a margin of 2 %.

    A fresh promotion of the new release under a budget of 5 % takes a median of 341.
    """
    replays = [replay_comparison(NonInferiorityTest(0.02), **columns(0.025, 0.025, 0, 20_000, i)) for i in range(60)]
    cases = [each.decided_at or math.inf for each in replays]
    labels = [
        float((~columns(0.025, 0.025, 0, 20_000, i)["same"])[: each.decided_at].sum()) for i, each in enumerate(replays)
    ]
    fresh = PromotionTest(0.05).expected_labels(0.025)
    assert fresh == 341
    assert np.median(labels) < fresh / 4
    expected = NonInferiorityTest(0.02).expected_cases(0.025, 0.025)
    assert expected is not None
    assert 0.5 < np.median(cases) / expected < 2.0


def test_cases_that_wait_outside_would_decide_on_no_label_and_held_ones_do_not() -> None:
    """One case in twenty made worse: far over the margin. Counting the unchanged ones first proves anything."""
    outside, held = NonInferiorityTest(0.02), NonInferiorityTest(0.02)
    assert outside.observe_same(950)
    for _ in range(50):
        held.observe_same(19)
        held.hold()
    assert not held.decided
    assert (held.n, held.n_labelled, held.n_held) == (1000, 0, 50)


@given(outcomes=st.lists(st.sampled_from((WORSE, BETTER, BOTH, SAME)), max_size=60), data=st.data())
def test_held_cases_delay_and_never_hasten(outcomes: list[tuple[int, int] | None], data: st.DataObject) -> None:
    """Judged late and in any order, they come to the same wealth; until then it is never more."""
    at_once, late = NonInferiorityTest(0.05), NonInferiorityTest(0.05)
    waiting: list[tuple[int, int]] = []
    for outcome in outcomes:
        feed(at_once, outcome)
        if outcome is not None and data.draw(st.booleans()):
            late.hold()
            waiting.append(outcome)
        else:
            feed(late, outcome)
        assert late.log_wealth <= at_once.log_wealth + 1e-12
    for outcome in data.draw(st.permutations(waiting)):
        late.observe(*outcome, held=True)
    assert (late.n_held, late.n, late.n_labelled) == (0, at_once.n, at_once.n_labelled)
    assert late.log_wealth == at_once.log_wealth
    with pytest.raises(ValueError, match="no case is held"):
        late.observe(0, 0, held=True)


@given(
    margin=st.sampled_from((0.01, 0.1, 0.5)), better=st.integers(0, 5), worse=st.integers(0, 3), n=st.integers(0, 600)
)
def test_many_at_once_are_as_one_by_one(margin: float, better: int, worse: int, n: int) -> None:
    whole, each = NonInferiorityTest(margin), NonInferiorityTest(margin)
    for test in (whole, each):
        for outcome in [BETTER] * better + [WORSE] * worse:
            test.observe(*outcome)
    whole.observe_same(n)
    for _ in range(n):
        each.observe_same()
    assert whole.to_state() == each.to_state()


@settings(deadline=None, max_examples=40)
@given(
    margin=st.sampled_from((0.005, 0.05, 0.5)),
    shares=st.sampled_from(((0.0, 0.0, 0.0), (0.02, 0.02, 0.01), (0.1, 0.3, 0.2), (0.9, 0.05, 0.05))),
    before=st.integers(0, 60),
    held=st.integers(0, 3),
    n=st.sampled_from((0, 1, 30, 2000)),
    seed=st.integers(0, 2**32),
)
def test_replay_equals_case_by_case(
    margin: float, shares: tuple[float, float, float], before: int, held: int, n: int, seed: int
) -> None:
    start = NonInferiorityTest(margin)
    start.hold(held)
    start = replay_comparison(start, **columns(*shares, before, seed)).test
    stepped, record = NonInferiorityTest.from_state(start.to_state()), columns(*shares, n, seed + 1)
    path = []
    for same, old, new in zip(*(column.tolist() for column in record.values()), strict=True):
        feed(stepped, SAME if same else (old, new))
        path.append(stepped.log_wealth)
    got = replay_comparison(start, **record)
    assert np.allclose(got.statistic, path, rtol=1e-9, atol=1e-9)
    assert got.decided_at == stepped.decided_at
    assert got.test.to_state() == stepped.to_state()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("same", [1, math.nan, 0], r"same\[1\] is nan"),
        ("wrong_new", [math.nan, 0, math.nan], r"wrong_new\[2\] is nan: give 1 or 0; judge every case"),
        ("wrong_old", [0, 0], r"wrong_old has shape \(2,\)"),
    ],
)
def test_a_record_with_a_gap_is_refused_and_named(column: str, value: list[float], message: str) -> None:
    good: dict[str, npt.ArrayLike] = {"same": [1, 0, 0], "wrong_old": [math.nan, 0, 1], "wrong_new": [math.nan, 0, 0]}
    assert replay_comparison(NonInferiorityTest(0.02), **good).test.n_better == 1
    with pytest.raises(ValueError, match=message):
        replay_comparison(NonInferiorityTest(0.02), **{**good, column: value})


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
    first, second = (
        replay_comparison(NonInferiorityTest(0.005), **columns(0.02, 0.02, 0.01, 200, seed)).test for seed in (3, 4)
    )
    first.hold(2)
    again = NonInferiorityTest.from_state(json.loads(json.dumps(first.to_state())))
    assert again.to_state() == first.to_state()
    merged = first.merge(second)
    assert (merged.n, merged.n_worse) == (first.n + second.n, first.n_worse + second.n_worse)
    assert merged.log_wealth == second.merge(first).log_wealth
    with pytest.raises(ValueError, match="margin or delta differ"):
        first.merge(NonInferiorityTest(0.01))
    with pytest.raises(ValueError, match="n_same is -1"):
        NonInferiorityTest.from_state({**first.to_state(), "n_same": -1})
    with pytest.raises(ValueError, match="lacks the decision"):
        NonInferiorityTest.from_state({**first.to_state(), "n_same": 10**6})
    with pytest.raises(ValueError, match="decided at case 5 of 202, too early"):
        NonInferiorityTest.from_state({**first.to_state(), "decided_at": 5})
    with pytest.raises(ValueError, match="lacks n_held"):
        NonInferiorityTest.from_state({name: each for name, each in first.to_state().items() if name != "n_held"})


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
