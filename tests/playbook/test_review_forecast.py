"""Whether people keep up: what is recorded is found again, too little is said to be too little."""

import datetime as dt
from pathlib import Path

import pytest

from governed import ANA, BEN, NAME, House
from interlock.flows.review.claim import claim
from interlock.flows.review.decide import close_review
from interlock.flows.review.forecast import Forecast, forecast
from interlock.terms.person import Person

MONDAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def at(house: House, day: int, hour: float) -> None:
    house.now = MONDAY + dt.timedelta(days=day, hours=hour)


def live_since_monday(folder: Path, days: int = 5, cases: int = 6, minutes: float = 30.0) -> House:
    """Each day `cases` come at 8:00; from 9:00 on Ana takes `minutes` for each, one after the other."""
    house = House(folder)
    at(house, -1, 0)
    house.live()
    for day in range(days):
        at(house, day, 8.0)
        keys = [f"{day}-{i}" for i in range(cases)]
        for key in keys:
            house.act(house.proposal(key=key, label="fraud"))
        for i, key in enumerate(keys):
            at(house, day, 9.0 + i * minutes / 60)
            claim(house.store, NAME, key, "decision", by=ANA, clock=house.clock, minutes=120)
            house.now += dt.timedelta(minutes=minutes)
            close_review(house.store, NAME, key, "decision", label="fraud", by=ANA, clock=house.clock)
    at(house, days, 0.5)
    return house


def foretold(house: House, **options: object) -> Forecast:
    with house.store.reading() as reading:
        return forecast(reading, NAME, now=house.now, **options)  # type: ignore[arg-type]


def test_what_is_recorded_is_found_again(tmp_path: Path) -> None:
    house = live_since_monday(tmp_path)
    found = foretold(house)
    assert (found.n_days, found.n_arrivals, found.reviewers) == (4, 24, 1)  # Monday may have begun in the middle
    assert [round(mean, 9) for mean in found.arrivals_per_hour] == [6.0 if hour == 8 else 0.0 for hour in range(24)]
    assert found.service.value == pytest.approx(30.0, abs=0.01)
    assert (found.service.n, found.waiting, found.verdict) == (30, 0, "keeps up")
    assert found.expected is not None
    assert found.expected.on_time.median == 1.0
    assert found.needed is not None
    assert found.needed.reviewers == 1
    house.opened.close()


def test_a_queue_that_grows_needs_more_people(tmp_path: Path) -> None:
    """Forty cases at once, due in a day, are more than one person does in the four hours in which people work."""
    house = live_since_monday(tmp_path)
    for i in range(40):
        house.act(house.proposal(key=f"more-{i}", label="fraud"))
    found = foretold(house)
    assert (found.waiting, found.verdict) == (40, "falls behind")
    assert found.needed is not None
    assert found.needed.reviewers > 1
    enough = foretold(house, reviewers=found.needed.reviewers)
    assert (enough.verdict, enough.reviewers) == ("keeps up", found.needed.reviewers)
    house.opened.close()


def test_the_same_seed_gives_the_same_forecast(tmp_path: Path) -> None:
    house = live_since_monday(tmp_path)
    assert foretold(house, seed=3) == foretold(house, seed=3)
    house.opened.close()


def test_too_little_is_not_known_yet(live: House) -> None:
    found = foretold(live)
    assert (found.verdict, found.expected, found.service.value) == ("not known yet", None, None)
    assert found.gaps == (
        "0 whole days are on record; at least 3 are needed",
        "0 reviews came on these days; at least 20 are needed",
        "0 reviews were claimed before they were decided; at least 10 are needed to know how long one takes",
        "nobody has decided a review yet; --reviewers N says how many people will",
    )


def test_a_pause_is_not_service(live: House) -> None:
    """Who decides after the claim has ended was away; what nobody claimed says nothing of how long it takes."""
    for key in ("paused", "unclaimed", "other"):
        live.act(live.proposal(key=key, label="fraud"))
    claim(live.store, NAME, "paused", "decision", by=ANA, clock=live.clock, minutes=5)
    claim(live.store, NAME, "other", "decision", by=Person("Dev"), clock=live.clock, minutes=5)
    live.now += dt.timedelta(hours=3)
    for key, who in (("paused", ANA), ("unclaimed", BEN), ("other", BEN)):
        close_review(live.store, NAME, key, "decision", label="fraud", by=who, clock=live.clock)
    assert foretold(live).service.n == 0
