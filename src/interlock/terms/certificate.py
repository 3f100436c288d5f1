"""What may be promised about automatic application, and on which evidence."""

from dataclasses import dataclass
from enum import StrEnum


class Promise(StrEnum):
    """The two promises: they differ in what the error budget is a share of."""

    SELECTIVE = "selective"  # of what is applied automatically, at most `budget` is wrong
    JOINT = "joint"  # of all incoming cases, at most `budget` are applied automatically and wrong


@dataclass(frozen=True, slots=True)
class Certificate:
    """A confidence threshold with a proved error bound, or the statement that there is none.

    Apply a case automatically when its confidence is >= `threshold`; `threshold` is None when nothing can be certified,
    and where each segment has a threshold of its own. `n_labelled` cases were used, `n_above` of them at or over the
    threshold, `n_wrong_above` of those wrong. `share` is the share of cases at or over it: of `n_share` labelled cases,
    or of `n_share` unlabelled ones where these were given. `bound` is the exact upper (1 - delta_spent) limit of the
    promised risk at the threshold (Clopper-Pearson, or by betting for a loss; at most `budget` whenever a threshold was
    given). With a loss, budget and bound are mean losses and `mean_loss_above` is the one seen over the threshold.

    `delta` is what was asked for; `delta_spent` is the level of this certificate after recalibrations and segments took
    their part. `labels_needed` is the least number of labelled cases with which this promise could be certified at all,
    with no error among them; `labels_missing` is how many more are needed for that, 0 where there are enough.
    `labels_for_next_step`: labelled cases in all with which 5 % more of them could be automatic if the error rate seen
    there holds, an estimate for planning; None where it is over budget, or where nothing is left to automate.
    `segments`: a certificate each where they were asked for; together they hold with probability 1 - delta.
    """

    promise: Promise
    budget: float
    delta: float
    threshold: float | None
    n_labelled: int
    n_above: int
    n_wrong_above: int
    share: float
    bound: float | None
    labels_needed: int
    labels_missing: int
    method: str
    assumptions: tuple[str, ...]
    delta_spent: float | None = None
    n_share: int | None = None
    mean_loss_above: float | None = None
    labels_for_next_step: int | None = None
    segments: tuple[tuple[str, "Certificate"], ...] = ()

    def threshold_of(self, segment: str | None = None) -> float | None:
        """The threshold that holds for a case of `segment`; None (a person decides) where there is none."""
        if not self.segments:
            return self.threshold
        return next((each.threshold for name, each in self.segments if name == segment), None)
