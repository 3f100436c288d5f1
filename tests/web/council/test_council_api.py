"""The council over HTTP, as its pages do it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.council.decide import define_organisation
from interlock.flows.measure.incident import Report, open_incident
from interlock.terms.council import Organisation
from interlock.terms.measured import Severity
from token_desk import TokenDesk, token_desk

ROLES = {
    "Lena Vogt": "leader",
    "Ana Ruiz": "leader@tenant/acme",
    "Eve Hart": "leader",
    "Dev Rao": "auditor",
    "Paula Roth": "leader@workflow/parcels auditor",
}


@pytest.fixture
def desk(house: House) -> Iterator[TokenDesk]:
    house.define()
    house.define(replace(DEFINITION, name="parcels"))
    assign_tenant(house.store, NAME, "acme", by=CARLA, clock=house.clock)
    council = Organisation("Nordlicht", council=("Lena Vogt", "Ana Ruiz"))
    define_organisation(house.store, council, by=CARLA, clock=house.clock)
    for workflow in (NAME, "parcels"):
        report = Report("wrong refunds", Severity.HIGH, "Ben Okafor", redline=True)
        open_incident(house.store, workflow, report, by=BEN, clock=house.clock)
    with token_desk(house, ROLES) as made:
        yield made


def _item(desk: TokenDesk, workflow: str) -> dict[str, object]:
    return next(one for one in desk.get("/council/agenda", "Lena Vogt").json() if one["workflow"] == workflow)


def _body(desk: TokenDesk, workflow: str, **more: object) -> dict[str, object]:
    item = _item(desk, workflow)
    return {"item": item["id"], "looked_at": item["looked_at"], "choose": "go-on", "reason": "it is watched", **more}


def test_the_agenda_is_cut_to_what_the_caller_may_see_and_says_whose_it_is(desk: TokenDesk) -> None:
    assert [one["workflow"] for one in desk.get("/council/agenda", "Dev Rao").json()] == ["parcels", NAME]
    (mine,) = desk.get("/council/agenda", "Ana Ruiz").json()
    assert (mine["workflow"], mine["yours"]) == (NAME, True)
    assert [one["yours"] for one in desk.get("/council/agenda", "Eve Hart").json()] == [False, False]
    assert desk.get("/council/agenda", None).status_code == 401


def test_a_decision_is_on_record_takes_effect_and_is_in_the_minutes(desk: TokenDesk) -> None:
    body = _body(desk, NAME, choose="close", reason="alert sooner", present=["Iva Kos"])
    made = desk.post("/council/decisions", body, "Ana Ruiz")
    assert (made.status_code, made.json()["by"], made.json()["effect"][:6]) == (200, "Ana Ruiz", "close ")
    (minute,) = desk.get("/council/decisions", "Dev Rao").json()
    assert (minute["holds"], minute["present"], minute["entry"]) == (True, ["Iva Kos"], made.json()["entry"])
    assert desk.get("/council/decisions", "Dev Rao", before=minute["entry"]).json() == []
    assert [one["workflow"] for one in desk.get("/council/agenda", "Dev Rao").json()] == ["parcels"]


@pytest.mark.parametrize(
    ("as_", "workflow", "more", "status"),
    [
        ("Dev Rao", NAME, {}, 403),
        ("Paula Roth", NAME, {}, 403),
        ("Ana Ruiz", "parcels", {}, 404),
        ("Eve Hart", NAME, {}, 409),
        ("Lena Vogt", NAME, {"by": "Ana Ruiz"}, 403),
        ("Lena Vogt", NAME, {"looked_at": "another"}, 400),
        ("Lena Vogt", NAME, {"choose": "nothing"}, 400),
        ("Lena Vogt", NAME, {"due": "2030-01-01"}, 400),
        ("Lena Vogt", NAME, {"due": "soon"}, 400),
        ("Lena Vogt", NAME, {"item": "a/b/c"}, 404),
        ("Lena Vogt", NAME, {"reason": " "}, 400),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    desk: TokenDesk, as_: str, workflow: str, more: dict[str, object], status: int
) -> None:
    answer = desk.post("/council/decisions", _body(desk, workflow, **more), as_)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert desk.get("/council/decisions", "Lena Vogt").json() == []
    refused = desk.get("/council/refusals", "Dev Rao").json()
    assert [one["by"] for one in refused] == (["Eve Hart"] if status == 409 else [])
