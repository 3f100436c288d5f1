"""Actions are agreed, checked and closed once; a stand-up that was held is on record with how everything stood."""

import datetime as dt
import threading

import pytest

from governed import ANA, BEN, NAME, House
from interlock.flows.calendar.define import define_calendar
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.standup.actions import actions, agree_action, close_action
from interlock.flows.standup.hold import hold_stand_up, last_day, stand_ups
from interlock.terms.calendar import Calendar
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.standup import Action


@pytest.fixture
def desk(house: House) -> House:
    house.define()
    return house


def day(house: House, days: int) -> dt.date:
    return house.now.date() + dt.timedelta(days=days)


def agreed(house: House, what: str = "measure the baseline", *, days: int = 7) -> Action:
    return agree_action(house.store, what, owner="Dana Wirth", due=day(house, days), by=ANA, clock=house.clock)


def every(house: House) -> tuple[Action, ...]:
    with house.store.reading() as reading:
        return actions(reading)


def test_an_action_has_an_owner_a_date_and_an_end_on_record(desk: House) -> None:
    one = agreed(desk)
    assert (one.what, one.owner, one.due, one.by) == (
        "measure the baseline", "Dana Wirth", day(desk, 7).isoformat(), ANA.name,
    )  # fmt: skip
    (closed,) = close_action(desk.store, one.entry, done=True, note="", by=BEN, clock=desk.clock)
    assert closed.closing is not None
    assert (closed.closing.done, closed.closing.by) == (True, BEN.name)
    assert every(desk) == (closed,)
    assert verify(desk.store).holds


def test_what_was_not_done_is_agreed_again_and_says_why(desk: House) -> None:
    one = agreed(desk)
    closed, new = close_action(
        desk.store, one.entry, done=False, note="nobody had access", by=BEN, clock=desk.clock, again=day(desk, 14)
    )
    assert closed.closing is not None
    assert (closed.closing.done, closed.closing.note) == (False, "nobody had access")
    assert (new.what, new.owner, new.due, new.follows) == (one.what, one.owner, day(desk, 14).isoformat(), one.entry)
    assert every(desk) == (closed, new)


def test_of_two_who_close_it_at_once_one_is_told(desk: House) -> None:
    one, ended = agreed(desk), []

    def close(name: str) -> None:
        try:
            close_action(desk.store, one.entry, done=True, note="", by=Person(name), clock=desk.clock)
            ended.append(name)
        except BadInput as exc:
            ended.append(str(exc))

    threads = [threading.Thread(target=close, args=(name,)) for name in ("Ana", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = (said for said in ended if said in {"Ana", "Ben"})
    (lost,) = (said for said in ended if said != won)
    assert lost.startswith(f"action {one.entry} was closed as done by {won} on ")


def test_a_new_date_that_cannot_be_leaves_the_action_open(desk: House) -> None:
    one = agreed(desk)
    with pytest.raises(BadInput, match="is no date for an action"):
        close_action(desk.store, one.entry, done=False, note="why", by=BEN, clock=desk.clock, again=day(desk, -1))
    assert every(desk) == (one,)


@pytest.mark.parametrize(
    ("what", "owner", "days", "said"),
    [
        (" ", "Dana", 7, "say what is to be done"),
        ("x" * 501, "Dana", 7, "in 1 to 500 characters"),
        ("ask", "\u200b", 7, "name the one person"),
        ("ask", "Dana", -1, "is no date for an action: name one from"),
        ("ask", "Dana", 367, "is no date for an action: name one from"),
    ],
)
def test_what_cannot_be_agreed_is_told_and_not_recorded(
    desk: House, what: str, owner: str, days: int, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        agree_action(desk.store, what, owner=owner, due=day(desk, days), by=ANA, clock=desk.clock)
    with pytest.raises(BadInput, match="there is no workflow 'nobody'"):
        agree_action(desk.store, "ask", owner="D", due=day(desk, 1), by=ANA, clock=desk.clock, workflow="nobody")
    assert every(desk) == ()


def test_not_done_needs_a_reason_and_unknown_actions_are_named(desk: House) -> None:
    one = agreed(desk)
    with pytest.raises(BadInput, match="say why it was not done"):
        close_action(desk.store, one.entry, done=False, note=" ", by=BEN, clock=desk.clock)
    with pytest.raises(BadInput, match="there is no action 9999"):
        close_action(desk.store, 9999, done=True, note="", by=BEN, clock=desk.clock)


def test_a_date_is_one_of_the_organisations_clock(desk: House) -> None:
    define_calendar(desk.store, Calendar(zone="Pacific/Kiritimati"), by=ANA, clock=desk.clock)  # 14 hours ahead
    desk.now = desk.now.replace(hour=12)
    with pytest.raises(BadInput, match=f"name one from {day(desk, 1)}"):
        agreed(desk, days=0)


def test_a_stand_up_is_on_record_with_how_everything_stood(desk: House) -> None:
    agreed(desk, days=0)
    agreed(desk, "name the owner")
    desk.now += dt.timedelta(days=1)
    with desk.store.reading() as reading:
        portfolio = read_portfolio(reading, desk.now)
        before = last_day(reading, desk.now)
    held = hold_stand_up(
        desk.store, portfolio, present=("Ana Ruiz", " Ben ", "Ana Ruiz", ""), note="", by=ANA, clock=desk.clock
    )
    assert (held.present, held.open_actions, held.overdue_actions) == (("Ana Ruiz", "Ben"), 2, 1)
    assert [str(light) for _, light in held.lights] == ["not known"]
    assert before == day(desk, -7)
    desk.now += dt.timedelta(days=3)
    with desk.store.reading() as reading:
        assert stand_ups(reading) == (held,)
        assert last_day(reading, desk.now) == day(desk, -3)
    with pytest.raises(BadInput, match="say who was there"):
        hold_stand_up(desk.store, portfolio, present=(" ",), note="", by=ANA, clock=desk.clock)
    assert NAME in {one.definition.name for one in portfolio.standings}
