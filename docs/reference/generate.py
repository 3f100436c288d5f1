"""Writes commands.md from the command line itself: python docs/reference/generate.py.

A test compares the page with what this makes of the present commands. It reads the functions behind the commands and
their Typer annotations, which stay the same from one version of Typer to the next.
"""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from typer.models import ArgumentInfo

from interlock.surfaces.cli.app import build_app

PAGE = Path(__file__).with_name("commands.md")
OPENING = """# Commands

Made by `docs/reference/generate.py` from the command line itself; do not edit. The same words:
`interlock COMMAND --help`.
How commands end: [exit status](exit-codes.md). `interlock --version` says which version this is.
"""
KINDS = {"str": "text", "int": "whole number", "float": "number", "Path": "path", "bool": ""}


@dataclass(frozen=True)
class Parameter:
    """One argument or option as a reader needs it."""

    is_argument: bool
    name: str
    value: str
    default: str
    meaning: str
    required: bool


def page() -> str:
    """The whole page."""
    app = build_app()
    return OPENING + "".join(_commands("interlock", app, level=2))


def _commands(path: str, app: typer.Typer, *, level: int) -> Iterator[str]:
    for command in app.registered_commands:
        yield from _command(f"{path} {command.name}", command.callback, level=level)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield f"\n{'#' * level} {path} {group.name}\n\n{group.typer_instance.info.help}\n"
        yield from _commands(f"{path} {group.name}", group.typer_instance, level=level + 1)


def _command(path: str, function: Any, *, level: int) -> Iterator[str]:
    parameters = list(_parameters(function))
    words = [p.name if p.required else f"[{p.name}]" for p in parameters if p.is_argument]
    words += [f"{p.name.partition(',')[0]} {p.value.partition(';')[0].upper()}" for p in _needed_options(parameters)]
    yield f"\n{'#' * level} {path}\n\n```text\n{' '.join([path, *words, '[OPTIONS]'])}\n```\n\n{_prose(function)}"
    for word, wanted in (("argument", True), ("option", False)):
        rows = [p for p in parameters if p.is_argument is wanted]
        if rows:
            yield f"\n| {word} | value | default | meaning |\n| --- | --- | --- | --- |\n"
        for p in rows:
            yield f"| `{p.name}` | {p.value} | {p.default} | {p.meaning} |\n"


def _needed_options(parameters: list[Parameter]) -> list[Parameter]:
    return [p for p in parameters if p.required and not p.is_argument]


def _parameters(function: Any) -> Iterator[Parameter]:
    hints = typing.get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        kind, *notes = typing.get_args(hints[name]) or (hints[name],)
        info = next((note for note in notes if hasattr(note, "param_decls")), None)
        if info is None:
            continue  # the context
        is_argument = isinstance(info, ArgumentInfo)
        # In an annotation Typer takes the first name for the default.
        flags = [w for w in (info.default, *(info.param_decls or ())) if isinstance(w, str) and w.startswith("-")]
        shown = name.upper() if is_argument else ", ".join(flags or [f"--{name.replace('_', '-')}"])
        required = parameter.default is inspect.Parameter.empty
        yield Parameter(is_argument, shown, _value(kind, info), _default(parameter.default), _cell(info.help), required)


def _value(kind: Any, info: Any) -> str:
    kinds = [part for part in _parts(kind) if part is not type(None)]
    repeated = typing.get_origin(kinds[0]) is list
    one = typing.get_args(kinds[0])[0] if repeated else kinds[0]
    if info.metavar:
        value = str(info.metavar)
    elif isinstance(one, type) and issubclass(one, Enum):
        value = ", ".join(f"`{choice.value}`" for choice in one)
    else:
        value = KINDS[one.__name__]
    if info.min is not None:
        value += f" from {info.min:g}" + ("" if info.max is None else f" to {info.max:g}")
    return value + ("; repeat it for several" if repeated else "")


def _parts(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "(needed)"
    if value is None or isinstance(value, bool):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _prose(function: Any) -> str:
    """Paragraphs and blocks as they are; lines that are commands become blocks."""
    lines = re.sub(r"\[/?bold\]", "", inspect.getdoc(function) or "").splitlines()
    out: list[str] = []
    code: list[str] = []
    is_block = False
    for line in [*lines, "", "."]:
        if is_block or line.startswith("```"):
            is_block ^= line.startswith("```")
            out.append(line)
            continue
        is_code = line.strip().startswith("interlock ")
        if is_code:
            code.append(line.strip())
        elif line.strip() and code:
            out += ["```text", *code, "```", ""]
            code = []
        if not is_code and not (code and not line.strip()):
            out.append(line.strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out[:-1])).strip() + "\n"


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
