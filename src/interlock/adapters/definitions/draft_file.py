"""Reading what a file says of a definition that need not be whole yet."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from interlock.adapters.definitions.schema import ProblemPart, WorkflowFile
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_file import KIND, MISSING, fault_of, refusal
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.terms.errors import BadInput

NAME_MAX = 63


def read_draft(path: Path) -> dict[str, Any]:
    """What the file says, as it stands there. Raises BadInput with every fault but of what is missing.

    A problem statement in a file of its own is read as the part of a definition that it is.
    """
    node, content = parsed(path, text_of(path, ending=".yaml", kind=KIND))
    if not isinstance(content, dict):
        raise BadInput(f"{path}: write fields of a definition into it, such as `problem:` with `who: ...` below it")
    faults = list(repeated(path, node))
    draft = _as_definition(_plain(content))
    faults.extend(fault_of(path, node, error) for error in faults_of(draft))
    if faults:
        raise refusal(path, faults)
    return draft


def faults_of(content: Mapping[str, Any]) -> list[ErrorDetails]:
    """What is wrong with the fields that are there; what is missing is no fault of a draft."""
    return [error for error in _errors(content) if error["type"] != MISSING]


def missing_in(content: Mapping[str, Any]) -> tuple[tuple[int | str, ...], ...]:
    """The places at which a value is needed, because the part around it has been begun."""
    return tuple(error["loc"] for error in _errors(content) if error["type"] == MISSING)


def name_like(words: str) -> str:
    """The name of a workflow that words make; "" where they make none."""
    letters = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:NAME_MAX].strip("-")


def _errors(content: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        WorkflowFile.model_validate(content)
    except ValidationError as exc:
        return exc.errors()
    return []


def _as_definition(content: dict[str, Any]) -> dict[str, Any]:
    if "workflow" in content or "problem" in content or not content.keys() & ProblemPart.model_fields.keys():
        return content
    problem = {name: value for name, value in content.items() if name in ProblemPart.model_fields}
    beside = {name: value for name, value in content.items() if name not in problem}
    name, owner = beside.pop("name", None), beside.pop("owner", None)
    named = {"workflow": name_like(str(name))} if name else {}
    return {**named, "problem": problem, **beside, **({"owners": {"value": owner}} if owner else {})}


def _plain(value: Any) -> Any:
    """Days as people write them, and nothing where the file says nothing."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else value
