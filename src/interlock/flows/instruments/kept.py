"""Every sheet that was ever answered, in memory: pages look at them often, and few are added."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

from interlock.flows.portfolio import recorded
from interlock.ports.store import Reading, Store
from interlock.terms.instrument import Sheet

LOOKED_BACK = 1_000  # entries of a shared store may become visible after some that have a higher index


class KeptSheets:
    """The sheets of a store as this process last saw them; each look reads only what has been recorded since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._sheets: dict[tuple[str, str], dict[int, Sheet]] = defaultdict(dict)
        self._seen = 0

    def of(self, instrument: str, subject: str) -> Sequence[Sheet]:
        """The sheets of one subject by one instrument, oldest first. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            return _in_order(self._sheets.get((instrument, subject), {}).values())

    def newest(self) -> Sequence[Sheet]:
        """The newest sheet of each instrument and subject, the newest first. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            newest = (max(sheets.values(), key=_entry) for sheets in self._sheets.values())
            return sorted(newest, key=_entry, reverse=True)

    def about(self, instrument: str) -> Sequence[Sequence[Sheet]]:
        """The sheets of each subject by one instrument, oldest first; subjects in the order of their names."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            found = [key for key in self._sheets if key[0] == instrument]
            return [_in_order(self._sheets[key].values()) for key in sorted(found)]

    def _look(self, reading: Reading) -> None:
        entries = list(reading.entries_of("instrument.answered", since=max(self._seen - LOOKED_BACK, 0)))
        for entry in entries:
            sheet = recorded.sheet(entry)
            self._sheets[sheet.instrument, sheet.subject][sheet.entry] = sheet
            self._seen = max(self._seen, entry.index)


def _in_order(sheets: Iterable[Sheet]) -> Sequence[Sheet]:
    return sorted(sheets, key=_entry)


def _entry(sheet: Sheet) -> int:
    return sheet.entry
