"""A judge steers which cases people audit; it may lie, and the promises hold all the same."""

import itertools
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.sequential.monitor import restart_weight
from interlock.engine.oversight.sequential.replay_judged import replay_judged
from interlock.oversight import (
    BreachMonitor,
    DemotionMonitor,
    JudgedBreachMonitor,
    JudgedDemotionMonitor,
    JudgedPromotionTest,
    Replay,
    estimate_range,
    pooled,
    replay,
)

Judged = JudgedBreachMonitor | JudgedDemotionMonitor | JudgedPromotionTest
Columns = dict[str, npt.NDArray[Any]]
Law = tuple[tuple[int, float, float, float], ...]
# (guess, audit probability) of a case that the judge lets pass, and of one that it suspects
HONEST = ((0.002, 0.05), (0.15, 0.5))
LEAST = min(estimate_range(*each)[0] for each in HONEST)
MOST = max(estimate_range(*each)[1] for each in HONEST)


def acceptable(rate: float, runs: int) -> int:
    return int(binom.ppf(1.0 - 1e-6, runs, rate))


def stream(rate: float, n: int, seed: int, *, agreement: float) -> Columns:
    """Columns of n cases, the judge agreeing with the truth so often."""
    rng = np.random.default_rng([seed, n])
    wrong = rng.random(n) < rate
    suspected = np.where(rng.random(n) < agreement, wrong, ~wrong)
    guess, probability = (np.where(suspected, HONEST[1][i], HONEST[0][i]) for i in (0, 1))
    return {"judge": guess, "audit_probability": probability, "audited": rng.random(n) < probability, "wrong": wrong}


def one_by_one(cases: Columns) -> Iterator[dict[str, Any]]:
    """What `observe` takes."""
    for judge, probability, audited, wrong in zip(*(column.tolist() for column in cases.values()), strict=True):
        yield {"judge": judge, "audit_probability": probability, "wrong": wrong if audited else None}


# (wrong, guess, audit probability, share of all cases), a quarter of them wrong.
LAWS = {
    "knows": ((1, 0.9, 0.5, 0.25), (0, 0.01, 0.1, 0.75)),
    "lies": ((1, 0.0, 0.1, 0.25), (0, 1.0, 0.5, 0.75)),
    "mixed": ((1, 0.3, 0.2, 0.2), (1, 0.0, 0.1, 0.05), (0, 0.3, 0.2, 0.15), (0, 0.0, 0.1, 0.6)),
}


@pytest.mark.parametrize(
    "limits", [(-9.0, 10.0), (-0.02, 9.99), (0.0, 10.0)], ids=["wide", "guesses are moved", "zero"]
)
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [(JudgedPromotionTest, 1.0), (JudgedDemotionMonitor, 3.0), (JudgedBreachMonitor, restart_weight(0))],
)
def test_mean_statistic_at_the_budget_is_exact(
    kind: type[Judged], expected: float, law: Law, limits: tuple[float, float]
) -> None:
    """Over all that three cases can be, audited or not, with its probability: no judge adds anything on average.

    What makes the promises: wealth 1, three copies of weight 1, the weight that was started. Planted: guesses
    that are not moved into the limits, with factors held at 0, fail in 8 of the 27.
    """
    outcomes: list[tuple[float, dict[str, Any]]] = [
        (share * (pi if audited else 1.0 - pi), {"judge": q, "audit_probability": pi, "wrong": y if audited else None})
        for y, q, pi, share in law
        for audited in (False, True)
    ]
    mean = 0.0
    for cases in itertools.product(outcomes, repeat=3):
        test = kind(0.25, least=limits[0], most=limits[1])
        for _, case in cases:
            test.observe(**case)
        assert min(test.sums) >= 0.0
        mean += math.prod(chance for chance, _ in cases) * test.statistic
    assert mean == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("agreement", [0.9, 0.5, 0.0], ids=["good", "useless", "always lies"])
@pytest.mark.parametrize("kind", [JudgedPromotionTest, JudgedBreachMonitor])
def test_no_judge_can_break_the_promise(
    kind: type[JudgedPromotionTest | JudgedBreachMonitor], agreement: float
) -> None:
    runs = 200
    false = sum(
        replay_judged(kind(0.05, least=LEAST, most=MOST), **stream(0.05, 4000, seed, agreement=agreement)).test.decided
        for seed in range(runs)
    )
    assert false <= acceptable(0.05, runs)


