"""What a model is told by people, documents and tools: where an attack on its instructions would stand."""

from collections.abc import Iterator
from typing import Any

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.texts import Area, Walk
from interlock.terms.gateway.wire import Wire

# What the application says itself, and what the model said before. No set: a role may be anything, also a list.
_OWN = ("system", "developer", "assistant", "model")


def heard(parsed: Parsed) -> list[str]:
    """The texts of a request that are neither the application's own instructions nor the model's, in order."""
    found: list[str] = []
    walk = Walk(found.append)
    for part in _parts(parsed):
        # JSON inside a string is looked into, so that an escape hides nothing.
        walk.over([part] if isinstance(part, str) else part, area=Area.FORMAT)
    return found


def _parts(parsed: Parsed) -> Iterator[Any]:
    tree = parsed.tree
    if parsed.wire is Wire.EMBEDDINGS:
        return
    turns = tree.get("input") if parsed.wire is Wire.RESPONSES else tree["messages"]
    if isinstance(turns, str):
        yield turns
        return
    for turn in turns or ():
        if turn.get("role") in _OWN or turn.get("type") == "function_call":
            continue
        content = turn.get("content") or turn.get("output")
        if content:
            yield content if isinstance(content, str | list | dict) else str(content)
