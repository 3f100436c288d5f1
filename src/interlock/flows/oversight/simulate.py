"""Rehearse an oversight plan on invented cases."""

from dataclasses import dataclass

import numpy as np

from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.planning.simulation import Run, Setting, Spread, simulate, spread
from interlock.engine.oversight.sequential.promotion import PromotionTest
from interlock.ports.progress import Progress
from interlock.terms.errors import BadInput
from interlock.terms.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came out of `runs` invented lives of one setting, all drawn from `seed`.

    `labels`: until promotion, `labels_median_exact` from the binomial law itself. `audits` and `days`: from the drift
    until the demotion, over the runs that were not demoted before. `promoted`: share of runs; `false_demotions`: share
    of runs demoted before the drift, and `audits_before` the audits made until then, all runs. `shown`: the runs at the
    5 %, 50 % and 95 % quantiles of labels, and of audits.
    """

    setting: Setting
    runs: int
    seed: int
    promoted: Estimate
    labels: Spread
    labels_median_exact: int | None
    false_demotions: Estimate
    audits_before: int
    demoted: Estimate
    audits: Spread
    days: Spread
    shown_promotions: tuple[tuple[str, Run], ...]
    shown_demotions: tuple[tuple[str, Run], ...]


def simulate_oversight(setting: Setting, *, runs: int, seed: int, progress: Progress) -> Simulated:
    """Same setting, runs and seed: same figures. Raises BadInput for fewer than 1 run."""
    try:
        done = simulate(setting, runs=runs, rng=np.random.default_rng(seed), progress=progress)
    except ValueError as exc:
        raise BadInput(str(exc)) from exc
    drifted = [run for run in done if run.false_demotion_at is None]
    exact = None
    if setting.error_rate < 1.0:
        exact = PromotionTest(setting.budget, setting.delta).expected_labels(setting.error_rate)
    return Simulated(
        setting=setting,
        runs=runs,
        seed=seed,
        promoted=rate(sum(run.promoted_at is not None for run in done), len(done)),
        labels=spread([run.promoted_at for run in done]),
        labels_median_exact=exact,
        false_demotions=rate(len(done) - len(drifted), len(done)),
        audits_before=sum(run.audits_before for run in done),
        demoted=rate(sum(run.audits_to_demote is not None for run in drifted), len(drifted)),
        audits=spread([run.audits_to_demote for run in drifted]),
        days=spread([run.days_to_demote for run in drifted]),
        shown_promotions=_shown([(run.promoted_at, run) for run in done]),
        shown_demotions=_shown([(run.audits_to_demote, run) for run in drifted]),
    )


def _shown(runs: list[tuple[int | None, Run]]) -> tuple[tuple[str, Run], ...]:
    ordered = [run for _, run in sorted(runs, key=lambda one: (one[0] is None, one[0] or 0))]
    if not ordered:
        return ()
    last = len(ordered) - 1
    return tuple(
        (name, ordered[round(q * last)])
        for name, q in (("median run", 0.5), ("a quick run (5 %)", 0.05), ("a slow run (95 %)", 0.95))
    )
