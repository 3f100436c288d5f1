"""Looking up, putting and taking out values in the content of a definition file; nothing is changed in place."""

from collections.abc import Mapping, Sequence
from typing import Any

from interlock.terms.flaw import Location


def value_at(content: Any, location: Location) -> Any:
    """The value at a place, None where there is none."""
    for part in location:
        if isinstance(part, int):
            listed = isinstance(content, Sequence) and not isinstance(content, str)
            content = content[part] if listed and part < len(content) else None
        else:
            content = content.get(part) if isinstance(content, Mapping) else None
    return content


def put(content: Any, location: Location, value: Any) -> Any:
    """The content with a value at a place; an entry behind the end of a list is added to it."""
    if not location:
        return value
    part, rest = location[0], location[1:]
    if isinstance(part, int):
        entries = list(content or ())
        entries[part : part + 1] = [put(value_at(entries, (part,)), rest, value)]
        return entries
    return {**(content or {}), part: put((content or {}).get(part), rest, value)}


def taken_out(content: Any, location: Location) -> Any:
    """The content without the value at a place; parts and entries that hold nothing any more go with it."""
    part, rest = location[0], location[1:]
    inner = taken_out(value_at(content, (part,)), rest) if rest and value_at(content, (part,)) is not None else None
    if inner:
        return put(content, (part,), inner)
    if isinstance(part, int):
        return [entry for place, entry in enumerate(content) if place != part]
    return {name: kept for name, kept in content.items() if name != part}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both contents in one; where both say something, `above` holds. A list is taken as a whole."""
    both = dict(below)
    for name, value in above.items():
        known = both.get(name)
        both[name] = merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return both
