"""What was erased, and what is kept because somebody may still need it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case whose content was not erased, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure. With `dry_run` nothing was erased: it is what would be.

    `cases` lost `payloads` of ledger entries and `texts`. `kept` names cases that need theirs (the first ones, of
    `n_kept`). `in_records` of the cases hold content in the records of a ledger of format 1, which stay. `is_purged`:
    whether the bytes are out of the store's files. `is_cut`: no more cases were looked at than was asked for.
    """

    cases: int = 0
    payloads: int = 0
    texts: int = 0
    n_kept: int = 0
    kept: tuple[KeptCase, ...] = ()
    in_records: int = 0
    is_purged: bool = True
    dry_run: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """When a server erases content of a workflow's cases by itself: `days` after their decision, None for never.

    `entry` is where it is on record, -1 where nobody said anything yet, and then nothing is erased by itself.
    """

    workflow: str
    days: int | None = None
    reason: str = ""
    by: str = ""
    at: str = ""
    entry: int = -1

    def in_force(self, stated_days: int | None) -> int | None:
        """The days that count where the definition states some: a shorter promise is kept."""
        if self.days is None or stated_days is None:
            return self.days
        return min(self.days, stated_days)
