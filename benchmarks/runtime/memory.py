"""Whether the memory of a process stays what it is over a million actions."""

import math
import time
from pathlib import Path

from runtime.bars import Bars
from runtime.governed import opened, promoted
from runtime.grown import LAZY
from runtime.journaled import whole_action
from runtime.resident import resident_mb

STEPS = 10
GROWTH_MAX_MB = 16.0
STANDARD_ERRORS = 2.0


def memory(folder: Path, bars: Bars, *, actions: int) -> None:
    """So many actions in one process on one store; its resident memory after each tenth."""
    each = max(1, actions // STEPS)
    points: list[tuple[int, float]] = []
    print(f"\nMemory of a process over {actions:,} actions on SQLite")
    with opened(str(folder / "store.db")) as rt:
        release = promoted(rt, LAZY)
        for step in range(STEPS):
            start = time.monotonic()
            for number in range(step * each, (step + 1) * each):
                whole_action(rt, release, f"case-{number:012d}")
            points.append(((step + 1) * each, resident_mb()))
            rate = each / (time.monotonic() - start)
            print(f"  {points[-1][0]:>12,} actions: {points[-1][1]:7.1f} MB, {rate:,.0f} actions/s", flush=True)
    later = points[1:]  # the first tenth fills the caches, which have a size
    slope, error = slope_of(later)
    most = (slope + STANDARD_ERRORS * error) * actions
    print(f"  slope after the first tenth: {slope * 1e6:.2f} +- {error * 1e6:.2f} MB for each million actions")
    bars.at_most(
        f"growth over {actions:,} actions in MB, slope and {STANDARD_ERRORS:g} standard errors", most, GROWTH_MAX_MB
    )


def slope_of(points: list[tuple[int, float]]) -> tuple[float, float]:
    """The slope of the least squares' line through (x, y), and its standard error. Needs three points or more."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    left = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, math.sqrt(left / (n - 2) / spread)
