"""Choosing between use cases: what they are scored on, and how firm the order is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Criterion(StrEnum):
    """What a use case is scored on, from 1 to 5. Complexity counts the other way round: 5 is the hardest."""

    IMPACT = "impact"
    COMPLEXITY = "complexity"
    ALIGNMENT = "alignment"
    DATA = "data"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A use case with all five scores. `evidence` says what they rest on, "" where nobody said."""

    name: str
    scores: Mapping[Criterion, int]
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place. `total` is the weighted mean, 1 to 5.

    `first_share` is the part of all weightings in which it comes first (ties count as first), `above` names a
    candidate that is at least as good in everything and better in something, None where there is none.
    """

    place: int
    candidate: Candidate
    total: float
    first_share: float
    quick_win: bool
    above: str | None


@dataclass(frozen=True, slots=True)
class Swing:
    """The smallest change of one weight, the others kept, that puts another first: from `weight` to beyond `to`."""

    criterion: Criterion
    weight: float
    to: float
    then_first: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates, best first. `weightings` is how many evenly spaced weightings the shares are parts of."""

    weights: Mapping[Criterion, float]
    ranked: tuple[Ranked, ...]
    weightings: int
    swing: Swing | None
