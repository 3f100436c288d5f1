"""What a cell of a table can show. The macro `cell` writes each kind down."""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from interlock.surfaces.web.states import State


@dataclass(frozen=True, slots=True)
class Words:
    """Text, and a lighter second line."""

    kind: ClassVar[str] = "words"
    text: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere, and a lighter second line."""

    kind: ClassVar[str] = "link"
    text: str
    href: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words with its sign."""

    kind: ClassVar[str] = "status"
    state: State
    under: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, with its interval and denominator in smaller type behind it."""

    kind: ClassVar[str] = "measure"
    main: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time (RFC 3339), shown with its zone and how long ago it was."""

    kind: ClassVar[str] = "moment"
    at: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How long until a time (RFC 3339), or how late it is, as a state; a page's script may keep it right."""

    kind: ClassVar[str] = "clock"
    state: State
    due_at: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture (charts.sparkline, charts.interval_bar) with its words beside it and a lighter second line."""

    kind: ClassVar[str] = "picture"
    drawn: Markup
    main: str = ""
    behind: str = ""
    under: str = ""


Cell = Words | Link | Status | Measure | Moment | Clock | Picture
