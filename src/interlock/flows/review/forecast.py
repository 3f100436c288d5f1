"""Will people keep up with the queue? What is recorded of arrivals and service, and a rehearsal of the next days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from interlock.engine.oversight.estimate import quantile
from interlock.engine.oversight.planning.queueing import (
    Arrival,
    QueueSetting,
    RecordedDay,
    Rehearsal,
    knows_weekdays,
    rehearse,
    reviewers_needed,
    runs_for,
)
from interlock.engine.rollout.people import known_as, same_person
from interlock.engine.timestamp import moment, stamp
from interlock.flows.review.open import plan_of
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading
from interlock.terms.estimate import Estimate
from interlock.terms.ledger import LedgerEntry
from interlock.terms.review import ReviewPlan

PAST_DAYS = 28
AHEAD_DAYS = 7
ON_TIME = 0.95
DAYS_MIN, ARRIVALS_MIN, SERVICES_MIN = 3, 20, 10
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the queue is expected to do, as a simulation on what is recorded.

    `arrivals_per_hour`: reviews opened in each hour of the day (UTC), a mean over `n_days` whole days. `service`:
    minutes from claim to decision, the median. `reviewers`: people who decide on a usual day, or as many as were given.
    `verdict`: 'keeps up' where at least `target` of the reviews are on time in 95 % of the futures, 'falls behind'
    where that is so in 5 % at most, 'open' between these, 'not known yet' with `gaps` that say what is missing.
    """

    workflow: str | None
    verdict: str
    gaps: tuple[str, ...]
    n_days: int
    n_arrivals: int
    arrivals_per_hour: tuple[float, ...]
    service: Estimate
    reviewers: int
    waiting: int
    late: int
    target: float
    ahead_days: int
    seed: int
    expected: Rehearsal | None = None
    needed: Rehearsal | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    days: tuple[RecordedDay, ...]
    per_hour: tuple[float, ...]
    service_s: tuple[float, ...]
    staffed: frozenset[int]
    reviewers: int

    @property
    def n_arrivals(self) -> int:
        return sum(len(day.arrivals) for day in self.days)


def forecast(
    reading: Reading,
    workflow: str | None = None,
    *,
    now: dt.datetime,
    reviewers: int | None = None,
    target: float = ON_TIME,
    past_days: int = PAST_DAYS,
    ahead_days: int = AHEAD_DAYS,
    seed: int = 0,
) -> Forecast:
    """For one workflow, or for all of them as one queue that the same people work on.

    Due times are those of the definitions in force. The rehearsal has people at work in the hours of the day in which
    anybody decided something, with nothing else to do; on weekdays on which anybody did, where two weeks are on record.
    """
    plans = {row.name: plan_of(reading, row.name) for row in reading.workflows()}
    past = _past(reading, workflow, plans, now, past_days)
    people = past.reviewers if reviewers is None else reviewers
    open_ = [(_due(review, plans) - now).total_seconds() for review in _open(reading, workflow)]
    gaps = tuple(_gaps(past, people))
    told = Forecast(
        workflow=workflow,
        verdict="not known yet",
        gaps=gaps,
        n_days=len(past.days),
        n_arrivals=past.n_arrivals,
        arrivals_per_hour=past.per_hour,
        service=quantile([seconds / 60 for seconds in past.service_s], 0.5),
        reviewers=people,
        waiting=len(open_),
        late=sum(seconds < 0 for seconds in open_),
        target=target,
        ahead_days=ahead_days,
        seed=seed,
    )
    return told if gaps else _rehearsed(told, past, tuple(open_), now)


