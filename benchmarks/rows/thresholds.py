"""T rows: does `certify` keep its promise on real confidences, and how much does it automate beside its rivals?"""

from collections.abc import Sequence

import numpy as np

from rows.bars import BARS, Cell, cell_of
from rows.bench import BY_ID, WORST, Bench
from rows.pools import Pool, read_pool
from rows.rebuilt import MEASURED_BY_DESIGN, NotThere, rebuilt_pool, variants
from rows.threshold_draws import METHODS, SLOW, SLOW_DRAWS, Tally, jobs_of, put_together, work

SMALL, CLINC, REBUILT = "banking77_small", "clinc150_small", "banking77_heur"
# The table "What was seen": mean automation as a share of the oracle's, mean of the two pools; the worst violation.
SEEN_CELLS = (
    *(Cell(budget, 1000) for budget in (0.01, 0.02, 0.05)),
    *(Cell(budget, 3000) for budget in (0.005, 0.01, 0.02, 0.05)),
)
SEEN: dict[str, tuple[tuple[float, ...], float]] = {
    "naive": ((0.99, 1.00, 1.00, 1.01, 1.00, 1.00, 1.00), 0.77),
    "conformal": ((0.95, 0.99, 1.00, 0.96, 0.99, 1.00, 1.00), 0.46),
    "pointwise": ((0.56, 0.89, 0.96, 0.50, 0.86, 0.95, 0.98), 0.05),
    "one start": ((0.40, 0.85, 0.96, 0.38, 0.79, 0.95, 0.98), 0.048),
    "SGR": ((0.00, 0.59, 0.94, 0.01, 0.49, 0.92, 0.97), 0.004),
    "Holm-100, best": ((0.00, 0.46, 0.93, 0.00, 0.42, 0.90, 0.96), 0.002),
}
BANKING_JOINT = {0.01: (0.62, 0.73), 0.02: (0.76, 0.82), 0.05: (0.90, 0.94)}  # of all traffic; the oracle
Results = dict[Cell, dict[str, Tally]]


def cells_of(bench: Bench, pool: str) -> list[Cell]:
    """The cells that the wanted bars of a pool name, each once."""
    named = [cell_of(bar.id) for bar in BARS if bench.wants([bar.id])]
    return list(dict.fromkeys(each[2] for each in named if each and each[1] == pool))


def run(bench: Bench) -> None:
    """All pools; rows of ours are named S- (seen)."""
    seen = bench.wants(["S-"])
    results = {}
    for name in (SMALL, CLINC):
        cells = cells_of(bench, name)
        wanted = sorted({*cells, *SEEN_CELLS}) if seen or bench.wants([f"S-valid-{name}"]) else cells
        if wanted:
            results[name] = _pool(bench, read_pool(bench.data, name), wanted, list(METHODS))
    if seen and len(results) == 2:
        _seen(bench, results)
    _rebuilt(bench)


def _pool(bench: Bench, pool: Pool, cells: Sequence[Cell], methods: Sequence[str]) -> Results:
    bench.say(f"\nThresholds on {pool.name}: {pool.n} cases, {pool.wrong.mean():.4f} wrong, {bench.draws} draws a row")
    bench.say("(mean automation as a share of the oracle's / how often the promise was broken; delta = 0.05;")
    bench.say(f"Holm-100 is MAPIE's own, on the first {min(bench.draws, SLOW_DRAWS)} draws of a row)")
    bench.say(f"{'budget':>6} {'n':>5} {'oracle':>7}" + "".join(f"{name:>17}" for name in methods))
    jobs = {cell: jobs_of(pool, cell, _methods_at(cell, methods), bench.draws) for cell in cells}
    done = iter(bench.map(work, [job for each in jobs.values() for job in each]))
    results = {cell: put_together([next(done) for _ in each]) for cell, each in jobs.items()}
    for cell, tallies in results.items():
        figures = "".join(f"{tallies.get(name, '-')!s:>17}" for name in methods)
        bench.say(f"{cell.budget:>6g} {cell.n:>5} {pool.oracle(cell.budget):>7.4f}{figures}")
    _check(bench, pool.name, results)
    return results


def _methods_at(cell: Cell, methods: Sequence[str]) -> list[str]:
    return [name for name in methods if name not in SLOW or cell in SEEN_CELLS]  # slow, and never passes below


