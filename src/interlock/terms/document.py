"""Documents that a server makes for somebody: what was asked for, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.access import Scope
from interlock.terms.person import Person


class Form(StrEnum):
    """What a document can be read as; the value is the ending of its file."""

    HTML = ".html"
    PDF = ".pdf"
    SLIDES = ".pptx"
    MARKDOWN = ".md"
    JSON = ".json"


class Making(StrEnum):
    """How far a document is."""

    WAITING = "waiting"  # others are made first
    AT_WORK = "at work"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which document: a kind of report, the workflow where it is about one, frameworks where it is about some."""

    report: str
    workflow: str | None = None
    frameworks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is now. `id` cannot be guessed; `by` is whose it is, `reach` what of the store was put in it.

    `step` says in words what is done now, `done` of `of` how far that is (None: not known). `title` and `summary` are
    its own once it is read. `forms` are ready, `wanted` are still to be made, `failed` could not be, with why. `entry`
    is where its making is on record.
    """

    id: str
    asked: Asked
    by: Person
    reach: tuple[Scope, ...]
    asked_at: str
    making: Making = Making.WAITING
    step: str = ""
    done: int = 0
    of: int | None = None
    title: str = ""
    summary: tuple[str, ...] = ()
    unknown: int = 0
    forms: Mapping[Form, bytes] = field(default_factory=dict, repr=False)
    wanted: tuple[Form, ...] = ()
    failed: Mapping[Form, str] = field(default_factory=dict)
    fault: str = ""
    entry: int | None = None
    ended_at: str | None = None
