"""Documents that are sent again and again: once however many servers, again where it failed, addresses kept apart."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from governed import ANA, BEN, DEFINITION, House
from interlock.adapters.reports.briefings.forms import written
from interlock.engine.access.permissions import role_at
from interlock.engine.reporting.cadence import next_due
from interlock.flows.access.tokens import create_token, revoke_token
from interlock.flows.calendar.define import define_calendar
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.reporting.deliveries import IN_HAND, TRIES_MAX, deliveries
from interlock.flows.reporting.made import Sources
from interlock.flows.reporting.schedules import SET, end_schedule, kept_as, schedules, set_schedule, within_reach
from interlock.flows.reporting.send import TESTS_MAX, Sendings
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.calendar import Calendar
from interlock.terms.document import Asked, Form
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio
from interlock.terms.schedule import Cadence, Delivery, Destination, Every, Parcel, Schedule

MONDAYS = Cadence(Every.WEEK, 8 * 60, weekday="mon")
MAIL, HOOK = "mailto://ann:secret@mail.example.com", "jsons://hooks.example.com/token"
ALL = (EVERYWHERE,)
MONTHLY = Asked("monthly")


@dataclass
class Post:
    """Takes everything but what goes to a host in `closed`."""

    closed: set[str] = field(default_factory=set)
    taken: list[tuple[str, Parcel]] = field(default_factory=list)

    def known(self, address: str) -> Destination:
        if "://" not in address:
            raise BadInput("this is no address")
        return Destination(urlsplit(address).scheme, urlsplit(address).hostname or "")

    def send(self, address: str, parcel: Parcel) -> None:
        if self.known(address).host in self.closed:
            raise Unavailable("it answered 503")
        self.taken.append((address, parcel))


def sources(house: House) -> Sources:
    def portfolio() -> Portfolio:
        with house.store.reading() as reading:
            return read_portfolio(reading, house.now)

    tenants = {"billing": "acme"}
    return Sources(house.store, house.clock, portfolio, tenants.get, (), lambda: (), written)


def a_schedule(
    house: House, *addresses: str, by: Person = ANA, reach: Sequence[Scope] = ALL, asked: Asked = MONTHLY
) -> Schedule:
    return set_schedule(
        sources(house), Post(), asked, (Form.MARKDOWN,), MONDAYS, addresses or (MAIL,), reach=reach, by=by,
        randomness=house.rt.randomness,
    )  # fmt: skip


def server(house: House, post: Post, name: str = "one:1") -> Sendings:
    return Sendings(sources(house), post, name)


def to_its_time(house: House, schedule: Schedule) -> None:
    house.now = next_due(schedule.cadence, Calendar(), house.now)


def noted(house: House, schedule: Schedule) -> list[Delivery]:
    with house.store.reading() as reading:
        return list(deliveries(reading, house.now).get(schedule.id, {}).values())


@pytest.fixture
def desk(house: House) -> House:
    house.define()
    house.define(replace(DEFINITION, name="billing"))
    return house


def test_where_people_reach_the_server_is_known_messages_lead_there(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    assert Sendings(sources(desk), post, "one:1", address="https://ai.example").send_now(schedule.id) == ()
    ((_, parcel),) = post.taken
    assert parcel.words.endswith(f"or https://ai.example/reports/schedules/{schedule.id}")
    assert "\nWhere it stands now: https://ai.example/portfolio\n" in parcel.words


def test_it_is_sent_at_its_time_and_once(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    sendings = server(desk, post)
    assert (sendings.go(), post.taken) == ((), [])
    to_its_time(desk, schedule)
    assert sendings.go() == ()
    ((address, parcel),) = post.taken
    assert (address, parcel.title) == (MAIL, "Monthly update: Nothing waits for a decision")
    ((name, media, content),) = parcel.files
    assert (name, media, content[:2]) == (f"monthly-{desk.now.date()}.md", "text/markdown", b"# ")
    assert f"schedule {schedule.id}, which Ana Ruiz set" in parcel.words
    assert parcel.words.endswith(f"To end it: `interlock schedule end {schedule.id}`, or Reports, Schedules.")
    desk.now += dt.timedelta(days=3)
    sendings.go()
    assert len(post.taken) == 1
    (note,) = noted(desk, schedule)
    assert (note.run, note.sent_at is not None) == ((desk.now - dt.timedelta(days=3)).date().isoformat(), True)
    to_its_time(desk, schedule)
    sendings.go()
    assert len(post.taken) == 2
    assert verify(desk.store).holds


def test_two_servers_at_the_same_time_send_it_once(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    to_its_time(desk, schedule)
    begin = threading.Barrier(2)

    def go(name: str) -> None:
        sendings = server(desk, post, name)
        begin.wait()
        sendings.go()

    threads = [threading.Thread(target=go, args=(name,)) for name in ("one:1", "two:2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.taken) == 1
    assert server(desk, post, "three:3").go() == ()
    assert len(post.taken) == 1


def test_a_server_that_died_leaves_it_to_another_after_half_an_hour(desk: House) -> None:
    schedule = a_schedule(desk)
    to_its_time(desk, schedule)

    class Dies(Post):
        def send(self, address: str, parcel: Parcel) -> None:
            raise SystemExit

    with pytest.raises(SystemExit):
        server(desk, Dies()).go()
    post = Post()
    server(desk, post, "two:2").go()
    assert post.taken == []
    desk.now += IN_HAND
    server(desk, post, "two:2").go()
    assert len(post.taken) == 1


def test_what_failed_is_tried_again_ever_later_and_the_others_are_left_alone(desk: House) -> None:
    schedule, post = a_schedule(desk, MAIL, HOOK), Post(closed={"hooks.example.com"})
    sendings = server(desk, post)
    to_its_time(desk, schedule)
    (words,) = sendings.go()
    assert words.endswith("was not taken by jsons hooks.example.com: it answered 503")
    assert sendings.go() == ()  # not at once
    for minutes in (1, 2, 4):
        desk.now += dt.timedelta(minutes=minutes)
        assert len(sendings.go()) == 1
    post.closed.clear()
    desk.now += dt.timedelta(minutes=8)
    assert sendings.go() == ()
    assert [address for address, _ in post.taken] == [MAIL, HOOK]
    assert [note.sent_at is not None for note in noted(desk, schedule)] == [True, True]


def test_it_is_given_up_after_a_while_until_the_next_time(desk: House) -> None:
    schedule, post = a_schedule(desk), Post(closed={"mail.example.com"})
    sendings = server(desk, post)
    to_its_time(desk, schedule)
    tried = 0
    for _ in range(12):
        tried += len(sendings.go())
        desk.now += dt.timedelta(hours=1)
    assert tried == TRIES_MAX
    (note,) = noted(desk, schedule)
    assert note.failure is not None
    assert (note.failure.tries, note.failure.again_at) == (TRIES_MAX, None)
    post.closed.clear()
    to_its_time(desk, schedule)
    assert (sendings.go(), len(post.taken)) == ((), 1)


def test_of_what_was_missed_the_newest_is_sent(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    desk.now += dt.timedelta(days=21)
    server(desk, post).go()
    assert len(post.taken) == 1
    assert [note.run for note in noted(desk, schedule)] == [desk.now.date().isoformat()]


def test_another_zone_sends_nothing_twice(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    to_its_time(desk, schedule)
    server(desk, post).go()
    define_calendar(desk.store, Calendar(zone="America/New_York"), by=ANA, clock=desk.clock)
    desk.now += dt.timedelta(hours=8)
    server(desk, post).go()
    assert len(post.taken) == 1


def test_the_address_is_nowhere_on_record_and_erased_at_the_end(desk: House) -> None:
    schedule = a_schedule(desk, MAIL, HOOK)
    with desk.store.reading() as reading:
        (entry,) = reading.entries_of(SET)
        assert reading.secret(kept_as(schedule.id, 0)) == MAIL.encode()
    assert (b"secret" in entry.record, b"token" in entry.record) == (False, False)
    assert b'"host":"mail.example.com"' in entry.record
    ended = end_schedule(sources(desk), schedule.id, by=BEN)
    assert ended.ended_by == BEN.name
    with desk.store.reading() as reading:
        assert [reading.secret(kept_as(schedule.id, number)) for number in (0, 1)] == [None, None]
    post = Post()
    to_its_time(desk, schedule)
    server(desk, post).go()
    assert post.taken == []
    with pytest.raises(BadInput, match="was ended by Ben Okafor"):
        end_schedule(sources(desk), schedule.id, by=ANA)


def test_it_holds_what_lay_in_reach_when_it_was_set(desk: House) -> None:
    acme = (Scope(tenant="acme"),)
    schedule, post = a_schedule(desk, reach=acme), Post()
    to_its_time(desk, schedule)
    server(desk, post).go()
    ((_, parcel),) = post.taken
    told = parcel.files[0][2]
    assert (b"billing" in told, b"triage" in told) == (True, False)
    assert (within_reach(schedule, acme), within_reach(schedule, ALL)) == (True, True)
    assert not within_reach(schedule, (Scope(tenant="globex"),))
    assert not within_reach(a_schedule(desk), acme)


def test_who_may_no_longer_have_it_has_it_sent_no_more(desk: House) -> None:
    create_token(desk.store, "leo", [role_at("leader")], by=BEN, clock=desk.clock, randomness=desk.rt.randomness)
    schedule, post = a_schedule(desk, by=Person("leo", authenticated=True)), Post()
    to_its_time(desk, schedule)
    server(desk, post).go()
    assert len(post.taken) == 1
    revoke_token(desk.store, "leo", by=BEN, clock=desk.clock)
    to_its_time(desk, schedule)
    (words,) = server(desk, post).go()
    assert words.endswith("leo, who set it, has no account any more; somebody else sets it anew")
    assert (len(post.taken), server(desk, post).go()) == (1, ())


def test_a_test_is_sent_at_once_and_beside_its_time(desk: House) -> None:
    schedule, post = a_schedule(desk), Post()
    sendings = server(desk, post)
    run = sendings.test(schedule)
    sendings.go()
    ((_, parcel),) = post.taken
    assert parcel.title.startswith("Test: Monthly update")
    assert [note.run for note in noted(desk, schedule)] == [run]
    to_its_time(desk, schedule)
    sendings.go()
    assert len(post.taken) == 2
    post.closed.add("mail.example.com")
    assert len(sendings.send_now(schedule.id)) == 1
    desk.now += dt.timedelta(hours=2)
    assert sendings.go() == ()  # a test is not tried again


def test_tests_do_not_pile_up(desk: House) -> None:
    schedule, sendings = a_schedule(desk), server(desk, Post())
    for _ in range(TESTS_MAX):
        sendings.test(schedule)
    with pytest.raises(Unavailable, match="tests wait to be sent"):
        sendings.test(schedule)


def test_a_workflow_out_of_reach_is_as_if_there_were_none(desk: House) -> None:
    said = []
    for name in ("triage", "nothing"):
        with pytest.raises(BadInput) as raised:
            a_schedule(desk, reach=(Scope(tenant="acme"),), asked=Asked("concept", name))
        said.append(str(raised.value).replace(name, "NAME"))
    assert said[0] == said[1]
    assert (
        a_schedule(desk, reach=(Scope(tenant="acme"),), asked=Asked("concept", "billing")).asked.workflow == "billing"
    )


def test_a_document_that_cannot_be_written_is_told_and_tried_again(desk: House) -> None:
    asked = Asked("concept", "billing")
    schedule, post = a_schedule(desk, asked=asked), Post()
    to_its_time(desk, schedule)
    broken = replace(sources(desk), write=lambda _, __: (_ for _ in ()).throw(Unavailable("no Pango")))
    (words,) = Sendings(broken, post, "one:1").go()
    assert words.endswith(": no Pango")
    desk.now += dt.timedelta(minutes=1)
    assert (server(desk, post).go(), len(post.taken)) == ((), 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"asked": Asked("weekly")}, "there is no report 'weekly'"),
        ({"asked": Asked("concept", "nobody")}, "there is no workflow 'nobody'"),
        ({"addresses": ()}, "name 1 to 10 destinations"),
        ({"addresses": (MAIL,) * 11}, "name 1 to 10 destinations"),
        ({"addresses": ("x",)}, "this is no address"),
        ({"addresses": (f"{MAIL}?to={'x' * 1000}",)}, "has 1,000 characters at most"),
        ({"cadence": Cadence(Every.WEEK, 480, weekday="day")}, "on which day of the week: mon"),
        ({"cadence": Cadence(Every.MONTH, 480, day=32)}, "on which day of the month"),
        ({"cadence": Cadence(Every.WEEK, 1440, weekday="mon")}, "at what time of the day"),
        ({"by": Person(" ")}, "say who sets the schedule"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_kept(desk: House, changes: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"asked": MONTHLY, "forms": (), "cadence": MONDAYS, "addresses": (MAIL,), "by": ANA}
    with pytest.raises(BadInput, match=said):
        set_schedule(sources(desk), Post(), reach=ALL, randomness=desk.rt.randomness, **{**given, **changes})
    with desk.store.reading() as reading:
        assert schedules(reading) == ()
