"""How far labels can be relied on: where two people looked at one audit blind, how often they agree."""

from dataclasses import dataclass

from interlock.engine.oversight.audits.agreement import disagreements, krippendorff_alpha
from interlock.flows.review.settle import settled_label
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading
from interlock.terms.audits import Disagreements, DoubleReview
from interlock.terms.estimate import Estimate
from interlock.terms.review import BLIND, ReviewKind

RELIABLE, UNUSABLE = 0.8, 0.667  # Krippendorff's own rule of thumb
ENOUGH = 20  # double looks under which resampling them says nothing


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha over the audits that two people labelled, and the audits on which they disagree.

    `settled`: disagreements that a third person decided, (case, label). `overturned`: cases whose outcome on record is
    not what the looks came to in the end: a look that was asked for later does not change an outcome.
    """

    alpha: Estimate
    disagreements: Disagreements
    settled: tuple[tuple[str, str], ...]
    overturned: tuple[str, ...]

    @property
    def grade(self) -> str:
        """'reliable' with all of the interval at or over .8, 'unusable' with all of it under .667, 'open' between.

        'not known yet' under 20 double looks, and where there is no alpha.
        """
        alpha = self.alpha
        if alpha.value is None or alpha.n < ENOUGH:
            return "not known yet"
        low, high = (alpha.value if limit is None else limit for limit in (alpha.low, alpha.high))
        return "reliable" if low >= RELIABLE else "unusable" if high < UNUSABLE else "open"


def agreement(reading: Reading, workflow: str, *, level: float = 0.95) -> Agreement:
    """Of all double looks of a workflow. Planted cases do not count: they are errors, chosen to be hard."""
    doubles, settled, overturned = [], [], []
    for key, looks in _double_looks(reading, workflow).items():
        case = reading.decision(key)
        if case is None:
            continue
        first, second, third = (looks.get(kind) for kind in (ReviewKind.AUDIT, ReviewKind.SECOND, ReviewKind.THIRD))
        if first is None or second is None:
            continue
        doubles.append(
            DoubleReview(key, first.reviewer or "", first.label, second.reviewer or "the second", second.label)
        )
        label = settled_label(looks)
        if third is not None and label is not None:
            settled.append((key, label))
        if label is not None and case.outcome not in (None, label):
            overturned.append(key)
    ratings = [(each.first_label, each.second_label) for each in doubles]
    return Agreement(
        krippendorff_alpha(ratings, level=level),
        disagreements(doubles, level),
        tuple(settled),
        tuple(overturned),
    )


def _double_looks(reading: Reading, workflow: str) -> dict[str, dict[str, ReviewRow]]:
    """The blind looks of each case that has a second one, by kind."""
    looks: dict[str, dict[str, ReviewRow]] = {}
    for review in reading.reviews_since("", workflow):
        if review.kind in BLIND:
            looks.setdefault(review.key, {})[review.kind] = review
    return {key: found for key, found in looks.items() if ReviewKind.SECOND in found}
