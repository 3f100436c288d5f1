"""Do our proofs of a mean loss stop where the reference code of Waudby-Smith and Ramdas stops?

Their package (confseq 0.0.11) builds C++ code on installing and was written for numpy 1; its pure Python parts are all
that is needed. Unpack its source and put its folder `src` on PYTHONPATH; without it there are no rows.
"""

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from interlock.engine.oversight.sequential.bounded import Bets, Side, prove_mean
from rows.bench import DELTA, SEED
from rows.pools import Floats

STREAMS, CASES = 200, 2000
UNUSED = ("matplotlib", "matplotlib.pyplot", "multiprocess")  # imported by confseq, for plots and parallel runs


def rows() -> list[tuple[str, str, bool]]:
    """(row, measured, whether all stopping times agree); empty where confseq cannot be imported."""
    if importlib.util.find_spec("confseq") is None:
        return []
    with _stand_ins():
        predmix, betting = (importlib.import_module(f"confseq.{name}") for name in ("predmix", "betting"))
    return [_row(bets, side, predmix, betting) for bets in ("hoeffding", "bernstein", "betting") for side in SIDES]


SIDES: tuple[Side, ...] = ("under", "over")


def _row(bets: Bets, side: Side, predmix: Any, betting: Any) -> tuple[str, str, bool]:
    agreed = stopped = 0
    for budget, losses in streams():
        ours = prove_mean(losses, budget, DELTA, side=side, bets=bets).decided_at
        theirs = _reference(bets, side, losses, budget, predmix, betting)
        agreed += ours == theirs
        stopped += theirs is not None
    return f"C-confseq {bets}, {side}", f"{agreed}/{STREAMS} equal, {stopped} stop", agreed == STREAMS


def streams() -> Iterator[tuple[float, Floats]]:
    """(budget, losses): many small losses, or few whole ones, with means on both sides of the budget."""
    for i in range(STREAMS):
        rng = np.random.default_rng([SEED, i])
        budget = (0.02, 0.1, 0.4)[i % 3]
        mean = budget * rng.choice([0.0, 0.3, 1.0, 2.0])
        whole = rng.random() < 0.5
        draws = rng.random(CASES) < mean if whole else rng.beta(0.5 * mean + 1e-9, 0.5 * (1.0 - mean), CASES)
        yield budget, draws.astype(np.float64)


def _reference(bets: Bets, side: Side, losses: Floats, budget: float, predmix: Any, betting: Any) -> int | None:
    x, m = (losses, budget) if side == "over" else (1.0 - losses, 1.0 - budget)
    if bets == "betting":
        reached = betting.betting_mart(x, m, alpha=DELTA, theta=1.0) >= 1.0 / DELTA
    else:
        lower = predmix.predmix_hoeffding_lower_cs if bets == "hoeffding" else predmix.predmix_empbern_lower_cs
        reached = lower(x, alpha=DELTA) >= m
    return int(np.argmax(reached)) + 1 if reached.any() else None


@contextmanager
def _stand_ins() -> Iterator[None]:
    """What confseq imports and this comparison never calls; and a name that numpy 2 has dropped."""
    added = [
        name for name in UNUSED if name not in sys.modules and importlib.util.find_spec(name.split(".")[0]) is None
    ]
    sys.modules.update({name: types.ModuleType(name) for name in added})
    old_name = not hasattr(np, "float_")
    if old_name:
        vars(np)["float_"] = np.float64
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]
        if old_name:
            del vars(np)["float_"]
