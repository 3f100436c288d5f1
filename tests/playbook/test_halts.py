"""What is stopped, by whom and why, as kept in memory; what a stop would reach; the two halves of a kill."""

from dataclasses import replace

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.action.drill import drill
from interlock.flows.action.halts import Halts
from interlock.flows.action.kill import fence, kill, lacks_right_to_resume, resume, settled
from interlock.flows.action.reach import reach_of
from interlock.flows.ledger.record import record
from interlock.terms.kill import DRILL

SCOPE = f"workflow:{NAME}"


def _stop(house: House, scope: str, reason: str) -> None:
    kill(house.store, house.drain, scope, by=ANA, reason=reason, clock=house.clock, timeout_s=0)


def test_what_is_stopped_is_told_with_who_and_why_and_until_when(live: House) -> None:
    halts = Halts(live.store)
    assert halts.now().kills == ()
    _stop(live, SCOPE, "wrong queue")
    _stop(live, "tenant:acme", "they asked")
    first, second = halts.now().kills
    assert [(one.scope, one.epoch, one.by, one.reason) for one in (first, second)] == [
        (SCOPE, 1, "Ana Ruiz", "wrong queue"),
        ("tenant:acme", 1, "Ana Ruiz", "they asked"),
    ]
    assert first.resumed is None
    resume(live.store, SCOPE, by=BEN, reason="mended", clock=live.clock)
    assert [one.scope for one in halts.now().kills] == ["tenant:acme"]
    ended = halts.newest()[-1]
    assert ended.resumed is not None
    assert (ended.resumed.by, ended.resumed.reason) == ("Ben Okafor", "mended")
    assert ended.report is not None
    assert ended.report.quiesced_at is not None


def test_a_scope_that_is_killed_again_is_told_once_and_ends_as_a_whole(live: House) -> None:
    _stop(live, SCOPE, "first")
    _stop(live, SCOPE, "again")
    halts = Halts(live.store)
    assert [(one.epoch, one.reason) for one in halts.now().kills] == [(2, "again")]
    resume(live.store, SCOPE, by=BEN, reason="mended", clock=live.clock)
    assert [one.resumed is not None for one in halts.newest()] == [True, True]
    _stop(live, SCOPE, "third")
    assert [(one.reason, one.resumed is None) for one in halts.newest()] == [
        ("third", True), ("again", False), ("first", False)
    ]  # fmt: skip


def test_looking_in_turns_and_looking_at_all_at_once_agree(live: House) -> None:
    watching = Halts(live.store)
    for reason in ("one", "two"):
        _stop(live, "global", reason)
        watching.now()
        resume(live.store, "global", by=BEN, reason=f"after {reason}", clock=live.clock)
        watching.newest()
    drill(live.rt, SCOPE, by=BEN, wait_s=1)
    assert watching.newest() == Halts(live.store).newest()
    assert [one.is_drill for one in watching.newest()] == [True, False, False]
    assert watching.newest()[0].reason == DRILL


def test_what_no_entry_tells_of_is_shown_as_stopped_all_the_same(live: House) -> None:
    with live.store.transaction() as tx:
        body = {"scope": SCOPE, "epoch": 7, "halted": 1, "by": "", "reason": "", "workflow": NAME}
        record(tx, "scope.resumed", body, at=stamp(live.clock()))  # a record that says the contrary of its kind
    (one,) = Halts(live.store).now().kills
    assert (one.scope, one.epoch, one.reason) == (SCOPE, 7, "no entry says why: run `interlock ledger verify`")


def test_a_kill_in_two_halves_is_a_kill(live: House) -> None:
    fenced = fence(live.store, SCOPE, by=ANA, reason="stop", clock=live.clock)
    halts = Halts(live.store)
    assert [(one.scope, one.report) for one in halts.now().kills] == [(SCOPE, None)]
    report = settled(live.store, live.drain, fenced, clock=live.clock, wait_s=0)
    assert (report.epoch, report.fenced_at, report.in_flight, report.in_doubt) == (1, fenced.at, (), ())
    assert halts.newest()[0].report == report


def test_a_stop_reaches_what_is_at_work_and_what_is_in_doubt(live: House) -> None:
    live.desk.broken = ConnectionError("lost")
    live.act()
    key = "live-00000"
    with live.store.reading() as reading:
        for scope, keys in ((SCOPE, (key,)), ("global", (key,)), ("tenant:acme", ())):
            found = reach_of(reading, scope, now=live.clock())
            assert (found.in_flight, tuple(one.key for one in found.in_doubt), found.approved) == ((), keys, ())


def test_who_lacks_the_right_is_told_for_each_workflow_that_the_scope_reaches(live: House) -> None:
    live.define(replace(DEFINITION, name="parcels"))
    with live.store.reading() as reading:
        assert lacks_right_to_resume(reading, "global", ANA) == ("parcels", NAME)
        assert lacks_right_to_resume(reading, SCOPE, ANA) == (NAME,)
        assert lacks_right_to_resume(reading, "global", BEN) == ()
