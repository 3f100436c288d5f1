"""What was decided, by the day of the meeting, and when it is asked again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from interlock.engine.council.again import due_of, newest_by_item
from interlock.engine.timestamp import moment
from interlock.terms.council import CouncilDecision, RefusedDecision

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Minute:
    """One decision. `holds`: whether its question is not asked before `due_at` unless it gets worse; `followed_by` is
    the entry of a later decision on the same item, None where this one is the last.
    """

    decision: CouncilDecision
    due_at: dt.datetime
    holds: bool
    followed_by: int | None


@dataclass(frozen=True, slots=True)
class MeetingDay:
    """A day by the organisation's clock, with what was decided on it and what was refused, in order."""

    day: str
    minutes: tuple[Minute, ...]
    refused: tuple[RefusedDecision, ...]

    @property
    def present(self) -> tuple[str, ...]:
        """Everybody who was there when something was decided, or decided it."""
        names = (name for one in self.minutes for name in (one.decision.by, *one.decision.present))
        return tuple(dict.fromkeys(names))


def minutes(decisions: Iterable[CouncilDecision], now: dt.datetime) -> tuple[Minute, ...]:
    """Each decision as it counts now, the newest first."""
    known = sorted(decisions, key=lambda one: -one.entry)
    newest = newest_by_item(known)

    def minute(one: CouncilDecision) -> Minute:
        last = newest[one.item].entry
        due = due_of(one)
        return Minute(one, due, last == one.entry and now < due, None if last == one.entry else last)

    return tuple(map(minute, known))


def by_day(decided: Iterable[Minute], refused: Iterable[RefusedDecision], zone: dt.tzinfo) -> tuple[MeetingDay, ...]:
    """The newest day first."""

    def day_of(at: str) -> str:
        return moment(at).astimezone(zone).date().isoformat()

    made = _grouped((day_of(one.decision.at), one) for one in decided)
    against = _grouped((day_of(one.at), one) for one in refused)
    days = sorted({*made, *against}, reverse=True)
    return tuple(MeetingDay(day, tuple(made.get(day, ())), tuple(against.get(day, ()))) for day in days)


def _grouped(of_days: Iterable[tuple[str, T]]) -> Mapping[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for day, one in of_days:
        found[day].append(one)
    return found
