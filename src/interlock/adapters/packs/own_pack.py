"""Packs of the product itself, which its tests have read strictly: here they are only loaded, and quickly."""

from importlib import resources
from typing import Any

import yaml

# libyaml's, where PyYAML was built with it, is ten times as fast; a command that judges reads twenty packs.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def own_content(text: str) -> Any:
    """The content of one YAML text of the product."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones


def own_packs(area: str) -> dict[str, Any]:
    """The content of every YAML file in one folder of packs, by the file's name without its ending, in that order."""
    folder = resources.files("interlock") / "packs" / area
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return {one.name.removesuffix(".yaml"): own_content(one.read_text("utf-8")) for one in files}
