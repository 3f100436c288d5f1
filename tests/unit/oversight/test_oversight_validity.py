"""The guarantees as simulations. A right implementation fails one of these tests less than once in a million seeds:
the limits are the 1 - 1e-6 quantiles of the binomial law at the promised rate.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from interlock.oversight import BreachMonitor, DemotionMonitor, Promise, candidate_thresholds, certify

Floats = npt.NDArray[np.float64]
RUNS = 1500


def acceptable(rate: float, runs: int) -> int:
    return int(binom.ppf(1.0 - 1e-6, runs, rate))


class World:
    """Confidences on a grid of `levels` with a known error rate at each: the risk of a threshold is known exactly."""

    def __init__(self, levels: int, error_rate: Callable[[Floats], Floats]) -> None:
        self.grid = np.arange(levels, dtype=np.float64) / levels
        self.error_rate = error_rate(self.grid)
        applied = np.arange(levels, 0, -1)
        wrong = np.cumsum(self.error_rate[::-1])[::-1]
        self.risk = {Promise.SELECTIVE: wrong / applied, Promise.JOINT: wrong / levels}

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.bool_]]:
        picks = rng.integers(0, len(self.grid), n)
        return self.grid[picks], rng.random(n) < self.error_rate[picks]

    def true_risk(self, threshold: float, promise: Promise) -> float:
        at = int(np.searchsorted(self.grid, threshold))
        return float(self.risk[promise][at]) if at < len(self.grid) else 0.0


WORLDS = {
    "rising, no ties": World(1_000_003, lambda s: 0.2 * (1.0 - s)),
    "rising steeply, no ties": World(1_000_003, lambda s: 0.6 * (1.0 - s) ** 3),
    "rising, ten levels": World(10, lambda s: 0.02 + 0.1 * (1.0 - s)),
    "flat just over the budget": World(1_000_003, lambda s: np.full_like(s, 0.0500001)),
    "flat just over the budget, five levels": World(5, lambda s: np.full_like(s, 0.0500001)),
    "flat just under the budget": World(1_000_003, lambda s: np.full_like(s, 0.0499999)),
}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("promise", list(Promise))
@pytest.mark.parametrize("n", [150, 1000])
def test_promise_is_broken_at_most_as_often_as_delta(name: str, promise: Promise, n: int) -> None:
    world, rng, broken = WORLDS[name], np.random.default_rng([n, len(name)]), 0
    for _ in range(RUNS):
        got = certify(*world.draw(n, rng), budget=0.05, promise=promise)
        broken += got.threshold is not None and world.true_risk(got.threshold, promise) > 0.05
    assert broken <= acceptable(0.05, RUNS)


def test_fixed_candidates_need_no_monotone_curve() -> None:
    """The most confident cases are the worst, risk goes down and up again as the threshold falls."""
    world = World(1000, lambda s: 0.05 + 0.045 * np.sin(6 * np.pi * s + np.pi / 2))
    rng, broken, runs = np.random.default_rng(5), 0, 3 * RUNS
    for _ in range(runs):
        candidates = [float(t) for t in np.linspace(0.9, 0.0, 30)]
        got = certify(*world.draw(1000, rng), budget=0.05, candidates=candidates)
        broken += got.threshold is not None and world.true_risk(got.threshold, Promise.SELECTIVE) > 0.05
    assert broken <= acceptable(0.05, runs)


def test_candidates_from_unlabelled_cases_keep_most_of_the_power() -> None:
    world, rng = WORLDS["rising, no ties"], np.random.default_rng(6)
    free, fixed, broken = [], [], 0
    for _ in range(300):
        candidates = candidate_thresholds(world.draw(500, rng)[0], budget=0.05, n_labels=1000)
        cases = world.draw(1000, rng)
        free.append(certify(*cases, budget=0.05).share)
        got = certify(*cases, budget=0.05, candidates=candidates)
        fixed.append(got.share)
        broken += got.threshold is not None and world.true_risk(got.threshold, Promise.SELECTIVE) > 0.05
    assert np.mean(fixed) > 0.85 * np.mean(free)
    assert broken <= acceptable(0.05, 300)


@pytest.mark.parametrize("error_rate", [0.02, 0.01])
def test_false_demotions_within_2500_audits(error_rate: float) -> None:
    rng, runs = np.random.default_rng(7), 250
    alarms = sum(_alarm(DemotionMonitor(0.02), rng.random(2500) < error_rate) for _ in range(runs))
    assert alarms <= acceptable(0.25, runs)


@pytest.mark.parametrize("error_rate", [0.02, 0.01])
def test_false_statements_of_breach(error_rate: float) -> None:
    rng, runs = np.random.default_rng(8), 250
    alarms = sum(_alarm(BreachMonitor(0.02), rng.random(2500) < error_rate) for _ in range(runs))
    assert alarms <= acceptable(0.05, runs)


def _alarm(monitor: DemotionMonitor | BreachMonitor, wrong: npt.NDArray[np.bool_]) -> bool:
    return any(monitor.observe(each) for each in wrong.tolist())
