"""What is stopped, by whom and why, kept in memory: each look reads only what was recorded since."""

import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from interlock.ports.store import Reading, Store
from interlock.terms.intent import KillReport
from interlock.terms.kill import Kill, Resumed
from interlock.terms.ledger import LedgerEntry

UNTOLD = "no entry says why: run `interlock ledger verify`"  # halted all the same
ALTERED = (KeyError, TypeError, ValueError, AttributeError)  # what reading such an entry raises
FENCED, REPORTED, RESUMED = "kill.fenced", "kill.quiesced", "scope.resumed"


@dataclass(frozen=True, slots=True)
class Halted:
    """What is stopped as of an authority version: the newest kill of each scope, the oldest scope first."""

    version: int = -1
    kills: tuple[Kill, ...] = ()


class Halts:
    """The kills of a store as this process last saw them. Safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kills: dict[tuple[str, int], Kill] = {}
        self._seen = 0
        self._halted = Halted()

    def now(self) -> Halted:
        """What is stopped at this moment. One small read where nothing was stopped or resumed since.

        Raises Unavailable where the store cannot be read: then nobody knows.
        """
        with self._store.reading() as reading, self._lock:
            version = reading.authority_version()
            if version != self._halted.version:
                self._look(reading, version)
            return self._halted

    def newest(self) -> tuple[Kill, ...]:
        """Every kill with what is on record about it, the newest first. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading, reading.authority_version())
            return tuple(reversed(self._kills.values()))  # they came in the order of their entries

    def _look(self, reading: Reading, version: int) -> None:
        found = [entry for kind in _TAKES for entry in reading.entries_of(kind, since=self._seen)]
        for entry in sorted(found, key=lambda one: one.index):
            with suppress(*ALTERED):  # what is halted is known without it
                _TAKES[entry.kind](self._kills, entry)
            self._seen = entry.index + 1
        halted = {name: epoch for name, (epoch, is_halted) in reading.scopes().items() if is_halted}
        kills = (self._kills.get(place) or Kill(*place, -1, "", "", UNTOLD) for place in halted.items())
        self._halted = Halted(version, tuple(sorted(kills, key=lambda one: one.entry)))


def _fenced(kills: dict[tuple[str, int], Kill], entry: LedgerEntry) -> None:
    scope, epoch = str(entry.body["scope"]), int(entry.body["epoch"])
    kills[scope, epoch] = Kill(scope, epoch, entry.index, entry.at, entry.body["by"], entry.body["reason"])


def _reported(kills: dict[tuple[str, int], Kill], entry: LedgerEntry) -> None:
    told = entry.body["report"]
    lists = {name: tuple(told[name]) for name in ("in_flight", "in_doubt")}
    report = KillReport(**{**told, **lists})
    known = kills.get((report.scope, report.epoch))
    if known is not None:
        kills[report.scope, report.epoch] = replace(known, report=report, report_entry=entry.index)


def _resumed(kills: dict[tuple[str, int], Kill], entry: LedgerEntry) -> None:
    end = Resumed(entry.index, entry.at, entry.body["by"], entry.body["reason"])
    scope, epoch = str(entry.body["scope"]), int(entry.body["epoch"])
    # A scope that was killed several times meanwhile works again as a whole.
    while (known := kills.get((scope, epoch))) is not None and known.resumed is None:
        kills[scope, epoch] = replace(known, resumed=end)
        epoch -= 1


_TAKES = {FENCED: _fenced, REPORTED: _reported, RESUMED: _resumed}
