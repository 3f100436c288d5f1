"""What a reviewer has done today, and what of the planted errors they found, once their period is closed."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from interlock.engine.oversight.estimate import rate
from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.ports.store import Reading
from interlock.terms.estimate import Estimate


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One reviewer's own day (UTC): decisions that stand, those taken back, and the median seconds between two of them.

    `found`: the share of planted errors that they found, of those whose audit period is closed: before that, which
    cases were planted would tell what is still to be answered.
    """

    decided: int
    taken_back: int
    between_s: float | None
    found: Estimate


def own_day(reading: Reading, name: str, now: dt.datetime) -> OwnDay:
    """The figures of the person of that name."""
    since = _first_since(reading, stamp(now.replace(hour=0, minute=0, second=0, microsecond=0)))
    closed = [one for one in reading.entries_of("review.closed", since=since) if _by(one.body, name)]
    back = {
        one.body.get("closing") for one in reading.entries_of("review.reopened", since=since) if _by(one.body, name)
    }
    times = [dt.datetime.fromisoformat(one.at) for one in closed]
    gaps_s = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return OwnDay(
        decided=sum(one.index not in back for one in closed),
        taken_back=len(back),
        between_s=median(gaps_s) if gaps_s else None,
        found=_found(reading, name),
    )


def _found(reading: Reading, name: str) -> Estimate:
    answered = found = 0
    published: dict[str, int] = {}
    for entry in reading.entries_of("known_case.opened"):
        if not _by(entry.body, name):
            continue
        workflow = str(entry.body.get("workflow"))
        if workflow not in published:
            newest = reading.newest_of("salt.published", workflow)
            published[workflow] = -1 if newest is None else newest.index
        if entry.index < published[workflow]:
            answered += 1
            found += bool(entry.body.get("found"))
    return rate(found, answered)


def _by(body: object, name: str) -> bool:
    return isinstance(body, dict) and same_person(str(body.get("reviewer") or ""), name)


def _first_since(reading: Reading, at: str) -> int:
    """The first entry from a time on, found by halving: a ledger is in the order of its times."""
    low, high = 0, reading.last_entry() + 1
    while low < high:
        middle = (low + high) // 2
        entry = next(reading.entries(middle, high), None)
        if entry is None or entry.at >= at:
            high = middle
        else:
            low = entry.index + 1
    return low
