"""Reading a definition file; an error names the file, the line, the field and the mend."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.policy_texts import policy_texts
from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.definitions.text_file import text_of
from interlock.terms.errors import BadInput
from interlock.terms.policy import PolicyFault
from interlock.terms.workflow import WorkflowDefinition

PolicyCheck = Callable[[WorkflowDefinition], Sequence[PolicyFault]]

DEPTH_MAX = 20
MISSING = "missing"
KIND = "a definition is a short YAML file"


def read_definition(path: Path, check: PolicyCheck | None = None) -> WorkflowDefinition:
    """The definition in a YAML file, with the files of hand-written rules that it names; `check` finds their faults.

    Raises BadInput with every fault of the file.
    """
    node, content = parsed(path, text_of(path, ending=".yaml", kind=KIND))
    if not isinstance(content, dict):
        raise BadInput(f"{path}: a definition is a mapping that starts with `workflow: NAME`")
    faults = list(repeated(path, node))
    try:
        file = WorkflowFile.model_validate(content)
    except ValidationError as exc:
        faults.extend(fault_of(path, node, error) for error in exc.errors())
        raise refusal(path, faults) from None
    texts, unread = policy_texts(path, node, file.limits.policy)
    definition = file.definition(tuple(one.text for one in texts))
    faults.extend(unread)
    if not faults:
        faults.extend(f"{texts[one.text].place(one.line)}: {one.words}" for one in _checked(path, definition, check))
    if faults:
        raise refusal(path, faults)
    return definition


def _checked(path: Path, definition: WorkflowDefinition, check: PolicyCheck | None) -> Sequence[PolicyFault]:
    if check is not None:
        return check(definition)
    if definition.limits.policy:
        raise BadInput(f"{path} holds hand-written rules, and nothing here can check them: use `interlock apply`")
    return ()


def refusal(path: Path, faults: Sequence[str]) -> BadInput:
    """The error that lists the faults of a file."""
    words = "\n".join(f"  {fault}" for fault in faults)
    return BadInput(f"{path} is not a workflow definition yet:\n{words}")


def parsed(path: Path, text: str) -> tuple[yaml.Node | None, Any]:
    """The text's YAML, with and without places. Raises BadInput where it is none, or has what no definition needs."""
    try:
        _check_shape(path, text)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
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


def repeated(path: Path, node: yaml.Node | None, prefix: str = "") -> Iterator[str]:
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


def fault_of(path: Path, node: yaml.Node | None, error: ErrorDetails) -> str:
    """One fault with its line, its field and the mend."""
    location = error["loc"]
    field = ".".join(str(part) for part in location) or "(whole file)"
    return f"{path}:{line_of(node, location)}: {field}: {message_of(error)}"


def message_of(error: ErrorDetails) -> str:
    """What is wrong with a field, and the mend."""
    if error["type"] == MISSING:
        return "is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"is not a field of a definition{_near(error['loc'])}"
    message = error["msg"].removeprefix("Value error, ")
    if isinstance(error["input"], bool):
        message += "; YAML reads yes, no, on and off as true and false: put a word in quotes, write a number as digits"
    return message


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
