"""Jnull rows: may a judge, right or wrong, make the tests that it steers decide falsely?

A judge flags cases, rightly in 80, 90 or 95 % of them; it guesses .3 for a flagged case and .01 for any other, which is
wrong more often than not. A tenth of all cases is audited, flagged ones more often. All streams are followed by an
array version of the formulas, written here on its own; the product's classes follow the first streams of each row, and
must decide at the same case.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from interlock.engine.oversight.sequential.judged import (
    JudgedBreachMonitor,
    JudgedDemotionMonitor,
    JudgedPromotionTest,
    estimate_range,
)
from interlock.engine.oversight.sequential.monitor import restart_weight
from rows.bench import DELTA, SEED, Bench
from rows.pools import Floats

CASES, CHUNK, FOLLOWED = 10_000, 250, 2  # 10,000 cases are 1,000 audits; streams a chunk, and those followed twice
AUDITED, LEAST_AUDITED = 0.10, 0.05
FLAGGED_GUESS, OTHER_GUESS = 0.3, 0.01
RUN_LENGTH = 100_000
AGREEMENTS = {"none (uniform 10%)": None, "80% agreement": 0.8, "90% agreement": 0.9, "95% agreement": 0.95}
KINDS: dict[str, tuple[Any, float, float, float]] = {  # class, direction of the bets, start, what is needed
    "promote": (JudgedPromotionTest, -1.0, 1.0, 1.0 / DELTA),
    "demote": (JudgedBreachMonitor, 1.0, 0.0, 1.0 / DELTA),
    "run length": (JudgedDemotionMonitor, 1.0, 0.0, RUN_LENGTH),
}
JOINING: dict[str, Callable[[int], float]] = {
    "promote": lambda _: 0.0,
    "demote": restart_weight,
    "run length": lambda _: 1.0,
}
Flags = npt.NDArray[np.bool_]


class Job(NamedTuple):
    """So many streams with this true error rate."""

    kind: str
    budget: float
    error_rate: float
    agreement: float | None
    draws: int
    chunk: int


class Streams(NamedTuple):
    """One row a stream, one column a case."""

    guess: Floats
    audit_probability: Floats
    audited: Flags
    wrong: Flags


class Decided(NamedTuple):
    """For each stream the case at which it was decided (0: never), audits until then, and how the product differs."""

    at: npt.NDArray[np.int64]
    audits: npt.NDArray[np.int64]
    differing: int


def run(bench: Bench) -> None:
    said = False
    for budget in (0.02, 0.05):
        for kind in ("promote", "demote"):
            for name, agreement in AGREEMENTS.items():
                id_ = f"Jnull-{budget:g}-null-{kind}-{name}"
                if not bench.wants([id_]):
                    continue
                if not said:
                    bench.say(
                        f"\nJudges, true error rate = budget, {CASES} cases (a tenth audited), {bench.draws} streams"
                    )
                    said = True
                decided = _decided(bench, kind, budget, budget, agreement)
                bench.bar(id_, float((decided.at > 0).mean()) if not decided.differing else float("nan"))
    if bench.wants(["J-run length"]):
        _run_length(bench)
    if bench.wants(["J-speed"]):
        _speed(bench)


def _run_length(bench: Bench) -> None:
    for name, agreement in AGREEMENTS.items():
        decided = _decided(bench, "run length", 0.02, 0.02, agreement)
        false = float((decided.at > 0).mean()) if not decided.differing else float("nan")
        bench.own_at_most(f"J-run length {name}, m/c = {CASES}/{RUN_LENGTH}", false, CASES / RUN_LENGTH)


def _speed(bench: Bench) -> None:
    bench.say(
        "Median audits to a decision, alpha = 2 % (no bars; in the design, 90 %: demotion 41 instead of 125, promotion"
    )
    bench.say("495 instead of 375, for a judge, guesses and audit shares that it does not state)")
    for name, agreement in AGREEMENTS.items():
        demoted = _decided(bench, "run length", 0.02, 0.06, agreement, draws=max(200, bench.draws // 4))
        promoted = _decided(bench, "promote", 0.02, 0.005, agreement, draws=max(200, bench.draws // 4))
        bench.say(
            f"  {name:<20} 2 % -> 6 %: {_median(demoted):>7}   promotion at a rate of 0.5 %: {_median(promoted):>7}"
        )


def _median(decided: Decided) -> str:
    audits = np.where(decided.at > 0, decided.audits, np.inf)
    return f"{np.median(audits):.0f}" if np.isfinite(np.median(audits)) else "never"


def _decided(
    bench: Bench, kind: str, budget: float, error_rate: float, agreement: float | None, draws: int | None = None
) -> Decided:
    wanted = draws or bench.draws
    sizes = [min(CHUNK, wanted - done) for done in range(0, wanted, CHUNK)]
    parts = bench.map(work, [Job(kind, budget, error_rate, agreement, size, i) for i, size in enumerate(sizes)])
    at, audits = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Decided(at, audits, sum(part.differing for part in parts))


def work(job: Job) -> Decided:
    streams = draw(job)
    ranges = [estimate_range(guess, share) for guess, share, _ in designs(job)]
    least, most = min(0.0, *(low for low, _ in ranges)), max(1.0, *(high for _, high in ranges))
    at = _by_arrays(job, streams, least, most)
    counted = np.cumsum(streams.audited, axis=1)
    audits = np.where(at > 0, counted[np.arange(job.draws), np.maximum(at, 1) - 1], counted[:, -1])
    followed = range(min(FOLLOWED, job.draws))
    return Decided(at, audits, sum(_by_product(job, streams, i, least, most) != at[i] for i in followed))


def designs(job: Job) -> list[tuple[float, float, float]]:
    """(guess, audit probability, share of all cases) of flagged and other cases, or of all alike."""
    if job.agreement is None:
        return [(job.budget, AUDITED, 1.0), (job.budget, AUDITED, 0.0)]
    flagged = job.budget * job.agreement + (1.0 - job.budget) * (1.0 - job.agreement)
    often = (AUDITED - LEAST_AUDITED * (1.0 - flagged)) / flagged
    return [(FLAGGED_GUESS, often, flagged), (OTHER_GUESS, LEAST_AUDITED, 1.0 - flagged)]


def draw(job: Job) -> Streams:
    rng = np.random.default_rng([SEED, round(1e4 * job.error_rate), job.chunk])
    shape = (job.draws, CASES)
    wrong = rng.random(shape) < job.error_rate
    flagged = wrong == (rng.random(shape) < (1.0 if job.agreement is None else job.agreement))
    flagged_design, other_design = designs(job)
    guess = np.where(flagged, flagged_design[0], other_design[0])
    audit_probability = np.where(flagged, flagged_design[1], other_design[1])
    return Streams(guess, audit_probability, rng.random(shape) < audit_probability, wrong)


def _by_arrays(job: Job, streams: Streams, least: float, most: float) -> npt.NDArray[np.int64]:
    _, direction, start, needed = KINDS[job.kind]
    guess, share, audited, wrong = streams
    gap = guess + np.where(audited, (wrong - guess) / share, 0.0) - job.budget
    reach = most - job.budget if direction < 0 else job.budget - least
    shares = np.array([0.95, 0.8, 0.6, 0.4, 0.2]) if direction < 0 else 2.0 ** -np.arange(1, 9)
    stakes = direction * shares / reach
    sums = np.full((len(gap), len(stakes)), start)
    at = np.zeros(len(gap), dtype=np.int64)
    for case in range(CASES):
        sums = (sums + JOINING[job.kind](case)) * (1.0 + gap[:, case, None] * stakes)
        at[(at == 0) & (sums.mean(axis=1) >= needed * (1.0 - 1e-12))] = case + 1
        np.minimum(sums, 1e300, out=sums)
    return at


def _by_product(job: Job, streams: Streams, i: int, least: float, most: float) -> int:
    """What the product's own class says of stream i, audits taken as they come."""
    test = KINDS[job.kind][0](job.budget, least=least, most=most)
    columns = (each[i].tolist() for each in streams)
    for guess, share, audited, wrong in zip(*columns, strict=True):
        if test.observe(judge=guess, audit_probability=share, wrong=wrong if audited else None):
            break
    return test.decided_at or 0
