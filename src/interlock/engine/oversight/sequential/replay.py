"""A test or monitor over a whole record at once: the same path as case by case, in array time."""

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.sequential.monitor import CEILING, BreachMonitor, DemotionMonitor
from interlock.engine.oversight.sequential.promotion import PromotionTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

Sequential = TypeVar("Sequential")
Plain = TypeVar("Plain", bound=PromotionTest | DemotionMonitor | BreachMonitor)

BLOCK = 4096  # within so many audits logarithms lose no digit that matters
NEAR_CEILING = CEILING / 10.0  # over this the monitor holds its sums down, so it is followed step by step


@dataclass(frozen=True, slots=True)
class Replay(Generic[Sequential]):
    """`statistic[i]` is what stood after entry i of the record: the log wealth of a promotion test, else the statistic.

    `decided_at` counts observations from the first ever, those before the record included; None: not decided.
    `test` goes on from the end of the record; the one that was given is left as it was.
    """

    statistic: "Floats"
    decided_at: int | None
    test: Sequential


def replay(test: Plain, wrong: "npt.ArrayLike") -> Replay[Plain]:
    """Observe every entry of `wrong` (1 or True: wrong; in the order of judging), as `test.observe` would one by one.

    Equal to that to about 1e-12 of the statistic. Raises ValueError, naming the entry, on anything but 0 and 1. Judged
    tests and comparisons, which take more than one column, have `replay_judged` and `replay_comparison`.
    """
    labels = _labels(wrong)
    after = deepcopy(test)
    statistic = _wealth_path(after, labels) if isinstance(after, PromotionTest) else _monitor_path(after, labels)
    return Replay(statistic, after.decided_at, after)


def _monitor_path(monitor: DemotionMonitor | BreachMonitor, labels: "Counts") -> "Floats":
    import numpy as np

    blocks = (labels[i : i + BLOCK] for i in range(0, len(labels), BLOCK))
    return np.concatenate([np.empty(0), *(_monitor_block(monitor, block) for block in blocks)])


def _labels(wrong: "npt.ArrayLike") -> "Counts":
    import numpy as np

    given = np.asarray(wrong, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"wrong has {given.ndim} dimensions: give one flat column, one entry a case")
    bad = np.flatnonzero((given != 0.0) & (given != 1.0))
    if len(bad):
        raise ValueError(f"wrong[{bad[0]}] is {given[bad[0]]}: give 1 (wrong) or 0 (right), leave unjudged cases out")
    return given.astype(np.int64)


def _wealth_path(test: PromotionTest, labels: "Counts") -> "Floats":
    import numpy as np

    n = test.n + np.arange(1, len(labels) + 1)
    n_wrong = test.n_wrong + np.cumsum(labels)
    path = test.log_wealth_at(n, n_wrong)
    if test.decided_at is None:
        reached = np.flatnonzero(path >= -math.log(test.delta) - EQUALITY_SLACK)
        test.decided_at = int(n[reached[0]]) if len(reached) else None
    if len(labels):
        test.n, test.n_wrong = int(n[-1]), int(n_wrong[-1])
    return path


def _monitor_block(monitor: DemotionMonitor | BreachMonitor, labels: "Counts") -> "Floats":
    import numpy as np

    n_wrong = np.cumsum(labels)
    n_right = np.arange(1, len(labels) + 1) - n_wrong
    log_factors = [
        n_wrong * math.log(if_wrong) + n_right * math.log(if_right)
        for if_wrong, if_right in zip(*monitor.factors, strict=True)
    ]
    sums = sums_path(monitor.sums, log_factors, [monitor.joining(monitor.n + i) for i in range(len(labels))])
    statistic: Floats = sums.mean(axis=0)
    if not (statistic < NEAR_CEILING).all():
        return np.array([_observed(monitor, label) for label in labels.tolist()])
    if monitor.decided_at is None:
        reached = np.flatnonzero(statistic >= monitor.limit)
        monitor.decided_at = monitor.n + int(reached[0]) + 1 if len(reached) else None
    monitor.n, monitor.n_wrong = monitor.n + len(labels), monitor.n_wrong + int(n_wrong[-1])
    monitor.sums = sums[:, -1].tolist()
    return statistic


def sums_path(sums: Sequence[float], log_factors: "Sequence[Floats]", joining: Sequence[float]) -> "Floats":
    """R_t = F_t (R_0 + sum over s <= t of j_s / F_(s-1)) for each R of `sums`, one row each, held down to the ceiling.

    `log_factors`: for each R the log of F_t, the product of the factors up to t; `joining`: j_s, who joins at s. Only
    within a block of some thousand steps do logarithms lose no digit that matters.
    """
    import numpy as np

    with np.errstate(divide="ignore"):
        log_joining, log_sums = np.log(np.asarray(joining)), np.log(np.asarray(sums))
    paths = []
    for log_sum, log_factor in zip(log_sums, log_factors, strict=True):
        before = np.concatenate(([0.0], log_factor[:-1]))
        joined = np.logaddexp.accumulate(np.concatenate(([log_sum], log_joining - before)))[1:]
        paths.append(log_factor + joined)
    path: Floats = np.exp(np.minimum(np.stack(paths), math.log(CEILING)))
    return path


def _observed(monitor: DemotionMonitor | BreachMonitor, label: int) -> float:
    monitor.observe(label)
    return monitor.statistic
