"""C rows: agreement with reference code, and what looking often does to an ordinary test."""

import numpy as np

from rows import confseq_agreement
from rows.bench import SEED, Bench

LOOKS = (5, 10, 20, 50, 100)
STREAMS = 400_000  # standard error below .001, against a tolerance of .005
CRITICAL = 1.959964


def run(bench: Bench) -> None:
    if bench.wants(["C-peek"]):
        bench.say(
            f"\nA z-test at 5 %, looked at 5 / 10 / 20 / 50 / 100 times where nothing is to be found; {STREAMS} streams"
        )
        bench.bar("C-peek", *(false_positives(looks) for looks in LOOKS), spread=0.0)
    if bench.wants(["C-confseq"]):
        _agreement(bench)


def false_positives(looks: int) -> float:
    """Share of streams on which any of so many evenly spaced looks is "significant"."""
    rng = np.random.default_rng([SEED, looks])
    total = np.zeros(STREAMS)
    found = np.zeros(STREAMS, dtype=bool)
    for look in range(1, looks + 1):
        total += rng.standard_normal(STREAMS)
        found |= np.abs(total) > CRITICAL * np.sqrt(look)
    return float(found.mean())


def _agreement(bench: Bench) -> None:
    agreements = confseq_agreement.rows()
    if not agreements:
        bench.not_run("C-confseq", "the source of confseq 0.0.11 is not on PYTHONPATH", optional=True)
        return
    bench.say(f"\nStopping times beside those of confseq's own code, {confseq_agreement.STREAMS} streams a row")
    for id_, measured, agree in agreements:
        bench.own(id_, measured, "all equal", held=agree)
    equal = sum(int(measured.split("/")[0]) for _, measured, _ in agreements)
    bench.bar("C-confseq", equal / (confseq_agreement.STREAMS * len(agreements)), spread=0.0)
