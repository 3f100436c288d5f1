"""Who was shown the content of a case: on record before it is shown, so that nobody looks unseen."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.rollout.people import known_as, same_person
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

SHOWN = "content.shown"
ONCE_IN = dt.timedelta(minutes=15)  # whoever reloads a page sees nothing new


@dataclass(frozen=True, slots=True)
class Seen:
    """One person who was shown a case's content: when, on what page, and the entry that says so."""

    by: str
    authenticated: bool
    page: str
    at: str
    entry: int


def content_shown(store: Store, key: str, *, workflow: str, page: str, by: Person, clock: Clock) -> bool:
    """Put on record that a case's content is shown to somebody; call it first, and show nothing where it raises.

    `page` is what shows it, such as "review", "trace" or "api". One entry for each person and case within 15 minutes:
    whether this one was written. Raises BadInput for a blank name, Unavailable where nothing can be recorded.
    """
    now = clock()
    return store.run(lambda tx: record_shown(tx, key, workflow=workflow, page=page, by=by, now=now))


def record_shown(tx: Transaction, key: str, *, workflow: str, page: str, by: Person, now: dt.datetime) -> bool:
    """The same, inside a transaction that the caller has begun."""
    if not known_as(by.name):
        raise BadInput("content is shown to somebody with a name only, for it is recorded who saw it")
    if is_on_record(tx, key, workflow=workflow, by=by, now=now):
        return False
    body = {"workflow": workflow, "key": key, "page": page, "by": by.name, "authenticated": by.authenticated}
    record(tx, SHOWN, body, at=stamp(now))
    return True


def who_saw(reading: Reading, key: str, workflow: str) -> tuple[Seen, ...]:
    """Who was shown the content of a case of that workflow, in order."""
    return tuple(map(seen_of, reading.about_case(key, workflow, (SHOWN,))))


def seen_of(entry: LedgerEntry) -> Seen:
    """What an entry of that kind says."""
    body = entry.body
    return Seen(str(body["by"]), bool(body.get("authenticated")), str(body["page"]), entry.at, entry.index)


def is_on_record(reading: Reading, key: str, *, workflow: str, by: Person, now: dt.datetime) -> bool:
    """Whether the last 15 minutes have on record that this person was shown the content of a case."""
    since = stamp(now - ONCE_IN)
    for entry in reading.newest_first(SHOWN, workflow):
        if entry.at < since:
            return False
        same_case = (entry.body.get("key"), entry.body.get("authenticated")) == (key, by.authenticated)
        if same_case and same_person(str(entry.body.get("by")), by.name):
            return True
    return False
