"""Scorecards, checklists and diagnostics: content is a pack, one engine reads every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scale(StrEnum):
    """How an item is answered."""

    ONE_TO_FIVE = "1-5"
    READY = "ready"  # ready / not ready
    PRESENT = "present"  # a pattern is there / not there
    TEXT = "text"  # a short answer in words


@dataclass(frozen=True, slots=True)
class Item:
    """One area, checkpoint or question. `measured_by` names what can fill or contradict the answer by measurement.

    `section` is the heading under which it is asked; "" where the instrument has none.
    """

    id: str
    title: str
    check: str
    question: str
    red_flags: tuple[str, ...] = ()
    measured_by: str | None = None
    weights: Mapping[str, float] = field(default_factory=dict)  # by profile, such as a type of role
    section: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of totals (both ends included) and what it means."""

    low: int
    high: int
    means: str


@dataclass(frozen=True, slots=True)
class HardRule:
    """Whatever the total says: where one of `items` is answered under `below`, `then` holds."""

    items: tuple[str, ...]  # empty: any item
    below: int
    then: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument as its pack holds it. `reviewed_by` are the functions that answer it together.

    `revisit` says when the answers have to be given anew, `levels` what each value means, the lowest first.
    """

    id: str
    version: str
    title: str
    purpose: str
    scale: Scale
    items: tuple[Item, ...]
    bands: tuple[Band, ...] = ()
    hard_rules: tuple[HardRule, ...] = ()
    about: str = "workflow"  # or "organisation", "person", "vendor"
    reviewed_by: tuple[str, ...] = ()
    revisit: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a score, ready or present as 1 and 0, or words. Without evidence it is shown as an opinion."""

    item: str
    value: int | None
    words: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """What somebody wrote about one item and has not given yet, when, and in which version of the draft.

    An answer without a value, words and evidence is one that was taken back.
    """

    answer: Answer
    at: str
    version: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return self.answer.value is None and not self.answer.words and not self.answer.evidence


@dataclass(frozen=True, slots=True)
class Draft:
    """What one person wrote on one sheet, by item. It is no answer: nothing reads it but its writers' pages.

    `version` rises with each change and from draft to draft, 0 where nothing was written yet.
    """

    by: str
    version: int = 0
    at: str = ""
    items: Mapping[str, Drafted] = field(default_factory=dict)

    @property
    def written(self) -> Mapping[str, Answer]:
        """The answers in it."""
        return {item: one.answer for item, one in self.items.items() if not one.is_empty}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers of one person on one date about one subject. `entry` is where it is on record."""

    instrument: str
    version: str
    subject: str
    answers: tuple[Answer, ...]
    by: str
    at: str
    entry: int
