"""What is stopped, as kept in memory by a server, whoever stops and resumes on the same store: on every store."""

import datetime as dt
import itertools
import random
from collections.abc import Callable

from interlock.flows.action.drill import HELD, Drills
from interlock.flows.action.halts import Halts
from interlock.flows.action.kill import fence, resume
from interlock.flows.ledger.record import record
from interlock.ports.store import Store
from interlock.terms.person import Person

BEN = Person("Ben Okafor")
SCOPES = ("global", "tenant:acme", "segment:Nordics", 'tenant:"quoted" \u202e name')
STEPS = 60


def test_kept_in_memory_it_is_what_the_store_says_after_every_step(open_store: Callable[[], Store]) -> None:
    chance, ours, theirs = random.Random(7), open_store(), open_store()
    now = itertools.count()

    def clock() -> dt.datetime:
        return dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=next(now))

    watching = Halts(ours)
    for number in range(STEPS):
        scope, store = chance.choice(SCOPES), chance.choice((ours, theirs))
        with store.reading() as reading:
            halted = bool(reading.halted((scope,)))
        if halted and chance.random() < 0.7:
            resume(store, scope, by=BEN, reason=f"step {number}", clock=clock)
        else:
            fence(store, scope, by=BEN, reason=f"step {number}", clock=clock)
        with theirs.reading() as reading:
            stopped = {name: epoch for name, (epoch, is_halted) in reading.scopes().items() if is_halted}
        if chance.random() < 0.8:  # not after each: several steps may lie between two looks
            assert {one.scope: one.epoch for one in watching.now().kills} == stopped
        assert all(one.resumed is None for one in watching.now().kills)
    assert watching.newest() == Halts(theirs).newest()
    assert watching.now() == Halts(theirs).now()
    assert {one.reason for one in watching.newest()} <= {f"step {number}" for number in range(STEPS)}


def test_the_last_drill_of_each_scope_is_found_by_whoever_looks(open_store: Callable[[], Store]) -> None:
    ours, theirs = open_store(), open_store()
    watching = Drills(ours)
    assert watching.newest() == {}
    for by in ("Ana", "Ben"):
        body = {"scope": "workflow:triage", "at": "2026-03-02T00:00:00Z", "by": by, "fence_ms": 1.0, "quiesce_ms": 2.0,
                "refused": True, "in_flight": [], "in_doubt": ["a"], "resumed": True, "passed": True}  # fmt: skip
        with theirs.transaction() as tx:
            record(tx, HELD, body, at="2026-03-02T00:00:01Z")
        held = watching.newest()["workflow:triage"]
        assert (held.drill.by, held.drill.in_doubt, held.drill.passed) == (by, ("a",), True)
    assert Drills(theirs).newest() == watching.newest()
