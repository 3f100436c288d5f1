"""A judge steers which cases people audit; it may lie, and the promises hold all the same."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy.stats import binom

from interlock.oversight import (
    DemotionMonitor,
    JudgedBreachMonitor,
    JudgedDemotionMonitor,
    JudgedPromotionTest,
    estimate_range,
)

Judged = JudgedBreachMonitor | JudgedDemotionMonitor | JudgedPromotionTest
# (guess, audit probability) of a case that the judge lets pass, and of one that it suspects
HONEST = ((0.002, 0.05), (0.15, 0.5))
LEAST = min(estimate_range(*each)[0] for each in HONEST)
MOST = max(estimate_range(*each)[1] for each in HONEST)


def acceptable(rate: float, runs: int) -> int:
    return int(binom.ppf(1.0 - 1e-6, runs, rate))


def stream(rate: float, n: int, seed: int, *, agreement: float) -> Iterator[tuple[float, float, int | None]]:
    """(guess, audit probability, label or None) where the judge agrees with the truth so often."""
    rng = np.random.default_rng([seed, n])
    wrong = rng.random(n) < rate
    suspected = np.where(rng.random(n) < agreement, wrong, ~wrong)
    draws = rng.random(n)
    for is_wrong, suspects, draw in zip(wrong.tolist(), suspected.tolist(), draws.tolist(), strict=True):
        guess, probability = HONEST[suspects]
        yield guess, probability, int(is_wrong) if draw < probability else None


def decided(test: Judged, cases: Iterator[tuple[float, float, int | None]]) -> bool:
    return any(test.observe(judge=q, audit_probability=pi, wrong=wrong) for q, pi, wrong in cases)


@pytest.mark.parametrize("agreement", [0.9, 0.5, 0.0], ids=["good", "useless", "always lies"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: JudgedPromotionTest(0.05, least=LEAST, most=MOST),
        lambda: JudgedBreachMonitor(0.05, least=LEAST, most=MOST),
    ],
    ids=["promotion", "breach"],
)
def test_no_judge_can_break_the_promise(make: Callable[[], Judged], agreement: float) -> None:
    runs = 150
    false = sum(decided(make(), stream(0.05, 1500, seed, agreement=agreement)) for seed in range(runs))
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
    runs, cases = 120, 2000
    false = sum(
        decided(JudgedDemotionMonitor(0.02, 10_000, least=LEAST, most=MOST), stream(0.02, cases, seed, agreement=0.9))
        for seed in range(runs)
    )
    assert false <= acceptable(cases / 10_000, runs)


def test_a_good_judge_shortens_demotion() -> None:
    """Audits to the alarm after 2 % became 6 %, beside uniform audits at the same run length in audits."""
    judged, uniform = [], []
    for seed in range(30):
        monitor = JudgedDemotionMonitor(0.02, 100_000, least=LEAST, most=MOST)
        decided(monitor, stream(0.06, 20_000, seed, agreement=0.9))
        judged.append(monitor.n_audited)
        plain, rng = DemotionMonitor(0.02, 10_000), np.random.default_rng(seed)
        while not plain.observe(rng.random() < 0.06):
            pass
        uniform.append(plain.n)
    assert np.median(judged) < 0.6 * np.median(uniform)


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
    cases = list(stream(0.1, 400, 3, agreement=0.8))
    decided_whole = [whole.observe(judge=q, audit_probability=pi, wrong=wrong) for q, pi, wrong in cases]
    for q, pi, wrong in cases[:200]:
        first.observe(judge=q, audit_probability=pi, wrong=wrong)
    second = type(first).from_state(json.loads(json.dumps(first.to_state())))
    rest = [second.observe(judge=q, audit_probability=pi, wrong=wrong) for q, pi, wrong in cases[200:]]
    assert rest == decided_whole[200:]
    assert second.to_state() == whole.to_state()
    assert whole.n_audited == sum(wrong is not None for _, _, wrong in cases)
    with pytest.raises(ValueError, match="unusable sums"):
        type(first).from_state({**first.to_state(), "sums": [1.0]})


@pytest.mark.parametrize(
    ("judge", "audit_probability", "wrong", "message"),
    [
        (float("nan"), 0.5, 1, "judge is nan"),
        (1.5, 0.5, 1, "judge is 1.5"),
        (0.1, 0.0, 1, "audit_probability is 0.0"),
        (0.1, float("nan"), None, "audit_probability is nan"),
        (0.1, 0.5, 2, "wrong is 2"),
        (0.1, 0.01, 1, "audit such cases with a higher probability"),
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
