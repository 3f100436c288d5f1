"""The JSON Schema of definition files, with what each field means, so that editors complete and explain."""

import copy
from collections.abc import Mapping
from typing import Any

from interlock.adapters.definitions.meanings import meanings
from interlock.adapters.definitions.schema import WorkflowFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TIME = {"type": "string", "pattern": r"^\d{1,2}:[0-5]\d$"}  # people write a time; only the term holds a minute
_TIMES = ("limits.hours.begin", "limits.hours.end")


def definition_schema() -> dict[str, Any]:
    """The schema: draft 2020-12, one definition a field's name, meaning, default and example."""
    schema = WorkflowFile.model_json_schema()
    parts = schema.get("$defs", {})
    _explain(schema["properties"], parts, "")
    described = {"title": "Interlock workflow definition", "description": "One governed workflow."}
    return {"$schema": DRAFT, **schema, **described}


def _explain(properties: dict[str, Any], parts: Mapping[str, Any], prefix: str) -> None:
    known = meanings()
    for name, shown in properties.items():
        field = prefix + name
        if field in _TIMES:
            shown.update(copy.deepcopy(_TIME))
        if field in known:
            shown["description"] = known[field].meaning
            if known[field].example is not None:
                shown["examples"] = [known[field].example]
        for part in _parts_in(shown):
            if "properties" in parts[part]:
                _explain(parts[part]["properties"], parts, f"{field}.")


def _parts_in(shown: Mapping[str, Any]) -> list[str]:
    """The names of the parts that a property holds: itself, as one of several, or as items of a list."""
    at = [shown, *shown.get("anyOf", ()), *shown.get("allOf", ()), shown.get("items", {})]
    return [str(one["$ref"]).removeprefix("#/$defs/") for one in at if "$ref" in one]
