"""Where in the ledger a time begins."""

from interlock.ports.store import Reading


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
