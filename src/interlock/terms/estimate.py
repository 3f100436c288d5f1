"""Numbers with their uncertainty and denominator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured figure that carries its interval and its denominator.

    `value` is None where nothing was measured (n = 0): zero of something is not a score.
    `low` and `high` bound a two-sided interval at `level`; `method` names how, and says so where it is approximate.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    level: float = 0.95
