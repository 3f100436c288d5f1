"""What a problem statement lacks, in words that help to write a better one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.initiative import Kpi
from interlock.terms.workflow import Problem


class Lack(StrEnum):
    """What a careful reader misses in a problem statement."""

    SOLUTION = "solution"  # a thing to have stands where the problem should
    USER = "user"
    FRICTION = "friction"
    COST = "cost"
    BASELINE = "baseline"
    TARGET = "target"
    CONSTRAINT = "constraint"
    OUTCOME = "outcome"  # on no day could anybody say that it did not happen


class CostKind(StrEnum):
    """What a problem costs."""

    TIME = "time"
    CUSTOMER_DELAY = "customer delay"
    DECISION_LATENCY = "decision latency"
    OPERATIONAL_RISK = "operational risk"
    COMPLIANCE_EXPOSURE = "compliance exposure"
    REWORK = "rework"
    QUALITY = "quality"
    REVENUE = "revenue"
    EMPLOYEE_FRUSTRATION = "employee frustration"
    LEADERSHIP_BLIND_SPOT = "leadership blind spot"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a statement lacks: the words that show it, why it matters, and the question to answer.

    `field` is a field of Problem, or "text". `words` stand at `start` to `end` (characters) of it; where the field is
    empty or nothing in it says what is missing, they are "" and both places 0.
    """

    lack: Lack
    field: str
    words: str
    start: int
    end: int
    why: str
    question: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Why something must not be missing, and the question that finds it."""

    why: str
    question: str


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """Word lists as regular expressions without capitals, by their names; advice for each lack; costs by kind."""

    patterns: Mapping[str, str]
    advice: Mapping[Lack, Advice]
    costs: Mapping[CostKind, str]


class UsePart(StrEnum):
    """What an idea must have before it may be scored as a use case."""

    USER = "user"
    WORKFLOW = "workflow"
    PAIN = "pain"
    OUTCOME = "outcome"
    METRIC = "metric"
    CONSTRAINTS = "constraints"


@dataclass(frozen=True, slots=True)
class StatedProblem:
    """A problem as somebody wrote it down: in fields, or as a text ("" where it is in fields).

    `name` is what it is called, `owner` who is to find out what is unknown, `steps` names of the work's steps;
    "" and None where that was not said.
    """

    problem: Problem
    kpis: tuple[Kpi, ...] = ()
    text: str = ""
    name: str = ""
    owner: str | None = None
    steps: tuple[str, ...] = ()
