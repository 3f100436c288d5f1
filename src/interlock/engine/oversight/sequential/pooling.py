"""Several monitors of one promise, each with its own stream of audits (sites, shards, segments): one statement."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.sequential.judged import JudgedBreachMonitor, JudgedDemotionMonitor
from interlock.engine.oversight.sequential.monitor import BreachMonitor, DemotionMonitor


@dataclass(frozen=True, slots=True)
class Pooled:
    """The statistic of all streams together, the limit it is held against, and how many audits it rests on."""

    statistic: float
    limit: float
    decided: bool
    n: int
    n_wrong: int


Monitor = DemotionMonitor | BreachMonitor | JudgedDemotionMonitor | JudgedBreachMonitor


def pooled(monitors: Sequence[Monitor]) -> Pooled:
    """Whether disjoint streams of audits together say that the budget is broken, as of now.

    Monitors that keep their own copies cannot be merged into the one that would have seen every audit in order; but
    demotion statistics may be added up: each grows on average by at most 1 an audit while its stream keeps the budget,
    so the sum takes `run_length` audits of all streams on average, or more, to reach that limit. Breach statistics may
    be averaged: a mean of e-processes is one, so P(ever at 1/delta) <= delta. Both need that each case keeps the budget
    given those before it in *all* streams, and that streams join without regard to their outcomes. Of judged monitors
    `run_length`, `n` and `decided` are in cases, as theirs are.

    `decided` speaks of now only: ask after each audit, and keep the answer. Raises ValueError on no monitor, mixed
    kinds, or differing promises.
    """
    if not monitors:
        raise ValueError("no monitor was given: give those of all streams")
    first = monitors[0]
    for each in monitors[1:]:
        if (each.kind, each.budget, each.limit) != (first.kind, first.budget, first.limit):
            raise ValueError("monitors of different kinds, budgets or limits: pool those of one promise only")
    total = math.fsum(each.statistic for each in monitors)
    statistic = total if isinstance(first, DemotionMonitor | JudgedDemotionMonitor) else total / len(monitors)
    return Pooled(
        statistic=statistic,
        limit=first.limit,
        decided=statistic >= first.limit * (1.0 - EQUALITY_SLACK),
        n=sum(each.n for each in monitors),
        n_wrong=sum(each.n_wrong for each in monitors),
    )
