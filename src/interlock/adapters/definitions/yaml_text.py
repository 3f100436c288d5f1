"""The YAML of a file that people wrote, with places; an error names the line and the mend."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from interlock.terms.errors import BadInput

DEPTH_MAX = 20
# What YAML says of a file, and what to do about it; the first that is found in it.
_MENDS = {
    "\\t": "indent with spaces, not with tabs",
    "mapping values are not allowed": "put words that hold a colon in quotes, and indent with plain spaces",
    "another document": "keep what stands above the line of three hyphens; write the other into a file of its own",
    "constructor for the tag": "leave out the tag that begins with an exclamation mark",
    "unhashable key": "write a plain word before the colon",
    "unexpected end of stream": "close the quote that is opened here",
    "could not find expected ':'": "write a colon and a space after the field, or indent the line",
    "expected ',' or": "close the bracket that is opened here",
    "incompatible YAML document": "leave out the line that begins with a percent sign",
}
_VALUE = re.compile(r"(?:^|[\s:,\[])(?:\d{4}-\d{1,2}-\d{1,2}|\d{400,})")  # what may be no date, or too large a number


def parsed(path: Path | str, text: str) -> tuple[yaml.Node | None, Any]:
    """The text's YAML, with and without places. Raises BadInput where it is none, or has what no such file needs."""
    try:
        _check_shape(path, text)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as exc:
        words = " ".join(str(getattr(exc, "problem", None) or getattr(exc, "reason", None) or exc).split())
        if isinstance(exc, yaml.reader.ReaderError):
            words = f"unacceptable character #x{exc.character:04x}; delete it"
        raise BadInput(f"{path}:{_line(exc, text)}: this is not YAML: {words}{_mend(words)}") from exc
    except (ValueError, RecursionError) as exc:  # what YAML takes for a date or a number may be none
        line = next((number for number, one in enumerate(text.splitlines(), start=1) if _VALUE.search(one)), 1)
        raise BadInput(
            f"{path}:{line}: a value cannot be read: {str(exc).partition(';')[0]}; put it in quotes"
        ) from exc


def _line(exc: yaml.YAMLError, text: str) -> int:
    """Where it is wrong; of what is never closed, where it was opened."""
    if isinstance(exc, yaml.reader.ReaderError):
        return text.count("\n", 0, exc.position) + 1
    mark = getattr(exc, "problem_mark", None)
    if "end" in str(getattr(exc, "problem", "")):
        mark = getattr(exc, "context_mark", None) or mark
    return mark.line + 1 if mark else 1


def _mend(words: str) -> str:
    return next((f"; {mend}" for sign, mend in _MENDS.items() if sign in words), "")


def _check_shape(path: Path | str, text: str) -> None:
    """Aliases can make a small file endless, and nothing that people write here is nested deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        place = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
        if isinstance(event, yaml.AliasEvent):
            raise BadInput(f"{place}: `*{event.anchor}` refers to another place of the file; write the value out here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise BadInput(f"{place}: this is nested more than {DEPTH_MAX} deep; such a file is flat")


def repeated(path: Path | str, node: yaml.Node | None, prefix: str = "") -> Iterator[str]:
    """Fields that are given twice: YAML would silently take the last."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from repeated(path, item, prefix)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in first:
            yield f"{path}:{line}: {prefix}{name}: is given twice (first in line {first[name]}); keep one"
        first.setdefault(name, line)
        yield from repeated(path, value, f"{prefix}{name}.")
