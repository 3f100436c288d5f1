"""The time of a ledger: how it stands to a clock, and a person's word that the clock is right and the ledger is not."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import is_among, known_as
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput, Refused
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a clock says, when the newest entry was recorded ("" for none), and by how many seconds it is ahead."""

    clock: str
    newest_at: str
    ahead_s: float


def clock_state(reading: Reading, wall: Clock) -> ClockState:
    """How the ledger stands to a clock that is not held back by it."""
    now, newest_at = wall(), reading.newest_at()
    return ClockState(stamp(now), newest_at or "", _ahead_s(newest_at, now))


def accept_clock(store: Store, wall: Clock, *, by: Person, reason: str) -> ClockState:
    """Record that a clock is right where the newest entry is ahead of it: from here on times go on from the clock's.

    Processes that are at work keep their time until they are started again. Raises BadInput where the ledger is not
    ahead, or the name or the reason is blank; Refused where the person may not resume every workflow: authority that
    had ended by the ledger's time may hold again.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who finds the clock right, and how: --as NAME --reason WHY")
    with store.transaction() as tx:
        now, newest_at = wall(), tx.newest_at()
        ahead_s = _ahead_s(newest_at, now)
        if ahead_s <= 0.0:
            raise BadInput("the ledger is not ahead of this clock: there is nothing to accept")
        rows = tx.workflows()
        lacking = [row.name for row in rows if not is_among(by.name, definition_of(row.definition).rights.resume)]
        if lacking:
            raise Refused(f"{by.name} has no right to resume {', '.join(lacking)}, and so none to set the time back")
        tx.fence()
        body = {"by": by.name, "authenticated": by.authenticated, "reason": reason.strip(), "newest_at": newest_at}
        record(tx, "clock.accepted", body, at=stamp(now))
    return ClockState(stamp(now), newest_at or "", ahead_s)


def _ahead_s(newest_at: str | None, now: dt.datetime) -> float:
    return 0.0 if newest_at is None else max(0.0, (moment(newest_at) - now).total_seconds())
