"""Reading a definition file; an error names the file, the line, the field and the mend."""

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlock.adapters.definitions.field_types import SPELT
from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.policy_texts import TRAFFIC, policy_texts
from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.terms.errors import BadInput
from interlock.terms.gateway.edge import traffic_edge
from interlock.terms.policy import PolicyFault
from interlock.terms.workflow import WorkflowDefinition

PolicyCheck = Callable[[WorkflowDefinition], Sequence[PolicyFault]]

MISSING = "missing"
_MENDS = {
    "string_type": "write words here, and a number or a date in quotes",
    "float_type": "write a number without quotes or unit, such as 0.02 for 2 %",
    "int_type": "write a whole number without quotes or unit",
    "tuple_type": "write a list here, such as [a, b]",
    "dict_type": "write its parts below it, one a line",
    "model_type": "write its parts below it, one a line",
    "invalid_key": "put what stands before the colon in quotes",
}
KIND = "a definition is a short YAML file"


def read_definition(path: Path, check: PolicyCheck | None = None) -> WorkflowDefinition:
    """The definition in a YAML file, with the files of hand-written rules that it names; `check` finds their faults.

    Raises BadInput with every fault of the file.
    """
    node, content = parsed(path, text_of(path, ending=".yaml", kind=KIND))
    if not isinstance(content, dict):
        raise BadInput(
            f"{path}:1: a definition is a mapping that starts with `workflow: NAME`; `interlock init` writes one"
        )
    faults = list(repeated(path, node))
    try:
        file = WorkflowFile.model_validate(content)
    except ValidationError as exc:
        faults.extend(fault_of(path, node, error) for error in exc.errors())
        raise refusal(path, faults) from None
    texts, unread = policy_texts(path, node, file.limits.policy)
    about_traffic, also_unread = policy_texts(path, node, file.traffic.policy, at=TRAFFIC)
    definition = file.definition(tuple(one.text for one in texts), tuple(one.text for one in about_traffic))
    faults.extend((*unread, *also_unread))
    if not faults:
        for edge, written in ((definition, texts), (traffic_edge(definition), about_traffic)):
            faults.extend(f"{written[one.text].place(one.line)}: {one.words}" for one in _checked(path, edge, check))
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
    is_key = error["type"] == "string_type" and error["loc"][-1:] == ("[key]",)
    mend = _MENDS.get("invalid_key" if is_key else error["type"]) or SPELT.get(error.get("ctx", {}).get("pattern", ""))
    if mend and not isinstance(error["input"], bool):
        return f"{message}; {mend}"
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
