"""An evaluation as plain data for other programs: the content of evaluation.json."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

from interlock.terms.evaluation import Evaluation

SCHEMA_VERSION = 1


def document(evaluation: Evaluation) -> dict[str, Any]:
    """The fields of `terms.evaluation.Evaluation` under their own names, after `schema_version`.

    Enums are their values, tuples are lists, a missing figure is null. Shares are 0 to 1; units end the names.
    Within a major version fields are only added; `schema_version` rises when one changes its meaning or goes.
    """
    return {"schema_version": SCHEMA_VERSION, **_plain(evaluation)}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value
