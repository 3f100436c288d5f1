"""A server, its clients in other processes, and what becomes of their cases when one of the two is gone."""

import asyncio
import datetime as dt
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import interlock
from commandline import Here
from governed import NAME, opened_run_time
from interlock.surfaces.sdk.action import Action
from interlock.terms.intent import IntentState
from served import Server, served


@pytest.fixture(scope="module", params=["postgres", "sqlite"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live workflow behind a server without tokens, on both engines."""
    address = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    house = Here(tmp_path_factory.mktemp("served"), address)
    house.live()
    house.opened.close()
    with served(house.address) as server:
        yield server


@pytest.fixture
def connection(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[interlock.Connection]:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))
    with interlock.connect(server.address) as connection:
        yield connection


class Shop:
    """An action of an application, and what it did."""

    def __init__(self, workflow: interlock.Workflow) -> None:
        self.done: dict[str, str] = {}
        self.broken: Exception | None = None
        action = workflow.action(undo=self.put_back, read=self.read, idempotent=True)
        self.action: Action = action(self.route)

    def route(self, effect: interlock.Effect) -> None:
        if self.broken is not None:
            raise self.broken
        self.done[effect.case_key] = effect.label

    def read(self, effect: interlock.Effect) -> Mapping[str, Any]:
        return {"queue": self.done.get(effect.case_key, "inbox")}

    def put_back(self, effect: interlock.Effect, before: Mapping[str, Any]) -> None:
        self.done.pop(effect.case_key)


def applied(workflow: interlock.Workflow, key: str, label: str = "billing", **about: Any) -> interlock.Outcome:
    with workflow.case(key, **about) as case:
        case.propose(label, confidence=0.97)
        return case.apply()


def state(server: Server, key: str) -> tuple[str, IntentState | None]:
    with opened_run_time(server.store, clock=lambda: dt.datetime.now(dt.UTC)) as rt, rt.store.reading() as reading:
        row = reading.decision(key)
        assert row is not None
        return row.verb, reading.intent_state(key)


def test_a_case_is_decided_there_and_done_here(server: Server, connection: interlock.Connection) -> None:
    desk = connection.workflow(NAME)
    shop = Shop(desk)
    first = applied(desk, "here-1", text="Where is my bill?", tenant="acme")
    assert (first.applied, first.reasons) == (True, ("confidence 0.9700 >= certified threshold 0.9000",))
    assert shop.done == {"here-1": "billing"}
    again = applied(desk, "here-1")
    assert (again.state, shop.done) == (IntentState.DONE, {"here-1": "billing"})
    asked = applied(desk, "here-2", "fraud")
    assert (asked.applied, asked.reasons) == (False, ("'fraud' always goes to a person",))
    desk.undo("here-1", by="Ana Ruiz")
    assert (shop.done, state(server, "here-1")) == ({}, ("apply", IntentState.UNDONE))
    trace = server.get(f"/workflows/{NAME}/trace", key="here-1").json()
    steps = [link["step"] for link in trace["links"]]
    assert [one for one in steps if one in {"decision", "intent", "effect", "undo"}] == [
        "decision",
        "intent",
        "effect",
        "undo",
        "undo",
    ]
    assert "Where is my bill?" not in str(trace)


def test_the_same_on_an_event_loop(server: Server, connection: interlock.Connection) -> None:
    desk = connection.workflow(NAME)
    shop = Shop(desk)

    async def one(number: int) -> interlock.Outcome:
        async with desk.case(f"loop-{number}") as case:
            await case.propose("billing", confidence=0.97)
            return await case.apply()

    async def many() -> list[interlock.Outcome]:
        return await asyncio.gather(*map(one, range(30)))

    assert [outcome.applied for outcome in asyncio.run(many())] == [True] * 30
    assert len(shop.done) == 30


def test_how_an_action_ended_is_told(server: Server, connection: interlock.Connection) -> None:
    desk = connection.workflow(NAME)
    shop = Shop(desk)
    shop.broken = interlock.NotApplied("the queue is closed")
    assert applied(desk, "told-1").state is IntentState.FAILED
    shop.broken = TimeoutError("no answer")
    assert applied(desk, "told-2").state is IntentState.IN_DOUBT
    trace = server.get(f"/workflows/{NAME}/trace", key="told-2").json()
    assert any("TimeoutError: no answer" in link["words"] for link in trace["links"])


def test_a_kill_waits_for_an_effect_elsewhere_and_fences_the_next(
    server: Server, connection: interlock.Connection
) -> None:
    desk = connection.workflow(NAME)
    shop = Shop(desk)
    body = {"proposal": proposal(desk, "kill-1"), "before": {}, "lease_s": 30}
    asked = server.post(f"/workflows/{NAME}/cases", body).json()
    assert (asked["next"]["step"], asked["next"]["effect"]["idempotency_key"]) == ("apply", "kill-1")
    report = desk.kill(by="Ana Ruiz", reason="it looks wrong", wait_s=0.2)
    assert (report.quiesced_at, report.in_flight) == (None, ("kill-1",))
    assert applied(desk, "kill-2").reasons == (f"workflow:{NAME} is halted by the kill switch",)
    receipt = {"number": asked["next"]["number"], "receipt": {"reference": "r-1", "after": {"queue": "billing"}}}
    settled = [server.post(f"/steps/{asked['name']}", receipt).json() for _ in range(2)]
    assert settled[0] == settled[1]
    assert settled[0]["state"] == "done"
    report = desk.kill(by="Ana Ruiz", reason="once more", wait_s=5)
    assert (report.quiesced_at is not None, report.in_flight) == (True, ())
    with pytest.raises(interlock.Refused, match="Dev Patel has no right to resume triage"):
        desk.resume(by="Dev Patel", reason="it is well again")
    assert desk.resume(by="Ben Okafor", reason="it is well again") == report.epoch
    assert shop.done == {}


def test_locks_of_a_client_that_died_end_with_its_lease(server: Server, connection: interlock.Connection) -> None:
    desk = connection.workflow(NAME)
    dies = (
        "import interlock, os, sys\n"
        "desk = interlock.connect(sys.argv[1]).workflow('triage')\n"
        "@desk.action(undo=lambda e, b: None, idempotent=True)\n"
        "def route(effect): os.kill(os.getpid(), 9)\n"
        "with desk.case('dies-1') as case:\n"
        "    case.propose('billing', confidence=0.97)\n"
        "    case.apply(lease_s=1.5)\n"
    )
    died = subprocess.run([sys.executable, "-c", dies, server.address], check=False, timeout=30)
    assert died.returncode == -signal.SIGKILL
    report = desk.kill(by="Ana Ruiz", reason="a client is gone", wait_s=10)
    desk.resume(by="Ben Okafor", reason="it is well again")
    assert report.quiesced_at is not None
    assert "dies-1" in report.in_doubt


def test_without_a_server_a_person_decides_and_hears_of_it_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))
    house = Here(tmp_path / "store")
    house.live()
    house.store.close()
    with served(house.path) as server, interlock.connect(server.address) as connection:
        desk = connection.workflow(NAME)
        shop = Shop(desk)
        server.stop(signal.SIGKILL)
        alone = applied(desk, "alone-1")
        assert (alone.applied, alone.recorded, shop.done) == (False, False, {})
        assert alone.reasons[1] == "it is kept on this host, and goes to the queue when the server is back"
        server.start()
        assert applied(desk, "alone-2").applied
        assert [one["key"] for one in server.get("/reviews").json() if one["kind"] == "decision"] == ["alone-1"]
        assert state(server, "alone-1") == ("review", None)


def test_a_receipt_finds_its_case_after_the_server_was_started_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))
    house = Here(tmp_path / "store")
    house.live()
    house.store.close()
    with served(house.path) as server, interlock.connect(server.address) as connection:
        desk = connection.workflow(NAME)

        def route(effect: interlock.Effect) -> str:
            server.stop(signal.SIGKILL)
            server.start()
            return "r-1"

        desk.action(undo=lambda effect, before: None, idempotent=True)(route)
        assert applied(desk, "anew-1").state is IntentState.DONE
        assert state(server, "anew-1") == ("apply", IntentState.DONE)


def proposal(desk: interlock.Workflow, key: str) -> dict[str, Any]:
    return {"key": key, "release": desk.release, "label": "billing", "confidence": 0.97}


def test_an_admission_whose_answer_was_lost_goes_to_a_person(server: Server, connection: interlock.Connection) -> None:
    desk = connection.workflow(NAME)
    name = "lost-answer-0000"
    body = {"proposal": proposal(desk, "lost-1"), "before": {}, "name": name}
    assert server.post(f"/workflows/{NAME}/cases", body).json()["next"]["step"] == "apply"
    kept: dict[str, Any] = {"workflow": NAME, "at": "2026-03-02T09:00:00.000000Z", "leaf": "", "name": name}
    kept["proposal"] = {**proposal(desk, "lost-1"), "payload_digest": "sha256:" + "0" * 64}
    lines = [json.dumps(kept), "what nobody can read"]
    handed = [server.post("/suggestions", {"lines": lines}).json() for _ in range(2)]
    assert [(one["recorded"], one["known"], len(one["set_aside"])) for one in handed] == [(0, 1, 1)] * 2
    assert state(server, "lost-1") == ("apply", IntentState.FAILED)
    waiting = [one["kind"] for one in server.get("/reviews", limit=1_000).json() if one["key"] == "lost-1"]
    assert waiting == ["decision"]
