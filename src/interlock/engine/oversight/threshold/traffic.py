"""The traffic that a certificate speaks of, and how the labelled cases were taken from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.threshold.labelled import RankedCases, confidence_column

if TYPE_CHECKING:
    import numpy.typing as npt

    from interlock.engine.oversight.threshold.labelled import Floats
    from interlock.engine.oversight.threshold.search import Chosen


@dataclass(frozen=True, slots=True)
class Traffic:
    """Confidences of unlabelled cases (None: the labelled ones stand for all), and where the labels begin."""

    confidence: "Floats | None" = None
    labelled_from: float | None = None

    @property
    def sampled_share(self) -> float:
        """Share of the traffic that the labelled cases are a sample of."""
        if self.confidence is None or self.labelled_from is None:
            return 1.0
        return float((self.confidence >= self.labelled_from).mean())

    def check(self, cases: RankedCases) -> None:
        """Raises ValueError where a labelled case lies under the confidence from which labels were drawn."""
        if self.labelled_from is not None and len(cases.scores) and cases.scores[-1] < self.labelled_from:
            raise ValueError(
                f"labelled_from is {self.labelled_from}, and a labelled case has confidence {cases.scores[-1]}: leave "
                "out the cases under it, which are no random sample of theirs"
            )

    def share(self, cases: RankedCases, chosen: "Chosen | None") -> tuple[float, int]:
        """(share of cases at or over the threshold, of how many)."""
        n = cases.n if self.confidence is None else len(self.confidence)
        if chosen is None or n == 0:
            return 0.0, n
        if self.confidence is None:
            return chosen.n_above / n, n
        return float((self.confidence >= chosen.threshold).mean()), n


def read_traffic(
    unlabelled: "npt.ArrayLike | None", labelled_from: float | None, *, joint: bool, grouped: bool
) -> Traffic:
    """Check both; raises ValueError where they cannot go together with what else was asked."""
    if grouped and unlabelled is not None:
        raise ValueError("unlabelled has no segments: leave it out where group is given")
    confidence = None if unlabelled is None else confidence_column("unlabelled", unlabelled)
    if confidence is not None and not len(confidence):
        raise ValueError("unlabelled is empty: give the confidences of past cases, no labels needed")
    if labelled_from is None:
        return Traffic(confidence)
    if confidence is None:
        raise ValueError(
            "labelled_from needs unlabelled: without it nobody knows which share of the traffic was labelled"
        )
    if joint:
        raise ValueError("labelled_from goes with the selective promise: the joint one needs a sample of all cases")
    if not 0.0 <= float(labelled_from) <= 1.0:
        raise ValueError(
            f"labelled_from is {labelled_from!r}: give the confidence from which cases were labelled, 0 to 1"
        )
    if not (confidence >= labelled_from).any():
        raise ValueError(
            f"labelled_from is {labelled_from!r}, over every unlabelled confidence: nothing could be labelled"
        )
    return Traffic(confidence, float(labelled_from))
