"""Does the oversight core keep its promises on real confidences, and what does that cost in automation and time?

    INTERLOCK_DATA=<folder> python benchmarks/oversight.py [--quick]

Prints every figure beside its bar and ends with status 1 where one is missed. See README.md in this folder.
"""

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from interlock.engine.oversight.threshold.labelled import RankedCases, rank_cases
from interlock.oversight import (
    BreachMonitor,
    DemotionMonitor,
    PromotionTest,
    candidate_thresholds,
    certify,
    labels_needed,
)

SEED = 20_250_101
DELTA = 0.05
FULL_DRAWS = 2000
VALID = 0.062  # 0.05 + 2.5 standard errors of 2000 draws
# (budget, labelled cases) -> least mean automation / oracle, None where only validity is asked
THRESHOLD_BARS: dict[tuple[float, int], float | None] = {
    (0.005, 3000): 0.30,
    (0.01, 100): None,
    (0.01, 300): None,
    (0.01, 1000): 0.34,
    (0.01, 3000): 0.72,
    (0.02, 100): None,
    (0.02, 300): 0.40,
    (0.02, 1000): 0.79,
    (0.02, 3000): 0.91,
    (0.05, 100): 0.52,
    (0.05, 300): 0.83,
    (0.05, 1000): 0.92,
    (0.05, 3000): 0.95,
}
LABELS = {
    0.005: (598, 947, 1258, 1549),
    0.01: (299, 473, 628, 773),
    0.02: (149, 236, 313, 386),
    0.05: (59, 93, 124, 153),
}
METHODS = ("certify", "fixed candidates", "joint", "naive", "pointwise")
FALSE_PROMOTION = 0.058
FALSE_DEMOTION = 0.25  # audits / average run length = 2500 / 10,000
FALSE_BREACH = 0.05

Flags = npt.NDArray[np.bool_]


@dataclass
class Score:
    """Bars held and missed so far. `slack` widens them when fewer than 2000 draws are made: 3 standard errors."""

    draws: int
    missed: list[str] = field(default_factory=list)

    def slack(self, spread: float) -> float:
        return 0.0 if self.draws >= FULL_DRAWS else 3.0 * spread / math.sqrt(self.draws)

    def line(self, row: str, measured: str, bar: str, *, holds: bool) -> None:
        print(f"{row:<52} {measured:>24}  {bar:<9} {'holds' if holds else 'MISSED'}", flush=True)
        if not holds:
            self.missed.append(row)

    def at_most(self, row: str, frequency: float, bar: float) -> None:
        spread = math.sqrt(bar * (1.0 - bar))
        self.line(row, f"{frequency:.4f}", f"<= {bar:g}", holds=frequency <= bar + self.slack(spread))

    def at_least(self, row: str, values: list[float], bar: float) -> None:
        mean = statistics.fmean(values)
        self.line(row, f"{mean:.4f}", f">= {bar:g}", holds=mean + self.slack(statistics.pstdev(values)) >= bar)


class Pool:
    """All cases of a pool: the true share and risk of any threshold."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as columns:
            self.confidence = columns["score"].astype(np.float64)
            self.wrong = columns["err"].astype(np.uint8)
        self.ranked = rank_cases(self.confidence, self.wrong)
        self.n = self.ranked.n

    def truth(self, threshold: float | None, *, joint: bool = False) -> tuple[float, float]:
        """(share applied, promised risk) at a threshold."""
        blocks = 0 if threshold is None else int(np.searchsorted(-self.ranked.scores, -threshold, side="right"))
        if blocks == 0:
            return 0.0, 0.0
        above, wrong = int(self.ranked.n_above[blocks - 1]), int(self.ranked.n_wrong_above[blocks - 1])
        return above / self.n, wrong / (self.n if joint else above)

    def oracle(self, budget: float, *, joint: bool = False) -> float:
        """Greatest share that truly keeps the budget."""
        risk = self.ranked.n_wrong_above / (self.n if joint else self.ranked.n_above)
        return float(self.ranked.n_above[risk <= budget].max(initial=0)) / self.n


def naive(cases: RankedCases, budget: float) -> float | None:
    """The lowest threshold whose error rate on the labelled cases is within budget."""
    return _lowest(cases, cases.n_wrong_above <= budget * cases.n_above)


def pointwise(cases: RankedCases, budget: float) -> float | None:
    """The lowest threshold whose own Clopper-Pearson bound is within budget, as if it were the only one looked at."""
    return _lowest(cases, bdtr(cases.n_wrong_above, cases.n_above, budget) <= DELTA)


def _lowest(cases: RankedCases, passes: Flags) -> float | None:
    at = np.flatnonzero(passes)
    return float(cases.scores[at[-1]]) if len(at) else None


@dataclass
class Tally:
    """Automation as a share of the oracle's, and how often the promise was broken."""

    shares: list[float] = field(default_factory=list)
    broken: int = 0

    def add(self, truth: tuple[float, float], budget: float, oracle: float) -> None:
        self.shares.append(truth[0] / oracle)
        self.broken += truth[1] > budget

    @property
    def frequency(self) -> float:
        return self.broken / len(self.shares)

    def __str__(self) -> str:
        return f"{statistics.fmean(self.shares):.3f} / {self.frequency:.3f}"


