"""What is known before anything is asked: a template, a file of answers, answers as options."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interlock.engine.interview.places import merged, put, value_at
from interlock.engine.interview.reading import value_of
from interlock.ports.drafts import Drafts
from interlock.terms.errors import BadInput
from interlock.terms.flaw import Location
from interlock.terms.interview import Chapter, Question, Template


def said_before(
    drafts: Drafts, *, template: str | None, files: Sequence[Path], options: Sequence[str]
) -> dict[str, Any]:
    """The content so far: options hold over files, a later file over an earlier one, all over the template.

    The template's own name is left out. Raises BadInput.
    """
    content: dict[str, Any] = {}
    if template is not None:
        begun = template_named(drafts, template).content
        content = {name: value for name, value in begun.items() if name != "workflow"}
    for path in files:
        content = merged(content, drafts.read(path))
    for option in options:
        content = _with_option(drafts, content, option)
    return content


def template_named(drafts: Drafts, name: str) -> Template:
    """The template. Raises BadInput with the names that there are."""
    known = {one.name: one for one in drafts.templates()}
    if name not in known:
        raise BadInput(
            f"there is no template '{name}'; there are: {', '.join(known)}. `interlock init --list` tells more"
        )
    return known[name]


def _with_option(drafts: Drafts, content: Mapping[str, Any], option: str) -> dict[str, Any]:
    field, equals, said = (part.strip() for part in option.partition("="))
    if not equals or not said:
        raise BadInput(f"--set {option}: write a field, an equals sign and the answer: --set problem.who='...'")
    location, question = _place(drafts.chapters(), field)
    entry = next((part for part in location if isinstance(part, int)), None)
    if entry is not None and entry > (entries := len(value_at(content, location[:1]) or ())):
        raise BadInput(f"--set {field}: the next entry is {location[0]}.{entries}; entries count from 0")
    try:
        value = value_of(question, said)
    except BadInput as exc:
        raise BadInput(f"--set {field}: {exc}") from exc
    after: dict[str, Any] = put(content, location, value)
    fault = drafts.fault(after, location)
    if fault is not None:
        raise BadInput(f"--set {field}: {fault}")
    return after


def _place(chapters: Sequence[Chapter], field: str) -> tuple[Location, Question]:
    bare = ".".join(part for part in field.split(".") if not part.isdecimal())
    asked = {question.field: (chapter, question) for chapter in chapters for question in chapter.questions}
    if bare not in asked:
        near = difflib.get_close_matches(bare, asked, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`interlock init --questions` lists what is asked."
        raise BadInput(f"--set {field}: no question asks for that; {hint} Other fields go into the file, or --answers")
    chapter, question = asked[bare]
    if chapter.repeats is None:
        return tuple(bare.split(".")), question
    entry = next((int(part) for part in field.split(".") if part.isdecimal()), 0)
    return (chapter.repeats, entry, *bare.split(".")[1:]), question
