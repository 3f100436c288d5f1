"""The authored workflows to begin with."""

import functools
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from interlock.adapters.definitions.schema import WorkflowFile
from interlock.terms.interview import Template


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    definition: dict[str, Any]


@functools.cache
def templates() -> tuple[Template, ...]:
    """The templates by name. Raises ValidationError where one is no definition."""
    folder = resources.files("interlock") / "packs" / "workflows"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(_template(one.read_text(encoding="utf-8")) for one in files)


def _template(text: str) -> Template:
    read = _File.model_validate(yaml.safe_load(text))
    whole = WorkflowFile.model_validate(read.definition)
    return Template(whole.workflow, read.title, read.definition)
