"""What a visitor typed on a page of a sheet, as answers of a draft."""

import re
from collections.abc import Mapping

from interlock.engine.instruments.sections import Section
from interlock.surfaces.web.forms import Form
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer

VALUE, WORDS, EVIDENCE, DIGESTS = "value", "words", "evidence", "digests"


def field(kind: str, item: str) -> str:
    """The name of a field about one item."""
    return f"{kind}.{item}"


def typed_answers(form: Form, section: Section) -> Mapping[str, Answer]:
    """By item of the section; an item none of whose fields came stays as it is. Faults are noted on the form."""
    typed = {}
    for item in section.items:
        names = [field(kind, item.id) for kind in (VALUE, WORDS, EVIDENCE, DIGESTS)]
        if any(map(form.has, names)):
            value, words, ticked, digests = names
            more = re.split(r"[\s,;]+", form.text(digests)) if form.text(digests) else []
            evidence = tuple(dict.fromkeys((*form.many(ticked), *more)))
            typed[item.id] = Answer(item.id, _number(form, value), form.text(words), evidence)
    return typed


def version_of(form: Form, name: str) -> int:
    """A version or an entry that the page carried; -1 for what is none, so that whatever is there is newer."""
    text = form.text(name)
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else -1


def note_fault(form: Form, section: Section, fault: BadInput) -> None:
    """Put a fault of a flow beside the field that it names."""
    named, _, words = str(fault).partition(": ")
    item = next((one for one in section.items if one.id == named), None)
    if item is None:
        form.fault("", str(fault))
    else:
        form.fault(field(WORDS, item.id), f"{item.title}: {words}")


def _number(form: Form, name: str) -> int | None:
    text = form.text(name)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        form.fault(name, "Choose one of the values.")
        return None
    return int(text)
