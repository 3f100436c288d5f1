"""The questions of `interlock init`, from the pack; what a field means and its example are those of the fields."""

import functools
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from interlock.adapters.definitions.meanings import FieldMeaning, meanings
from interlock.terms.interview import AnswerKind, Chapter, Question


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")
    field: str
    ask: str
    example: str | None = None
    kind: AnswerKind = AnswerKind.WORDS
    choices: dict[str, str] = Field(default_factory=dict)
    opens: bool = False
    where: tuple[str, str] | None = None

    def question(self) -> Question:
        """The term."""
        known = _meaning(self.field)
        return Question(
            field=self.field,
            ask=self.ask,
            meaning=known.meaning,
            example=_shown(known.example) if self.example is None else self.example,
            kind=self.kind,
            choices=self.choices,
            opens=self.opens,
            where=self.where,
        )


class _Chapter(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    why: str
    questions: list[_Question] = Field(min_length=1)
    repeats: str | None = None

    def chapter(self) -> Chapter:
        """The term."""
        return Chapter(self.title, self.why, tuple(one.question() for one in self.questions), self.repeats)


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """The chapters in their order. Raises ValidationError or KeyError where the pack is broken."""
    file = resources.files("interlock") / "packs" / "definition" / "questions.yaml"
    return tuple(_Chapter.model_validate(one).chapter() for one in yaml.safe_load(file.read_text(encoding="utf-8")))


def _meaning(field: str) -> FieldMeaning:
    """That of the field; where people choose the name, such as of what acts, that of the part above it."""
    return meanings()[field if field in meanings() else field.rpartition(".")[0]]


def _shown(example: Any) -> str:
    return "" if example is None else ", ".join(map(str, example)) if isinstance(example, list) else str(example)
