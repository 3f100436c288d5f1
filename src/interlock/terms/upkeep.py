"""What was done to a store as a whole: upgraded, backed up, restored."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A store that was brought from one schema to another; `backup` is where it is as it was before, None for none.

    `entries` are those of its ledger afterwards. With `from_schema` equal to `to_schema` there was nothing to do.
    """

    from_schema: str
    to_schema: str
    entries: int
    backup: str | None


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written and verified: its ledger's sealed `entries` with their `root` (hexadecimal)."""

    file: str
    entries: int
    root: str
    size_bytes: int
