"""From a text to plain content, or to why there is none."""

from typing import Any

import orjson
import yaml

VALUES_MAX = 5_000_000  # with every alias written out, which is how often one is looked at
NESTED_MAX = 200  # what a digest is made of is encoded within 254

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NoContent(Exception):
    """The text is neither JSON nor YAML that can be used; the message says why."""


def content_of(text: bytes) -> Any:
    """The content of a JSON or YAML text. Raises NoContent."""
    if text.lstrip()[:1] in (b"{", b"["):
        try:
            content = orjson.loads(text)
        except orjson.JSONDecodeError as exc:
            reason = f"is no JSON ({exc})"
        else:
            _check_levels(content)
            return content
    else:
        reason = ""
    content = _yaml(text, reason)
    _check_size(content)
    _check_levels(content)
    return content


def _yaml(text: bytes, reason: str) -> Any:
    try:
        # The composer calls itself for each level, and its stack is the process's: levels are counted before.
        level = 0
        for event in yaml.parse(text, Loader=_LOADER):
            level += isinstance(event, yaml.events.CollectionStartEvent)
            level -= isinstance(event, yaml.events.CollectionEndEvent)
            if level > NESTED_MAX:
                raise _too_deep()
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError) as exc:
        mark = getattr(exc, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        words = getattr(exc, "problem", None) or str(exc).splitlines()[0]
        raise NoContent(reason or f"is no YAML ({words}{where})") from exc


def _too_deep() -> NoContent:
    return NoContent(f"is nested more than {NESTED_MAX} levels deep")


def _check_levels(content: Any) -> None:
    """Aliases may stand for levels too. Raises NoContent."""
    level = [content]
    for _ in range(NESTED_MAX + 1):
        level = list({id(member): member for node in level for member in _members(node)}.values())
        if not level:
            return
    raise _too_deep()


def _check_size(content: Any) -> None:
    """Aliases may make a small text endless. Raises NoContent."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()
    stack = [content]
    while stack:
        node = stack[-1]
        members = _members(node)
        if id(node) in sizes or not members:
            stack.pop()
            continue
        missing = [one for one in members if _members(one) and id(one) not in sizes]
        if missing:
            if id(node) in open_:
                raise NoContent("refers to itself by an alias; write it with $ref")
            open_.add(id(node))
            stack.extend(missing)
            continue
        open_.discard(id(node))
        sizes[id(node)] = 1 + sum(sizes.get(id(one), 1) for one in members)
        if sizes[id(node)] > VALUES_MAX:
            raise NoContent(f"has more than {VALUES_MAX:,} values when its aliases are written out")
        stack.pop()


def _members(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
