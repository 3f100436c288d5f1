"""Seeded known errors: how many errors reviewers miss, and the budget to test at because they do."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.binomial import log_binomial_cdf, share_in_open_unit, whole_count
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.terms.audits import CorrectedBudget, MissRates, SeedDraw
from interlock.terms.estimate import Estimate

_OWN_DRAW = "seeded error\x00"  # unrelated to the draws that chose the audits and their second reviews
_OWN_CHOICE = "seeded case\x00"
_NO_SEEDS = "no seeded errors were reviewed, so nothing is known of what reviewers miss: seed some"

Outcome = TypeVar("Outcome")


def seed_draw(key: str, *, share: float, salt: str | bytes) -> SeedDraw:
    """Whether the audit slot of this key shows its reviewer a seeded error, when a `share` in (0, 1) of slots do.

    The reviewer may not see it from the record, the key or the order of work. A seeded slot is extra work and takes
    no real audit's place. Raises ValueError on another share or a bad salt.
    """
    share = share_in_open_unit("share", share)
    draw = audit_draw(_OWN_DRAW + key, salt=salt)
    return SeedDraw(key, share, draw, draw < share)


def seed_choice(key: str, unused: Sequence[str], *, salt: str | bytes) -> str:
    """Which of the `unused` cases of known truth this slot shows, each as likely as any other.

    Take a case out once a reviewer has seen it: one who knows it again finds it. Their order does not matter. Raises
    ValueError where none is left.
    """
    if not unused:
        raise ValueError(f"{key!r}: no unused case of known truth is left: add some before more slots are seeded")
    return sorted(unused)[int(audit_draw(_OWN_CHOICE + key, salt=salt) * len(unused))]


def recheck_seeds(records: Iterable[SeedDraw], *, share: float, salt: str | bytes) -> tuple[str, ...]:
    """Keys whose record is not what the share and the salt give, in the order given; empty when it is right."""
    return tuple(r.key for r in records if r != seed_draw(r.key, share=share, salt=salt))


def real_outcomes(outcomes: Mapping[str, Outcome], draws: Iterable[SeedDraw]) -> dict[str, Outcome]:
    """The outcomes that monitors and estimates may count: those of slots that were not seeded, in the order given.

    Raises ValueError for an outcome whose slot has no record, or two that differ: it might be a seeded one.
    """
    seeded: dict[str, bool] = {}
    for draw in draws:
        if seeded.setdefault(draw.key, draw.seeded) != draw.seeded:
            raise ValueError(f"slot {draw.key!r} is recorded as seeded and as not seeded: mend the record")
    unknown = [key for key in outcomes if key not in seeded]
    if unknown:
        raise ValueError(f"slot {unknown[0]!r} has an outcome and no seed draw: it may be seeded; find its record")
    return {key: outcome for key, outcome in outcomes.items() if not seeded[key]}


def reviewer_miss_rate(found: int, seeded: int, level: float = 0.95) -> Estimate:
    """The share of `seeded` errors that were reviewed and not `found`, with its exact limits (Clopper-Pearson 1934).

    Count only errors whose review is finished. Value and limits are None for none seeded. It says what reviewers miss
    of *real* errors as far as seeded ones are as hard to see. Raises ValueError where more were found than seeded.
    """
    found, seeded = _counts(found, seeded)
    return rate(seeded - found, seeded, level)


def reviewer_miss_rates(by_reviewer: Mapping[str, tuple[int, int]], level: float = 0.95) -> MissRates:
    """(found, seeded) by reviewer -> the miss rate of each, and of all seeded errors together.

    Each interval holds at `level` by itself: the worst of many reviewers is partly bad luck. Raises ValueError naming
    the reviewer.
    """
    each = {}
    for name, (found, seeded) in by_reviewer.items():
        try:
            each[name] = reviewer_miss_rate(found, seeded, level)
        except ValueError as error:
            raise ValueError(f"reviewer {name!r}: {error}") from None
    pooled = reviewer_miss_rate(sum(f for f, _ in by_reviewer.values()), sum(s for _, s in by_reviewer.values()), level)
    return MissRates(pooled, each)


def corrected_budget(budget: float, *, found: int, seeded: int, delta: float = 0.05) -> CorrectedBudget:
    """The budget to test reviewers' labels at, so that the real error rate keeps to `budget` though they miss some.

    A real rate p shows as p (1 - m) where reviewers miss a share m of errors. With m_upper, the exact upper limit of m
    that fails with probability `delta`, a rate shown to be at most budget x (1 - m_upper) is truly at most `budget`,
    except with probability `delta` *plus* that of the test: to promise 95 % in all, spend for example 0.01 here and
    0.04 there. Right cases that reviewers call wrong only make it stricter. Raises ValueError where nothing was seeded
    or nothing found.
    """
    budget, delta = share_in_open_unit("budget", budget), share_in_open_unit("delta", delta)
    found, seeded = _counts(found, seeded)
    if not seeded:
        raise ValueError(_NO_SEEDS)
    if not found:
        raise ValueError(f"none of {seeded} seeded errors was found: these labels show nothing; change how you review")
    missed_max = _upper_limit(seeded - found, seeded, delta)
    return CorrectedBudget(budget * (1.0 - missed_max), budget, missed_max, found, seeded, delta)


def seeds_needed(miss_share_max: float, *, missed: int = 0, delta: float = 0.05) -> int:
    """Least number of seeded errors, `missed` of them not found, that shows that at most `miss_share_max` are missed.

    Except with probability `delta`: the exact one-sided binomial test (Clopper and Pearson 1934), as `labels_needed`.
    Ask before seeding: reviewers who miss about a share m leave m times this number missed. Raises ValueError on shares
    outside (0, 1).
    """
    return labels_needed(share_in_open_unit("miss_share_max", miss_share_max), missed, delta)


def _upper_limit(missed: int, seeded: int, delta: float) -> float:
    """Least m with P(X <= missed) <= delta for X ~ Binomial(seeded, m), rounded up; missed < seeded."""
    low, high = missed / seeded, 1.0
    log_delta = math.log(delta)
    for _ in range(60):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        low, high = (low, middle) if log_binomial_cdf(missed, seeded, middle) <= log_delta else (middle, high)
    return high


def _counts(found: int, seeded: int) -> tuple[int, int]:
    found, seeded = whole_count("found", found), whole_count("seeded", seeded)
    if found > seeded:
        raise ValueError(f"found is {found} of {seeded} seeded: count only finds of seeded errors, each once")
    return found, seeded