def _rehearsed(told: Forecast, past: _Past, waiting_s: tuple[float, ...], now: dt.datetime) -> Forecast:
    import numpy as np

    utc = now.astimezone(dt.UTC)
    second = (utc - utc.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    setting = QueueSetting(past.days, past.service_s, past.staffed, waiting_s, utc.weekday(), second, told.ahead_days)
    runs = runs_for(setting)
    expected = rehearse(setting, reviewers=told.reviewers, runs=runs, rng=np.random.default_rng(told.seed))
    needed = reviewers_needed(
        setting,
        target=told.target,
        runs=runs,
        rng=lambda: np.random.default_rng(told.seed),
        start=told.reviewers,
    )
    return replace(told, verdict=_verdict(expected, told.target), expected=expected, needed=needed)


def _verdict(expected: Rehearsal, target: float) -> str:
    low, high = expected.on_time.low, expected.on_time.high
    if low is None or high is None:
        return "open"
    return "keeps up" if low >= target else "falls behind" if high < target else "open"


def _gaps(past: _Past, reviewers: int) -> Iterable[str]:
    if len(past.days) < DAYS_MIN:
        yield f"{len(past.days)} whole days are on record; at least {DAYS_MIN} are needed"
    if past.n_arrivals < ARRIVALS_MIN:
        yield f"{past.n_arrivals} reviews came on these days; at least {ARRIVALS_MIN} are needed"
    if len(past.service_s) < SERVICES_MIN:
        yield (
            f"{len(past.service_s)} reviews were claimed before they were decided; at least {SERVICES_MIN} are needed "
            "to know how long one takes"
        )
    if reviewers < 1:
        yield "nobody has decided a review yet; --reviewers N says how many people will"


def _past(
    reading: Reading, workflow: str | None, plans: dict[str, ReviewPlan], now: dt.datetime, past_days: int
) -> _Past:
    today = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - past_days * DAY
    days = _recorded(reading, workflow, plans, since, today)
    per_hour = [0.0] * 24
    for one in (arrival for day in days for arrival in day.arrivals):
        per_hour[int(one.second // 3600)] += 1 / len(days)
    service_s, closings = _services(reading, workflow, stamp(since))
    people: dict[dt.date, set[str]] = defaultdict(set)
    for closed_at, who in closings:
        people[closed_at.date()].add(who)
    # Where weekdays are not told apart in what comes, they are not in who is there either.
    weekdays = {at.weekday() for at, _ in closings} if knows_weekdays(days) else set(range(7))
    hours = {at.hour for at, _ in closings}
    staffed = frozenset(weekday * 24 + hour for weekday in weekdays for hour in hours)
    usual = int(median(len(names) for names in people.values())) if people else 0
    return _Past(days, tuple(per_hour), service_s, staffed, usual)


def _recorded(
    reading: Reading,
    workflow: str | None,
    plans: dict[str, ReviewPlan],
    since: dt.datetime,
    today: dt.datetime,
) -> tuple[RecordedDay, ...]:
    """The whole days of the past with what came on each."""
    arrivals: dict[dt.datetime, list[Arrival]] = defaultdict(list)
    first: dt.datetime | None = None
    for review in reading.reviews_since(stamp(since), workflow):
        at = moment(review.opened_at)
        first = at if first is None else first
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        due_s = plans.get(review.workflow, ReviewPlan()).due_h(review.kind) * 3600
        arrivals[day].append(Arrival((at - day).total_seconds(), due_s))
    return tuple(RecordedDay(day.weekday(), tuple(arrivals[day])) for day in _whole_days(first, since, today))


def _whole_days(first: dt.datetime | None, since: dt.datetime, today: dt.datetime) -> Iterable[dt.datetime]:
    """Days from the first review on; the day of the first one only where it is not the beginning of everything."""
    if first is None:
        return
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    day += DAY if day > since else dt.timedelta()
    while day < today:
        yield day
        day += DAY


def _services(
    reading: Reading, workflow: str | None, since: str
) -> tuple[tuple[float, ...], list[tuple[dt.datetime, str]]]:
    """Seconds from a person's last claim to that person's decision; and who decided when.

    Who decided after the claim had ended was away in between: that says nothing of how long it takes.
    """
    claims: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
    for entry in reading.entries_of("review.claimed", workflow):
        if entry.at >= since:
            claims[str(entry.body.get("key")), str(entry.body.get("kind"))].append(entry)
    service_s: list[float] = []
    closings: list[tuple[dt.datetime, str]] = []
    taken_back = {entry.body.get("closing") for entry in reading.entries_of("review.reopened", workflow)}
    for entry in reading.entries_of("review.closed", workflow):
        if entry.at < since or entry.index in taken_back:
            continue
        who, closed_at = str(entry.body.get("reviewer")), moment(entry.at)
        closings.append((closed_at, known_as(who)))
        own = [
            claim
            for claim in claims.get((str(entry.body.get("key")), str(entry.body.get("kind"))), ())
            if claim.index < entry.index and same_person(str(claim.body.get("reviewer")), who)
        ]
        if own and entry.at <= str(own[-1].body.get("until")):
            service_s.append((closed_at - moment(own[-1].at)).total_seconds())
    return tuple(service_s), closings


def _open(reading: Reading, workflow: str | None) -> tuple[ReviewRow, ...]:
    limit = 1_000
    while len(found := reading.queue(workflow, limit=limit)) == limit:
        limit *= 8
    return found


def _due(review: ReviewRow, plans: dict[str, ReviewPlan]) -> dt.datetime:
    """By the definition in force, from when it was opened: an escalation does not make it less late."""
    return moment(review.opened_at) + plans.get(review.workflow, ReviewPlan()).due_h(review.kind) * HOUR
