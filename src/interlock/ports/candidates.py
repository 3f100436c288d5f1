"""A candidate: anything that proposes a label for a case, with a confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.ports.progress import Progress
from interlock.terms.evaluation import CandidateKind


@dataclass(frozen=True, slots=True)
class Answer:
    """One proposal. `error` says why there is none; then `label` is "" and `confidence` 0.0: a person decides.

    `cost_usd` is None where the candidate has no price per case or the price is unknown.
    """

    label: str
    confidence: float
    latency_ms: float | None = None
    cost_usd: float | None = None
    error: str | None = None


class Candidate(Protocol):
    """One entry of a bake-off."""

    @property
    def name(self) -> str:
        """Short name for tables, such as "nearest centroid"."""
        ...

    @property
    def kind(self) -> CandidateKind:
        """What it is; orders candidates by operational complexity."""
        ...

    @property
    def description(self) -> str:
        """One sentence for a reader who does not know the method."""
        ...

    @property
    def facts(self) -> Mapping[str, str]:
        """Everything that makes this candidate act as it does (versions, parameters): goes into the release digest."""
        ...

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        """Learn from past decisions. Raises Unavailable where a needed thing is absent (and says how to get it)."""
        ...

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        """One answer a text, in order; a failure of one case is an Answer with `error`, never an exception."""
        ...
