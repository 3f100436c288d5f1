"""A test or monitor over a whole record at once: the same path as case by case, in array time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.sequential.monitor import BreachMonitor, DemotionMonitor
from interlock.engine.oversight.sequential.promotion import PromotionTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

Sequential = TypeVar("Sequential", PromotionTest, DemotionMonitor, BreachMonitor)

_BLOCK = 4096  # within so many audits logarithms lose no digit that matters
_NEAR_CEILING = 1e299  # over this the monitor holds its sums down, so it is followed step by step


@dataclass(frozen=True, slots=True)
class Replay(Generic[Sequential]):
    """`statistic[i]` is what stood after entry i of the record: the log wealth of a promotion test, else the statistic.

    `decided_at` counts observations from the first ever, those before the record included; None: not decided.
    `test` goes on from the end of the record; the one that was given is left as it was.
    """

    statistic: "Floats"
    decided_at: int | None
    test: Sequential


def replay(test: Sequential, wrong: "npt.ArrayLike") -> Replay[Sequential]:
    """Observe every entry of `wrong` (1 or True: wrong; in the order of judging), as `test.observe` would one by one.

    Equal to that to about 1e-12 of the statistic. Raises ValueError, naming the entry, on anything but 0 and 1.
    """

    labels = _labels(wrong)
    after = type(test).from_state(test.to_state())
    statistic = _wealth_path(after, labels) if isinstance(after, PromotionTest) else _monitor_path(after, labels)
    return Replay(statistic, after.decided_at, after)


def _monitor_path(monitor: DemotionMonitor | BreachMonitor, labels: "Counts") -> "Floats":
    import numpy as np

    blocks = (labels[i : i + _BLOCK] for i in range(0, len(labels), _BLOCK))
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
    """R_t = F_t (R_0 + sum over s <= t of j_s / F_(s-1)), F_t the product of the factors so far, j_s who joins at s."""
    import numpy as np

    n_wrong, joining = np.cumsum(labels), np.array(list(_joining(monitor, len(labels))))
    n_right = np.arange(1, len(labels) + 1) - n_wrong
    with np.errstate(divide="ignore"):
        log_joining = np.log(joining)
        log_sums = np.log(np.array(monitor.sums))
    paths = []
    for log_sum, if_wrong, if_right in zip(log_sums, *monitor.factors, strict=True):
        log_factor = n_wrong * math.log(if_wrong) + n_right * math.log(if_right)
        before = np.concatenate(([0.0], log_factor[:-1]))
        joined = np.logaddexp.accumulate(np.concatenate(([log_sum], log_joining - before)))[1:]
        paths.append(log_factor + joined)
    with np.errstate(over="ignore"):
        sums = np.exp(np.stack(paths))
    statistic: Floats = sums.mean(axis=0)
    if not (statistic < _NEAR_CEILING).all():
        return np.array([_observed(monitor, label) for label in labels.tolist()])
    if monitor.decided_at is None:
        reached = np.flatnonzero(statistic >= monitor.limit)
        monitor.decided_at = monitor.n + int(reached[0]) + 1 if len(reached) else None
    monitor.n, monitor.n_wrong = monitor.n + len(labels), monitor.n_wrong + int(n_wrong[-1])
    monitor.sums = sums[:, -1].tolist()
    return statistic


def _joining(monitor: DemotionMonitor | BreachMonitor, audits: int) -> Iterator[float]:
    return (monitor.joining(monitor.n + i) for i in range(audits))


def _observed(monitor: DemotionMonitor | BreachMonitor, label: int) -> float:
    monitor.observe(label)
    return monitor.statistic
