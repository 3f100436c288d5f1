"""Reading a definition file; an error names the file, the line, the field and the mend."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlock.adapters.definitions.schema import WorkflowFile
from interlock.terms.errors import BadInput
from interlock.terms.workflow import WorkflowDefinition

SIZE_MAX_BYTES = 1_000_000
DEPTH_MAX = 20


def read_definition(path: Path) -> WorkflowDefinition:
    """The definition in a YAML file. Raises BadInput with every fault of the file."""
    node, content = _parsed(path, _text(path))
    if not isinstance(content, dict):
        raise BadInput(f"{path}: a definition is a mapping that starts with `workflow: NAME`")
    faults = list(_repeated(path, node))
    try:
        definition = WorkflowFile.model_validate(content).definition()
    except ValidationError as exc:
        faults.extend(_fault(path, node, error) for error in exc.errors())
    if faults:
        words = "\n".join(f"  {fault}" for fault in faults)
        raise BadInput(f"{path} is not a workflow definition yet:\n{words}")
    return definition


def _parsed(path: Path, text: str) -> tuple[yaml.Node | None, Any]:
    try:
        _check_shape(path, text)
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        words = " ".join(str(getattr(exc, "problem", None) or exc).split())
        raise BadInput(f"{place}: this is not YAML: {words}{_mend(exc)}") from exc
    except (ValueError, RecursionError) as exc:  # what YAML takes for a date or a number may be none
        raise BadInput(f"{path}: a value cannot be read: {exc}; put it in quotes") from exc


def _mend(exc: yaml.YAMLError) -> str:
    return "; indent with spaces, not with tabs" if "\\t" in str(getattr(exc, "problem", "")) else ""


def _check_shape(path: Path, text: str) -> None:
    """Aliases can make a small file endless, and nothing in a definition is nested deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        place = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
        if isinstance(event, yaml.AliasEvent):
            raise BadInput(f"{place}: `*{event.anchor}` refers to another place of the file; write the value out here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise BadInput(f"{place}: this is nested more than {DEPTH_MAX} deep; a definition is flat")


def _repeated(path: Path, node: yaml.Node | None, prefix: str = "") -> Iterator[str]:
    """Fields that are given twice: YAML would silently take the last."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(path, item, prefix)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in first:
            yield f"{path}:{line}: {prefix}{name}: is given twice (first in line {first[name]}); keep one"
        first.setdefault(name, line)
        yield from _repeated(path, value, f"{prefix}{name}.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise BadInput(f"{path} is over {SIZE_MAX_BYTES:,} bytes; a definition is a short YAML file")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, [p.name for p in _siblings(path)], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise BadInput(f"there is no file {path}{hint}") from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder; name a .yaml file in it") from None
    except UnicodeDecodeError as exc:
        raise BadInput(f"{path} is not UTF-8 text (byte {exc.start}); save it as UTF-8") from exc
    except OSError as exc:
        raise BadInput(f"{path} cannot be read: {exc.strerror}") from exc


def _siblings(path: Path) -> list[Path]:
    return list(path.parent.iterdir()) if path.parent.is_dir() else []


def _fault(path: Path, node: yaml.Node | None, error: ErrorDetails) -> str:
    location = error["loc"]
    field = ".".join(str(part) for part in location) or "(whole file)"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        message = "is missing; add it"
    elif error["type"] == "extra_forbidden":
        message = f"is not a field of a definition{_near(location)}"
    elif isinstance(error["input"], bool):
        message += "; YAML reads yes, no, on and off as true and false: put a word in quotes, write a number as digits"
    return f"{path}:{_line(node, location)}: {field}: {message}"


def _near(location: tuple[int | str, ...]) -> str:
    fields: dict[str, Any] = dict(WorkflowFile.model_fields)
    for part in location[:-1]:
        if isinstance(part, str):  # a number is a place in a list, whose items were looked up with the list
            fields = dict(_fields_in(fields[part].annotation))
    near = difflib.get_close_matches(str(location[-1]), list(fields), n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; fields here: {', '.join(fields)}"


def _fields_in(kind: Any) -> dict[str, Any]:
    """The fields of a part, or of the parts that a list holds."""
    item = next(iter(get_args(kind)), None)
    return getattr(kind, "model_fields", None) or getattr(item, "model_fields", {})


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the innermost part of a location that the file holds."""
    line = 1
    for part in location:
        found = _child(node, part)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    return None
