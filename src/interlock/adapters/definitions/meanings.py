"""What each field of a definition file means, by its dotted name, from the pack."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict


class FieldMeaning(BaseModel):
    """A field in words, and a value that one may see in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    meaning: str
    example: Any = None


@functools.cache
def meanings() -> Mapping[str, FieldMeaning]:
    """Every field's meaning."""
    file = resources.files("interlock") / "packs" / "definition" / "fields.yaml"
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {name: FieldMeaning.model_validate(field) for name, field in read.items()}
