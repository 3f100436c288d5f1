"""Two servers with connections of their own to one store: what is due is sent once, on each engine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governed import ANA, House
from interlock.adapters.reports.briefings.forms import written
from interlock.engine.reporting.cadence import next_due
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.reporting.made import Sources
from interlock.flows.reporting.schedules import set_schedule
from interlock.flows.reporting.send import Sendings
from interlock.flows.standup.actions import actions, agree_action, close_action
from interlock.terms.access import EVERYWHERE
from interlock.terms.calendar import Calendar
from interlock.terms.document import Asked, Form
from interlock.terms.errors import BadInput
from interlock.terms.portfolio import Portfolio
from interlock.terms.schedule import Cadence, Destination, Every, Parcel
from interlock.wiring.run_time import open_address

if TYPE_CHECKING:
    from postgres_server import Databases

WEEKLY = Cadence(Every.WEEK, 8 * 60, weekday="mon")
ROUNDS = 5


@dataclass
class Post:
    taken: list[Parcel] = field(default_factory=list)

    def known(self, address: str) -> Destination:
        return Destination("mail", address)

    def send(self, _: str, parcel: Parcel) -> None:
        self.taken.append(parcel)


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    address = None
    if request.param == "postgres":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    made = House(tmp_path, address)
    made.define()
    yield made
    made.store.close()


@contextmanager
def second_server(house: House, sources: Sources, post: Post) -> Iterator[Sendings]:
    opened = open_address(house.address)
    try:
        yield Sendings(replace(sources, store=opened.store), post, "two:2")
    finally:
        opened.close()


def sources_of(house: House) -> Sources:
    def portfolio() -> Portfolio:
        with house.store.reading() as reading:
            return read_portfolio(reading, house.now)

    return Sources(house.store, house.clock, portfolio, lambda _: None, (), lambda: (), written)


def at_once(*works: object) -> None:
    begin = threading.Barrier(len(works))

    def go(work: object) -> None:
        begin.wait()
        work()  # type: ignore[operator]

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_it_is_sent_once_each_time(house: House) -> None:
    sources, post = sources_of(house), Post()
    schedule = set_schedule(
        sources, post, Asked("monthly"), (Form.MARKDOWN,), WEEKLY, ("x",), reach=(EVERYWHERE,), by=ANA,
        randomness=house.rt.randomness,
    )  # fmt: skip
    with second_server(house, sources, post) as two:
        one = Sendings(sources, post, "one:1")
        for n in range(1, ROUNDS + 1):
            house.now = next_due(schedule.cadence, Calendar(), house.now)
            at_once(one.go, two.go)
            assert len(post.taken) == n


def test_an_action_is_closed_by_one_of_two(house: House) -> None:
    made = agree_action(house.store, "ask", owner="D", due=house.now.date(), by=ANA, clock=house.clock)
    told: list[str] = []

    def close() -> None:
        try:
            close_action(house.store, made.entry, done=True, note="", by=ANA, clock=house.clock)
        except BadInput as exc:
            told.append(str(exc))

    at_once(close, close)
    assert [said.partition(" by ")[0] for said in told] == [f"action {made.entry} was closed as done"]
    with house.store.reading() as reading:
        assert [one.closing is not None for one in actions(reading)] == [True]
