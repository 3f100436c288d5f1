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

    Apply a case automatically when its confidence is >= `threshold`; `threshold` is None when nothing can be certified.
    `n_labelled` cases were used, `n_above` of them at or over the threshold, `n_wrong_above` of those wrong.
    `share` = n_above / n_labelled. `bound` is the exact upper (1 - delta) limit of the promised risk at the threshold
    (Clopper-Pearson; it is at most `budget` whenever a threshold was given).
    `labels_needed` is the least number of labelled cases with which this promise could be certified at all, with no
    error among them; `labels_missing` is how many more are needed for that, 0 where there are enough.
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
