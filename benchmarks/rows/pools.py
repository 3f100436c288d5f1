"""A pool is the whole truth: cases are drawn from it with replacement, so the risk of every threshold is known."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from interlock.engine.oversight.threshold.labelled import RankedCases, rank_cases

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Pool:
    """All cases of a pool: confidence, and 1 where the proposal is wrong."""

    name: str
    confidence: Floats
    wrong: Flags

    @property
    def n(self) -> int:
        return len(self.confidence)

    @cached_property
    def ranked(self) -> RankedCases:
        return rank_cases(self.confidence, self.wrong)

    def draw(self, rng: np.random.Generator, n: int) -> tuple[Floats, Flags]:
        """A calibration set."""
        picks = rng.integers(0, self.n, n)
        return self.confidence[picks], self.wrong[picks]

    def truth(self, threshold: float | None, *, joint: bool = False) -> tuple[float, float]:
        """(share applied, promised risk) at a threshold."""
        blocks = 0 if threshold is None else int(np.searchsorted(-self.ranked.scores, -threshold, side="right"))
        if blocks == 0:
            return 0.0, 0.0
        above, wrong = int(self.ranked.n_above[blocks - 1]), int(self.ranked.n_wrong_above[blocks - 1])
        return above / self.n, wrong / (self.n if joint else above)

    def oracle(self, budget: float, *, joint: bool = False) -> float:
        """Greatest share that truly keeps the budget: what somebody could apply who knows the whole pool."""
        risk = self.ranked.n_wrong_above / (self.n if joint else self.ranked.n_above)
        return float(self.ranked.n_above[risk <= budget].max(initial=0)) / self.n


def read_pool(data: Path, name: str) -> Pool:
    """A pool of `oversight_pools`."""
    with np.load(data / "oversight_pools" / f"{name}.npz") as columns:
        return Pool(name, columns["score"].astype(np.float64), columns["err"].astype(np.uint8))
