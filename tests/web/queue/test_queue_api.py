"""The queue over HTTP: pages of it, undo, several at once, and only within reach."""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from governed import ANA, DEFINITION, NAME, House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tokens import create_token
from interlock.terms.review import ReviewPlan
from interlock.terms.workflow import Limits
from interlock.wiring.server import opened_server

TOKENS = {
    "Rosa Lind": "reviewer",
    "Dev Rao": "auditor",
    "Amy Acme": "reviewer@tenant/acme",
    "Eli Sand": "administrator",
}


@dataclass
class Api:
    """Asked as somebody, by the name of their token."""

    client: TestClient
    tokens: dict[str, str]

    def get(self, path: str, as_: str = "Rosa Lind", **query: Any) -> Any:
        headers = {"authorization": f"Bearer {self.tokens[as_]}"}
        return self.client.get(f"/v1/reviews{path}", params=query, headers=headers)

    def post(self, path: str, body: dict[str, Any], as_: str = "Rosa Lind") -> Any:
        headers = {"authorization": f"Bearer {self.tokens[as_]}"}
        return self.client.post(f"/v1/reviews{path}", json={"workflow": NAME, **body}, headers=headers)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    house = House(tmp_path_factory.mktemp("api"))
    house.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    limits = Limits(always_review=("fraud", "sales"))
    house.live(replace(DEFINITION, review=ReviewPlan(together_max=3), limits=limits))
    for key, label, tenant in (
        ("a", "fraud", None),
        ("b", "fraud", "acme"),
        ("c", "fraud", None),
        ("d", "sales", None),
    ):
        house.act(replace(house.proposal(key=key, label=label), tenant=tenant))
    house.act(house.proposal(key="applied"))
    tokens = {
        name: create_token(house.store, name, [role_at(role)], by=ANA, clock=house.clock, randomness=os.urandom)
        for name, role in TOKENS.items()
    }
    house.store.close()
    with opened_server(str(house.path)) as server:
        yield Api(TestClient(server.api, base_url="http://127.0.0.1"), tokens)


def test_the_queue_is_paged_and_filtered(api: Api) -> None:
    first = api.get("/page", limit=3).json()
    assert [row["key"] for row in first["rows"]] == ["a", "b", "c"]
    assert first["waiting"] == {"open": 5, "late": 0, "at_least": False}
    place = {f"after_{name.removesuffix('_at')}": value for name, value in first["next"].items()}
    rest = api.get("/page", limit=3, **place).json()
    assert ([row["key"] for row in rest["rows"]], rest["next"]) == (["d", "applied"], None)
    assert [row["key"] for row in api.get("/page", kind="audit").json()["rows"]] == ["applied"]
    assert api.get("/page", late=True).json()["rows"] == []
    assert [row["key"] for row in api.get("/page", as_="Amy Acme").json()["rows"]] == ["b"]
    assert api.get("/page", key_part="\0").status_code == 400
    assert api.get("/page", as_="Eli Sand").status_code == 403


def test_what_there_is_to_choose_from(api: Api) -> None:
    told = api.get("/labels", workflow=NAME).json()
    assert told == {"labels": ["billing", "close account", "fraud", "sales"], "reasons": [], "together_max": 3}
    assert api.get("/alike", workflow=NAME).json() == {"fraud": ["a", "b", "c"], "sales": ["d"]}
    assert api.get("/alike", as_="Amy Acme", workflow=NAME).json() == {"fraud": ["b"]}
    assert api.get("/alike", as_="Dev Rao", workflow=NAME).status_code == 403


def test_several_are_decided_and_one_is_taken_back(api: Api) -> None:
    other = api.post("/together", {"keys": ["a", "d"], "label": "fraud"})
    assert (other.status_code, "different proposals" in other.json()["detail"]) == (400, True)
    assert api.post("/together", {"keys": ["a", "b"], "label": "fraud"}, "Amy Acme").status_code == 404
    assert api.post("/together", {"keys": ["a", "c"], "label": "fraud"}).json()["decided"] == 2
    assert api.get("/own-day").json()["decided"] == 2
    back = api.post("/undo", {"key": "a"}).json()
    assert (back["key"], back["withdrawn"]) == ("a", True)
    again = api.post("/undo", {"key": "a"})
    assert (again.status_code, again.json()["detail"]) == (
        400,
        "the decision review of case 'a' stays as it is: it waits for a decision",
    )
    assert api.post("/undo", {"key": "c"}, "Dev Rao").status_code == 403
    assert api.post("/undo", {"key": "c"}, "Amy Acme").status_code == 404


def test_a_case_is_put_to_others(api: Api) -> None:
    assert api.post("/put-to-others", {"key": "d", "reason": ""}).status_code == 400
    assert api.post("/put-to-others", {"key": "d", "reason": "mine"}).json()["to"] == ["Ben Okafor", "Ana Ruiz"]
    assert [row["key"] for row in api.get("/page", escalated=True).json()["rows"]] == ["d"]
