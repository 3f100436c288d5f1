"""Audits steered to where errors are suspected, each with its recorded probability, which is never 0."""

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.binomial import whole_count
from interlock.terms.audits import SteeredDraw, SteeringRule, StratifiedDraw


def fit_steering(suspicion: Sequence[float], *, share: float, floor: float) -> SteeringRule:
    """The rule under which these cases are audited with a mean probability of `share`, and none under `floor`.

    Probabilities go with the square root of suspicion: the allocation of least variance for the Horvitz-Thompson
    estimate of an error share when suspicion is the probability of an error (Neyman 1934; Saerndal, Swensson and
    Wretman 1992, 12.2). A judge that is wrong costs precision, never validity. A floor of
    about half the share serves best: simulated with good and with useless judges, a fifth of it made the guaranteed
    upper limit worse than no steering. Equal suspicion gives `share` to all;
    unsuspected cases (0) get more than `floor` only when all others are audited. For cases that come one at a time,
    fit on a past period and fix the rule before the next: its mean is then `share` only while suspicion is spread as
    before. The order of cases does not matter. Raises ValueError naming the entry and the mend.
    """
    column = [_suspicion(f"suspicion[{i}]", value) for i, value in enumerate(suspicion)]
    floor = _floor(floor)
    if not column:
        raise ValueError("suspicion is empty: give that of at least one case, of a past period if need be")
    if not floor <= share <= 1.0:
        raise ValueError(f"share is {share!r}: a mean of probabilities from floor = {floor} to 1 lies there too")
    least, scale = _filled([math.sqrt(s) for s in column], [1] * len(column), share * len(column), floor)
    return SteeringRule(floor=least, scale=scale, share=float(share), n=len(column))


def steered_probability(suspicion: float, *, rule: SteeringRule) -> float:
    """With which probability a case of this suspicion, in [0, 1], is audited under a rule fixed beforehand.

    Raises ValueError where suspicion is unknown: a case that the judge could not read has a suspicion of 1.
    """
    return _clipped(math.sqrt(_suspicion("suspicion", suspicion)), rule.floor, rule.scale)


def steered_probabilities(suspicion: Sequence[float], *, share: float, floor: float) -> tuple[float, ...]:
    """The probability of each case under the rule fitted on these same cases: `fit_steering`, then applied.

    Their mean is `share` up to rounding, each is in [`floor`, 1], and more suspicion is never audited less.
    """
    rule = fit_steering(suspicion, share=share, floor=floor)
    return tuple(steered_probability(value, rule=rule) for value in suspicion)


def stratified_probabilities(
    sizes: Sequence[int], prior_rates: Sequence[float], *, n_audits: float, floor: float
) -> tuple[float, ...]:
    """The audit probability of each stratum, so that `n_audits` of sum(`sizes`) cases are expected to be audited.

    Neyman's allocation (1934): in proportion to sqrt(p (1 - p)) with p the error rate thought likely beforehand, at
    least `floor`, at most 1. `sizes` counts cases a stratum. Raises ValueError where the budget is less than `floor`
    of all cases, or more than all of them.
    """
    counts = [whole_count(f"sizes[{i}]", size) for i, size in enumerate(sizes)]
    rates = [_suspicion(f"prior_rates[{i}]", each) for i, each in enumerate(prior_rates)]
    floor = _floor(floor)
    total = sum(counts)
    if len(counts) != len(rates):
        raise ValueError(f"sizes has {len(counts)} entries and prior_rates {len(rates)}: give one of each a stratum")
    if not total:
        raise ValueError("sizes hold no case: give at least one stratum with cases")
    if not floor * total <= n_audits <= total:
        raise ValueError(
            f"n_audits is {n_audits!r} of {total} cases: give {math.ceil(floor * total)} to {total}, or a lower floor"
        )
    deviations = [math.sqrt(p * (1.0 - p)) for p in rates]
    least, scale = _filled(deviations, counts, n_audits, floor)
    return tuple(_clipped(deviation, least, scale) for deviation in deviations)


def steered_draw(key: str, suspicion: float, *, rule: SteeringRule, salt: str | bytes) -> SteeredDraw:
    """Whether this case is audited, as a record that anyone can recheck once the salt is published.

    The suspicion must be settled without knowledge of the salt, or the draw is no longer one.
    """
    probability = steered_probability(suspicion, rule=rule)
    draw = audit_draw(key, salt=salt)
    return SteeredDraw(key, float(suspicion), probability, draw, draw < probability)


