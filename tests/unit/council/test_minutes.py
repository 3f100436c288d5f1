"""Minutes: what was decided on which day, whether it holds, and what was refused."""

import datetime as dt
import zoneinfo

from interlock.engine.council.minutes import MeetingDay, Minute, by_day, minutes
from interlock.terms.council import CouncilDecision, RefusedDecision

NOW = dt.datetime(2026, 3, 20, 12, 0, tzinfo=dt.UTC)
AUCKLAND = zoneinfo.ZoneInfo("Pacific/Auckland")


def _decided(entry: int, item: str, at: str, **more: object) -> CouncilDecision:
    return CouncilDecision(item, "triage", "Go on?", "go-on", "why", "Ana", at, entry, **more)  # type: ignore[arg-type]


OLD = _decided(1, "a", "2026-01-05T09:00:00Z")
FIRST = _decided(2, "b", "2026-03-10T09:00:00Z", present=("Ben",), due_at="2026-03-30T09:00:00Z")
AGAIN = _decided(3, "b", "2026-03-10T22:30:00Z", title="Go on", present=("Ana", "Cleo"))
REFUSED = RefusedDecision("c", "triage", "go", "now", "Eve", "Eve may not", "2026-03-10T09:30:00Z", 4)


def test_a_decision_holds_until_its_date_or_until_it_is_decided_again() -> None:
    told = {one.decision.entry: (one.holds, one.followed_by, one.due_at.date().isoformat()) for one in _minutes()}
    assert told == {
        1: (False, None, "2026-02-04"),
        2: (False, 3, "2026-03-30"),
        3: (True, None, "2026-04-09"),
    }


def test_the_newest_day_comes_first_and_says_who_was_there() -> None:
    again, first, old = _minutes()
    assert by_day(_minutes(), [REFUSED], dt.UTC) == (
        MeetingDay("2026-03-10", (again, first), (REFUSED,)),
        MeetingDay("2026-01-05", (old,), ()),
    )
    assert by_day(_minutes(), [], dt.UTC)[0].present == ("Ana", "Cleo", "Ben")


def test_a_day_is_one_of_the_organisations_own_clock() -> None:
    assert [one.day for one in by_day(_minutes(), [], AUCKLAND)] == ["2026-03-11", "2026-03-10", "2026-01-05"]


def _minutes() -> tuple[Minute, ...]:
    return minutes((OLD, AGAIN, FIRST), NOW)
