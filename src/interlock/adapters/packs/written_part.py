"""A short YAML file that people write, read by its model; an error names the file, the line, the field and the mend."""

import difflib
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from interlock.adapters.definitions.field_types import SPELT
from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.terms.errors import BadInput

Part = TypeVar("Part", bound=BaseModel)
IS_KEY = "[key]"  # how pydantic says that a name is meant, and not what it leads to
MENDS = {
    "missing": "is missing; add it",
    "string_type": "write words here; put a number or a date in quotes",
    "string_too_short": "is empty; write words here",
    "tuple_type": "write a list here, such as [a, b]",
    "dict_type": "write its parts below it, one a line",
    "model_type": "write its parts below it, one a line",
    "int_type": "write a whole number here",
    "float_type": "write a number here, without quotes and unit",
}


def written_part(name: str, text: str, model: type[Part], *, what: str) -> Part:
    """The part that a text holds. Raises BadInput with every fault; `what` is what the file is to be."""
    node, content = parsed(name, text)
    faults = list(repeated(name, node))
    try:
        part = model.model_validate(content)
    except ValidationError as exc:
        faults.extend(f"{name}:{line_of(node, one['loc'])}: {_fault(model, one)}" for one in exc.errors())
        raise not_yet(name, what, faults) from None
    if faults:
        raise not_yet(name, what, faults)
    return part


def not_yet(name: str, what: str, faults: list[str]) -> BadInput:
    """The error that lists the faults of a file."""
    return BadInput("\n  ".join((f"{name} is no {what} yet:", *faults)))


def near(word: str, known: list[str]) -> str:
    """What may have been meant instead, as the mend of a word that is not known."""
    found = difflib.get_close_matches(word, known, n=1)
    return f"did you mean '{found[0]}'?" if found else f"there are: {', '.join(known)}"


def _fault(model: type[BaseModel], error: ErrorDetails) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != IS_KEY) or "(whole file)"
    if error["type"] == "extra_forbidden":
        fields = list(_fields_at(model, error["loc"][:-1]))
        return f"{place}: is no field here; {near(str(error['loc'][-1]), fields)}"
    spelt = SPELT.get(error.get("ctx", {}).get("pattern", ""))
    return f"{place}: {spelt or MENDS.get(error['type'], error['msg'].removeprefix('Value error, '))}"


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> dict[str, Any]:
    """The fields of the part at a location: names of a mapping and places in a list lead into what it holds."""
    kind: Any = model
    for part in location:
        fields = getattr(kind, "model_fields", {})
        kind = fields[part].annotation if part in fields else _held(kind)
    while not hasattr(kind, "model_fields") and get_args(kind):
        kind = _held(kind)
    return getattr(kind, "model_fields", {})


def _held(kind: Any) -> Any:
    """What a list, a mapping or an optional part holds."""
    return next((one for one in reversed(get_args(kind)) if one not in {type(None), Ellipsis}), kind)
