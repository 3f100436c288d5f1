"""How large a difference between two samples is: a p-value alone says only how many cases there were."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.wording import percent
from interlock.terms.drift import DriftEffect

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

BINS = 10


@dataclass(frozen=True, slots=True)
class Floors:
    """A warning needs one of these, beside a small p-value.

    0.1 is the usual line between a stable and a moderately shifted PSI (Siddiqi 2006), 0.2 Cohen's small effect.
    """

    total_variation: float = 0.1
    standardised_difference: float = 0.2
    psi: float = 0.1

    def reached(self, effect: DriftEffect) -> bool:
        """Whether the effect is large enough to warn of; one that cannot be computed (NaN) is."""
        difference = effect.standardised_difference
        small = effect.total_variation < self.total_variation and effect.psi < self.psi
        return not (small and (difference is None or difference < self.standardised_difference))


def effect_of_numbers(reference: "Floats", recent: "Floats") -> DriftEffect:
    """Effect between two samples of finite numbers, over the tenths of the reference; both need at least one."""
    import numpy as np

    edges = np.unique(np.quantile(reference, np.linspace(0.0, 1.0, BINS + 1)[1:-1]))
    # Values on an edge belong above it, so that a value that many cases share does not straddle a border.
    old = np.bincount(np.searchsorted(edges, reference, side="right"), minlength=len(edges) + 1)
    new = np.bincount(np.searchsorted(edges, recent, side="right"), minlength=len(edges) + 1)
    return _effect(old, new, difference=_standardised(reference, recent), unseen=None)


def effect_of_counts(reference: "Counts", recent: "Counts", *, unseen_share: float | None) -> DriftEffect:
    """Effect between two rows of counts over the same categories; each row needs at least one case."""
    return _effect(reference, recent, difference=None, unseen=unseen_share)


def _effect(old: "Counts", new: "Counts", *, difference: float | None, unseen: float | None) -> DriftEffect:
    import numpy as np

    variation = float(np.abs(old / old.sum() - new / new.sum()).sum() / 2.0)
    psi = _stability(old, new)
    return DriftEffect(variation, difference, psi, unseen, _in_words(variation, difference, psi, unseen))


def _stability(old: "Counts", new: "Counts") -> float:
    """Population stability index, sum (q - p) ln(q / p); half a case is added to each bin, so that none is empty."""
    import numpy as np

    p = (old + 0.5) / (old.sum() + 0.5 * len(old))
    q = (new + 0.5) / (new.sum() + 0.5 * len(new))
    return float(((q - p) * np.log(q / p)).sum())


def _standardised(reference: "Floats", recent: "Floats") -> float:
    import numpy as np

    # One scale for both, so that squares of huge values do not overflow.
    scale = float(max(np.abs(reference).max(), np.abs(recent).max())) or 1.0
    old, new = reference / scale, recent / scale
    apart = abs(float(new.mean() - old.mean()))
    spread = math.sqrt((float(old.var()) + float(new.var())) / 2.0)
    if spread > 0.0:
        return apart / spread
    return 0.0 if apart == 0.0 else 1e6  # two different constants: as far apart as can be, and still a JSON number


def _in_words(variation: float, difference: float | None, psi: float, unseen: float | None) -> str:
    size = "large" if psi >= 0.25 else "moderate" if psi >= 0.1 else "small" if variation >= 0.05 else "very small"
    parts = [f"{size}: {percent(round(variation, 3))} of the cases would have to be others"]
    if difference is not None:
        parts.append(f"means {difference:.2f} standard deviations apart")
    parts.append(f"PSI {psi:.2f}")
    if unseen:
        parts.append(f"{percent(round(unseen, 4))} in categories that the reference does not have")
    return "; ".join(parts)
