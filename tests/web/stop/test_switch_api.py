"""Stops and drills over HTTP, as the pages do them."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from governed import ANA, CARLA, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.action.halts import REPORTED
from interlock.flows.action.kill import kill
from interlock.flows.ledger.record import record
from interlock.surfaces.api.waits import WAITING_MAX, Waits
from token_desk import TokenDesk, token_desk

SCOPE = f"workflow:{NAME}"
ROLES = {
    "Olga Petrov": "operator",
    "Ben Okafor": "safety-owner@tenant/acme",
    "Amy Acme": "operator@tenant/acme",
    "Dev Rao": "auditor",
    "Omar One": "operator@workflow/none",
}


@pytest.fixture
def desk(house: House) -> Iterator[TokenDesk]:
    house.define()
    house.define(replace(DEFINITION, name="parcels", rights=replace(DEFINITION.rights, resume=("Somebody Else",))))
    for workflow, tenant in ((NAME, "acme"), ("parcels", "other")):
        assign_tenant(house.store, workflow, tenant, by=CARLA, clock=house.clock)
    for scope in (SCOPE, "workflow:parcels", "tenant:acme"):
        told = kill(house.store, house.drain, scope, by=ANA, reason=f"why {scope}", clock=house.clock, timeout_s=0)
    newest = replace(told, quiesced_at=None, in_flight=("at-work",), in_doubt=("lost",))
    with house.store.transaction() as tx:
        record(tx, REPORTED, {"report": newest, "scope": newest.scope}, at=stamp(house.clock()))
    with token_desk(house, ROLES) as made:
        yield made


def test_kills_are_listed_newest_first_and_only_those_that_reach_the_caller(desk: TokenDesk) -> None:
    every = desk.get("/kills", "Dev Rao").json()
    assert [one["scope"] for one in every] == ["tenant:acme", "workflow:parcels", SCOPE]
    assert [one["scope"] for one in desk.get("/kills", "Amy Acme").json()] == ["tenant:acme", SCOPE]
    older = desk.get("/kills", "Dev Rao", before=every[0]["entry"], limit=1).json()
    assert [(one["scope"], one["reason"], one["resumed"]) for one in older] == [
        ("workflow:parcels", "why workflow:parcels", None)
    ]
    halted = [desk.get(f"/workflows/{NAME}/authority", who).json()["halted"] for who in ("Dev Rao", "Amy Acme")]
    assert halted == [["tenant:acme", "workflow:parcels", SCOPE], ["tenant:acme", SCOPE]]
    assert desk.get("/kills", None).status_code == 401
    named = [desk.get("/kills", who).json()[0]["report"] for who in ("Dev Rao", "Amy Acme")]
    assert [one["in_flight"] + one["in_doubt"] for one in named] == [["at-work", "lost"], []], "cases of others"
    assert desk.get("/kills", "Dev Rao", limit=0).status_code == 400


def test_what_is_in_flight_is_found_out_again_by_who_may_stop(desk: TokenDesk) -> None:
    found = desk.post("/kills/again", {"scope": SCOPE, "wait_s": 0.0}, "Olga Petrov").json()
    assert (found["scope"], found["in_flight"], found["in_doubt"]) == (SCOPE, [], [])
    assert desk.post("/kills/again", {"scope": "global"}, "Olga Petrov").status_code == 404
    assert desk.post("/kills/again", {"scope": SCOPE}, "Dev Rao").status_code == 403
    assert desk.post("/kills/again", {"scope": "workflow:parcels"}, "Amy Acme").status_code == 404


def test_a_drill_takes_the_permission_and_the_right(desk: TokenDesk) -> None:
    resumed = desk.post("/resume", {"scope": SCOPE, "reason": "mended"}, "Ben Okafor")
    assert resumed.status_code == 200
    held = desk.post("/drills", {"scope": SCOPE, "wait_s": 1.0}, "Ben Okafor")
    assert (held.status_code, held.json()["passed"], held.json()["by"]) == (200, True, "Ben Okafor")
    assert desk.post("/drills", {"scope": SCOPE}, "Olga Petrov").status_code == 409
    assert desk.post("/drills", {"scope": SCOPE}, "Dev Rao").status_code == 403
    assert desk.post("/drills", {"scope": "workflow:parcels"}, "Ben Okafor").status_code == 404
    told = desk.get("/drills", "Ben Okafor").json()
    assert [(one["workflow"], one["passed"]) for one in told] == [(NAME, True)]
    assert [one["workflow"] for one in desk.get("/drills", "Dev Rao").json()] == ["parcels", NAME]


def test_who_waits_for_a_stop_keeps_no_page_from_being_answered(desk: TokenDesk) -> None:
    """Each keeps a thread: some may wait, others hear at once what is known, and a drill is held later."""
    waits = Waits()
    with ExitStack() as stack:
        waiting = [stack.enter_context(waits.patience_s(9.0)) for _ in range(WAITING_MAX)]
        assert (set(waiting), stack.enter_context(waits.patience_s(9.0))) == ({9.0}, 0.0)
    with waits.patience_s(9.0) as again, waits.patience_s(0.0) as none:
        assert (again, none) == (9.0, 0.0)
    object.__setattr__(waits, "_places", threading.BoundedSemaphore(1))
    waits._places.acquire()
    object.__setattr__(desk.client.app.state.served, "waits", waits)  # type: ignore[attr-defined]
    again_now = desk.post("/kills/again", {"scope": SCOPE, "wait_s": 60.0}, "Olga Petrov")
    assert (again_now.status_code, again_now.json()["scope"]) == (200, SCOPE)
    assert desk.post("/kill", {"scope": SCOPE, "reason": "more", "wait_s": 60.0}, "Olga Petrov").status_code == 200
    desk.post("/resume", {"scope": SCOPE, "reason": "mended"}, "Ben Okafor")
    drilled = desk.post("/drills", {"scope": SCOPE, "wait_s": 1.0}, "Ben Okafor")
    assert (drilled.status_code, "hold the drill in a minute" in drilled.json()["detail"]) == (503, True)


def test_no_answer_names_a_workflow_out_of_reach(desk: TokenDesk) -> None:
    refused = desk.post("/resume", {"scope": "tenant:acme", "reason": "x"}, "Ben Okafor")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "by its definition Ben Okafor has no right to resume others"
    unknown = desk.post("/kill", {"scope": "workflow:none", "reason": "x"}, "Omar One")
    assert (unknown.status_code, "triage" in unknown.text) == (404, False)
