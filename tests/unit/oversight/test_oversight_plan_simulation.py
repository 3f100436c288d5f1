"""Rehearsals on invented cases keep to the exact laws of the tests that they run; a check errs under once in 10^6."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from interlock.engine.oversight.planning.simulation import Run, Setting, simulate, spread, thinned
from interlock.oversight import PromotionTest
from interlock.ports.progress import silent

SETTING = Setting(
    budget=0.02, delta=0.05, error_rate=0.005, drift_error_rate=0.06, automatic_per_day=1000.0, audit_share=0.05
)
QUICK: dict[str, Any] = {"healthy_days": 0, "drift_days": 1, "automatic_per_day": 1.0}
OFTEN = 5e-7  # either side


def runs_of(n: int, *, seed: int = 7, **changes: Any) -> tuple[Run, ...]:
    setting = dataclasses.replace(SETTING, **changes)
    return simulate(setting, runs=n, rng=np.random.default_rng(seed), progress=silent)


@pytest.mark.parametrize("rate", [0.005, 0.02])
def test_promotions_come_as_often_as_the_binomial_law_says(rate: float) -> None:
    labels, n = 330, 800
    points = PromotionTest(0.02, 0.05).decision_points(rate)
    exact = 0.0
    for at, decided in points:
        if at > labels:
            break
        exact = decided
    promoted = sum(run.promoted_at is not None for run in runs_of(n, error_rate=rate, labels_max=labels, **QUICK))
    assert binom.ppf(OFTEN, n, exact) <= promoted <= binom.ppf(1 - OFTEN, n, exact)
    if rate == 0.02:
        assert exact <= 0.05  # a promotion at the budget itself is false


def test_false_demotions_are_as_rare_as_promised() -> None:
    n, audits, run_length = 600, 40, 200.0
    runs = runs_of(
        n,
        budget=0.05,
        error_rate=0.05,
        drift_error_rate=0.05,
        automatic_per_day=1.0,
        audit_share=1.0,
        healthy_days=audits,
        drift_days=1,
        labels_max=1,
        run_length=run_length,
    )
    false = sum(run.false_demotion_at is not None for run in runs)
    assert false <= binom.ppf(1 - OFTEN, n, audits / run_length)
    assert all(run.audits_before <= audits for run in runs)


def test_a_drift_is_seen_in_the_measured_time() -> None:
    """Median 166 audits after 2,000 good ones and a change from 1 % to 6 %, in the design's own simulation."""
    n = 120
    runs = runs_of(n, error_rate=0.01, healthy_days=40, labels_max=1)
    drifted = [run for run in runs if run.false_demotion_at is None]
    sooner = sum((run.audits_to_demote or math.inf) <= 166 for run in drifted)
    assert binom.ppf(OFTEN, len(drifted), 0.4) <= sooner <= binom.ppf(1 - OFTEN, len(drifted), 0.6)
    assert all(run.days_to_demote is not None for run in drifted)


def test_the_same_seed_gives_the_same_lives_and_another_does_not() -> None:
    assert runs_of(5, seed=1) == runs_of(5, seed=1)
    assert runs_of(5, seed=1) != runs_of(5, seed=2)


def test_a_spread_says_what_never_came() -> None:
    found = spread([3, None, 1, 2])
    assert (found.median, found.low, found.high, found.n, found.n_never) == (2.0, 1.0, None, 4, 1)
    assert spread([]).median is None


def test_a_thinned_path_keeps_its_ends_and_its_extremes() -> None:
    path = [(float(i), float((i * 7919) % 1000)) for i in range(5000)]
    kept = thinned(path)
    assert len(kept) <= 260
    assert (kept[0], kept[-1]) == (path[0], path[-1])
    assert {min(y for _, y in path), max(y for _, y in path)} <= {y for _, y in kept}
    assert thinned(path[:10]) == tuple(path[:10])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"audit_share": 0.0}, "audit_share is 0.0: give a share over 0"),
        ({"error_rate": float("nan")}, "error_rate is nan"),
        ({"automatic_per_day": 0.0}, "automatic_per_day is 0.0"),
        ({"budget": 1.0}, "budget is 1.0"),
        ({"drift_days": 0}, "drift_days is 0"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        dataclasses.replace(SETTING, **changes)
