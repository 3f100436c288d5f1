"""The same over HTTP: what is read and what is recorded, the permissions it takes, and problems in words."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from dossier_house import DEFINITION
from governed import NAME
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.access.tokens import create_token
from interlock.terms.person import Person
from interlock.wiring.server import opened_server
from made_once import Made

BY = Person("Eli Sand")
TOKENS = {
    "Ana Ruiz": "value-owner",
    "Ben Okafor": "safety-owner",
    "Dev Rao": "auditor",
    "Rosa Lind": "reviewer",
    "Abe Acme": "auditor@tenant/acme",
    "Ada Acme": "leader@tenant/acme",
}
SPAN = {"period_start": "2026-02-01", "period_end": "2026-02-28"}
DO: dict[str, dict[str, Any]] = {
    "gates/judge": {},
    "stage": {"stage": "pilot", "reason": "because"},
    "going-on": {"choose": "iterate", "sprints": 1, "reason": "because"},
    "promote": {"release": "sha256:x"},
    "demote": {"reason": "because"},
    "waivers": {"gate": "data fitness", "check": "samples", "until": "2026-03-20", "reason": "because"},
    "waivers/1/end": {"reason": "because"},
    "incidents": {"title": "late", "severity": "low", "owner": "Ben Okafor"},
    "incidents/1/close": {"lesson": "sooner"},
    "kpis": {"source": "desk", "values": [{"kpi": "minutes", "value": 30.5, **SPAN}]},
    "expenses": {"bucket": "compute", "amount_usd": 12.5, "source": "finance", **SPAN},
    "periods": SPAN,
}


@dataclass
class Api:
    """Asked as somebody, by the name of their token."""

    client: TestClient
    tokens: dict[str, str]

    def get(self, path: str, as_: str = "Ana Ruiz") -> Any:
        return self.client.get(f"/v1{path}", headers={"authorization": f"Bearer {self.tokens[as_]}"})

    def do(self, path: str, body: dict[str, Any], as_: str = "Ana Ruiz", workflow: str = NAME) -> Any:
        headers = {"authorization": f"Bearer {self.tokens[as_]}"}
        return self.client.post(f"/v1/workflows/{workflow}/{path}", json=body, headers=headers)


@pytest.fixture(scope="module")
def api(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    house = made.copied_to(tmp_path_factory.mktemp("api"))
    house.define(replace(DEFINITION, name="billing"))
    assign_tenant(house.store, "billing", "acme", by=BY, clock=house.clock)
    tokens = {
        name: create_token(house.store, name, [role_at(role)], by=BY, clock=house.clock, randomness=os.urandom)
        for name, role in TOKENS.items()
    }
    house.store.close()
    with opened_server(str(house.path)) as server:
        yield Api(TestClient(server.api, base_url="http://127.0.0.1"), tokens)


def test_the_portfolio_is_cut_to_what_the_caller_may_see(api: Api) -> None:
    assert [one["workflow"] for one in api.get("/portfolio").json()["workflows"]] == ["billing", NAME]
    page = api.get("/portfolio?start=1&limit=1").json()
    assert ([one["workflow"] for one in page["workflows"]], page["total"]) == ([NAME], 2)
    of_acme = api.get("/portfolio", "Abe Acme").json()["workflows"]
    assert [(one["workflow"], one["status"]) for one in of_acme] == [("billing", "only watches")]
    own, whole = (api.get("/portfolio/position", as_).json() for as_ in ("Abe Acme", "Ana Ruiz"))
    assert (own["organisation"], list(own["initiatives"])) == (None, ["billing"])
    assert (len(whole["organisation"]["phases"]), list(whole["initiatives"])) == (4, ["billing", NAME])
    assert (api.get("/portfolio", "Rosa Lind").status_code, api.client.get("/v1/portfolio").status_code) == (403, 401)


def test_a_dossier_is_read_by_who_may_read_the_whole_workflow(api: Api) -> None:
    told = api.get(f"/workflows/{NAME}/dossier").json()
    assert (told["workflow"], told["standing"]["grant"]["level"], told["monitor"]["n"]) == (NAME, "agent", 0)
    assert told["certificate_body"]["certificate"]["n_labelled"] == 200
    assert [one["amends"] for one in api.get(f"/workflows/{NAME}/releases").json()] == [False]
    assert [one["evidence"]["kind"] for one in api.get(f"/workflows/{NAME}/evidence").json()] == [
        "certificate",
        "shadow",
    ]
    for part in ("dossier", "releases", "evidence"):
        assert api.get(f"/workflows/{NAME}/{part}", "Abe Acme").status_code == 404
        assert api.get(f"/workflows/billing/{part}", "Abe Acme").status_code == 200
        assert api.get(f"/workflows/nobody/{part}", "Abe Acme").status_code == 404
    assert api.get("/workflows/nobody/dossier").status_code == 404


def test_whoever_may_not_is_refused_and_nothing_is_recorded(api: Api) -> None:
    for path, body in DO.items():
        seen = {as_: api.do(path, body, as_) for as_ in ("Dev Rao", "Rosa Lind", "Ada Acme")}
        told = {as_: answer.status_code for as_, answer in seen.items()}
        assert told == {"Dev Rao": 403, "Rosa Lind": 403, "Ada Acme": 404}, path
        assert api.client.post(f"/v1/workflows/{NAME}/{path}", json=body).status_code == 401
    standing = api.get(f"/workflows/{NAME}/dossier").json()["standing"]
    assert (standing["incidents"], standing["measurements"], standing["grant"]["level"]) == ([], [], "agent")


def test_what_owners_do_is_recorded_as_by_form(api: Api) -> None:
    judged = api.do("gates/judge", {}).json()
    assert (judged[-1]["gate"], len(judged) > 10) == ("limited live", True)
    opened = api.do("incidents", DO["incidents"]).json()
    assert (opened["title"], opened["closed_at"]) == ("late", None)
    assert api.do(f"incidents/{opened['entry']}/close", {"lesson": "x"}, workflow="billing").status_code == 404
    closed = api.do(f"incidents/{opened['entry']}/close", {"lesson": "alert sooner", "cost_usd": 3}).json()
    assert (closed["lesson"], closed["cost_usd"], closed["closed_by"]) == ("alert sooner", 3.0, "Ana Ruiz")
    for path in ("kpis", "expenses", "periods"):
        answer = api.do(path, DO[path])
        assert answer.status_code == 200, answer.text
        again = api.do(path, DO[path])
        assert (again.status_code, again.headers["content-type"]) == (400, "application/problem+json")
    assert api.do("going-on", DO["going-on"]).json()["kind"] == "decision"
    ended = api.do("demote", {"reason": "too many complaints"}).json()
    assert (ended["ended"], api.do("demote", {"reason": "again"}).json()["ended"]) == (True, False)


def test_what_a_rule_refuses_and_what_is_no_request_is_a_problem_in_words(api: Api) -> None:
    moved = api.do("stage", DO["stage"])
    assert (moved.status_code, "was not moved" in moved.json()["detail"]) == (409, True)
    for path, body in (("promote", DO["promote"]), ("waivers", DO["waivers"])):
        assert api.do(path, body).status_code == 409
    assert api.do("waivers/1/end", DO["waivers/1/end"]).status_code == 400
    for path, wrong in (
        ("stage", {"stage": "moon"}), ("kpis", {"values": []}), ("expenses", {"amount_usd": -1}),
        ("incidents", {"severity": "awful"}), ("periods", {"period_start": "today"}), ("demote", {"surprise": 1}),
    ):  # fmt: skip
        assert api.do(path, {**DO[path], **wrong}).status_code == 400, path
    assert api.do("demote", {"reason": "x"}, workflow="nobody").status_code == 400
