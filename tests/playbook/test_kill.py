"""The kill contract, with processes that are dead or in the way. Of many at work: tests/trials/test_kills.py."""

import datetime as dt
import json
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, Desk, House, opened_run_time
from interlock.adapters.sqlite import connection as connecting
from interlock.adapters.sqlite.drain import FileDrain
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill, resume
from interlock.flows.ledger.verify import verify_store
from interlock.ports.store import Store, Transaction
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.intent import Effect, IntentState, KillReport, Receipt
from interlock.terms.person import Person

SCOPE = f"workflow:{NAME}"
FORK = multiprocessing.get_context("fork")


def utc() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def stop(house: House, scope: str = SCOPE, *, timeout_s: float = 0.0) -> KillReport:
    return kill(house.store, house.drain, scope, by=BEN, reason="stop", clock=house.clock, timeout_s=timeout_s)


def go_on(house: House, scope: str = SCOPE, *, by: Person = BEN) -> int:
    return resume(house.store, scope, by=by, reason="go on", clock=house.clock)


class FileTarget:
    """Writes down when each effect begins and lands; slow in between. All processes write to one file."""

    def __init__(self, path: Path, *, slow_s: float = 0.0) -> None:
        self._path, self._slow_s = path, slow_s

    def read(self, effect: Effect) -> Mapping[str, Any]:
        return {"queue": "inbox"}

    def apply(self, effect: Effect) -> Receipt:
        self._note("begun", effect.case_key)
        time.sleep(self._slow_s)
        self._note("landed", effect.case_key)
        return Receipt(effect.case_key, {"queue": effect.label})

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        raise NotImplementedError

    def probe(self, effect: Effect) -> Receipt | None:
        raise NotImplementedError

    def _note(self, what: str, key: str) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{json.dumps([utc().isoformat(), what, key])}\n".encode())
        os.close(handle)

    def events(self) -> list[tuple[dt.datetime, str, str]]:
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return [(dt.datetime.fromisoformat(at), what, key) for at, what, key in map(json.loads, lines)]


def _grant_lasts(house: House) -> None:
    """The house lives in 2026; its grant must hold today."""
    with sqlite3.connect(house.path) as database:
        database.execute("UPDATE workflow SET granted = json_set(granted, '$.expires_at', '2999')")
    database.close()


