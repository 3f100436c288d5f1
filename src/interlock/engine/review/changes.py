"""What an effect changes, field by field: as it was, and as it would be or has become."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FIELDS_MAX = 100
DEEP_MAX = 5


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. None where nothing is on record for it."""

    field: str
    before: str | None
    after: str | None

    @property
    def changes(self) -> bool:
        """Whether it is another value afterwards, as far as both are known."""
        return self.after is not None and self.before != self.after

    @property
    def words(self) -> str:
        """The change in one sentence."""
        if self.after is None:
            return f"{self.field} is left as it is ({self.before})"
        if self.before is None:
            return f"{self.field} becomes {self.after}; what it was is not on record"
        if self.before == self.after:
            return f"{self.field} stays {self.after}"
        return f"{self.field} goes from {self.before} to {self.after}"


def field_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[FieldChange, ...]:
    """Every field of either state, what changes first; nested ones with dots. At most 100 fields are told."""
    was, becomes = dict(_flat(before or {})), dict(_flat(after or {}))
    names = dict.fromkeys((*was, *becomes))
    found = [FieldChange(name, was.get(name), becomes.get(name)) for name in names]
    return tuple(sorted(found, key=lambda one: not one.changes)[:FIELDS_MAX])


def _flat(state: Mapping[str, Any], within: str = "", deep: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in state.items():
        field = f"{within}{name}"
        if isinstance(value, Mapping) and value and deep < DEEP_MAX:
            yield from _flat(value, f"{field}.", deep + 1)
        else:
            yield field, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