def thresholds(pool: Pool, budget: float, n: int, draws: int) -> dict[str, Tally]:
    """certify() and its rivals on the same i.i.d. calibration sets."""
    rng = np.random.default_rng([SEED, n, round(1e4 * budget)])
    tallies = {name: Tally() for name in METHODS}
    oracle, oracle_joint = pool.oracle(budget), pool.oracle(budget, joint=True)
    candidates = candidate_thresholds(pool.confidence, budget=budget, n_labels=n)
    for _ in range(draws):
        picks = rng.integers(0, pool.n, n)
        confidence, wrong = pool.confidence[picks], pool.wrong[picks]
        cases = rank_cases(confidence, wrong)
        chosen = {
            "certify": certify(confidence, wrong, budget=budget).threshold,
            "naive": naive(cases, budget),
            "pointwise": pointwise(cases, budget),
            "fixed candidates": certify(confidence, wrong, budget=budget, candidates=candidates).threshold
            if candidates
            else None,
        }
        for name, threshold in chosen.items():
            tallies[name].add(pool.truth(threshold), budget, oracle)
        joint = certify(confidence, wrong, budget=budget, promise="joint").threshold
        tallies["joint"].add(pool.truth(joint, joint=True), budget, oracle_joint)
    return tallies


def bench_thresholds(folder: Path, score: Score) -> None:
    for name, barred in (("banking77_small", True), ("clinc150_small", False)):
        pool = Pool(folder / f"{name}.npz")
        draws = score.draws if barred else score.draws // 4
        print(f"\nThresholds on {name}: {pool.n} cases, {pool.wrong.mean():.4f} wrong, {draws} i.i.d. draws a row")
        print("(mean automation as a share of the oracle's / how often the promise was broken; delta = 0.05)")
        print(f"{'budget':>6} {'n':>5} {'oracle':>7}" + "".join(f"{each:>18}" for each in METHODS))
        rows = THRESHOLD_BARS if barred else dict.fromkeys(k for k in THRESHOLD_BARS if k[1] >= 1000)
        results = {row: thresholds(pool, *row, draws) for row in rows}
        for (budget, n), tallies in results.items():
            figures = "".join(f"{tallies[each]!s:>18}" for each in METHODS)
            print(f"{budget:>6} {n:>5} {pool.oracle(budget):>7.4f}{figures}")
        if barred:
            print()
            _check_thresholds(name, results, score)


def _check_thresholds(name: str, results: dict[tuple[float, int], dict[str, Tally]], score: Score) -> None:
    for (budget, n), tallies in results.items():
        for method in ("certify", "fixed candidates", "joint"):
            if (budget, n) != (0.005, 3000) or method != "certify":
                prefix = "T-valid" if method == "certify" else f"{method} valid"
                score.at_most(f"{prefix}-{name}-{budget:g}-{n}", tallies[method].frequency, VALID)
        bar = THRESHOLD_BARS[budget, n]
        if bar is not None:
            score.at_least(f"T-power-{name}-{budget:g}-{n}", tallies["certify"].shares, bar)


def bench_flat_risk(score: Score) -> None:
    """The worst case: every threshold's true risk lies a hair over the budget, so whatever is certified is broken."""
    print(f"\nFlat risk just over a budget of 5 %, n = 1000, {score.draws} draws: how often anything is certified")
    rng = np.random.default_rng([SEED, 5])
    found = {"certify": 0, "pointwise": 0, "naive": 0}
    for _ in range(score.draws):
        confidence, wrong = rng.random(1000), rng.random(1000) < 0.050001
        cases = rank_cases(confidence, wrong)
        found["certify"] += certify(confidence, wrong, budget=0.05).threshold is not None
        found["pointwise"] += pointwise(cases, 0.05) is not None
        found["naive"] += naive(cases, 0.05) is not None
    score.at_most("flat risk, certify", found["certify"] / score.draws, VALID)
    for name in ("pointwise", "naive"):
        print(f"{'flat risk, ' + name:<52} {found[name] / score.draws:>24.4f}  (no bar)")


def bench_labels(score: Score) -> None:
    print("\nLabels needed with 0/1/2/3 errors, delta = 0.05")
    for budget, wanted in LABELS.items():
        got = tuple(labels_needed(budget, errors) for errors in range(4))
        score.line(f"N-{budget:g}", str(got), "exact", holds=got == wanted)


def streams(error_rate: float, length: int, draws: int, *, seed: int) -> Iterator[list[bool]]:
    rng = np.random.default_rng([SEED, seed])
    for _ in range(draws):
        yield (rng.random(length) < error_rate).tolist()


