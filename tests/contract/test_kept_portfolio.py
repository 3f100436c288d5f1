"""A portfolio that is kept in memory says what reading everything says, whatever was recorded since, on every store."""

import datetime as dt
import itertools
import random
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg

from governed import DEFINITION
from interlock.adapters.postgres.store import PostgresStore
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.economics.alarms import alarms
from interlock.engine.economics.glance import glance
from interlock.engine.ledger import merkle
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.portfolio.kept import KINDS, RENEWED_S, KeptPortfolio
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.attest import attest_in
from interlock.ports.evidences import Touched
from interlock.ports.store import Reading, Store
from interlock.terms.calendar import Calendar
from interlock.terms.certificate import Promise
from interlock.terms.evidence import EvidenceClass
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.portfolio import Portfolio

if TYPE_CHECKING:
    from postgres_server import Databases

NAMES = ("b-invoices", "a-triage", "c-quotes")
SPAN = {"period_start": "2026-02-01", "period_end": "2026-02-28"}
FINDING = {"check": "owners", "verdict": "failed", "reason": "none", "next_step": "name one", "evidence": []}
COUNTS = {"cases": 90, "applied": 40, "reviewed": 50, "overridden": 3, "labelled": 30, "wrong": 1, "successes": 80}


class Office:
    """A store and a clock that rises by the second."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
        self.epoch = 0
        self.key = 0

    def clock(self) -> dt.datetime:
        return self.now

    def later(self, seconds: float = 1.0) -> None:
        self.now += dt.timedelta(seconds=seconds)

    def write(self, kind: str, body: Mapping[str, Any]) -> int:
        with self.store.transaction() as tx:
            return record(tx, kind, body, at=stamp(self.now)).index

    def read(self) -> Portfolio:
        with self.store.reading() as reading:
            return read_portfolio(reading, self.now)


def _about(name: str, **more: object) -> dict[str, object]:
    return {"workflow": name, "release": digest(name), "by": "Ana Ruiz", "reason": "it is time", **more}


def _define(office: Office, name: str, rng: random.Random) -> None:
    told = replace(DEFINITION, name=name, cost_review_usd=rng.random())
    body = _about(name, definition=plain(told), proposed_by="Carla Nunes")
    office.write(rng.choice(("release.defined", "release.amended")), {**body, "fields": ["cost_review_usd"]})


def _grant(office: Office, name: str, rng: random.Random) -> None:
    start, end = stamp(office.now), stamp(office.now + dt.timedelta(seconds=rng.choice((5, 5000))))
    given = Grant(
        name, digest(name), AutonomyLevel.AGENT, 0.9, Promise.SELECTIVE, 0.04, 0.5, 0.15, "Ana", start, end, (), ()
    )
    office.write("grant.given", _about(name, grant=plain(given), monitor={}))


def _evidence(office: Office, name: str, rng: random.Random) -> None:
    told: dict[str, Mapping[str, Any]] = {
        "kpi": {"kpi": "hours", "value": rng.random()},
        "expense": {"bucket": "compute", "amount_usd": rng.random()},
        "period": COUNTS,
    }
    kind = rng.choice(sorted(told))
    with office.store.transaction() as tx:
        attest_in(
            tx, name, release=digest(name), kind=kind, evidence_class=EvidenceClass.SOURCE, source="desk",
            body={**SPAN, **told[kind], "n": office.key}, at=stamp(office.now),
        )  # fmt: skip
    office.key += 1


def _judge(office: Office, name: str, rng: random.Random) -> None:
    kind, gates = rng.choice((("gate.judged", ["limited live"]), ("readiness.judged", ["data", "privacy"])))
    office.write(kind, _about(name, gate=rng.choice(gates), verdict="failed", findings=[FINDING]))


def _ended(office: Office, name: str, rng: random.Random) -> None:
    """A waiver or an incident, and sometimes its end."""
    both = (("waiver.given", "waiver.ended", "waiver"), ("incident.opened", "incident.closed", "incident"))
    kind, end, number = rng.choice(both)
    told = {"gate": "data", "check": "owners", "expires_at": "2026-04-01T00:00:00.000000Z", "title": "late",
            "severity": "low", "owner": "Ben", "redline": False, "opened_at": stamp(office.now)}  # fmt: skip
    entry = office.write(kind, _about(name, **told))
    if rng.random() < 0.5:
        office.write(end, _about(name, **{number: entry}, lesson="alert sooner"))


def _answer(office: Office, name: str, rng: random.Random) -> None:
    answers = [{"item": rng.choice(("security", "ownership")), "value": rng.randint(1, 5), "words": ""}]
    office.write("instrument.answered", _about(name, subject=name, instrument="card", version="1", answers=answers))


def _halt(office: Office, name: str, rng: random.Random) -> None:
    office.epoch += 1
    scope = rng.choice(("global", f"workflow:{name}"))
    body = {"scope": scope, "epoch": office.epoch, "halted": rng.choice((0, 1)), "by": "Ben", "reason": "why"}
    office.write(rng.choice(("kill.fenced", "scope.resumed")), body)


def _review(office: Office, name: str, rng: random.Random) -> None:
    due = stamp(office.now + dt.timedelta(seconds=rng.choice((-5, 20))))
    office.write("review.opened", {"workflow": name, "key": f"c{office.key}", "kind": "decision", "due_at": due})
    office.key += 1


def _organisation(office: Office, name: str, rng: random.Random) -> None:
    if rng.random() < 0.5:
        body = {"name": f"Nordlicht {rng.random()}", "responsibilities": [], "council": ["Ana"], "meets_every_days": 7,
                "governance": [], "authored_sample": rng.random() < 0.5}  # fmt: skip
        office.write("organisation.defined", body)
        return
    entry = office.write("council.decided", _about(name, item=f"{name}/x", question="?", chosen="go"))
    if rng.random() < 0.5:
        office.write("council.refused", _about(name, item=f"{name}/x", decision=entry, refusal="no"))


def _move(office: Office, name: str, rng: random.Random) -> None:
    office.write("stage.moved", _about(name, left="exploration", entered=rng.choice(("pilot", "scale"))))


def _drill(office: Office, name: str, rng: random.Random) -> None:
    office.write("drill.held", {"workflow": name, "scope": f"workflow:{name}", "passed": rng.random() < 0.7})


def _agree(office: Office, name: str, rng: random.Random) -> None:
    agreed = {"workflow": name, "what": "look", "owner": "Ben", "due": "2026-03-09", "by": "Ana Ruiz"}
    entry = office.write("action.agreed", agreed)
    if rng.random() < 0.5:
        office.write("action.closed", {"workflow": name, "action": entry, "done": True, "note": "", "by": "Ben"})
    if rng.random() < 0.2:
        told = plain(Calendar(zone=rng.choice(("Europe/Berlin", "Asia/Tokyo")), by="Ana Ruiz"))
        office.write("calendar.defined", {**told, "workflow": None})


def _end_grant(office: Office, name: str, rng: random.Random) -> None:
    office.write("grant.ended", _about(name))


STEPS: tuple[Callable[[Office, str, random.Random], None], ...] = (
    _define, _grant, _evidence, _judge, _ended, _answer, _halt, _review, _organisation, _move, _drill, _end_grant,
    _agree,
)  # fmt: skip


def test_whatever_is_recorded_what_is_kept_is_what_is_read(store: Store) -> None:
    office, rng = Office(store), random.Random(7)
    board = KeptPortfolio(store, office.clock)
    assert board.portfolio() == office.read()
    for name in NAMES:  # each one known late, and out of order
        _define(office, name, rng)
        office.write("release.defined", _about(name, definition=plain(replace(DEFINITION, name=name)), proposed_by="C"))
        for _ in range(16):
            for _ in range(rng.randint(0, 3)):
                rng.choice(STEPS)(office, rng.choice(NAMES[: NAMES.index(name) + 1]), rng)
            office.later()
            assert board.portfolio() == office.read()
    assert [board.standing(name) for name in sorted(NAMES)] == list(office.read().standings)
    assert board.standing("nobody") is None
    with store.reading() as reading:
        assert {one.kind for one in reading.touched(KINDS, since=0)} == set(KINDS)  # every kind had its turn


def test_what_nothing_was_recorded_of_stays_the_same_object_and_what_time_ends_is_seen(store: Store) -> None:
    office, rng = Office(store), random.Random(1)
    for name in NAMES:
        office.write("release.defined", _about(name, definition=plain(replace(DEFINITION, name=name)), proposed_by="C"))
    board = KeptPortfolio(store, office.clock)
    before = board.portfolio().standings
    _move(office, NAMES[0], rng)
    office.later()
    after = board.portfolio().standings
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True]
    end = stamp(office.now + dt.timedelta(seconds=60))
    given = Grant(NAMES[0], "r", AutonomyLevel.AGENT, 0.9, Promise.SELECTIVE, 0.04, 0.5, 0.15, "Ana", end, end, (), ())
    office.write("grant.given", _about(NAMES[0], grant=plain(given), monitor={}))
    levels = []
    for _ in range(2):
        standing = board.standing(NAMES[0])
        assert standing is not None
        levels.append(standing.level)
        office.later(60)
    assert levels == [AutonomyLevel.AGENT, AutonomyLevel.SHADOW]


def test_the_length_of_a_queue_is_at_most_a_second_old(store: Store) -> None:
    office = Office(store)
    told = _about(NAMES[0], definition=plain(replace(DEFINITION, name=NAMES[0])), proposed_by="C")
    office.write("release.defined", told)
    board = KeptPortfolio(store, office.clock)
    lengths = []
    for wait_s in (0.0, 0.5, 0.5):
        office.later(wait_s)
        (standing,) = board.portfolio().standings
        lengths.append(standing.open_reviews)
        _review(office, NAMES[0], random.Random(1))
    assert lengths == [0, 0, 2]


def test_long_queues_are_counted_beside_whoever_looks(store: Store, monkeypatch: Any) -> None:
    office, ticks = Office(store), itertools.count()
    told = _about(NAMES[0], definition=plain(replace(DEFINITION, name=NAMES[0])), proposed_by="C")
    office.write("release.defined", told)
    monkeypatch.setattr("interlock.flows.portfolio.kept.time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    board = KeptPortfolio(store, office.clock)
    board.count()  # nobody has looked yet
    lengths = []
    for wait_s, beside in ((0, True), (39, True), (1, False), (1, True), (39, False), (11, False)):
        office.later(wait_s)  # a count that took a second is kept for fifty
        if beside:
            board.count()
        (standing,) = board.portfolio().standings
        lengths.append(standing.open_reviews)
        _review(office, NAMES[0], random.Random(1))
    assert (lengths, next(ticks)) == ([0, 0, 0, 3, 3, 5], 3 * 2)


def test_many_changed_workflows_are_read_together_and_all_is_read_anew_in_time(store: Store, monkeypatch: Any) -> None:
    office, whole = Office(store), []
    reads = "interlock.flows.portfolio.kept.read_portfolio"

    def counted(reading: Reading, now: dt.datetime) -> Portfolio:
        whole.append(now)
        return read_portfolio(reading, now)

    monkeypatch.setattr(reads, counted)
    board = KeptPortfolio(store, office.clock)
    for many in (1, 101):
        with store.transaction() as tx:
            for n in range(many):
                told = replace(DEFINITION, name=f"w{n:03d}")
                record(
                    tx,
                    "release.defined",
                    _about(told.name, definition=plain(told), proposed_by="C"),
                    at=stamp(office.now),
                )
        office.later()
        assert (board.portfolio(), len(board.portfolio().standings)) == (office.read(), many)
    assert len(whole) == 2
    office.later(RENEWED_S + 1)
    board.portfolio()
    assert len(whole) == 3
    office.later(-RENEWED_S - 5)  # the clock was put back
    board.portfolio()
    assert len(whole) == 4


def test_figures_are_made_anew_only_where_something_was_recorded(store: Store) -> None:
    office, rng = Office(store), random.Random(1)
    for name in NAMES:
        office.write("release.defined", _about(name, definition=plain(replace(DEFINITION, name=name)), proposed_by="C"))
    board = KeptPortfolio(store, office.clock)
    before = board.glances(board.portfolio())
    office.later(RENEWED_S + 1)  # all is read anew, and a queue is longer
    _review(office, NAMES[2], rng)
    again = board.glances(board.portfolio())
    assert [again[name] is before[name] for name in NAMES] == [True, True, True]
    incident = {"title": "late", "severity": "low", "owner": "Ben", "redline": False, "opened_at": stamp(office.now)}
    office.write("incident.opened", _about(NAMES[1], **incident))
    office.later(RENEWED_S + 1)
    portfolio = board.portfolio()
    after = board.glances(portfolio)
    assert [after[name] is before[name] for name in NAMES] == [True, False, True]
    assert after == {one.definition.name: glance(one) for one in office.read().standings}
    assert board.money(portfolio) == {one.definition.name: alarms(one) for one in portfolio.standings}


def test_several_who_come_first_wait_for_one_reading(store: Store, monkeypatch: Any) -> None:
    office, whole, come = Office(store), [], threading.Barrier(4)
    told = _about(NAMES[0], definition=plain(replace(DEFINITION, name=NAMES[0])), proposed_by="C")
    office.write("release.defined", told)

    def slowly(reading: Reading, now: dt.datetime) -> Portfolio:
        whole.append(now)
        threading.Event().wait(0.1)
        return read_portfolio(reading, now)

    monkeypatch.setattr("interlock.flows.portfolio.kept.read_portfolio", slowly)
    board, found = KeptPortfolio(store, office.clock), []

    def ask() -> None:
        come.wait()
        found.append(board.portfolio())

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert (len(whole), found) == (1, [office.read()] * 4)


def test_an_entry_that_turns_up_behind_later_ones_is_not_missed(postgres: "Databases") -> None:
    """In a shared store several write at once: one that took its number first may be there last."""
    address = postgres.new_database()
    store = PostgresStore(address, merkle)
    with closing(store), psycopg.connect(address, autocommit=True) as db:
        office = Office(store)
        for name in NAMES:
            told = _about(name, definition=plain(replace(DEFINITION, name=name)), proposed_by="C")
            office.write("release.defined", told)
        board = KeptPortfolio(store, office.clock)
        (taken,) = db.execute("SELECT nextval('ledger_entry')").fetchone() or ()
        assert office.write("drill.held", {"workflow": NAMES[1], "passed": True}) > taken
        assert board.portfolio() == office.read()
        late = office.write("drill.held", {"workflow": NAMES[0], "passed": True})
        db.execute("UPDATE ledger SET entry = %s WHERE entry = %s", (taken, late))
        standing = board.standing(NAMES[0])
        assert standing is not None
        assert standing.drilled_at is not None
        assert board.portfolio() == office.read()
        store.seal()
        assert board.portfolio() == office.read()


def test_a_backup_that_was_put_in_its_place_is_read_anew(tmp_path: Path) -> None:
    class Moved:
        """Another store behind the same name."""

        def __init__(self, store: Store) -> None:
            self.store = store

        def reading(self) -> AbstractContextManager[Reading]:
            return self.store.reading()

    stores = [SqliteStore(tmp_path / f"{n}.db", merkle) for n in range(2)]
    offices = [Office(store) for store in stores]
    for _ in range(3):
        _review(offices[0], NAMES[0], random.Random(1))
    told = _about(NAMES[1], definition=plain(replace(DEFINITION, name=NAMES[1])), proposed_by="C")
    offices[1].write("release.defined", told)
    moved = Moved(stores[0])
    board = KeptPortfolio(moved, offices[0].clock)  # type: ignore[arg-type] # only read from
    assert board.portfolio().standings == ()
    moved.store = stores[1]
    assert board.portfolio() == offices[1].read()
    for store in stores:
        store.close()


def test_entries_of_some_kinds_are_found_among_few_and_among_many(store: Store) -> None:
    with store.transaction() as tx:
        first = record(tx, "drill.held", {"workflow": "triage"}, at=stamp(Office(store).now)).index
        second = record(tx, "organisation.defined", {"name": "x"}, at=stamp(Office(store).now)).index
        record(tx, "notice.sent", {"workflow": "triage"}, at=stamp(Office(store).now))
    found = [Touched(first, "drill.held", "triage"), Touched(second, "organisation.defined", None)]
    with store.reading() as reading:
        for since, expected in ((first, found), (second, found[1:]), (second + 1, []), (-10_000, found)):
            assert sorted(reading.touched(KINDS, since=since), key=lambda one: one.entry) == expected


def test_no_kind_is_read_that_a_look_would_not_notice(tmp_path: Path) -> None:
    asked: set[str] = set()

    class Noting:
        """A reading that notes which kinds of entries it is asked for."""

        def __init__(self, reading: Reading) -> None:
            self._reading = reading

        def __getattr__(self, name: str) -> Any:
            found = getattr(self._reading, name)
            if name not in {"entries_of", "newest_each", "newest_by", "newest_of", "newest_first"}:
                return found

            def noted(kind: str, *more: Any, **named: Any) -> Any:
                asked.add(kind)
                return found(kind, *more, **named)

            return noted

    with closing(SqliteStore(tmp_path / "store.db", merkle)) as store:
        office = Office(store)
        _define(office, NAMES[0], random.Random(1))
        with store.reading() as reading:
            read_portfolio(Noting(reading), office.now)
    assert asked
    assert asked <= set(KINDS)
