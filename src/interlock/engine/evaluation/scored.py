"""Answers held against what people decided."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlock.engine.oversight.estimate import rate
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import Mistake

MISTAKES_MAX = 10
MISTAKE_CHARS_MAX = 300


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """One case, what people decided and what a candidate proposed."""

    line: int
    text: str
    decided: str
    proposed: str
    confidence: float
    at: dt.datetime | None
    slices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scored:
    """Cases with `confidence` (n,) in [0, 1] and `wrong` (n,) booleans, in the same order."""

    cases: Sequence[ScoredCase]
    confidence: NDArray[np.float64]
    wrong: NDArray[np.bool_]

    @classmethod
    def of(cls, cases: Sequence[ScoredCase]) -> "Scored":
        """Hold each proposal against the decision."""
        return cls(
            cases=cases,
            confidence=np.array([case.confidence for case in cases], dtype=np.float64),
            wrong=np.array([case.proposed != case.decided for case in cases], dtype=np.bool_),
        )


def accuracy(scored: Scored) -> Estimate:
    """Share of cases with the proposal that people chose."""
    return rate(int((~scored.wrong).sum()), len(scored.cases))


def mistakes(scored: Scored) -> tuple[Mistake, ...]:
    """The ten most confident wrong proposals, most confident first."""
    return tuple(_mistake(scored.cases[index]) for index in _wrong_by_confidence(scored)[:MISTAKES_MAX])


def wrong_at_the_top(scored: Scored, count: int) -> list[int]:
    """Indices of the `count` most confident wrong cases."""
    return [int(index) for index in _wrong_by_confidence(scored)[:count]]


def _wrong_by_confidence(scored: Scored) -> NDArray[Any]:
    order = np.argsort(-scored.confidence, kind="stable")
    return order[scored.wrong[order]]


def _mistake(case: ScoredCase) -> Mistake:
    text = " ".join(case.text.split())
    if len(text) > MISTAKE_CHARS_MAX:
        text = text[: MISTAKE_CHARS_MAX - 1] + "…"
    return Mistake(line=case.line, text=text, decided=case.decided, proposed=case.proposed, confidence=case.confidence)
