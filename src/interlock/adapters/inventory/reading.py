"""From paths to operations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from interlock.adapters.inventory.content import NoContent, content_of
from interlock.adapters.inventory.files import texts
from interlock.adapters.inventory.openapi import is_openapi, operations_of
from interlock.adapters.inventory.tools import tool_list, tools_of
from interlock.terms.errors import BadInput
from interlock.terms.inventory import Interfaces, Operation

NEITHER = "is neither an OpenAPI document nor a list of MCP tools (an array of objects with name and inputSchema)"


def read_interfaces(paths: Sequence[Path]) -> Interfaces:
    """All operations in them, as `ports.inventory.ReadInterfaces` says."""
    found: list[tuple[str, list[Operation]]] = []
    unread: list[tuple[str, str]] = []
    for path in paths:
        for place, text in texts(path):
            try:
                if isinstance(text, str):
                    raise NoContent(text)
                found.append((_stem(place), _operations(content_of(text), _stem(place))))
            except NoContent as exc:
                unread.append((place, str(exc)))
    if not found:
        first = f"{unread[0][0]} {unread[0][1]}" if unread else "no JSON or YAML file is there"
        raise BadInput(f"{first}; nothing was read, so nothing was judged")
    return Interfaces(_apart(found), tuple(unread))


def _operations(content: Any, stem: str) -> list[Operation]:
    if is_openapi(content):
        return list(operations_of(content, stem))
    tools = tool_list(content)
    if tools is None:
        raise NoContent(NEITHER)
    return tools_of(tools, stem)


def _stem(place: str) -> str:
    name = PurePath(place.rpartition(":")[2]).name.removesuffix(".gz")
    return name.rpartition(".")[0] or name


def _apart(found: list[tuple[str, list[Operation]]]) -> tuple[Operation, ...]:
    """Services that give themselves the same name are told apart by the names of their files."""
    names = Counter(service for _, inner in found for service in {one.service for one in inner})
    return tuple(
        replace(one, service=f"{one.service} ({stem})") if names[one.service] > 1 else one
        for stem, inner in found
        for one in inner
    )
