"""The words that problem statements are read by, from the pack."""

from importlib import resources

from pydantic import BaseModel, ConfigDict

from interlock.adapters.packs.own_pack import own_content
from interlock.terms.problem import Advice, CostKind, Lack, ProblemWords

PATTERNS = (
    "thing", "ware", "ask", "missed", "denied", "crowd", "crowd_praise", "role", "no_role", "pain", "wish",
    "vague_constraint", "limit", "vague_outcome", "goal",
)  # fmt: skip


class _Advice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    why: str
    question: str


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    patterns: dict[str, list[str]]
    advice: dict[Lack, _Advice]
    costs: dict[CostKind, list[str]]


def problem_words() -> ProblemWords:
    """The shipped words. Raises ValueError where a list is missing."""
    file = resources.files("interlock") / "packs" / "problem" / "words.yaml"
    read = _Words.model_validate(own_content(file.read_text(encoding="utf-8")))
    wanted = {*PATTERNS, *Lack, *CostKind}
    missing = wanted - {*read.patterns, *read.advice, *read.costs}
    if missing:
        raise ValueError(f"packs/problem/words.yaml lacks {', '.join(sorted(missing))}")
    return ProblemWords(
        patterns={name: "|".join(one) for name, one in read.patterns.items()},
        advice={lack: Advice(one.why, one.question) for lack, one in read.advice.items()},
        costs={kind: "|".join(one) for kind, one in read.costs.items()},
    )
