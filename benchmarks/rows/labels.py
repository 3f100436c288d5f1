"""N rows: how many labels a budget needs before anybody labels."""

from interlock.oversight import labels_needed
from rows.bench import BY_ID, Bench

BUDGETS = (0.005, 0.01, 0.02, 0.05)


def run(bench: Bench) -> None:
    if not bench.wants(id_ for id_ in BY_ID if id_.startswith("N-")):
        return
    bench.say("\nLabels needed with 0 / 1 / 2 / 3 errors, delta = 0.05")
    for budget in BUDGETS:
        bench.bar(f"N-{budget:g}", *(labels_needed(budget, errors) for errors in range(4)))
