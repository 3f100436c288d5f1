"""How often the comparison warns where nothing changed: the reference against itself."""

from collections.abc import Collection

from interlock.engine.oversight.binomial import whole_count
from interlock.engine.oversight.drift.detect import Columns, detect_drift
from interlock.engine.oversight.estimate import rate
from interlock.terms.drift import DriftOutcome, FalseAlarms


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
    bursts add is not seen here. Raises ValueError where `n_recent` leaves no reference, and as `detect_drift` does.
    """
    import numpy as np

    runs = whole_count("runs", runs, least=1)
    n = len(next(iter(reference.values()), ()))
    n_recent = whole_count("n_recent", n_recent, least=2)
    if n - n_recent < 2:
        raise ValueError(f"n_recent is {n_recent} of {n} reference cases: leave 2 or more to compare with")
    rng = np.random.default_rng(seed)
    warned, allowed = 0, delta / (look * (look + 1))
    for run in range(runs):
        order = rng.permutation(n)
        old, new = (
            {name: [cells[i] for i in places] for name, cells in reference.items()}
            for places in (order[n_recent:], order[:n_recent])
        )
        report = detect_drift(old, new, text=text, ignore=ignore, look=look, delta=delta, seed=seed + run)
        warned += report.outcome is DriftOutcome.WARNING
    return FalseAlarms(rate(warned, runs), allowed, n - n_recent, n_recent)
