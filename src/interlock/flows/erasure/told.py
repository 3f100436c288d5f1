"""When and by whom the content of a case was erased, in words."""

from interlock.ports.store import DecisionRow, Reading


def erased_words(reading: Reading, row: DecisionRow | None) -> str:
    """ "erased on 2026-03-02 by Ana Ruiz (her request)", "" where nothing of the case was erased on record."""
    if row is None or row.erased_entry is None:
        return ""
    entry = next(reading.entries(row.erased_entry, row.erased_entry + 1), None)
    if entry is None:
        return f"erased, by entry {row.erased_entry}, which is gone: `interlock ledger verify`"
    return f"erased on {entry.at[:10]} by {entry.body.get('by')} ({entry.body.get('reason')})"
