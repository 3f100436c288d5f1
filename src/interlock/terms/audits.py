"""Records of audits: with which probability each case was drawn, who looked twice, and what was seeded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from interlock.terms.estimate import Estimate


@dataclass(frozen=True, slots=True)
class SteeringRule:
    """How suspicion becomes a probability: `scale` x sqrt(suspicion), at least `floor` and at most 1.

    Fixed before the cases that it steers are drawn. `share`: the mean probability over the `n` cases it was fitted on.
    """

    floor: float
    scale: float
    share: float
    n: int


class SteeredDraw(NamedTuple):
    """What the record says of one case that a judge's suspicion in [0, 1] steered."""

    key: str
    suspicion: float
    probability: float
    draw: float
    in_sample: bool


class StratifiedDraw(NamedTuple):
    """What the record says of one case whose stratum set its probability."""

    key: str
    stratum: str
    probability: float
    draw: float
    in_sample: bool


class SecondReview(NamedTuple):
    """Whether an audit gets a second, independent reviewer, and the draw and the probability that decided it."""

    key: str
    probability: float
    draw: float
    in_sample: bool


class SeedDraw(NamedTuple):
    """Whether an audit slot gets a case whose truth is known: then its outcome measures a reviewer and nothing else."""

    key: str
    probability: float
    draw: float
    seeded: bool


class DoubleReview(NamedTuple):
    """Two people's labels of one audit, each given without sight of the other; None where one is not given yet."""

    key: str
    first_reviewer: str
    first_label: str | None
    second_reviewer: str
    second_label: str | None


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Audits that two reviewers labelled differently, to be looked at again, in the order given.

    `share` is of the audits that both have labelled; `n_unfinished` wait for a label and are in neither.
    """

    reviews: tuple[DoubleReview, ...]
    share: Estimate
    n_unfinished: int


@dataclass(frozen=True, slots=True)
class MissRates:
    """Share of seeded errors that reviewers did not find: pooled, and of each reviewer by name."""

    pooled: Estimate
    by_reviewer: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class CorrectedBudget:
    """The error budget to test at when reviewers miss errors: `asked` x (1 - `miss_share_max`).

    `miss_share_max` is the exact upper limit from `n_found` of `n_seeded` seeded errors and holds except with
    probability `delta`, which adds to the delta of the test that uses `budget`.
    """

    budget: float
    asked: float
    miss_share_max: float
    n_found: int
    n_seeded: int
    delta: float
