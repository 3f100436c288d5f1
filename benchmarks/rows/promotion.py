"""G rows: the promotion gate may be looked at after every label; what it costs, and what other gates do wrong."""

from collections.abc import Callable

import numpy as np
from scipy.stats import binom

from interlock.oversight import PromotionTest
from rows.bench import DELTA, Bench
from rows.monitor_rivals import LOOK_EVERY, binomial_passes, rate_within_budget
from rows.streams import decisions, median_in_words, share_decided

LABELS = 3000
FIRST_LOOK = 100
RIVALS: dict[str, tuple[Callable[[int, int, float], bool], float]] = {
    "rate <= budget, weekly": (rate_within_budget, 0.946),
    "binomial test with peeking": (binomial_passes, 0.208),
}
MEDIANS = {0.0: 189, 0.005: 332, 0.01: 956}  # budget 2 %; in the design


def run(bench: Bench) -> None:
    budgets = [budget for budget in (0.01, 0.02, 0.05) if bench.wants([f"G-{budget:g}-fp"])]
    for budget in budgets:
        if budget == budgets[0]:
            bench.say(f"\nPromotion at p = alpha, looking after each of {LABELS} labels, {bench.draws} streams a row")
        decided = decisions(bench, "promotion", budget, (budget, LABELS), seed=4)
        bench.bar(f"G-{budget:g}-fp", share_decided(decided))
        exact = max(p for n, p in PromotionTest(budget).decision_points(budget) if n <= LABELS)
        bench.own(f"G-{budget:g}-fp, computed exactly", f"{exact:.4f}", f"<={DELTA:g}", held=exact <= DELTA)
    if bench.wants(["G-others"]):
        _others(bench)


def _others(bench: Bench) -> None:
    bench.say("Promotion, alpha = 2 %: false promotion at p = alpha, and in the design; exact, no bars")
    for name, (passes, said) in RIVALS.items():
        chance = chance_of_passing(lambda n, k, p=passes: p(n, k, 0.02), 0.02)  # type: ignore[misc]
        bench.say(f"  {name:<28} {chance:.3f}  ({said:.3f})   a look every {LOOK_EVERY} labels, from {FIRST_LOOK} on")
    bench.say("  PromotionTest: median labels at a true rate of 0 / alpha/4 / alpha/2, exact; simulated; in the design")
    for rate, said_labels in MEDIANS.items():
        simulated = decisions(bench, "promotion", 0.02, (rate, 6000), seed=5, draws=max(101, bench.draws // 4))
        exact = PromotionTest(0.02).expected_labels(rate)
        bench.say(f"    {rate:<6g} {exact!s:>5} {median_in_words(simulated):>6} {said_labels:>6}")


def chance_of_passing(passes: Callable[[int, int], bool], error_rate: float) -> float:
    """P(the gate passes at any weekly look), by following the law of the number of errors from look to look."""
    law, n, passed = np.ones(1), 0, 0.0
    for look in range(FIRST_LOOK, LABELS + 1, LOOK_EVERY):
        law = np.convolve(law, binom.pmf(np.arange(look - n + 1), look - n, error_rate))
        n = look
        decides = np.array([passes(n, errors) if law[errors] > 1e-15 else False for errors in range(len(law))])
        passed += float(law[decides].sum())
        law[decides] = 0.0
    return passed