def test_threads_of_the_killing_process_do_not_starve_it(live: House, tmp_path: Path) -> None:
    _grant_lasts(live)
    end = threading.Event()
    target = FileTarget(tmp_path / "effects.log", slow_s=0.001)

    def acting(name: str) -> None:
        number = 0
        while not end.is_set():
            proposal = Proposal(f"{name}-{number}", live.release, "billing", 0.95, "sha256:p")
            act(live.rt, target, NAME, proposal)
            number += 1

    live.clock = utc  # type: ignore[method-assign]
    threads = [threading.Thread(target=acting, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    reports = [stop(live, timeout_s=10) for _ in range(3)]
    end.set()
    for thread in threads:
        thread.join()
    assert all(report.quiesced_at for report in reports)
    landed = [at for at, what, _ in target.events() if what == "landed"]
    assert all(at < dt.datetime.fromisoformat(reports[0].quiesced_at or "") for at in landed)


class Deadly(FileTarget):
    """Ends its process at one step, as kill -9 or a loss of power would."""

    at = ""

    def read(self, effect: Effect) -> Mapping[str, Any]:
        self._die("read")
        return super().read(effect)

    def apply(self, effect: Effect) -> Receipt:
        self._die("not sent")
        receipt = super().apply(effect)
        self._die("applied")
        return receipt

    def _die(self, step: str) -> None:
        if step == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def die_before_commit(store: Any) -> None:
    """Ends the process when a receipt is written, and not committed."""
    commit = store._commit

    def deadly(tx: Any) -> None:
        if store._level == "NORMAL":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(tx)

    store._commit = deadly


@pytest.mark.parametrize(
    ("at", "effects", "state"),
    [
        ("read", 0, None),
        ("not sent", 0, IntentState.EXECUTING),
        ("applied", 1, IntentState.EXECUTING),
        ("not recorded", 1, IntentState.EXECUTING),
        ("never", 1, IntentState.DONE),
    ],
)
def test_a_process_that_dies_leaves_a_case_that_is_found_and_not_repeated(
    live: House, tmp_path: Path, at: str, effects: int, state: IntentState | None
) -> None:
    target = Deadly(tmp_path / "effects.log")
    target.at = at

    def once() -> None:
        with opened_run_time(live.path, clock=live.clock, owner="dead") as rt:
            if at == "not recorded":
                die_before_commit(rt.store)
            act(rt, target, NAME, live.proposal(key="k"))

    process = FORK.Process(target=once)
    process.start()
    process.join(30)
    assert process.exitcode == (0 if at == "never" else -signal.SIGKILL)
    with live.store.reading() as reading:
        intent = reading.intent("k")
        assert (intent.state if intent else None) == state
        assert verify_store(reading).holds
    first = stop(live)
    executing = ("k",) if state is IntentState.EXECUTING else ()
    assert (first.in_flight, first.in_doubt) == (executing, ())
    assert (first.quiesced_at is None) == bool(executing)
    live.now += dt.timedelta(seconds=31)  # the lease has ended: nobody is at work on it any more
    second = stop(live)
    assert (second.in_flight, second.in_doubt) == ((), executing)
    assert second.quiesced_at is not None
    go_on(live)
    target.at = "never"
    redelivered = act(live.rt, target, NAME, live.proposal(key="k"))
    assert redelivered.decision.verb is Verb.APPLY
    landed = [key for _, what, key in target.events() if what == "landed"]
    assert landed == (["k"] if state is None or effects else [])


def test_after_a_kill_cases_go_to_people(live: House) -> None:
    report = stop(live)
    assert report == KillReport(SCOPE, 1, report.fenced_at, report.quiesced_at, (), ())
    assert report.quiesced_at is not None
    assert report.quiesced_at > report.fenced_at
    assert live.act().decision == Decision(Verb.REVIEW, (f"{SCOPE} is halted by the kill switch",))
    stop(live, "global")
    reasons = ("global is halted by the kill switch", f"{SCOPE} is halted by the kill switch")
    assert live.act().decision.reasons == reasons
    assert go_on(live, SCOPE) == 1
    assert live.act().decision.reasons == reasons[:1]
    go_on(live, "global")
    assert live.act().state is IntentState.DONE


def test_the_epoch_only_rises_and_fences_what_came_before(live: House) -> None:
    live.act(live.proposal(key="a"))
    assert [stop(live).epoch, stop(live).epoch, stop(live, "global").epoch] == [1, 2, 1]
    go_on(live)
    go_on(live, "global")
    live.act(live.proposal(key="b"))
    with live.store.reading() as reading:
        assert [(i.key, i.epoch) for i in reading.intents("global")] == [("a", 0), ("b", 3)]


def test_a_kill_of_one_workflow_leaves_others_alone(live: House) -> None:
    live.define(DEFINITION.__class__(**{**_fields(), "name": "other"}))
    stop(live, "workflow:other")
    live.release = _release_of(live, NAME)
    assert live.act().state is IntentState.DONE


def _fields() -> dict[str, Any]:
    return {name: getattr(DEFINITION, name) for name in DEFINITION.__dataclass_fields__}


def _release_of(house: House, name: str) -> str:
    with house.store.reading() as reading:
        row = reading.workflow(name)
        assert row is not None
        return row.release


@pytest.mark.parametrize("scope", ["", "GLOBAL", "workflow:", "workflow:none", NAME, "global ", "workflow:triage\n"])
def test_an_unknown_scope_is_refused(live: House, scope: str) -> None:
    before = live.kinds()
    with pytest.raises(BadInput, match=r"is no scope; say 'global', tenant:NAME, .* or one of: workflow:triage"):
        stop(live, scope)
    with pytest.raises(BadInput, match="is no scope"):
        go_on(live, scope)
    assert live.kinds() == before


@pytest.mark.parametrize("person", [ANA, Person(""), Person(" "), Person("\u200b")])
def test_resuming_needs_a_person_with_the_right(live: House, person: Person) -> None:
    stop(live)
    with pytest.raises(Refused, match=f"has no right to resume {NAME}"):
        go_on(live, by=person)
    assert live.act().decision.verb is Verb.REVIEW
    assert go_on(live, by=Person("ben  OKAFOR ")) == 1


def test_the_whole_house_is_resumed_by_who_may_resume_every_workflow(live: House) -> None:
    rights = DEFINITION.rights.__class__(("Ana Ruiz",), ("Ana Ruiz",))
    live.define(DEFINITION.__class__(**{**_fields(), "name": "other", "rights": rights}))
    stop(live, "global")
    with pytest.raises(Refused, match="Ben Okafor has no right to resume other"):
        go_on(live, "global")


def test_what_is_not_halted_cannot_be_resumed(live: House) -> None:
    with pytest.raises(BadInput, match="is not halted"):
        go_on(live)


def test_a_kill_without_a_store_says_so(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    live.store.close()
    monkeypatch.setattr(connecting, "BUSY_TIMEOUT_MS", 50)
    live.store = SqliteStore(live.path, merkle)
    other = sqlite3.connect(live.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked") as caught:
        stop(live)
    assert "is fenced since" not in str(caught.value)
    other.execute("ROLLBACK")
    other.close()
    with live.store.reading() as reading:
        assert (reading.epoch(SCOPE), reading.halted((SCOPE,))) == (0, ())


def test_a_kill_that_cannot_see_the_locks_is_not_quiesced(live: House, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.drain").write_text("a file in the way")
    live.drain = FileDrain(tmp_path / "elsewhere")
    report = stop(live)
    assert (report.epoch, report.quiesced_at, report.in_flight) == (1, None, ())


class FailingSecond:
    def __init__(self, store: Store) -> None:
        self._store, self._count = store, 0

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Transaction]:
        self._count += 1
        if self._count == 2:
            raise Unavailable("the disk is full")
        with self._store.transaction(durable=durable) as tx:
            yield tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_kill_that_fenced_but_cannot_report_says_both(live: House) -> None:
    store: Any = FailingSecond(live.store)
    with pytest.raises(Unavailable, match=rf"'{SCOPE}' is fenced since 2026-.*; kill it again: the disk is full"):
        kill(store, live.drain, SCOPE, by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    assert live.act().decision.verb is Verb.REVIEW
    assert stop(live).epoch == 2


def test_nobody_is_asked_who_kills(live: House) -> None:
    kill(live.store, live.drain, "global", by=Person(""), reason="", clock=live.clock, timeout_s=0)
    assert live.act().decision.verb is Verb.REVIEW


def test_an_effect_in_doubt_is_listed_until_somebody_looks(live: House) -> None:
    live.desk.broken = TimeoutError("no reply")
    live.act(live.proposal(key="k"))
    report = stop(live)
    assert (report.in_flight, report.in_doubt) == ((), ("k",))
    assert report.quiesced_at is not None


def test_the_desk_of_the_fixture_is_a_target() -> None:
    assert Desk().read(Effect("k", "billing", "k", 0)) == {"queue": "inbox"}


def test_the_same_key_from_many_processes_has_one_effect(live: House, tmp_path: Path) -> None:
    target = FileTarget(tmp_path / "effects.log", slow_s=0.01)
    start = FORK.Event()

    def same() -> None:
        start.wait(30)
        with opened_run_time(live.path, clock=live.clock, owner="one of many") as rt:
            for number in range(10):
                act(rt, target, NAME, live.proposal(key=f"same-{number}"))

    processes = [FORK.Process(target=same) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert sorted(key for _, what, key in target.events() if what == "begun") == [f"same-{n}" for n in range(10)]
    with live.store.reading() as reading:
        assert {intent.state for intent in reading.intents("global")} == {IntentState.DONE}
        assert verify_store(reading).holds
