"""How often does a certified threshold break its budget? At most in 5 % of calibrations, is the promise.

Banking77, train and test as one. Per split the small model trains on a random half; the other half is the pool. A
calibration set is drawn from the pool with replacement, so the true risk of a threshold is the pool's, known exactly.
Given its pool every draw breaks the budget with probability at most .05, so the breaks of all draws together are at
most binomial; the limit is .05 and 2.5 standard errors.

    INTERLOCK_DATA=... python benchmarks/budget_kept.py --splits 200
"""

import argparse
import csv
import gzip
import math
import multiprocessing
import os
import sys
from functools import partial
from pathlib import Path

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: one thread for each process

import numpy as np

from interlock.adapters.candidates.tfidf import SmallModel
from interlock.engine.oversight.threshold.certify import certify
from interlock.ports.progress import silent
from interlock.terms.certificate import Promise

BUDGET = 0.02
DELTA = 0.05
STANDARD_ERRORS = 2.5

# For each promise: (certified share, true risk) of every draw.
Trials = dict[Promise, list[tuple[float, float]]]


def read_cases(folder: Path) -> tuple[list[str], list[str]]:
    texts, labels = [], []
    for part in ("train", "test"):
        with gzip.open(folder / "triage_banking77" / f"{part}.csv.gz", "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                texts.append(row["text"])
                labels.append(row["category"])
    return texts, labels


def one_split(seed: int, *, folder: Path, draws: int, n_calibration: int) -> Trials:
    """Train on half, calibrate `draws` times on cases of the other half."""
    texts, labels = read_cases(folder)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(texts))
    train, pool = order[: len(order) // 2], order[len(order) // 2 :]
    model = SmallModel(seed=seed)
    model.fit([texts[i] for i in train], [labels[i] for i in train], progress=silent)
    answers = model.answer([texts[i] for i in pool], progress=silent)
    confidence = np.array([answer.confidence for answer in answers])
    wrong = np.array([answer.label != labels[i] for answer, i in zip(answers, pool, strict=True)])
    trials: Trials = {promise: [] for promise in Promise}
    for _ in range(draws):
        drawn = rng.integers(len(pool), size=n_calibration)
        for promise in Promise:
            found = certify(confidence[drawn], wrong[drawn], budget=BUDGET, delta=DELTA, promise=promise)
            trials[promise].append((found.share, true_risk(confidence, wrong, found.threshold, promise)))
    return trials


def true_risk(confidence: np.ndarray, wrong: np.ndarray, threshold: float | None, promise: Promise) -> float:
    """The promised risk over the whole pool; without a threshold nothing is automatic and nothing can break."""
    if threshold is None:
        return 0.0
    above = confidence >= threshold
    return float((above & wrong).sum() / (len(wrong) if promise is Promise.JOINT else above.sum()))


def verdict(promise: Promise, trials: list[tuple[float, float]]) -> bool:
    """Print one line; whether the promise was kept."""
    n = len(trials)
    broken = sum(risk > BUDGET for _, risk in trials) / n
    limit = DELTA + STANDARD_ERRORS * math.sqrt(DELTA * (1 - DELTA) / n)
    share = float(np.mean([share for share, _ in trials]))
    risk = float(np.mean([risk for _, risk in trials]))
    kept = broken <= limit
    print(
        f"{promise.value:9s} budget {100 * BUDGET:g} %: exceeded in {100 * broken:.1f} % of {n} calibrations "
        f"(limit {100 * limit:.1f} %), mean share {share:.3f}, mean true risk {100 * risk:.2f} %: "
        f"{'kept' if kept else 'BROKEN'}"
    )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=200)
    parser.add_argument("--draws", type=int, default=5, help="calibrations on each split")
    parser.add_argument("--calibration", type=int, default=3_000, help="cases in each calibration set")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    named = os.environ.get("INTERLOCK_DATA")
    if not named or not Path(named).is_dir():
        print("set INTERLOCK_DATA to the folder that holds triage_banking77", file=sys.stderr)
        return 2
    work = partial(one_split, folder=Path(named), draws=asked.draws, n_calibration=asked.calibration)
    trials: Trials = {promise: [] for promise in Promise}
    with multiprocessing.get_context("spawn").Pool(asked.processes) as crew:
        for done, found in enumerate(crew.imap_unordered(work, range(asked.splits)), start=1):
            for promise in Promise:
                trials[promise].extend(found[promise])
            print(f"\r{done} of {asked.splits} splits", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    kept = [verdict(promise, trials[promise]) for promise in Promise]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
