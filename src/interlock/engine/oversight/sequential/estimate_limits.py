"""Between which limits the estimate Z of a judge-steered case must stay, and which guesses keep it there."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.sequential.observed import as_number

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Numbers = TypeVar("Numbers", float, "npt.NDArray[np.float64]")


@dataclass(frozen=True, slots=True)
class EstimateLimits:
    """Z = q + (A / pi) (Y - q) may lie from `least` to `most`, declared before the first case."""

    least: float
    most: float

    @classmethod
    def declared(cls, least: float, most: float) -> "EstimateLimits":
        """Limits that Z can have, at most 0 and at least 1; raises ValueError otherwise."""
        limits = cls(as_number(least), as_number(most))
        if not (-math.inf < limits.least <= 0.0 and 1.0 <= limits.most < math.inf):
            raise ValueError(
                f"least is {least!r} and most {most!r}: give limits of Z, at most 0 and at least 1; estimate_range"
                "(guess, audit_probability) has those of one case, take the widest of all that can occur"
            )
        return limits

    def fit(self, audit_probability: Numbers) -> Any:
        """Whether a case may be audited with this probability (of an array: entry by entry): Z spans 1/pi."""
        smallest = (1.0 - EQUALITY_SLACK) / (self.most - self.least)
        return (audit_probability >= smallest) & (audit_probability <= 1.0)

    def guesses(self, audit_probability: Numbers) -> tuple[Numbers, Numbers]:
        """The least and the greatest guess that keep Z inside, at a probability under 1; at 1 any guess does."""
        weight = 1.0 / audit_probability
        return (weight - self.most) / (weight - 1.0), self.least / (1.0 - weight)
