"""Choosing between use cases: what they are scored on, and how firm the order is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """A use case with all five scores. `evidence` says what they rest on, "" where nobody said.

    `rests_on` says it for single scores.
    """

    name: str
    scores: Mapping[Criterion, int]
    evidence: str = ""
    rests_on: Mapping[Criterion, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate as somebody wrote it down: scores still as text ("" where there is none), `place` is where.

    `problem` names the file of its problem statement, "" where there is none.
    """

    place: str
    name: str
    problem: str
    scores: Mapping[Criterion, str]
    evidence: str = ""
    rests_on: Mapping[Criterion, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place. `total` is the weighted mean, 1 to 5.

    `first_share` is the part of all weightings in which it comes first (ties count as first), `top_share` that in which
    it is among the first `top` of the ranking (those as good as the last of them are among them too). `above` names a
    candidate that is at least as good in everything and better in something, None where there is none.
    """

    place: int
    candidate: Candidate
    total: float
    first_share: float
    top_share: float
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
    top: int
    swing: Swing | None
