"""The text of a definition file: what is known with what it means, and by name what is not known."""

import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from interlock.adapters.definitions.meanings import meanings
from interlock.adapters.definitions.schema import WorkflowFile

WIDTH = 110
SCHEMA_FILE = "workflow.schema.json"
_FIELDS = tuple(WorkflowFile.model_fields)


def written(content: Mapping[str, Any], unknown: Collection[str], *, opening: Iterable[str] = ()) -> str:
    """The file. It holds exactly `content`, in the order of the schema, with comments; `opening` stands above it.

    `unknown` are dotted names, with places in lists from 0, of what somebody should say yet; they are named only.
    """
    lines = [f"# yaml-language-server: $schema={SCHEMA_FILE}"]
    for words in opening:
        lines += _wrapped(words)
    for name in sorted(content, key=_FIELDS.index):
        if name != "workflow":
            lines += ["", *_comment(name)]
        lines += _field(name, content[name], name, name, unknown)
    silent = dict.fromkeys(top for field in unknown if (top := field.partition(".")[0]) not in content)
    if silent:
        lines += ["", *_wrapped(f"not known yet: {', '.join(sorted(silent, key=_FIELDS.index))}")]
    return "\n".join(lines) + "\n"


def _field(key: str, value: Any, field: str, at: str, unknown: Collection[str]) -> Iterator[str]:
    """`field` is the dotted name, `at` the same with places in lists."""
    if isinstance(value, Mapping) and value:
        yield f"{_key(key)}:"
        yield from _indented(_part(value, field, at, unknown))
    elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(one, Mapping) for one in value):
        yield f"{_key(key)}:"
        for place, entry in enumerate(value):
            yield from _indented(_entry(list(_part(entry, field, f"{at}.{place}", unknown, explained=place == 0))))
    else:
        yield from _dumped(key, value)


def _part(
    content: Mapping[str, Any], field: str, at: str, unknown: Collection[str], *, explained: bool = True
) -> Iterator[str]:
    for name, value in sorted(content.items(), key=lambda one: _rank(f"{field}.{one[0]}")):
        if explained:
            yield from _comment(f"{field}.{name}")
        yield from _field(name, value, f"{field}.{name}", f"{at}.{name}", unknown)
    missing = [one.rpartition(".")[2] for one in unknown if one.rpartition(".")[0] == at]
    if missing:
        yield from _wrapped(f"not known yet: {', '.join(missing)}")


def _rank(field: str) -> int:
    """Its place among the fields that are explained; what people named themselves stays in their order."""
    order = list(meanings())
    return order.index(field) if field in order else 0


def _entry(lines: Sequence[str]) -> Iterator[str]:
    """An entry of a list; comments above its first field stand above the entry."""
    begins = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    yield from lines[:begins]
    yield f"- {lines[begins]}"
    yield from _indented(lines[begins + 1 :])


def _dumped(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list) and any("\n" in str(one) for one in value) and all(_plain_lines(one) for one in value):
        # Texts of several lines, such as rules, stand below one another as they are.
        yield f"{_key(key)}:"
        yield from yaml.safe_dump(value, default_style="|", allow_unicode=True).splitlines()
        return
    flow = None if isinstance(value, list | dict) else False  # a list stands in one line, what is plain in no braces
    text = yaml.safe_dump({key: value}, default_flow_style=flow, allow_unicode=True, width=WIDTH, sort_keys=False)
    yield from text.splitlines()


def _plain_lines(one: object) -> bool:
    """Whether a text can stand as a block: one that ends in empty lines would take in those that follow in the file."""
    return isinstance(one, str) and bool(one.strip()) and not one.endswith("\n\n")


def _key(key: str) -> str:
    return yaml.safe_dump({key: 0}, allow_unicode=True, width=WIDTH).removesuffix(": 0\n")


def _comment(field: str) -> Iterator[str]:
    if field in meanings():
        yield from _wrapped(meanings()[field].meaning)


def _wrapped(words: str) -> Iterator[str]:
    yield from textwrap.wrap(words, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _indented(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"  {line}" if line else line for line in lines)
