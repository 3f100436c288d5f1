"""Second, blind reviews: which audits get one, where two people disagree, and how far labels can be relied on."""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.estimate import rate
from interlock.terms.audits import Disagreements, DoubleReview, SecondReview
from interlock.terms.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Scale = Literal["nominal", "ordinal", "interval", "ratio"]
_SCALES = ("nominal", "ordinal", "interval", "ratio")
_OWN_DRAW = "second review\x00"  # with the audit's own draw, only the lowest draws would ever be looked at twice


def second_review(key: str, *, share: float, salt: str | bytes) -> SecondReview:
    """Whether the audit of this case gets a second, independent reviewer when a `share` over 0, at most 1, does.

    Unrelated to the draw that chose the audit, so the same salt may serve. Neither reviewer may learn of the other.
    Raises ValueError on another share or a bad salt.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"share is {share!r}: give a share over 0, at most 1 (0.1 for every tenth audit)")
    draw = audit_draw(_OWN_DRAW + key, salt=salt)
    return SecondReview(key, float(share), draw, draw < share)


def recheck_second(records: Iterable[SecondReview], *, share: float, salt: str | bytes) -> tuple[str, ...]:
    """Keys whose record is not what the share and the salt give, in the order given; empty when it is right."""
    return tuple(r.key for r in records if r != second_review(r.key, share=share, salt=salt))


def disagreements(reviews: Iterable[DoubleReview], level: float = 0.95) -> Disagreements:
    """The audits whose two labels differ, and their exact share of the audits that both reviewers have labelled.

    The share says how often people differ, not who is right: have each one settled by a third person. Raises
    ValueError where one person gave both labels, or a case comes twice.
    """
    done, seen, n_unfinished = [], set(), 0
    for review in reviews:
        if review.first_reviewer == review.second_reviewer:
            raise ValueError(f"{review.key!r}: {review.first_reviewer!r} gave both labels: ask a second person")
        if review.key in seen:
            raise ValueError(f"{review.key!r} comes twice: give each audit once, with its two labels")
        seen.add(review.key)
        if review.first_label is None or review.second_label is None:
            n_unfinished += 1
        else:
            done.append(review)
    found = tuple(review for review in done if review.first_label != review.second_label)
    return Disagreements(found, rate(len(found), len(done), level), n_unfinished)


def krippendorff_alpha(
    ratings: Sequence[Sequence[Hashable]],
    scale: Scale = "nominal",
    level: float = 0.95,
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> Estimate:
    """Krippendorff's alpha (2011): 1 when all agree, 0 when labels agree no more than by chance, less when they clash.

    `ratings`: one row a unit with what each observer said of it, None where one said nothing; rows may differ in
    length and in who gave them. `scale` of measurement sets what a difference weighs: nominal takes any labels, the
    others numbers (ratio: none under 0). `n` is the number of units with at least two ratings, the only ones that
    count. The interval comes from resampling those units and is approximate; without any disagreement it has nothing
    to go by and there is none. Value and interval are None where alpha is not defined, and `method` says why. Raises
    ValueError naming the entry and the mend.
    """
    import numpy as np

    level, resamples = share_in_open_unit("level", level), whole_count("resamples", resamples, least=100)
    if scale not in _SCALES:
        raise ValueError(f"scale is {scale!r}: give one of {', '.join(_SCALES)}")
    counts, values = _counted(ratings, scale)
    n = len(counts)
    if len(values) < 2:
        why = "no unit has two ratings" if not n else f"all {int(counts.sum())} ratings are the same, so is chance"
        return Estimate(None, None, None, n, f"Krippendorff's alpha, {scale}: not computable ({why})", level)
    everyone, alpha_of, rng = np.ones(n), _alpha_of(counts, values, scale), np.random.default_rng(seed)
    alpha = alpha_of(everyone)
    if ((counts > 0).sum(axis=1) == 1).all():
        method = f"Krippendorff's alpha, {scale}; no interval: no disagreement to resample"
        return Estimate(alpha, None, None, n, method, level)
    found = [alpha_of(rng.multinomial(n, everyone / n).astype(np.float64)) for _ in range(resamples)]
    low, high = _percentiles(found, (1.0 - level) / 2.0)
    method = f"Krippendorff's alpha, {scale}; interval approximate (bootstrap over units: {resamples}, seed {seed})"
    return Estimate(alpha, low, high, n, method, level)


def _counted(ratings: Sequence[Sequence[Hashable]], scale: Scale) -> tuple["Floats", "Floats"]:
    """How often each unit with two ratings or more got each value (units x values), and the values as numbers."""
    import numpy as np

    units = []
    for i, row in enumerate(ratings):
        given = [value for value in row if value is not None]
        for value in given:
            _check(i, value, scale)
        if len(given) > 1:
            units.append(given)
    places: dict[Hashable, int] = {}
    for value in (value for unit in units for value in unit):
        places.setdefault(value, len(places))
    if scale != "nominal":
        places = {value: i for i, value in enumerate(sorted(places))}  # type: ignore[type-var]
    counts = np.zeros((len(units), len(places)))
    for i, unit in enumerate(units):
        for value in unit:
            counts[i, places[value]] += 1.0
    values = np.arange(len(places), dtype=np.float64) if scale == "nominal" else np.array(list(places), dtype=float)
    return counts, values


def _alpha_of(counts: "Floats", values: "Floats", scale: Scale) -> Callable[["Floats"], float | None]:
    """Alpha as a function of how often each unit counts: 1 - observed / expected disagreement, None where none is."""
    import numpy as np

    sizes = counts.sum(axis=1)
    apart = None if scale == "ordinal" else _differences(values, scale)
    fixed = None if apart is None else ((counts @ apart) * counts).sum(axis=1) / (sizes - 1.0)

    def alpha(weights: "Floats") -> float | None:
        marginals = weights @ counts
        total = float(marginals.sum())
        if apart is not None and fixed is not None:
            observed, expected = float(weights @ fixed), float(marginals @ (apart @ marginals))
        else:  # squared differences of ranks, in the middle of ties; ranks change with the units that count
            ranks = np.cumsum(marginals) - marginals / 2.0
            within = 2.0 * (sizes * (counts @ ranks**2) - (counts @ ranks) ** 2) / (sizes - 1.0)
            observed = float(weights @ within)
            expected = 2.0 * float(total * (marginals @ ranks**2) - (marginals @ ranks) ** 2)
        return 1.0 - (total - 1.0) * observed / expected if (marginals > 0.0).sum() > 1 else None

    return alpha


def _differences(values: "Floats", scale: Scale) -> "Floats":
    """Krippendorff's (2011) squared difference of each value from each other one; ordinal is not among them."""
    import numpy as np

    if scale == "nominal":
        return np.asarray(1.0 - np.eye(len(values)))
    if scale == "interval":
        values = values / np.abs(values).max()  # a change of unit changes nothing, and squares stay finite
    apart = values[:, None] - values
    if scale == "ratio":
        total = values[:, None] + values
        apart = np.divide(apart, total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(apart**2)


def _percentiles(found: Sequence[float | None], tail: float) -> tuple[float | None, float | None]:
    """The two percentiles; resamples without a figure count as worst on both sides, and may leave a side open."""
    lows = sorted(-math.inf if alpha is None else alpha for alpha in found)
    highs = sorted(math.inf if alpha is None else alpha for alpha in found)
    place = math.floor(tail * len(found))
    low, high = lows[place], highs[-1 - place]
    return (None if math.isinf(low) else low), (None if math.isinf(high) else high)


def _check(unit: int, value: Any, scale: Scale) -> None:
    if isinstance(value, Real) and math.isnan(value):
        raise ValueError(f"ratings[{unit}] holds NaN: give None where an observer said nothing")
    if scale == "nominal":
        return
    if not isinstance(value, Real) or math.isinf(value):
        raise ValueError(f"ratings[{unit}] holds {value!r}: give finite numbers, or take the nominal scale")
    if scale == "ratio" and float(value) < 0.0:
        raise ValueError(f"ratings[{unit}] holds {value!r}: a ratio scale starts at 0; take the interval scale")
