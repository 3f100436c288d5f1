"""Arguments in another spelling: many readers of JSON do not tell capitals from small letters, and rules do."""

from collections.abc import Iterable, Mapping
from typing import Any

from interlock.terms.gateway.tools import GovernedTool

ARGUMENTS = "arguments."


def unclear_argument(arguments: Mapping[str, Any], governed: GovernedTool | None, facts: Iterable[str]) -> str | None:
    """The name of an argument that a tool may take for another one than the rules do, None where there is none.

    That is one of two in an object that differ in capitals alone, and one that differs so from a name that the
    definition reads: `governed` names arguments, `facts` are those of the workflow's rules.
    """
    return _twice(arguments) or next(filter(None, (_other(arguments, path) for path in _read(governed, facts))), None)


def _read(governed: GovernedTool | None, facts: Iterable[str]) -> Iterable[str]:
    if governed is None:
        yield from facts
        return
    yield from (governed.facts.get(name, name) for name in facts)
    yield from governed.key_arguments
    yield from filter(None, (governed.amount_argument, governed.target_argument))
    yield from (path[len(ARGUMENTS) :] for path in governed.undo_arguments.values() if path.startswith(ARGUMENTS))


def _other(arguments: Mapping[str, Any], path: str) -> str | None:
    value: Any = arguments
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        if part not in value:
            return next((name for name in value if name.casefold() == part.casefold()), None)
        value = value[part]
    return None


def _twice(arguments: Mapping[str, Any]) -> str | None:
    waiting: list[Any] = [arguments]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            seen: set[str] = set()
            for name in one:
                if name.casefold() in seen:
                    return str(name)
                seen.add(name.casefold())
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
    return None
