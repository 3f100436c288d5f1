"""Kills, resumes, demotions and unusual traffic are told to whoever asked. Nothing waits for that or fails by it."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.notifier import Notifier
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

KINDS = ("kill.fenced", "scope.resumed", "grant.ended", "traffic.unusual")
SENT, TRIED = "notice.sent", "notice.tried"
TOLD_FOR = dt.timedelta(days=1)  # what is older is history: whoever was away asks for the state
ID_LENGTH = 16
WAIT, WAIT_MAX = dt.timedelta(seconds=1), dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Wait:
    """Until when an address is left alone after it failed, and how often it did."""

    until: dt.datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told. `id` stands for the address, which may hold a secret; `failures` in a row, 0 for none.

    `told_at` is when they were last told of something, "" where they were not in what was looked at.
    """

    id: str
    host: str
    failures: int = 0
    told_at: str = ""


class Notices:
    """What is still to be told, and to whom. What was told is in the ledger: a restart forgets and repeats nothing.

    Several servers on one store may tell the same thing twice; the notice's id is the same.
    """

    def __init__(self, store: Store, notifier: Notifier, addresses: Sequence[str], clock: Clock) -> None:
        self._store, self._notifier, self._clock = store, notifier, clock
        self._addresses = tuple(dict.fromkeys(addresses))
        self._waits: dict[str, _Wait] = {}

    def tell(self) -> tuple[str, ...]:
        """Tell what is to be told now; what could not be, in words. It is tried again on a later call.

        Raises Unavailable where the store cannot be reached.
        """
        with self._store.reading() as reading:
            waiting = untold(reading, self._addresses, self._clock())
        return tuple(words for entry, address in waiting if (words := self._told(entry, address)))

    def receivers(self) -> tuple[Receiver, ...]:
        """Everybody who is told, in the order in which they were named. Raises Unavailable."""
        with self._store.reading() as reading:
            told = {str(entry.body["address"]): entry.at for entry in reading.entries_of(SENT)}
        return tuple(
            Receiver(_digest(one)[:ID_LENGTH], _host(one), self._failures(one), told.get(_digest(one), ""))
            for one in self._addresses
        )

    def try_out(self, receiver: str, *, by: Person) -> str:
        """Send one receiver a notice that nothing happened; why it did not arrive, "" where it did. It is recorded.

        Raises BadInput where nobody is told under that id.
        """
        address = next((one for one in self._addresses if _digest(one)[:ID_LENGTH] == receiver), None)
        if address is None:
            raise BadInput("nobody is told under this address any more: load the page again")
        at = stamp(self._clock())
        notice = {"type": TRIED, "timestamp": at, "data": {"by": by.name}}
        try:
            self._notifier.tell(address, f"try-{_digest(address)[:ID_LENGTH]}-{at}", notice)
            failed = ""
        except Unavailable as exc:
            failed = str(exc)
        with self._store.transaction() as tx:
            body = {"host": _host(address), "address": _digest(address), "by": by.name,
                    "authenticated": by.authenticated, "failed": failed}  # fmt: skip
            record(tx, TRIED, body, at=at)
        return failed

    def _failures(self, address: str) -> int:
        wait = self._waits.get(address)
        return 0 if wait is None else wait.failures

    def _told(self, entry: LedgerEntry, address: str) -> str:
        wait = self._waits.get(address)
        if wait is not None and self._clock() < wait.until:
            return ""
        try:
            self._notifier.tell(address, f"entry-{entry.index}", notice_of(entry))
        except Unavailable as exc:
            failures = self._failures(address)
            self._waits[address] = _Wait(self._clock() + min(WAIT * 2**failures, WAIT_MAX), min(failures + 1, 16))
            return f"{entry.kind} (entry {entry.index}) was not told to {_host(address)}: {exc}"
        self._waits.pop(address, None)
        with self._store.transaction() as tx:
            body = {"entry": entry.index, "host": _host(address), "address": _digest(address)}
            record(tx, SENT, body, at=stamp(self._clock()))
        return ""


def untold(reading: Reading, addresses: Sequence[str], now: dt.datetime) -> tuple[tuple[LedgerEntry, str], ...]:
    """What happened in the last day and was not told to an address yet, oldest first."""
    since = now - TOLD_FOR
    recent = [entry for kind in KINDS for entry in reading.entries_of(kind) if moment(entry.at) >= since]
    if not recent:
        return ()
    first = min(entry.index for entry in recent)
    sent = {(entry.body["entry"], entry.body["address"]) for entry in reading.entries_of(SENT, since=first)}
    ordered = sorted(recent, key=lambda entry: entry.index)
    return tuple((e, address) for e in ordered for address in addresses if (e.index, _digest(address)) not in sent)


def notice_of(entry: LedgerEntry) -> Mapping[str, Any]:
    """What is told: kind, time, place in the ledger, and what is recorded. No content of cases is in these entries."""
    return {"type": entry.kind, "timestamp": entry.at, "entry": entry.index, "data": dict(entry.body)}


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _digest(address: str) -> str:
    """An address may hold a secret, so it is not recorded."""
    return hashlib.sha256(address.encode()).hexdigest()
