"""Certify and its rivals on the same i.i.d. calibration sets: what each automates, and how often it breaks its promise.

A new way to certify is one line in METHODS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from interlock.engine.oversight.threshold.labelled import RankedCases, rank_cases
from interlock.oversight import candidate_thresholds, certify
from rows import rivals
from rows.bars import Cell
from rows.bench import SEED
from rows.pools import Flags, Floats, Pool

CHUNK = 250  # draws of one job: what is drawn hangs on the chunk, not on the number of processes


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a method may look at; `candidates` were fixed beforehand, on the `unlabelled` confidences of the pool."""

    confidence: Floats
    wrong: Flags
    ranked: RankedCases
    candidates: tuple[float, ...]
    unlabelled: Floats


Method = Callable[[Calibration, float], float | None]


def _fixed(given: Calibration, budget: float) -> float | None:
    if not given.candidates:
        return None
    return certify(given.confidence, given.wrong, budget=budget, candidates=given.candidates).threshold


METHODS: dict[str, Method] = {
    "certify": lambda given, budget: certify(given.confidence, given.wrong, budget=budget).threshold,
    "one start": lambda given, budget: certify(given.confidence, given.wrong, budget=budget, start="single").threshold,
    "fixed candidates": _fixed,
    "joint": lambda given, budget: certify(given.confidence, given.wrong, budget=budget, promise="joint").threshold,
    "naive": lambda given, budget: rivals.naive(given.ranked, budget),
    "conformal": lambda given, budget: rivals.conformal_risk_control(given.ranked, budget),
    "pointwise": lambda given, budget: rivals.pointwise(given.ranked, budget),
    "SGR": lambda given, budget: rivals.sgr(given.ranked, budget),
    "Holm-100": lambda given, budget: rivals.holm(given.confidence, given.wrong, budget),
    "Holm-100, best": lambda given, budget: rivals.holm_at_quantiles(
        given.confidence, given.wrong, budget, given.unlabelled
    ),
}
SLOW = frozenset({"Holm-100", "Holm-100, best"})  # these get the first SLOW_DRAWS draws of a row only
SLOW_DRAWS = 500
JOINT = frozenset({"joint"})  # judged by the joint promise, and against its oracle


@dataclass(frozen=True, slots=True)
class Tally:
    """One entry a draw: share applied, and whether the promise was broken. `oracle`: what could have been applied."""

    shares: Floats
    broken: npt.NDArray[np.bool_]
    oracle: float

    @property
    def power(self) -> Floats:
        """Share applied, as a share of the oracle's; 0 where the oracle applies nothing."""
        return self.shares / self.oracle if self.oracle else np.zeros_like(self.shares)

    @property
    def frequency(self) -> float:
        return float(self.broken.mean())

    def __str__(self) -> str:
        return f"{self.power.mean():.3f} / {self.frequency:.3f}"


class Job(NamedTuple):
    """So many draws of one cell."""

    pool: Pool
    cell: Cell
    methods: tuple[str, ...]
    draws: int
    chunk: int


def jobs_of(pool: Pool, cell: Cell, methods: Sequence[str], draws: int) -> list[Job]:
    """The jobs that make up a cell."""
    sizes = [min(CHUNK, draws - done) for done in range(0, draws, CHUNK)]
    fast = tuple(name for name in methods if name not in SLOW)
    return [
        Job(pool, cell, tuple(methods) if chunk * CHUNK < SLOW_DRAWS else fast, size, chunk)
        for chunk, size in enumerate(sizes)
    ]


def work(job: Job) -> dict[str, Tally]:
    """Draw, choose, and look up the truth."""
    pool, (budget, n) = job.pool, job.cell
    rng = np.random.default_rng([SEED, n, round(1e4 * budget), job.chunk])
    candidates = candidate_thresholds(pool.confidence, budget=budget, n_labels=n)
    truths: dict[str, list[tuple[float, float]]] = {name: [] for name in job.methods}
    for _ in range(job.draws):
        confidence, wrong = pool.draw(rng, n)
        given = Calibration(confidence, wrong, rank_cases(confidence, wrong), candidates, pool.confidence)
        for name in job.methods:
            truths[name].append(pool.truth(METHODS[name](given, budget), joint=name in JOINT))
    return {
        name: Tally(
            np.array([share for share, _ in truth]),
            np.array([risk > budget for _, risk in truth]),
            pool.oracle(budget, joint=name in JOINT),
        )
        for name, truth in truths.items()
    }


def put_together(parts: Sequence[dict[str, Tally]]) -> dict[str, Tally]:
    """The tallies of all jobs of one cell."""
    return {
        name: Tally(
            np.concatenate([part[name].shares for part in parts if name in part]),
            np.concatenate([part[name].broken for part in parts if name in part]),
            parts[0][name].oracle,
        )
        for name in parts[0]
    }