def test_a_stake_that_listened_to_the_judge_would_break_it() -> None:
    """Why the stakes are fixed: betting more where the judge says "right" turns its opinion into evidence."""
    runs, false = 150, 0
    for seed in range(runs):
        wealth, rng = 1.0, np.random.default_rng(seed)
        for _ in range(1500):
            suspects = rng.random() < 0.05  # at the budget, and the judge is always right
            gap = 0.05 - float(suspects)  # everything is audited: Z is the truth
            wealth *= 1 + (0.0 if suspects else 1.0) * gap
            if wealth >= 20:
                false += 1
                break
    assert false > acceptable(0.05, runs)


def test_false_demotions_come_as_rarely_as_the_run_length_says() -> None:
    runs, cases = 300, 2000
    monitor = JudgedDemotionMonitor(0.02, 10_000, least=LEAST, most=MOST)
    false = sum(replay_judged(monitor, **stream(0.02, cases, i, agreement=0.9)).test.decided for i in range(runs))
    assert false <= acceptable(cases / 10_000, runs)


def audits_to_decide(test: Judged, rate: float, *, agreement: float, runs: int = 40, cases: int = 20_000) -> float:
    """Median over streams."""
    took = []
    for seed in range(runs):
        columns = stream(rate, cases, seed, agreement=agreement)
        at = replay_judged(test, **columns).decided_at
        took.append(math.inf if at is None else float(columns["audited"][:at].sum()))
    return float(np.median(took))


def test_a_good_judge_shortens_demotion() -> None:
    """Audits to the alarm after 2 % became 6 %, beside uniform audits at the same run length in audits, and delta."""
    plain = np.random.default_rng(1).random((40, 4000)) < 0.06
    demotion, breach = (
        np.median([replay(kind(0.02), record).decided_at or 4000 for record in plain])
        for kind in (DemotionMonitor, BreachMonitor)
    )
    judged = JudgedDemotionMonitor(0.02, 100_000, least=LEAST, most=MOST)
    assert audits_to_decide(judged, 0.06, agreement=0.9) < 0.6 * demotion
    assert audits_to_decide(JudgedBreachMonitor(0.02, least=LEAST, most=MOST), 0.06, agreement=0.9) < 0.6 * breach


def test_promotion_is_reached_with_a_judge_too() -> None:
    """A rate of 1 % under a budget of 5 %; about 220 audits, where uniform ones need 132 labels."""
    test = JudgedPromotionTest(0.05, least=LEAST, most=MOST)
    assert 100 < audits_to_decide(test, 0.01, agreement=0.9) < 450


@settings(deadline=None, max_examples=40)
@given(
    kind=st.sampled_from((JudgedPromotionTest, JudgedDemotionMonitor, JudgedBreachMonitor)),
    budget=st.sampled_from((0.005, 0.05, 0.4)),
    rate=st.sampled_from((0.0, 0.02, 0.3, 1.0)),
    limits=st.sampled_from(((LEAST, MOST), (0.0, 20.0), (-30.0, 30.0))),
    before=st.integers(0, 60),
    n=st.sampled_from((0, 1, 30, 700, 5000)),
    seed=st.integers(0, 2**32),
)
def test_replay_equals_case_by_case(
    kind: type[Judged], budget: float, rate: float, limits: tuple[float, float], before: int, n: int, seed: int
) -> None:
    start = kind(budget, least=limits[0], most=limits[1])
    for case in one_by_one(stream(rate, before, seed, agreement=0.9)):
        start.observe(**case)
    stepped = kind.from_state(start.to_state())
    columns = stream(rate, n, seed + 1, agreement=0.8)
    path = []
    for case in one_by_one(columns):
        stepped.observe(**case)
        path.append(stepped.statistic)
    got: Replay[Any] = replay_judged(start, **columns)
    assert np.allclose(got.statistic, path, rtol=1e-9, atol=1e-300)
    assert got.decided_at == stepped.decided_at
    counts = ("n", "n_audited", "n_wrong", "decided_at")
    assert [getattr(got.test, name) for name in counts] == [getattr(stepped, name) for name in counts]
    assert got.test.sums == pytest.approx(stepped.sums, rel=1e-9, abs=1e-300)


