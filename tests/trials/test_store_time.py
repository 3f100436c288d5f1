"""The time of a store: held back by nobody's clock, told by its server where it has one, put right by a person."""

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faults.clock_jump import JumpingClock, machine_time
from governed import BEN, CARLA, DEFINITION, NAME
from interlock.adapters.clocks.steady import SteadyClock
from interlock.adapters.postgres.clock import ASKED_EVERY_S, ServerClock
from interlock.adapters.postgres.connection import connect
from interlock.engine.ledger.canonical import encoded
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.act import act
from interlock.flows.action.admit import admit
from interlock.flows.action.sweep import Patience, sweep
from interlock.flows.ledger.clock import accept_clock, clock_state
from interlock.flows.ledger.verify import verify
from interlock.terms.decision import Proposal, Verb
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import IntentState
from interlock.terms.person import Person
from interlock.wiring import run_time as wired
from interlock.wiring.run_time import Opened, open_address, open_run_time
from trials.effects import FileTarget
from trials.places import Made, Place, place

if TYPE_CHECKING:
    from postgres_server import Databases

HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
READ_BACK = replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=0.0))


@contextmanager
def on_a_host(monkeypatch: pytest.MonkeyPatch, address: str, *, ahead: dt.timedelta) -> Iterator[Opened]:
    """The store, opened on a machine whose clock is wrong."""
    clock = JumpingClock(machine_time)
    clock.jump(ahead)
    with monkeypatch.context() as changed:
        changed.setattr(wired, "machine_time", clock)
        changed.setattr(wired, "SteadyClock", lambda wall=clock: SteadyClock(wall))
        opened = open_address(address)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def at(tmp_path: Path, database: Made | None) -> Place:
    return place(tmp_path / "at", READ_BACK, database=database, start=machine_time() - dt.timedelta(minutes=1))


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


def newest(opened: Opened) -> dt.datetime:
    with opened.store.reading() as reading:
        return moment(str(reading.newest_at()))


def test_a_store_does_not_go_back_behind_its_newest_entry(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: Place, database: Made | None
) -> None:
    target = FileTarget(tmp_path, READ_BACK.effect.target)
    with on_a_host(monkeypatch, at.address, ahead=-HOUR) as opened:
        before = newest(opened)
        assert opened.behind_s == pytest.approx(0.0 if database else 3600 - 60, abs=30)
        assert bool(opened.caution) == (database is None)
        assert act(open_run_time(opened), target, NAME, case(at, "k")).state is IntentState.DONE
        assert before <= newest(opened) <= machine_time() + SECOND
    with on_a_host(monkeypatch, at.address, ahead=dt.timedelta()) as opened:
        assert opened.behind_s == pytest.approx(0.0, abs=1.0)
        assert opened.caution == ""
        assert verify(opened.store).holds


def test_hosts_that_share_a_server_agree_about_leases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, postgres: "Databases"
) -> None:
    """One of them is an hour ahead by its own clock: it leaves a lease alone that has just begun."""
    at = place(tmp_path / "at", READ_BACK, database=postgres.new_database, start=machine_time() - 60 * SECOND)
    target = FileTarget(tmp_path, READ_BACK.effect.target)
    with (
        on_a_host(monkeypatch, at.address, ahead=dt.timedelta()) as one,
        on_a_host(monkeypatch, at.address, ahead=HOUR) as other,
    ):
        held = admit(open_run_time(one), NAME, case(at, "k"), before=encoded({"queue": "inbox"}))
        assert held.effect is not None
        assert sweep(open_run_time(other), lambda workflow, plan: target, Patience(time.monotonic)) == ()
        assert abs(one.clock() - other.clock()) < SECOND
        held.admission.release()


def test_an_entry_from_the_future_ends_authority_until_a_person_says_that_it_was_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: Place
) -> None:
    target = FileTarget(tmp_path, READ_BACK.effect.target)
    future = JumpingClock(machine_time)
    future.jump(40 * 24 * HOUR)
    with at.opened(future) as rt:
        assert act(rt, target, NAME, case(at, "ahead")).decision.verb is not Verb.APPLY  # the grant has ended by then

    with on_a_host(monkeypatch, at.address, ahead=dt.timedelta()) as opened:
        assert opened.behind_s == pytest.approx(40 * 24 * 3600, abs=60)
        assert "is 40 days, 0:00:0" in opened.caution
        assert act(open_run_time(opened), target, NAME, case(at, "meanwhile")).decision.verb is Verb.REVIEW
        with opened.store.reading() as reading:
            state = clock_state(reading, opened.wall)
        assert state.ahead_s == pytest.approx(40 * 24 * 3600, abs=60)
        with pytest.raises(Refused, match=f"Carla Nunes has no right to resume {NAME}"):
            accept_clock(opened.store, opened.wall, by=CARLA, reason="the host's clock was wrong")
        for by, reason in ((Person(""), "why"), (BEN, " ")):
            with pytest.raises(BadInput, match="say who finds the clock right"):
                accept_clock(opened.store, opened.wall, by=by, reason=reason)
        accepted = accept_clock(opened.store, opened.wall, by=BEN, reason="the host's clock was wrong")
        assert accepted.newest_at > accepted.clock

    with on_a_host(monkeypatch, at.address, ahead=dt.timedelta()) as opened:
        assert opened.caution == ""
        assert act(open_run_time(opened), target, NAME, case(at, "now")).decision.verb is Verb.APPLY
        with pytest.raises(BadInput, match="there is nothing to accept"):
            accept_clock(opened.store, opened.clock, by=BEN, reason="again")
        assert verify(opened.store).holds


def test_the_server_is_asked_now_and_then_and_may_be_away_meanwhile(postgres: "Databases") -> None:
    passed_s = [0.0]
    clock = ServerClock(lambda: passed_s[0])
    with pytest.raises(RuntimeError, match="was not asked"):
        clock()
    connection = connect(postgres.new_database())
    clock.ask(connection)
    first = clock()
    assert abs(first - machine_time()) < 5 * SECOND
    passed_s[0] = ASKED_EVERY_S
    clock.ask_now_and_then(connection)
    assert clock() - first == dt.timedelta(seconds=ASKED_EVERY_S)  # not asked yet
    passed_s[0] += 1
    clock.ask_now_and_then(connection)
    assert clock() - first < dt.timedelta(seconds=ASKED_EVERY_S / 2)
    connection.close()
    passed_s[0] += ASKED_EVERY_S + 1
    told = clock()
    clock.ask_now_and_then(connection)
    assert clock() == told


def test_a_store_whose_newest_time_is_damaged_can_still_be_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = place(tmp_path / "at", READ_BACK)
    for damage in ("no time", "9999-12-31T23:59:59.999999Z"):
        with closing(sqlite3.connect(at.address)) as database, database:
            database.execute("UPDATE ledger SET at = ? WHERE entry = (SELECT max(entry) FROM ledger)", (damage,))
        with on_a_host(monkeypatch, at.address, ahead=dt.timedelta()) as opened:
            assert opened.behind_s == 0.0
            assert stamp(opened.clock())[:4] == stamp(machine_time())[:4]
            assert not verify(opened.store).holds
