"""One judged case as the sequential tests take it, and how they read their saved state."""

from collections.abc import Collection, Mapping
from typing import Any


def is_wrong(wrong: int) -> bool:
    """True for 1, False for 0; raises ValueError for anything else: an unknown outcome must not be counted."""
    if wrong not in (0, 1):
        raise ValueError(f"wrong is {wrong!r}: give True (wrong) or False (right); leave unjudged cases out")
    return bool(wrong)


def state_of_kind(kind: str, state: Mapping[str, Any], *, entries: Collection[str]) -> Mapping[str, Any]:
    """`state` when it was saved whole by this kind of test in this format; raises ValueError otherwise."""
    if state.get("kind") != kind or state.get("format") != 1:
        found = f"{state.get('kind')!r}, format {state.get('format')!r}"
        raise ValueError(f"the saved state is of {found}: a state of {kind!r}, format 1, is needed")
    missing = sorted(set(entries) - set(state))
    if missing:
        raise ValueError(f"the saved state of {kind!r} lacks {', '.join(missing)}: read it from the journal again")
    return state
