"""What else could find a threshold, and what it would automate: the comparison behind the search that certify() uses.

    INTERLOCK_DATA=<folder> python benchmarks/designs_compared.py [--draws 2000]

For every way: mean automation as a share of the oracle's, and how often the promise was broken, both pools together.
The ways that lost are written out here, so that the comparison can be made again. No bars: see oversight.py for those.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr
from scipy.stats import binom

from interlock.engine.oversight.threshold.labelled import RankedCases, rank_cases
from interlock.engine.oversight.threshold.looks import Look, several_looks, single_look
from interlock.engine.oversight.threshold.losses import log_wealth_down
from interlock.engine.oversight.threshold.search import lowest_from_looks
from interlock.oversight import candidate_thresholds, labelling_design, labels_needed
from rows.rebuilt import rebuilt_pool

DELTA, SEED = 0.05, 20_260_901
ROWS = ((0.005, 3000), (0.01, 300), (0.01, 1000), (0.01, 3000), (0.02, 300), (0.02, 1000), (0.05, 100), (0.05, 300))
SEVERITY, PARTS = (0.1, 0.3, 1.0), (0.5, 0.3, 0.2)

Floats = npt.NDArray[np.float64]
Way = Callable[[RankedCases, float], float | None]


class Pool:
    """All cases, the surest first: the true share and mean loss of any threshold are known."""

    def __init__(self, confidence: Floats, wrong: Floats, *, weighted: bool = False) -> None:
        order = np.argsort(-confidence, kind="stable")
        self.confidence, self.wrong, self.n = confidence[order], wrong[order], len(order)
        rng = np.random.default_rng(SEED)
        self.loss = self.wrong * (rng.choice(SEVERITY, self.n, p=PARTS) if weighted else 1.0)
        self.risk = np.cumsum(self.loss) / np.arange(1, self.n + 1)

    @classmethod
    def read(cls, path: Path, *, weighted: bool = False) -> "Pool":
        with np.load(path) as columns:
            return cls(columns["score"].astype(np.float64), columns["err"].astype(np.float64), weighted=weighted)

    @classmethod
    def made_up(cls, error_rate: float, power: float) -> "Pool":
        """The surest share q of the cases is wrong with rate error_rate x q^power."""
        share = np.arange(1, 20_001) / 20_000
        rate = np.minimum(1.0, error_rate * (power + 1) * share**power)
        return cls(1.0 - share, (np.random.default_rng(SEED).random(len(share)) < rate).astype(np.float64))

    def truth(self, threshold: float | None) -> tuple[float, float]:
        n = 0 if threshold is None else int(np.searchsorted(-self.confidence, -threshold, side="right"))
        return (n / self.n, float(self.risk[n - 1])) if n else (0.0, 0.0)

    def oracle(self, budget: float) -> float:
        return float(np.flatnonzero(self.risk <= budget).max(initial=-1) + 1) / self.n


def from_looks(looks: Callable[[int, float], tuple[Look, ...]]) -> Way:
    def way(cases: RankedCases, budget: float) -> float | None:
        found = lowest_from_looks(cases, looks(cases.n, budget), budget, DELTA)
        return found.threshold if found else None

    return way


def equal_parts(n: int, budget: float) -> tuple[Look, ...]:
    """As many looks as certify() takes, each with the same part of delta."""
    count, law, spent, rank = len(several_looks(n, budget, DELTA)), np.array([1.0]), 0.0, 0
    looks: list[Look] = []
    while len(looks) < count and rank < n:
        rank += 1
        law = np.append(law * (1 - budget), 0.0) + np.insert(law * budget, 0, 0.0)
        law = law[: count + 1]
        errors = len(looks)
        if spent + law[: errors + 1].sum() <= DELTA * (errors + 1) / count:
            spent += law[: errors + 1].sum()
            law[: errors + 1] = 0.0
            looks.append(Look(rank, errors))
    return tuple(looks)


def two_halves(cases: RankedCases, budget: float) -> float | None:
    """Two single starts, for 0 and for 1 error, each with half of delta (Bonferroni); the lower threshold of both."""
    found = []
    for errors in (0, 1):
        look = Look(labels_needed(budget, errors, DELTA / 2), errors)
        chosen = lowest_from_looks(cases, (look,), budget, DELTA / 2) if look.rank <= cases.n else None
        found += [chosen.threshold] if chosen else []
    return min(found, default=None)


def by_bets(cases: RankedCases, budget: float) -> float | None:
    """What certify() does for losses."""
    losses = _losses(cases)
    passing = np.flatnonzero(log_wealth_down(losses, budget)[cases.n_above - 1] >= -np.log(DELTA))
    return float(cases.scores[passing[-1]]) if len(passing) else None


def hoeffding_bentkus(cases: RankedCases, budget: float) -> float | None:
    """Fixed-sequence testing with the p-value of Bates et al. 2021, from the rank that one error less would need."""
    total, n = np.cumsum(_losses(cases))[cases.n_above - 1], cases.n_above
    mean = np.minimum(total / n, budget)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.where(mean > 0, mean * np.log(mean / budget), 0.0) + (1 - mean) * np.log((1 - mean) / (1 - budget))
    p_value = np.minimum(np.exp(-n * entropy), np.e * bdtr(np.ceil(total - 1e-9), n, budget))
    return _down(cases, p_value, single_look(cases.n, budget, DELTA))


def one_bettor(cases: RankedCases, budget: float) -> float | None:
    """Fixed-sequence testing with 1 / max wealth, stakes as in Waudby-Smith and Ramdas 2024, cases in random order.

    At a hundred ranks only, from a third of the cases on: a bettor has to start anew at each rank.
    """
    looks, losses = single_look(cases.n, budget, DELTA), _losses(cases)
    if not looks:
        return None
    picked = np.unique(
        np.linspace(np.searchsorted(cases.n_above, looks[0].rank), len(cases.n_above) - 1, 100, dtype=int)
    )
    rng, chosen = np.random.default_rng(SEED), None
    for end in picked:
        seen = rng.permutation(losses[: cases.n_above[end]])
        if _max_wealth(seen, budget) < 1 / DELTA:
            break
        chosen = float(cases.scores[end])
    return chosen


def _max_wealth(seen: Floats, budget: float) -> float:
    t = np.arange(1, len(seen) + 1)
    mean = (0.5 + np.cumsum(seen)) / (t + 1)
    spread = (0.25 + np.cumsum((seen - mean) ** 2)) / (t + 1)
    before = np.concatenate(([0.25], spread[:-1]))
    stake = np.minimum(np.sqrt(2 * np.log(1 / DELTA) / (len(seen) * before)), 0.75 / (1 - budget))
    return float(np.exp(np.cumsum(np.log1p(stake * (budget - seen))).max()))


def _losses(cases: RankedCases) -> Floats:
    if cases.losses is not None:
        return cases.losses
    losses = np.zeros(cases.n)  # inside a tie the order is of no interest: only ends of ties are read
    losses[cases.n_above[np.diff(cases.n_wrong_above, prepend=0) > 0] - 1] = 1.0
    return losses


def _down(cases: RankedCases, p_value: Floats, looks: tuple[Look, ...]) -> float | None:
    if not looks:
        return None
    first = int(np.searchsorted(cases.n_above, looks[0].rank))
    passes = np.logical_and.accumulate(p_value[first:] <= DELTA)
    return float(cases.scores[first + passes.sum() - 1]) if passes.any() else None


def fallback(cases: RankedCases, budget: float, candidates: tuple[float, ...]) -> float | None:
    """Thresholds fixed beforehand, two starts with half of delta each that is carried on (Wiens 2003)."""
    starts, carried, chosen = {0, len(candidates) // 5}, 0.0, None
    for index, threshold in enumerate(candidates):
        blocks = int(np.searchsorted(-cases.scores, -threshold, side="right"))
        n, errors = (int(cases.n_above[blocks - 1]), int(cases.n_wrong_above[blocks - 1])) if blocks else (0, 0)
        carried += DELTA / 2 if index in starts else 0.0
        if n and carried and binom.cdf(errors, n, budget) <= carried:
            chosen = threshold
        else:
            carried = 0.0
    return chosen


WAYS: dict[str, Way] = {
    "one start": from_looks(lambda n, budget: single_look(n, budget, DELTA)),
    "several starts (adopted)": from_looks(lambda n, budget: several_looks(n, budget, DELTA)),
    "several starts, equal parts": from_looks(equal_parts),
    "two starts, delta halved": two_halves,
    "bets down the ranks": by_bets,
    "Hoeffding-Bentkus": hoeffding_bentkus,
}
LOSS_WAYS: dict[str, Way] = {
    "bets down the ranks (adopted)": by_bets,
    "Hoeffding-Bentkus": hoeffding_bentkus,
    "one bettor a threshold": one_bettor,
}


STARTS = {name: way for name, way in WAYS.items() if "start" in name}
CURVES = ((0.025, 3), (0.08, 3), (0.03, 2), (0.08, 4), (0.02, 1))


def compared(pool: Pool, budget: float, n: int, draws: int, ways: dict[str, Way]) -> Iterator[tuple[str, float, float]]:
    """(way, share of the oracle's automation, frequency of a broken promise)."""
    design = labelling_design(pool.confidence, budget=budget, n_labels=n)
    sure = int((pool.confidence >= design.labelled_from).sum())
    candidates = candidate_thresholds(pool.confidence, budget=budget, n_labels=n)
    everywhere = dict(ways)
    if ways is WAYS:
        everywhere["candidates fixed beforehand"] = lambda c, b: _fixed(c, b, candidates)
        everywhere["the same, two starts carried on"] = lambda c, b: fallback(c, b, candidates)
    found: dict[str, list[tuple[float, float]]] = {}
    for draw in range(draws):
        rng = np.random.default_rng([SEED, n, draw])
        for name, way in everywhere.items():
            found.setdefault(name, []).append(pool.truth(way(_ranked(pool, _drawn(draw, n, pool.n)), budget)))
        if ways is WAYS:
            cases = _ranked(pool, rng.integers(0, sure, n))
            looks = several_looks(n, budget, DELTA, sure / pool.n)
            chosen = lowest_from_looks(cases, looks, budget, DELTA)
            truth = pool.truth(chosen.threshold if chosen else None)
            found.setdefault("labels from the sure cases (adopted)", []).append(truth)
    for name, truths in found.items():
        shares, risks = np.array(truths).T
        oracle = pool.oracle(budget)
        yield name, float(shares.mean() / oracle) if oracle else 0.0, float((risks > budget).mean())


def _drawn(draw: int, n: int, of: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng([SEED, n, draw, 1]).integers(0, of, n)


def _ranked(pool: Pool, picks: npt.NDArray[np.int64]) -> RankedCases:
    picks = np.sort(picks)
    cases = rank_cases(pool.confidence[picks], pool.wrong[picks])
    return RankedCases(cases.n, cases.scores, cases.n_above, cases.n_wrong_above, pool.loss[picks])


def _fixed(cases: RankedCases, budget: float, candidates: tuple[float, ...]) -> float | None:
    chosen = None
    for threshold in candidates:
        blocks = int(np.searchsorted(-cases.scores, -threshold, side="right"))
        n, errors = (int(cases.n_above[blocks - 1]), int(cases.n_wrong_above[blocks - 1])) if blocks else (0, 0)
        if not n or bdtr(errors, n, budget) > DELTA:
            break
        chosen = threshold
    return chosen


def show(pools: list[Pool], draws: int, ways: dict[str, Way]) -> None:
    table: dict[str, list[str]] = {}
    for budget, n in ROWS:
        of_pools = [list(compared(pool, budget, n, draws, ways)) for pool in pools]
        for rows in zip(*of_pools, strict=True):
            share, broken = np.mean([row[1] for row in rows]), max(row[2] for row in rows)
            table.setdefault(rows[0][0], []).append(f"{share:.2f} {broken:.3f}")
    print(f"{'':38}" + "".join(f"{f'{100 * budget:g} % {n:,}':>12}" for budget, n in ROWS))
    for name, cells in table.items():
        print(f"{name:38}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=500, help="calibration sets a row and pool")
    draws = parser.parse_args().draws
    data = os.environ.get("INTERLOCK_DATA")
    if not data or not (folder := Path(data) / "oversight_pools").is_dir():
        print("INTERLOCK_DATA must name a folder that holds oversight_pools/*.npz", file=sys.stderr)
        return 2
    names = ("banking77_small.npz", "clinc150_small.npz")
    print(
        f"Share of the oracle's automation (mean of both pools) and worst frequency of a broken promise, {draws} draws"
    )
    show([Pool.read(folder / name) for name in names], draws, WAYS)
    print("\nA heuristic's confidences on public questions, rebuilt: scores that tell little")
    heuristic = rebuilt_pool(Path(data))
    show([Pool(heuristic.confidence, heuristic.wrong.astype(np.float64))], draws, STARTS)
    print(f"\nMade-up pools, the surest share q wrong with rate e q^g, (e, g) in {CURVES}: where the search begins")
    show([Pool.made_up(*curve) for curve in CURVES], max(20, draws // 4), STARTS)
    print(f"\nWrong cases that cost {SEVERITY} with probability {PARTS}; the budget is a mean loss")
    show([Pool.read(folder / name, weighted=True) for name in names], max(20, draws // 4), LOSS_WAYS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
