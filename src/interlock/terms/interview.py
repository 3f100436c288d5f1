"""An interview at whose end a definition stands: chapters of questions, what was said, templates to begin with."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from interlock.terms.flaw import Location

KNOWN = "known"


class AnswerKind(StrEnum):
    """How the words of an answer are read."""

    WORDS = "words"
    NAMES = "names"  # a list, separated by commas; by semicolons where one of them holds a comma
    NUMBER = "number"
    SHARE = "share"  # 4 % or 0.04
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a definition, asked. `field` is its dotted name without places in lists.

    `example` is a good answer ("" where a figure of somebody else would only mislead), `choices` say what each stands
    for. `opens`: without an answer to it the rest of its part is not asked. `where` names a field of the definition, or
    of the same entry of a list, and the value at which the question applies: "" while that field is open, KNOWN where
    it has any.
    """

    field: str
    ask: str
    meaning: str
    example: str = ""
    kind: AnswerKind = AnswerKind.WORDS
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    opens: bool = False
    where: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Questions on one matter, and why they are asked. `repeats` names the list whose entries they are asked for."""

    title: str
    why: str
    questions: tuple[Question, ...]
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question at its place in the definition. `chapter` counts from 1; `entry` too, None outside of lists."""

    question: Question
    location: Location
    chapter: int
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """What is known so far, as a definition file holds it, and how it came.

    `asked` are the places of the questions that were put, in that order: one without a value there was left open. A
    number among them is a chapter (from 1) that was skipped then.
    """

    content: Mapping[str, Any]
    asked: tuple[Location | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """An authored definition to begin with: everything that is the same in most houses, nothing that only one knows."""

    name: str
    title: str
    content: Mapping[str, Any]
