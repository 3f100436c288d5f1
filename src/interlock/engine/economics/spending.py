"""What a workflow costs: three buckets beside their budgets, the learning tax apart, and the cost of a success."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interlock.terms.initiative import Spending
from interlock.terms.measured import Bucket, Expense, PeriodRun

MONTH_DAYS = 365.25 / 12
Period = tuple[str, str]  # its first and its last day


@dataclass(frozen=True, slots=True)
class BucketSpent:
    """What was spent in one bucket, USD, over `days` that are on record. `budget_usd` is that of as many days.

    None where nobody set a budget.
    """

    bucket: Bucket
    spent_usd: float
    days: int
    budget_usd: float | None
    evidence: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether more was spent than was planned."""
        return self.budget_usd is not None and self.spent_usd > self.budget_usd


@dataclass(frozen=True, slots=True)
class UnitCost:
    """USD a successful outcome, None without any; over the periods in which both money and outcomes are on record."""

    value_usd: float | None
    spent_usd: float
    successes: int
    evidence: tuple[str, ...]
    missing: str = ""


def by_bucket(spending: Spending, expenses: Sequence[Expense]) -> tuple[BucketSpent, ...]:
    """All four buckets, the learning tax last."""
    budgets = month_budgets(spending)
    spent: dict[Bucket, list[Expense]] = {bucket: [] for bucket in budgets}
    for one in expenses:
        spent[one.bucket].append(one)
    return tuple(_bucket(bucket, month_usd, spent[bucket]) for bucket, month_usd in budgets.items())


def month_budgets(spending: Spending) -> Mapping[Bucket, float | None]:
    """What was planned a month, USD; None where nobody set a budget."""
    return {
        Bucket.COMPUTE: spending.compute_usd,
        Bucket.LAST_MILE: spending.last_mile_usd,
        Bucket.BEING_WRONG: spending.being_wrong_usd,
        Bucket.LEARNING: spending.learning_usd,
    }


def _bucket(bucket: Bucket, month_usd: float | None, own: Sequence[Expense]) -> BucketSpent:
    days = len(_covered(_periods(own)))
    budget = None if month_usd is None else month_usd * days / MONTH_DAYS
    return BucketSpent(bucket, sum(one.amount_usd for one in own), days, budget, tuple(one.evidence for one in own))


@lru_cache(maxsize=4096)  # a portfolio has few periods, and each comes with every workflow
def _days(start: str, end: str) -> range:
    return range(dt.date.fromisoformat(start).toordinal(), dt.date.fromisoformat(end).toordinal() + 1)


def _periods(items: Sequence[Expense] | Sequence[PeriodRun]) -> frozenset[Period]:
    return frozenset([(one.period_start, one.period_end) for one in items])


@lru_cache(maxsize=4096)
def _covered(periods: frozenset[Period]) -> frozenset[int]:
    return frozenset(day for period in periods for day in _days(*period))


@lru_cache(maxsize=4096)
def _within(periods: frozenset[Period], others: frozenset[Period]) -> frozenset[Period]:
    """Those of the periods whose days are all covered by the others."""
    covered = _covered(others)
    return frozenset(period for period in periods if covered.issuperset(_days(*period)))


def cost_per_success(expenses: Sequence[Expense], runs: Sequence[PeriodRun]) -> UnitCost:
    """The three buckets over what ended in success.

    Money of a period counts where its days are all covered by counted periods, so that none is set against outcomes of
    other days; outcomes likewise.
    """
    ran, spent_in = _periods(runs), _periods(expenses)
    matches = _within(ran, spent_in)
    counts = _within(spent_in, matches)
    matched = [run for run in runs if (run.period_start, run.period_end) in matches]
    own = [
        one for one in expenses if one.bucket is not Bucket.LEARNING and (one.period_start, one.period_end) in counts
    ]
    spent, successes = sum(one.amount_usd for one in own), sum(run.successes for run in matched)
    evidence = (*(one.evidence for one in own), *(run.evidence for run in matched))
    if not own or not matched:
        return UnitCost(None, spent, successes, evidence, "no period has both its expenses and its counts on record")
    if not successes:
        return UnitCost(None, spent, 0, evidence, "no case ended in success yet")
    return UnitCost(spent / successes, spent, successes, evidence)
