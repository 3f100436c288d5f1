"""Is AI the right answer? Questions, the ways to solve a problem, and what is recommended."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NOT_YET = "not yet"


class AnswerKind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FitQuestion:
    """One question; `data` marks the six that ask whether the data is ready."""

    id: str
    question: str
    kind: AnswerKind
    options: tuple[str, ...] = ()
    data: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer has to be: one of `options`, or a number of `at_least`, or merely stated where both are None."""

    question: str
    options: tuple[str, ...] | None = None
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way to solve it: fits where all `needs` hold and, where there are `any`, all of one of them."""

    id: str
    why: str
    needs: tuple[Wanted, ...]
    any: tuple[tuple[Wanted, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class FitPack:
    """Questions, and the ways from the simplest to the most demanding."""

    version: str
    questions: tuple[FitQuestion, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class FitAnswers:
    """What somebody answered, by question; what is not in it is unknown."""

    name: str
    values: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Reason:
    """A question, what was answered to it, and for which way that speaks or against which."""

    way: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AiFit:
    """What is recommended: a way's id, or "not yet".

    `reasons` speak for the way, `against` ruled out the others that were looked at, `open` are the questions whose
    answers decide next. `data` holds the six questions with their answers, None where unknown.
    """

    name: str
    recommendation: str
    why: str
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    open: tuple[FitQuestion, ...]
    data: tuple[tuple[FitQuestion, str | None], ...]
