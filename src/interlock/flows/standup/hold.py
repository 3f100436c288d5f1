"""Hold a stand-up: who was there, and how everything stood at that moment, on record."""

import datetime as dt

from interlock.engine.rollout.people import known_as
from interlock.engine.standup.functions import function_lights
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.flows.standup.actions import NAME_MAX, NOTE_MAX, actions, today
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio
from interlock.terms.standup import FunctionLight, Light, StandUp

HELD = "standup.held"
PRESENT_MAX = 100
WEEK = dt.timedelta(days=7)


def hold_stand_up(
    store: Store, portfolio: Portfolio, *, present: tuple[str, ...], note: str, by: Person, clock: Clock
) -> StandUp:
    """Put on record that it was held. `portfolio` is where everything stands, as those who were there saw it.

    Raises BadInput where nobody is named.
    """
    there = tuple(dict.fromkeys(name.strip() for name in present if name.strip()))
    if not known_as(by.name):
        raise BadInput("say who holds the stand-up: it is recorded")
    if not there:
        raise BadInput("say who was there: at least one name")
    if len(there) > PRESENT_MAX or any(len(name) > NAME_MAX for name in there):
        raise BadInput(f"at most {PRESENT_MAX} names of {NAME_MAX} characters each are kept; a stand-up is small")
    if len(note) > NOTE_MAX:
        raise BadInput(f"a note has {NOTE_MAX:,} characters at most; this one has {len(note):,}")
    with store.transaction() as tx:
        now = clock()
        day = today(tx, now)
        found = lights(tx, portfolio, now)
        every = actions(tx)
        body = {
            "workflow": None,
            "present": there,
            "lights": [[one.function, one.light] for one in found],
            "open_actions": sum(one.closing is None for one in every),
            "overdue_actions": sum(one.overdue(day.isoformat()) for one in every),
            "note": note.strip(),
            "by": by.name,
            "authenticated": by.authenticated,
        }
        return _stand_up(record(tx, HELD, body, at=stamp(now)))


def lights(reading: Reading, portfolio: Portfolio, now: dt.datetime) -> tuple[FunctionLight, ...]:
    """The light of every function now, with what it was at the last stand-up."""
    return function_lights(portfolio, today=today(reading, now), since=last_day(reading, now))


def last_day(reading: Reading, now: dt.datetime) -> dt.date:
    """The day of the last stand-up before today; where there was none, a week ago."""
    day = today(reading, now)
    held = [today(reading, moment(one.at)) for one in reading.entries_of(HELD)]
    return max((one for one in held if one < day), default=day - WEEK)


def stand_ups(reading: Reading) -> tuple[StandUp, ...]:
    """Every stand-up that was held, in that order."""
    return tuple(map(_stand_up, reading.entries_of(HELD)))


def _stand_up(entry: LedgerEntry) -> StandUp:
    body = entry.body
    return StandUp(
        entry.at, body["by"], tuple(body["present"]), tuple((name, Light(light)) for name, light in body["lights"]),
        body["open_actions"], body["overdue_actions"], body["note"], entry.index,
    )  # fmt: skip
