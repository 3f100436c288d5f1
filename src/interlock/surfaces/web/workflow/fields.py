"""A form as data: what it asks and where it is sent. And what was typed, read with a fault beside the field."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.portfolio import Standing

Options = tuple[tuple[str, str], ...]
_FIGURE = re.compile(r"-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,15})?")  # a comma between thousands only
_FLAG = re.compile(r" ?\(--[a-z-]+\)|--(?=[a-z])")  # one blank: of very many, each would be tried as the first


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` is text, area, date, select, choice, many, box or hidden; `options` are (value, words)."""

    kind: str
    name: str
    label: str = ""
    hint: str = ""
    options: Options = ()
    value: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A form: its title is what it does, `lede` what follows of it, `known` what is worth knowing before.

    `danger`: it takes something away at once.
    """

    title: str
    lede: str
    fields: tuple[Field, ...]
    button: str
    known: tuple[tuple[str, str], ...] = ()
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something with which workflow, and what they sent."""

    here: Site
    who: Visitor
    standing: Standing
    form: Form = field(default_factory=Form)

    @property
    def name(self) -> str:
        """The name of the workflow."""
        return self.standing.definition.name


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people do with a workflow: `permission` is the resource and the action that it takes.

    `on` are the pages of the dossier that offer it, where `when` says that there is anything to do. `asked` raises
    BadInput where there is nothing to do it with; `do` puts it on record and answers where it is shown, as (page of the
    dossier, entry).
    """

    name: str
    words: str
    permission: tuple[str, str]
    on: frozenset[str]
    asked: Callable[[Doing], Asked]
    do: Callable[[Doing], tuple[str, int | None]]
    when: Callable[[Standing], bool] = lambda standing: True  # noqa: ARG005 - at any time


def reason_field(hint: str = "It is recorded, and shown wherever this is.") -> Field:
    """Why: needed for everything that is decided."""
    return Field("area", "reason", "Why", hint, needed=True)


def period_fields() -> tuple[Field, Field]:
    """The first and the last day."""
    return (
        Field("date", "start", "First day", needed=True),
        Field("date", "end", "Last day, included", "A period that is over.", needed=True),
    )


def number(form: Form, name: str, words: str = "") -> float | None:
    """A figure; a fault where it is none. `words`: it is needed, and what to say where it is missing."""
    text = form.needed(name, words) if words else form.text(name)
    if not text:
        return None
    if not _FIGURE.fullmatch(text):
        form.fault(name, f"“{text[:40]}” is no number; write it as 1234.5, with a point before its decimals")
        return None
    return float(text.replace(",", ""))


def whole(form: Form, name: str) -> int | None:
    """A count; a fault where it is none."""
    text = form.text(name).replace(",", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        form.fault(name, f"“{text[:40]}” is no whole number")
        return None
    return int(text) if text else None


def day(form: Form, name: str, words: str) -> str:
    """A date as YYYY-MM-DD; a fault where it is none."""
    text = form.needed(name, words)
    try:
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        form.fault(name, f"“{text[:40]}” is no date; write it as 2026-12-31")
        return ""


def chosen(form: Form, name: str, options: Options, words: str) -> str:
    """One of the options; a fault where it is none of them."""
    value = form.text(name)
    if value not in dict(options):
        form.fault(name, words)
        return ""
    return value


def in_fields(message: str) -> str:
    """A message that may name options of a command, for somebody who sees a form."""
    told = _FLAG.sub("", message)
    return f"{told[:1].upper()}{told[1:]}"