def alarmed(make: Callable[[], PromotionTest | DemotionMonitor | BreachMonitor], cases: Iterator[list[bool]]) -> float:
    """Share of streams on which a decision was taken."""
    return statistics.fmean(any(map(make().observe, stream)) for stream in cases)


def bench_monitors(score: Score) -> None:
    print(f"\nFalse alarms within 2500 audits, budget 2 %, {score.draws} streams a row")
    kinds: tuple[tuple[str, Callable[[], DemotionMonitor | BreachMonitor], float], ...] = (
        ("e-SR", lambda: DemotionMonitor(0.02), FALSE_DEMOTION),
        ("restart", lambda: BreachMonitor(0.02), FALSE_BREACH),
    )
    for name, make, bar in kinds:
        for label, error_rate in (("alpha", 0.02), ("alpha/2", 0.01)):
            frequency = alarmed(make, streams(error_rate, 2500, score.draws, seed=1))
            score.at_most(f"M-{name}-FA2500 p={label}", frequency, bar)
    print("Median audits to the alarm after a change from 1 % to 6 %, at once / after 2,000 good audits (no bar)")
    for name, make, _ in kinds:
        medians = [detection(make, good, max(101, score.draws // 5)) for good in (0, 2000)]
        print(f"  {name:<10} {medians[0]:>6.0f} / {medians[1]:.0f}", flush=True)


def detection(make: Callable[[], DemotionMonitor | BreachMonitor], good_audits: int, draws: int) -> float:
    delays = []
    for good, bad in zip(streams(0.01, good_audits, draws, seed=2), streams(0.06, 4000, draws, seed=3), strict=True):
        monitor = make()
        if not any(map(monitor.observe, good)):
            delays.append(next((n for n, wrong in enumerate(bad, 1) if monitor.observe(wrong)), len(bad)))
    return statistics.median(delays)


def bench_promotion(score: Score) -> None:
    print(f"\nFalse promotions at p = alpha, looking after each of 3000 labels, {score.draws} streams a row")
    for budget in (0.01, 0.02, 0.05):
        frequency = alarmed(lambda b=budget: PromotionTest(b), streams(budget, 3000, score.draws, seed=4))  # type: ignore[misc]
        score.at_most(f"G-{budget:g}-fp", frequency, FALSE_PROMOTION)
        exact = max(p for n, p in PromotionTest(budget).decision_points(budget) if n <= 3000)
        score.at_most(f"G-{budget:g}-fp, computed exactly", exact, DELTA)
    planned = [PromotionTest(0.02).expected_labels(rate) for rate in (0.0, 0.005, 0.01)]
    print(f"Median labels to promotion, alpha = 2 %, true rate 0 / 0.5 % / 1 % (exact, no bar): {planned}")


def seconds(call: Callable[[], object], repeats: int = 7) -> float:
    """Median time of a call."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def bench_speed(score: Score) -> None:
    rng = np.random.default_rng(SEED)
    confidence = rng.random(1_000_000)
    wrong = rng.random(1_000_000) < 0.2 * (1.0 - confidence)
    floor = seconds(lambda: np.sort(confidence))
    print(f"\nSpeed at 1,000,000 cases (numpy's sort of the confidences alone, the floor: {1000 * floor:.0f} ms)")
    for promise in ("selective", "joint"):
        took = seconds(lambda p=promise: certify(confidence, wrong, budget=0.02, promise=p))  # type: ignore[misc]
        measured = f"{1000 * took:.0f} ms, {took / floor:.1f} x floor"
        score.line(f"certify {promise}, 1e6 cases", measured, "< 1 s", holds=took < 1.0)
    outcomes = (rng.random(20_000) < 0.01).tolist()
    for test in (DemotionMonitor(0.02), BreachMonitor(0.02), PromotionTest(0.02)):
        each = seconds(lambda t=test: [t.observe(x) for x in outcomes]) / len(outcomes)  # type: ignore[misc]
        print(f"  {type(test).__name__ + '.observe':<26} median {1e6 * each:.2f} microseconds")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 draws a row; bars widened by 3 standard errors")
    score = Score(200 if parser.parse_args().quick else FULL_DRAWS)
    data = os.environ.get("INTERLOCK_DATA")
    if not data or not (folder := Path(data) / "oversight_pools").is_dir():
        print("INTERLOCK_DATA must name a folder that holds oversight_pools/*.npz", file=sys.stderr)
        return 2
    start = time.perf_counter()
    bench_labels(score)
    bench_thresholds(folder, score)
    print("The pool banking77_heur (a heuristic's confidences) is not supplied: its rows were not run.")
    bench_flat_risk(score)
    bench_promotion(score)
    bench_monitors(score)
    bench_speed(score)
    print(f"\n{len(score.missed)} bars missed {score.missed or ''}; {time.perf_counter() - start:.0f} s")
    return 1 if score.missed else 0


if __name__ == "__main__":
    sys.exit(main())