def _check(bench: Bench, pool: str, results: Results) -> None:
    bench.say()
    for (budget, n), tallies in results.items():
        certified = tallies["certify"]
        if (valid := f"T-valid-{pool}-{budget:g}-{n}") in BY_ID:
            bench.bar(valid, certified.frequency)
        if (power := f"T-power-{pool}-{budget:g}-{n}") in BY_ID:
            bench.bar(power, float(certified.power.mean()), spread=float(certified.power.std()))
    for name in ("certify", "one start", "fixed candidates", "joint"):
        worst = max(tallies[name].frequency for tallies in results.values())
        bench.own_at_most(f"S-valid-{pool}, worst of {len(results)} rows, {name}", worst, WORST)


def _seen(bench: Bench, results: dict[str, Results]) -> None:
    bench.say("\nWhat was seen: automation / oracle, mean of both pools, and the worst violation of all these cells")
    bench.say(f"{'':<22}" + "".join(f"{100 * b:>6g} %" for b, _ in SEEN_CELLS) + "   worst, must be <= .05")
    bench.say(f"{'':<22}" + "".join(f"{n:>8}" for _, n in SEEN_CELLS))
    for name in (name for name in METHODS if name != "joint"):
        means = [np.mean([each[cell][name].power.mean() for each in results.values()]) for cell in SEEN_CELLS]
        worst = max(each[cell][name].frequency for each in results.values() for cell in SEEN_CELLS)
        bench.say(f"{name:<22}" + "".join(f"{mean:>8.3f}" for mean in means) + f"   {worst:.4f}")
        if name in SEEN:
            said, said_worst = SEEN[name]
            apart = max(abs(mean - wanted) for mean, wanted in zip(means, said, strict=True))
            figures = "".join(f"{wanted:>8.2f}" for wanted in said)
            bench.say(f"{'  in the design':<22}{figures}   {said_worst:<6g} (at most {apart:.3f} apart)")
    bench.say("Joint promise on banking77_small, n = 1000, share of all traffic (oracle), and in the design:")
    for budget, (share, oracle) in BANKING_JOINT.items():
        joint = results[SMALL][Cell(budget, 1000)]["joint"]
        bench.say(f"  {budget:g}: {joint.shares.mean():.3f} ({joint.oracle:.3f})   {share:.2f} ({oracle:.2f})")


def _rebuilt(bench: Bench) -> None:
    cells = cells_of(bench, REBUILT)
    if not cells:
        return
    try:
        pool = rebuilt_pool(bench.data)
    except NotThere as why:
        bench.not_run(f"T-valid-{REBUILT}", str(why), optional=True)
        bench.not_run(f"T-power-{REBUILT}", str(why), optional=True)
        return
    bench.say("\nThe pool of a heuristic's confidences is not supplied. It is REBUILT here from the public questions:")
    bench.say(
        "half of the official training split (stratified, seed 0) gives the centroids, everything else is the pool."
    )
    _pool(bench, pool, cells, [name for name in METHODS if name not in SLOW])
    if bench.wants(["S-rebuilt"]):
        _which_heuristic(bench)


def _which_heuristic(bench: Bench) -> None:
    """Which heuristic's confidences come nearest to what the design measured, by one start."""
    draws = min(bench.draws, 400)
    bench.say(f"\nWhich heuristic did the design measure? Power of one start, {draws} draws a row")
    bench.say(f"{'':<44}" + "".join(f"{100 * b:>6g} %/{n:<5}" for b, n in MEASURED_BY_DESIGN) + " furthest apart")
    bench.say(f"{'in the design':<44}" + "".join(f"{power:>14.4f}" for power in MEASURED_BY_DESIGN.values()))
    for pool in variants(bench.data):
        jobs = [job for b, n in MEASURED_BY_DESIGN for job in jobs_of(pool, Cell(b, n), ["one start"], draws)]
        parts = bench.map(work, jobs)
        each = len(parts) // len(MEASURED_BY_DESIGN)
        powers = [put_together(parts[i : i + each])["one start"].power.mean() for i in range(0, len(parts), each)]
        apart = max(abs(p - wanted) for p, wanted in zip(powers, MEASURED_BY_DESIGN.values(), strict=True))
        bench.say(f"{pool.name:<44}" + "".join(f"{power:>14.4f}" for power in powers) + f"{apart:>10.3f}")
