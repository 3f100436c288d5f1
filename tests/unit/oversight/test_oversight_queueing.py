"""The rehearsal of a review queue: against what can be worked out by hand and against Erlang's formula."""

import math

import numpy as np
import pytest

from interlock.engine.oversight.planning.queueing import (
    Arrival,
    QueueSetting,
    RecordedDay,
    rehearse,
    reviewers_needed,
    runs_for,
)

ALWAYS = frozenset(range(168))
OFFICE = frozenset(day * 24 + hour for day in range(5) for hour in range(9, 17))


def setting(*seconds: float, due_s: float = 3600.0, service_s: float = 600.0, **more: object) -> QueueSetting:
    days = tuple(RecordedDay(weekday, tuple(Arrival(s, due_s) for s in seconds)) for weekday in (*range(7), *range(7)))
    known = {"staffed": ALWAYS, "waiting_s": (), "weekday": 0, "second": 0.0, "days": 7} | more
    return QueueSetting(days, (service_s,), **known)  # type: ignore[arg-type]


def share(queue: QueueSetting, reviewers: int = 1) -> float | None:
    return rehearse(queue, reviewers=reviewers, runs=3, rng=np.random.default_rng(1)).on_time.median


def test_one_at_a_time_in_the_order_of_the_due_times() -> None:
    """Six at once of ten minutes each, due in 35 minutes: one person ends three in time, two people end all."""
    burst = setting(*[36_000.0] * 6, due_s=2100.0)
    assert [share(burst, people) for people in (1, 2, 3)] == [0.5, 1.0, 1.0]


def test_nobody_begins_outside_of_staffed_hours() -> None:
    """One a day at 20:00: due in 12 hours, nobody sees it in time."""
    evening = 20 * 3600.0
    assert share(setting(evening, due_s=12 * 3600.0, staffed=OFFICE)) == 0.0
    found = share(setting(evening, due_s=14 * 3600.0, staffed=OFFICE))
    assert found == pytest.approx(4 / 6)  # Monday to Thursday of six that are due within the week


def test_what_waits_already_takes_its_time() -> None:
    free = setting(3600.0, due_s=1200.0)
    busy = setting(3600.0, due_s=1200.0, waiting_s=(-1.0,) * 10, days=1)
    assert (share(free), share(busy)) == (1.0, 0.0)


def test_a_rehearsal_may_begin_in_the_middle_of_a_day() -> None:
    late = setting(3600.0, 80_000.0, due_s=1000.0, second=50_000.0, days=1)
    assert share(late) == 1.0
    with_morning = setting(3600.0, due_s=1000.0, second=50_000.0, days=1)
    assert share(with_morning) == 1.0  # tomorrow's


def test_weekdays_are_drawn_from_their_own_kind() -> None:
    """Work on Mondays only, three at once: two of them are late, in every future."""
    days = tuple(
        RecordedDay(weekday, (Arrival(36_000.0, 700.0),) * 3 if weekday == 0 else ())
        for weekday in (*range(7), *range(7))
    )
    queue = QueueSetting(days, (600.0,), ALWAYS, (), 2, 0.0, 14)
    found = rehearse(queue, reviewers=1, runs=20, rng=np.random.default_rng(5)).on_time
    assert (found.low, found.high) == pytest.approx((1 / 3, 1 / 3))
    assert found.n == 20


@pytest.mark.parametrize(("people", "load"), [(1, 0.7), (3, 0.8), (8, 0.9)])
def test_random_arrivals_wait_as_erlang_says(people: int, load: float) -> None:
    """Poisson arrivals, exponential service, as many people: the share that is ended within twice a service time."""
    rng = np.random.default_rng(people)
    service_s, days = 300.0, 120
    mu = 1 / service_s
    arrivals_per_s = load * people * mu
    recorded = []
    for day in range(days):
        count = rng.poisson(arrivals_per_s * 86_400)
        seconds = np.sort(rng.random(count) * 86_400)
        recorded.append(RecordedDay(day % 7, tuple(Arrival(float(s), 600.0) for s in seconds)))
    drawn = rng.exponential(service_s, 5_000)
    services = tuple(
        float(s) for s in drawn * service_s / drawn.mean()
    )  # at a high load a small excess is a long queue
    queue = QueueSetting(tuple(recorded), services, ALWAYS, (), 0, 0.0, 20)
    found = rehearse(queue, reviewers=people, runs=12, rng=np.random.default_rng(2)).on_time.median
    assert found == pytest.approx(response_within(600.0, people, arrivals_per_s, mu), abs=0.035)


def response_within(t: float, c: int, lam: float, mu: float) -> float:
    """P(response <= t) in M/M/c: with probability 1 - C only the service counts, else the wait is exponential, too."""
    a = lam / mu
    blocked = (a**c / math.factorial(c)) / (1 - a / c)
    erlang_c = blocked / (sum(a**k / math.factorial(k) for k in range(c)) + blocked)
    drain = c * mu - lam
    if math.isclose(drain, mu):
        both = 1 - math.exp(-mu * t) * (1 + mu * t)
    else:
        both = 1 - (drain * math.exp(-mu * t) - mu * math.exp(-drain * t)) / (drain - mu)
    return (1 - erlang_c) * (1 - math.exp(-mu * t)) + erlang_c * both


def test_the_least_number_of_people() -> None:
    burst = setting(*[36_000.0] * 6, due_s=2100.0)
    found = reviewers_needed(burst, target=0.95, runs=3, rng=lambda: np.random.default_rng(1))
    assert found is not None
    assert (found.reviewers, found.on_time.low) == (2, 1.0)
    half = reviewers_needed(burst, target=0.5, runs=3, rng=lambda: np.random.default_rng(1), start=7)
    assert half is not None
    assert half.reviewers == 1
    never = setting(36_000.0, due_s=60.0)
    assert reviewers_needed(never, target=0.9, runs=1, rng=lambda: np.random.default_rng(1)) is None


def test_the_same_seed_gives_the_same_figures() -> None:
    queue = setting(*range(0, 80_000, 700), due_s=900.0, service_s=650.0)
    one, other = (rehearse(queue, reviewers=1, runs=5, rng=np.random.default_rng(9)) for _ in range(2))
    assert one == other


def test_a_future_in_which_nothing_was_due_is_none() -> None:
    found = rehearse(setting(3600.0, due_s=30 * 86_400.0), reviewers=1, runs=2, rng=np.random.default_rng(1))
    assert (found.on_time.median, found.on_time.n) == (None, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recorded": ()}, "no arrival is recorded"),
        ({"service_s": ()}, "give at least one service time"),
        ({"service_s": (-1.0,)}, "give at least one service time"),
        ({"staffed": frozenset()}, "at least one hour of the week"),
        ({"staffed": frozenset({168})}, "at least one hour of the week"),
        ({"weekday": 7}, "the start is a weekday"),
        ({"days": 0}, "the start is a weekday"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused(change: dict[str, object], words: str) -> None:
    good = setting(3600.0)
    fields = {name: getattr(good, name) for name in QueueSetting.__dataclass_fields__}
    with pytest.raises(ValueError, match=words):
        QueueSetting(**(fields | change))
    for people, runs in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="at least 1"):
            rehearse(good, reviewers=people, runs=runs, rng=np.random.default_rng(1))


def test_large_queues_get_fewer_runs() -> None:
    assert (runs_for(setting(3600.0)), runs_for(setting(*range(0, 80_000, 10)))) == (200, 40)