def test_judged_streams_are_pooled_like_plain_ones() -> None:
    columns = stream(0.02, 300, 1, agreement=0.9)
    demoting = replay_judged(JudgedDemotionMonitor(0.02, 10_000, least=LEAST, most=MOST), **columns).test
    breach = replay_judged(JudgedBreachMonitor(0.02, least=LEAST, most=MOST), **columns).test
    together = pooled([demoting] * 3)
    assert together.statistic == pytest.approx(3 * demoting.statistic)
    assert together.n == 900
    assert pooled([breach] * 3).statistic == pytest.approx(breach.statistic)
    with pytest.raises(ValueError, match="pool those of one promise only"):
        pooled([demoting, DemotionMonitor(0.02)])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("judge", [0.1, math.nan], r"judge\[1\] is nan"),
        ("audit_probability", [0.5, 0.001], r"audit_probability\[1\] is 0.001: give the one of the draw"),
        ("audited", [1, 2], r"audited\[1\] is 2.0"),
        ("wrong", [1, math.nan], r"wrong\[1\] is nan: give 1 \(wrong\) or 0 \(right\) where it was audited"),
        ("wrong", [1], r"wrong has shape \(1,\)"),
    ],
)
def test_a_record_with_a_gap_is_refused_and_named(column: str, value: list[float], message: str) -> None:
    good: dict[str, Any] = {"judge": [0.1, 0.1], "audit_probability": [0.5, 0.5], "audited": [1, 1], "wrong": [0, 0]}
    with pytest.raises(ValueError, match=message):
        replay_judged(JudgedDemotionMonitor(0.02, least=LEAST, most=MOST), **{**good, column: value})


@pytest.mark.parametrize(
    "make",
    [
        lambda: JudgedPromotionTest(0.05, least=LEAST, most=MOST),
        lambda: JudgedDemotionMonitor(0.05, least=LEAST, most=MOST),
        lambda: JudgedBreachMonitor(0.05, least=LEAST, most=MOST),
    ],
)
def test_a_saved_test_goes_on_as_if_it_had_never_stopped(make: Callable[[], Judged]) -> None:
    whole, first = make(), make()
    cases = list(one_by_one(stream(0.1, 400, 3, agreement=0.8)))
    decided_whole = [whole.observe(**case) for case in cases]
    for case in cases[:200]:
        first.observe(**case)
    second = type(first).from_state(json.loads(json.dumps(first.to_state())))
    rest = [second.observe(**case) for case in cases[200:]]
    assert rest == decided_whole[200:]
    assert second.to_state() == whole.to_state()
    assert whole.n_audited == sum(case["wrong"] is not None for case in cases)
    with pytest.raises(ValueError, match="unusable sums"):
        type(first).from_state({**first.to_state(), "sums": [1.0]})
    with pytest.raises(ValueError, match="1 wrong of 0 audited of 400"):
        type(first).from_state({**whole.to_state(), "n_wrong": 1, "n_audited": 0})
    with pytest.raises(ValueError, match="lacks the decision"):
        type(first).from_state({**first.to_state(), "sums": [1e9] * len(first.sums), "decided_at": None})
    with pytest.raises(ValueError, match="give limits of Z"):
        type(first).from_state({**first.to_state(), "most": None})


@pytest.mark.parametrize(
    ("judge", "audit_probability", "wrong", "message"),
    [
        (float("nan"), 0.5, 1, "judge is nan"),
        (1.5, 0.5, 1, "judge is 1.5"),
        (0.1, 0.0, 1, "audit_probability is 0.0"),
        (0.1, float("nan"), None, "audit_probability is nan"),
        (0.1, 0.5, 2, "wrong is 2"),
        (0.1, 0.01, 1, r"audit every case with at least 1 / \(most - least\)"),
    ],
)
def test_what_cannot_be_counted_is_refused_and_changes_nothing(
    judge: float, audit_probability: float, wrong: int | None, message: str
) -> None:
    test = JudgedDemotionMonitor(0.02, least=LEAST, most=MOST)
    before = test.to_state()
    with pytest.raises(ValueError, match=message):
        test.observe(judge=judge, audit_probability=audit_probability, wrong=wrong)
    assert test.to_state() == before


def test_limits_that_no_estimate_can_have_are_refused() -> None:
    for least, most in ((0.1, 5.0), (-1.0, 0.5), (float("nan"), 5.0), (-1.0, float("inf"))):
        with pytest.raises(ValueError, match="give limits of Z"):
            JudgedPromotionTest(0.02, least=least, most=most)
