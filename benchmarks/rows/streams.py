"""Streams of judged cases, and after how many of them a test or a monitor decides."""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from interlock.oversight import BreachMonitor, DemotionMonitor, PromotionTest
from rows.bench import SEED, Bench
from rows.monitor_rivals import AdaptiveWindow, BettingProcess, CumulativeBinomial

CHUNK = 250


class Watches(Protocol):
    """Whatever takes one case after the other and says whether it has decided."""

    def observe(self, wrong: int, /) -> bool: ...


KINDS: dict[str, Callable[[float], Watches]] = {
    "promotion": PromotionTest,
    "D (e-detector)": DemotionMonitor,
    "restarted e-process": BreachMonitor,
    "betting e-process": BettingProcess,
    "cumulative binomial": CumulativeBinomial,
    "ADWIN": AdaptiveWindow,
}


class Job(NamedTuple):
    """`rates`: one stream after the other, as (error rate, cases)."""

    kind: str
    budget: float
    rates: tuple[tuple[float, int], ...]
    draws: int
    seed: int


def work(job: Job) -> list[int | None]:
    """For each stream the number of cases after which it was decided, None where it never was."""
    rng = np.random.default_rng([SEED, job.seed])
    rates = np.concatenate([np.full(length, rate) for rate, length in job.rates])
    return [_decided_at(job, (rng.random(len(rates)) < rates).tolist()) for _ in range(job.draws)]


def _decided_at(job: Job, stream: list[bool]) -> int | None:
    observe = KINDS[job.kind](job.budget).observe
    return next((n for n, wrong in enumerate(stream, 1) if observe(wrong)), None)


def decisions(
    bench: Bench, kind: str, budget: float, *rates: tuple[float, int], seed: int, draws: int | None = None
) -> list[int | None]:
    """When each of the bench's streams was decided. The same seed gives every kind the same streams."""
    wanted = draws or bench.draws
    sizes = [min(CHUNK, wanted - done) for done in range(0, wanted, CHUNK)]
    jobs = [Job(kind, budget, rates, size, 1000 * seed + chunk) for chunk, size in enumerate(sizes)]
    return [each for part in bench.map(work, jobs) for each in part]


def share_decided(decided: Sequence[int | None]) -> float:
    return sum(each is not None for each in decided) / len(decided)


def median_in_words(decided: Sequence[int | None], *, after: int = 0) -> str:
    """Median cases from `after` on, of the streams not decided before; "missed" where half never are."""
    delays = [float("inf") if each is None else each - after for each in decided if each is None or each > after]
    median = statistics.median(delays) if delays else float("inf")
    return "missed" if median == float("inf") else f"{median:.0f}"
