"""How often the comparison warns where nothing changed: the reference against itself."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from interlock.engine.oversight.binomial import whole_count
from interlock.engine.oversight.drift.columns import Cells
from interlock.engine.oversight.drift.detect import Columns, detect_drift
from interlock.engine.oversight.estimate import rate
from interlock.terms.drift import DriftOutcome, DriftReport, FalseAlarms


def false_alarms(
    reference: Columns,
    *,
    n_recent: int,
    runs: int = 200,
    text: Collection[str] = (),
    ignore: Collection[str] = (),
    look: int = 1,
    delta: float = 0.05,
    seed: int = 0,
) -> FalseAlarms:
    """A/A replay: `runs` random splits of the reference, `n_recent` cases of each compared with the rest.

    The share of splits with a warning must be at most delta / (k (k + 1)) at look k; the interval is exact for splits
    of this reference (they are independent given it). Random splits keep nothing of the order in time: what seasons and
    bursts add is not seen here, but in `warnings_in_order`. Raises ValueError where `n_recent` leaves no reference, and
    as `detect_drift` does.
    """
    import numpy as np

    runs = whole_count("runs", runs, least=1)
    n = len(next(iter(reference.values()), ()))
    n_recent = whole_count("n_recent", n_recent, least=2)
    if n - n_recent < 2:
        raise ValueError(f"n_recent is {n_recent} of {n} reference cases: leave 2 or more to compare with")
    rng = np.random.default_rng(seed)
    reports = []
    for run in range(runs):
        order = rng.permutation(n).tolist()
        old, new = _chosen(reference, order[n_recent:]), _chosen(reference, order[:n_recent])
        reports.append(detect_drift(old, new, text=text, ignore=ignore, look=look, delta=delta, seed=seed + run))
    return _counted(reports)


def warnings_in_order(
    reference: Columns,
    *,
    n_block: int,
    text: Collection[str] = (),
    ignore: Collection[str] = (),
    look: int = 1,
    delta: float = 0.05,
    seed: int = 0,
) -> FalseAlarms:
    """The reference in its own order: each stretch of `n_block` cases against the next one, no case used twice.

    Where many of these pairs warn, the reference itself drifts (seasons, campaigns, bursts of one customer), and a
    warning about recent cases says little. The interval takes the pairs for independent, which is approximate. Raises
    ValueError where the reference is shorter than one pair, and as `detect_drift` does.
    """
    n = len(next(iter(reference.values()), ()))
    n_block = whole_count("n_block", n_block, least=2)
    pairs = n // (2 * n_block)
    if pairs < 1:
        raise ValueError(f"n_block is {n_block} of {n} reference cases: give at most half of them")
    reports = []
    for pair in range(pairs):
        start = 2 * pair * n_block
        old = _chosen(reference, range(start, start + n_block))
        new = _chosen(reference, range(start + n_block, start + 2 * n_block))
        reports.append(detect_drift(old, new, text=text, ignore=ignore, look=look, delta=delta, seed=seed + pair))
    found = _counted(reports)
    method = "Clopper-Pearson, approximate (as if pairs were independent)"
    return replace(found, share=replace(found.share, method=method))


def _counted(reports: Sequence[DriftReport]) -> FalseAlarms:
    first, outcomes = reports[0], [report.outcome for report in reports]
    share = rate(outcomes.count(DriftOutcome.WARNING), len(outcomes))
    too_few = outcomes.count(DriftOutcome.TOO_FEW)
    return FalseAlarms(share, first.level, first.n_reference, first.n_recent, too_few)


def _chosen(columns: Columns, places: Sequence[int]) -> dict[str, Cells]:
    return {name: [cells[place] for place in places] for name, cells in columns.items()}
