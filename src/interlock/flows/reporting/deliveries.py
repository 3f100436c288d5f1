"""How each sending of a schedule ended, and which server has one in hand."""

import datetime as dt
from collections.abc import Mapping

from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.ledger import LedgerEntry
from interlock.terms.schedule import Delivery, Failure, Schedule

CLAIMED, SENT, FAILED = "schedule.claimed", "schedule.sent", "schedule.failed"
IN_HAND = dt.timedelta(minutes=30)  # longer than all forms and all destinations may take
LOOKED_BACK = dt.timedelta(days=100)
WAIT, WAIT_MAX = dt.timedelta(minutes=1), dt.timedelta(hours=1)
TRIES_MAX = 10  # over about five hours: whoever has to mend something has had a morning

Told = Mapping[tuple[str, int], Delivery]  # by run and destination


def deliveries(reading: Reading, now: dt.datetime) -> Mapping[str, Told]:
    """By schedule what is on record of the last hundred days."""
    since, told = reading.entry_from(stamp(now - LOOKED_BACK)), dict[str, dict[tuple[str, int], Delivery]]()
    entries = [entry for kind in (SENT, FAILED) for entry in reading.entries_of(kind, since=since)]
    for entry in sorted(entries, key=lambda one: one.index):
        one = _delivery(entry)
        told.setdefault(entry.body["schedule"], {})[one.run, one.destination] = one
    return told


def take_in_hand(store: Store, schedule: Schedule, run: str, *, owner: str, now: dt.datetime) -> bool:
    """Whether this server sends this run: nobody else has it in hand. On record before anything is sent."""
    with store.transaction() as tx:
        tx.fence()  # of two servers at the same time one comes second, and sees the first
        for entry in tx.entries_of(CLAIMED, since=tx.entry_from(stamp(now - IN_HAND))):
            claimed = (entry.body["schedule"], entry.body["run"])
            if claimed == (schedule.id, run) and moment(entry.body["until"]) > now and entry.body["owner"] != owner:
                return False
        body = {
            "workflow": None,
            "schedule": schedule.id,
            "run": run,
            "owner": owner,
            "until": stamp(now + IN_HAND),
        }
        record(tx, CLAIMED, body, at=stamp(now))
        return True


def note_sent(tx: Transaction, schedule: Schedule, run: str, number: int, digest: str, *, now: dt.datetime) -> None:
    """A destination took it."""
    record(tx, SENT, {**_what(schedule, run, number), "digest": digest}, at=stamp(now))


def note_failed(
    tx: Transaction,
    schedule: Schedule,
    run: str,
    number: int,
    reason: str,
    *,
    before: Failure | None,
    now: dt.datetime,
    again: bool = True,
) -> None:
    """A destination did not take it. It is tried again after a minute, two, four ... an hour, ten times in all."""
    tries = 1 + (before.tries if before else 0)
    wait = min(WAIT * 2 ** (tries - 1), WAIT_MAX)
    again_at = stamp(now + wait) if again and tries < TRIES_MAX else None
    body = {**_what(schedule, run, number), "tries": tries, "reason": reason, "again_at": again_at}
    record(tx, FAILED, body, at=stamp(now))


def _what(schedule: Schedule, run: str, number: int) -> dict[str, object]:
    host = schedule.destinations[number].host
    return {"workflow": None, "schedule": schedule.id, "run": run, "destination": number, "host": host}


def _delivery(entry: LedgerEntry) -> Delivery:
    body = entry.body
    if entry.kind == SENT:
        return Delivery(body["run"], body["destination"], sent_at=entry.at, entry=entry.index)
    failure = Failure(body["tries"], body["reason"], entry.at, body["again_at"], entry.index)
    return Delivery(body["run"], body["destination"], entry=entry.index, failure=failure)
