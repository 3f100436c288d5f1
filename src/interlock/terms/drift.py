"""Input drift as an early warning. It is never a verdict: what a workflow may do rests on audited cases alone."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.estimate import Estimate


class DriftOutcome(StrEnum):
    """What the comparison says, in words."""

    NONE = "no drift seen"
    WARNING = "early warning"
    TOO_FEW = "too few cases to tell"


class FeatureKind(StrEnum):
    """As what a column is compared."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    MISSING = "missing cells"
    TEXT = "text"
    NEWNESS = "newness of text"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class DriftEffect:
    """How large a difference is, whatever its p-value; None where it has no meaning for the kind of feature.

    `total_variation`: the share of the cases that would have to be others (0 to 1). `standardised_difference`: of the
    means, in pooled standard deviations, without sign. `psi`: the population stability index. `unseen_share`: recent
    cases in categories that the reference does not have. `words` say the largest of them.
    """

    total_variation: float
    standardised_difference: float | None
    psi: float
    unseen_share: float | None
    words: str


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature: the test and its p-value, adjusted over all features; `warns` needs both a small p and an effect.

    `n_reference` and `n_recent` are the cases that were compared: those that have the feature, or a part of them.
    """

    feature: str
    kind: FeatureKind
    test: str
    p: float
    p_adjusted: float
    effect: DriftEffect
    n_reference: int
    n_recent: int
    warns: bool


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Reference cases against recent ones. It advises; it decides nothing.

    `level` is what this look may spend of `delta`, over all features together. `cases_more` is how many more recent
    cases the comparison needs (0: enough; None: no number of them suffices, more reference cases are needed).
    `left_out` are columns that were not compared, each with its reason.
    """

    outcome: DriftOutcome
    features: tuple[FeatureDrift, ...]
    n_reference: int
    n_recent: int
    look: int
    delta: float
    level: float
    cases_more: int | None
    left_out: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """The reference compared with itself: how often a warning came, and how often it may where nothing changes.

    `n_reference` and `n_recent` are the cases on either side of one comparison. In `too_few` comparisons there was
    no warning because that is too few cases to tell.
    """

    share: Estimate
    allowed: float
    n_reference: int
    n_recent: int
    too_few: int
