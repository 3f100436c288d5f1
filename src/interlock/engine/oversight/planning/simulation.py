"""Rehearse promotion and demotion on invented cases: how long both would take, and how often one would be false."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.oversight.sequential.promotion import PromotionTest

if TYPE_CHECKING:
    import numpy as np

_PATH_POINTS = 240

Path = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is assumed.

    `error_rate` and `drift_error_rate` are shares wrong of automatic cases before and after the drift.
    `automatic_per_day` cases a day are automatic and `audit_share` of them audited; the drift comes after
    `healthy_days` and is followed for `drift_days`. A run without a promotion after `labels_max` labels has none.
    """

    budget: float
    delta: float
    error_rate: float
    drift_error_rate: float
    automatic_per_day: float
    audit_share: float
    run_length: float = 10_000.0
    healthy_days: int = 30
    drift_days: int = 90
    labels_max: int = 5_000

    def __post_init__(self) -> None:
        """Raises ValueError naming the figure and the mend."""
        share_in_open_unit("budget", self.budget)
        share_in_open_unit("delta", self.delta)
        for name in ("error_rate", "drift_error_rate"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)!r}: give a share from 0 to 1 (0.01 for 1 %)")
        if not 0.0 < self.audit_share <= 1.0:
            raise ValueError(f"audit_share is {self.audit_share!r}: give a share over 0, at most 1 (0.05 for 5 %)")
        if not 1.0 <= self.automatic_per_day <= 1e6:
            raise ValueError(f"automatic_per_day is {self.automatic_per_day!r}: give a number from 1 to 1,000,000")
        whole_count("healthy_days", self.healthy_days)
        whole_count("drift_days", self.drift_days, least=1)
        whole_count("labels_max", self.labels_max, least=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One invented life. `promoted_at`: labels, None where not within the most; `audits_before`: until the drift.

    `false_demotion_at`: audits until a demotion before the drift; else `audits_to_demote` and `days_to_demote` count
    from the drift, None where it was not seen in time. The paths are for pictures, thinned.
    """

    promoted_at: int | None
    false_demotion_at: int | None
    audits_before: int
    audits_to_demote: int | None
    days_to_demote: int | None
    wealth: Path = field(repr=False)
    monitor: Path = field(repr=False)


def simulate(
    setting: Setting, *, runs: int, rng: "np.random.Generator", progress: Callable[[int, int | None], None]
) -> tuple[Run, ...]:
    """`runs` independent lives under the real tests; the live part is rehearsed whether or not a run is promoted.

    Cases are wrong independently of each other at the rate of their time. Raises ValueError for fewer than 1 run.
    """
    done = []
    for i in range(whole_count("runs", runs, least=1)):
        done.append(_run(setting, rng))
        progress(i + 1, runs)
    return tuple(done)


def _run(setting: Setting, rng: "np.random.Generator") -> Run:
    promoted_at, wealth = _promotion(setting, rng)
    monitor = DemotionMonitor(setting.budget, setting.run_length)
    path: list[tuple[float, float]] = [(0.0, 0.0)]
    healthy = _live(monitor, path, setting, setting.error_rate, setting.healthy_days, rng)
    before = monitor.n
    if healthy is not None:
        return Run(promoted_at, before, before, None, None, wealth, thinned(path))
    day = _live(monitor, path, setting, setting.drift_error_rate, setting.drift_days, rng)
    audits = None if day is None else monitor.n - before
    return Run(promoted_at, None, before, audits, day, wealth, thinned(path))


def _promotion(setting: Setting, rng: "np.random.Generator") -> tuple[int | None, Path]:
    test = PromotionTest(setting.budget, setting.delta)
    path = [(0.0, 1.0)]
    for wrong in (rng.random(setting.labels_max) < setting.error_rate).tolist():
        decided = test.observe(wrong)
        path.append((float(test.n), test.wealth))
        if decided:
            break
    return test.decided_at, thinned(path)


def _live(
    monitor: DemotionMonitor,
    path: list[tuple[float, float]],
    setting: Setting,
    rate: float,
    days: int,
    rng: "np.random.Generator",
) -> int | None:
    """The day (from 1) on which the monitor demotes, None where it does not."""
    whole, rest = divmod(setting.automatic_per_day, 1.0)
    for day in range(1, days + 1):
        cases = int(whole) + (rng.random() < rest)
        for wrong in (rng.random(rng.binomial(cases, setting.audit_share)) < rate).tolist():
            decided = monitor.observe(wrong)
            path.append((float(monitor.n), monitor.statistic))
            if decided:
                return day
    return None


def thinned(path: Sequence[tuple[float, float]], points_max: int = _PATH_POINTS) -> Path:
    """At most about `points_max` points with the first, the last, and the least and the greatest of each stretch."""
    if len(path) <= points_max:
        return tuple(path)
    size = math.ceil(len(path) / (points_max / 2))
    kept = {0, len(path) - 1}
    for start in range(0, len(path), size):
        stretch = range(start, min(start + size, len(path)))
        kept |= {min(stretch, key=lambda i: path[i][1]), max(stretch, key=lambda i: path[i][1])}
    return tuple(path[i] for i in sorted(kept))


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 5 % and 95 % quantile over `n` runs; None where one of the `n_never` runs is meant that got nowhere."""

    median: float | None
    low: float | None
    high: float | None
    n: int
    n_never: int


def spread(values: Sequence[float | None]) -> Spread:
    """Of values of which None stands for "not in time", later than all others."""
    ordered = sorted(math.inf if value is None else float(value) for value in values)
    n = len(ordered)

    def at(q: float) -> float | None:
        value = ordered[max(0, math.ceil(n * q - 1e-9) - 1)] if n else math.inf
        return None if math.isinf(value) else value

    return Spread(at(0.5), at(0.05), at(0.95), n, sum(map(math.isinf, ordered)))
