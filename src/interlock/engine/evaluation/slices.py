"""Where among the automatically applied cases does the risk sit?"""

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from interlock.engine.evaluation.scored import Scored, ScoredCase
from interlock.engine.oversight.estimate import rate
from interlock.terms.evaluation import Slice

CASES_MIN = 20
SLICES_MAX = 40
QUARTERS = ("shortest quarter", "second quarter", "third quarter", "longest quarter")
PERIODS = 4


def risky_slices(scored: Scored, *, threshold: float) -> tuple[Slice, ...]:
    """Parts of the cases at or over the threshold with at least 20 cases, highest lower limit of the error first.

    Parts are looked at, not tested: with many of them the first will look bad by chance.
    """
    counts: dict[str, list[int]] = {}
    names = _Namer(scored.cases)
    for case, wrong in zip(scored.cases, scored.wrong.tolist(), strict=True):
        for name in names(case) if case.confidence >= threshold else ():
            count = counts.setdefault(name, [0, 0])
            count[0] += 1
            count[1] += wrong
    slices = [
        Slice(name=name, error=rate(wrong, n), wrong=wrong) for name, (n, wrong) in counts.items() if n >= CASES_MIN
    ]
    slices.sort(key=lambda part: (-(part.error.low or 0.0), -(part.error.value or 0.0), part.name))
    return tuple(slices[:SLICES_MAX])


class _Namer:
    """Names the parts that a case belongs to; quarters of length and time are taken over all evaluated cases."""

    def __init__(self, cases: Sequence[ScoredCase]) -> None:
        lengths = [len(case.text) for case in cases]
        self._limits = [float(limit) for limit in np.quantile(lengths, (0.25, 0.5, 0.75))] if lengths else []
        if not any(lengths) or len(set(self._limits)) < len(self._limits):
            self._limits = []
        self._periods = _period_starts([case.at for case in cases if case.at is not None])

    def __call__(self, case: ScoredCase) -> Iterator[str]:
        yield f"proposed: {case.proposed}"
        if self._limits:
            quarter = sum(len(case.text) > limit for limit in self._limits)
            yield f"text length: {QUARTERS[quarter]}"
        for column, value in case.slices.items():
            if value:
                yield f"{column}: {value}"
        if self._periods and case.at is not None:
            starts = [start for start in self._periods if start <= case.at]
            yield f"period: from {starts[-1]:%Y-%m-%d %H:%M}"


def _period_starts(times: Sequence[dt.datetime]) -> list[dt.datetime]:
    """Starts of up to four periods with about as many cases each."""
    ordered = sorted(times)
    if len(ordered) < PERIODS * CASES_MIN:
        return []
    return sorted({ordered[len(ordered) * number // PERIODS] for number in range(PERIODS)})
