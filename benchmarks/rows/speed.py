"""How fast: each time beside a floor that was measured in the same run."""

import importlib
import importlib.util
import statistics
import time
from collections.abc import Callable

import numpy as np

from interlock.oversight import BreachMonitor, DemotionMonitor, PromotionTest, certify
from rows.bench import SEED, Bench
from rows.pools import Floats

CASES = 1_000_000
CERTIFY_S, REPLAY_S, OBSERVE_US = 1.0, 2.0, 5.0
REPLAY = "interlock.engine.oversight.sequential.replay"


def run(bench: Bench) -> None:
    if not bench.wants(["P-certify", "P-observe", "P-replay"]):
        return
    rng = np.random.default_rng(SEED)
    confidence = rng.random(CASES)
    wrong = rng.random(CASES) < 0.2 * (1.0 - confidence)
    floor = seconds(lambda: np.sort(confidence))
    bench.say(f"\nSpeed at {CASES:,} cases (numpy's sort of the confidences alone, the floor: {1000 * floor:.0f} ms)")
    for promise in ("selective", "joint"):
        took = seconds(lambda p=promise: certify(confidence, wrong, budget=0.02, promise=p))  # type: ignore[misc]
        measured = f"{1000 * took:.0f} ms, {took / floor:.1f} x floor"
        bench.own(f"P-certify {promise}, 1e6 cases", measured, f"<{CERTIFY_S:g} s", held=took < CERTIFY_S)
    _observing(bench, rng.random(CASES))


def _observing(bench: Bench, uniform: Floats) -> None:
    found = importlib.util.find_spec(REPLAY)
    replay = importlib.import_module(REPLAY).replay if found else None
    # Rates at which nothing is decided, so that every case costs what an undecided one does.
    for kind, rate in ((DemotionMonitor, 0.01), (BreachMonitor, 0.01), (PromotionTest, 0.03)):
        outcomes = uniform < rate
        few = outcomes[:50_000].tolist()
        each = 1e6 * seconds(lambda k=kind, f=few: list(map(k(0.02).observe, f))) / len(few)  # type: ignore[misc]
        bench.own(f"P-observe {kind.__name__}", f"{each:.2f} us", f"<{OBSERVE_US:g} us", held=each < OBSERVE_US)
        id_ = f"P-replay {kind.__name__}, 1e6 cases"
        if replay is None:
            bench.own_not_run(id_, f"<{REPLAY_S:g} s", "there is no replay yet")
            continue
        took = seconds(lambda k=kind, o=outcomes: replay(k(0.02), o), repeats=3)  # type: ignore[misc]
        bench.own(id_, f"{took:.2f} s", f"<{REPLAY_S:g} s", held=took < REPLAY_S)


def seconds(call: Callable[[], object], repeats: int = 7) -> float:
    """Median time of a call."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
