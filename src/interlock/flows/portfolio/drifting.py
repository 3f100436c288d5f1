"""Whether cases are handled at the volume of production although nothing allows it."""

from itertools import islice

from interlock.ports.store import Reading

CASES_IN_WINDOW = 350  # 50 a day over 7 days: more than anybody looks at to find something out


def entry_at(reading: Reading, since: str) -> int:
    """The first index whose entry was recorded at or after a time; one past the last where none was.

    Times never fall along the ledger, so that halving finds it in a ledger of any length.
    """
    low, high = 0, reading.last_entry() + 1
    while low < high:
        middle = (low + high) // 2
        entry = next(iter(reading.entries(middle, high)), None)  # a shared store leaves numbers out
        if entry is None or entry.at >= since:
            high = middle
        else:
            low = entry.index + 1
    return low


def is_live_by_drift(reading: Reading, workflow: str, *, live: bool, since: int) -> bool:
    """Whether a workflow without a `live` grant had 350 cases or more since an entry: at most so many are read."""
    if live:
        return False
    recent = islice(reading.decisions(workflow, since_entry=since), CASES_IN_WINDOW)
    return sum(1 for _ in recent) == CASES_IN_WINDOW