def stratified_draw(key: str, stratum: str, *, probabilities: Mapping[str, float], salt: str | bytes) -> StratifiedDraw:
    """Whether this case of the named stratum is audited; raises ValueError for a stratum without a probability."""
    probability = probabilities.get(stratum)
    if probability is None or not 0.0 < probability <= 1.0:
        raise ValueError(f"probabilities[{stratum!r}] is {probability!r}: give one over 0, at most 1, a stratum")
    draw = audit_draw(key, salt=salt)
    return StratifiedDraw(key, stratum, probability, draw, draw < probability)


def recheck_steered(records: Iterable[SteeredDraw], *, rule: SteeringRule, salt: str | bytes) -> tuple[str, ...]:
    """Keys whose record is not what the rule and the salt give for the recorded suspicion, in the order given.

    Whether the rule itself is right: `fit_steering` of the suspicions that it was fitted on gives it again, to the
    last bit. Cases missing from the record cannot be seen here: compare the keys with the journal.
    """
    return tuple(r.key for r in records if not _holds(r, rule, salt))


def recheck_stratified(
    records: Iterable[StratifiedDraw], *, probabilities: Mapping[str, float], salt: str | bytes
) -> tuple[str, ...]:
    """Keys whose record is not what the strata's `probabilities` and the salt give, in the order given."""
    return tuple(
        r.key
        for r in records
        if r.stratum not in probabilities
        or r != stratified_draw(r.key, r.stratum, probabilities=probabilities, salt=salt)
    )


def _holds(record: SteeredDraw, rule: SteeringRule, salt: str | bytes) -> bool:
    try:
        return record == steered_draw(record.key, record.suspicion, rule=rule, salt=salt)
    except ValueError:
        if not _is_share(record.suspicion):
            return False  # a suspicion that no rule takes cannot have been drawn with
        raise


def _filled(weights: Sequence[float], sizes: Sequence[int], total: float, floor: float) -> tuple[float, float]:
    """(least, scale) with sum of size x clip(scale x weight, least, 1) = total; least >= floor.

    The sum is piecewise linear in the scale, so the scale is exact once the stretch that holds it is found.
    """
    pairs = [(w, size) for w, size in zip(weights, sizes, strict=True) if w > 0.0 and size > 0]
    n_suspected = sum(size for _, size in pairs)
    n_others = sum(sizes) - n_suspected
    steepest = 1.0 / min((w for w, _ in pairs), default=1.0)
    if n_others and total >= n_suspected + floor * n_others:
        return max(floor, min(1.0, (total - n_suspected) / n_others)), math.nextafter(steepest, math.inf)
    bends = sorted({bend for w, _ in pairs for bend in (floor / w, 1.0 / w)})
    low, high = 0, len(bends) - 1
    while high - low > 1:
        middle = (low + high) // 2
        reached = math.fsum(size * _clipped(w, floor, bends[middle]) for w, size in pairs) + floor * n_others
        low, high = (middle, high) if reached <= total else (low, middle)
    inside = [(w, size) for w, size in pairs if floor / w <= bends[low] and 1.0 / w >= bends[high]]
    slope = math.fsum(w * size for w, size in inside)
    if not slope:  # every case is at the floor or at 1 all along this stretch
        return floor, bends[low]
    fixed = math.fsum(
        size * _clipped(w, floor, bends[low]) for w, size in pairs if floor / w > bends[low] or 1.0 / w < bends[high]
    )
    scale = (total - fixed - floor * n_others) / slope
    return floor, min(max(scale, bends[low]), bends[high])


def _clipped(weight: float, floor: float, scale: float) -> float:
    return min(1.0, max(floor, scale * weight))


def _is_share(value: object) -> bool:
    return isinstance(value, Real) and 0.0 <= float(value) <= 1.0


def _suspicion(name: str, value: float) -> float:
    if not _is_share(value):
        raise ValueError(f"{name} is {value!r}: give a share from 0 to 1, and 1 where it is not known")
    return float(value)


def _floor(floor: float) -> float:
    if not 0.0 < floor <= 1.0:
        raise ValueError(f"floor is {floor!r}: give the least probability, over 0 and at most 1 (0.01 for 1 %)")
    return float(floor)
