"""What the pages of documents and of the stand-up do, over HTTP: permissions, reach, problems in words."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from governed import DEFINITION, House
from interlock.adapters.reports.briefings.forms import written
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.access.tokens import create_token
from interlock.terms.person import Person
from interlock.wiring import documents
from interlock.wiring.server import Server, opened_server

BY = Person("Eli Sand")
ROLES = {
    "lena": "leader",
    "leo": "leader",
    "amy": "leader@tenant/acme",
    "dev": "auditor",
    "rosa": "reviewer",
}


@dataclass
class Api:
    """Asked as somebody, by the name of their token."""

    client: TestClient
    server: Server
    tokens: dict[str, str]

    def get(self, path: str, as_: str = "lena") -> Any:
        return self.client.get(f"/v1{path}", headers=self._headers(as_))

    def post(self, path: str, body: dict[str, Any], as_: str = "lena") -> Any:
        return self.client.post(f"/v1{path}", json=body, headers=self._headers(as_))

    def _headers(self, as_: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[as_]}"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    house = House(Path(tmp_path_factory.mktemp("api")))
    for name in ("billing", "triage"):
        house.define(replace(DEFINITION, name=name))
    assign_tenant(house.store, "billing", "acme", by=BY, clock=house.clock)
    tokens = {
        name: create_token(house.store, name, [role_at(role)], by=BY, clock=house.clock, randomness=os.urandom)
        for name, role in ROLES.items()
    }
    house.store.close()
    patch = pytest.MonkeyPatch()
    patch.setattr(documents, "_written_apart", written)  # what a process of its own writes has tests of its own
    with opened_server(str(house.path)) as server:
        yield Api(TestClient(server.api, base_url="http://127.0.0.1"), server, tokens)
    patch.undo()


def due(api: Api) -> str:
    return str(api.server.site.now().date())


def test_a_document_is_made_and_downloaded_by_who_asked_only(api: Api) -> None:
    kinds = api.get("/reports").json()
    assert kinds[0]["report"] == "monthly"
    asked = api.post("/reports/made", {"report": "monthly", "forms": [".md"]})
    assert (asked.status_code, asked.json()["making"]) == (202, "waiting")
    at = f"/reports/made/{asked.json()['id']}"
    assert api.get(f"{at}/files/json").json()["detail"] == "there is no file 'json' of it; there are: none yet"
    assert api.server.site.documents.work()
    ready = api.get(at).json()
    assert (ready["making"], sorted(ready["ready"])) == ("ready", ["html", "json", "md"])
    assert api.get(f"{at}/files/json").json()["title"] == ready["title"]
    assert [one["id"] for one in api.get("/reports/made").json()] == [ready["id"]]
    assert [api.get(at, as_).status_code for as_ in ("leo", "amy", "rosa")] == [404, 404, 403]
    assert api.post(f"{at}/forms", {"form": ".html"}, "leo").status_code == 404
    assert api.post(f"{at}/forms", {"form": ".exe"}).status_code == 400


def test_a_tenants_document_holds_its_workflows_only(api: Api) -> None:
    asked = api.post("/reports/made", {"report": "monthly"}, "amy").json()
    api.server.site.documents.work()
    told = api.get(f"/reports/made/{asked['id']}/files/json", "amy").text
    assert ("billing" in told, "triage" in told) == (True, False)
    other = api.post("/reports/made", {"report": "concept", "workflow": "triage"}, "amy").json()
    api.server.site.documents.work()
    assert "there is no workflow 'triage'" in api.get(f"/reports/made/{other['id']}", "amy").json()["fault"]


def test_schedules_show_no_address_and_are_there_for_who_reaches_all_of_them(api: Api) -> None:
    body = {"report": "monthly", "every": "week", "weekday": "mon", "addresses": ["jsons://ann:secret@example.com/x"]}
    made = api.post("/reports/schedules", body)
    assert (made.status_code, "secret" in made.text) == (200, False)
    at = f"/reports/schedules/{made.json()['id']}"
    assert made.json()["destinations"] == [{"kind": "web hook", "host": "example.com", "attaches": True}]
    assert [api.get(at, as_).status_code for as_ in ("lena", "leo", "amy", "dev")] == [200, 200, 404, 403]
    assert api.get("/reports/schedules", "amy").json() == []
    assert api.post(f"{at}/end", {}, "amy").status_code == 404
    assert api.post(f"{at}/test", {}).json()["run"].startswith("test ")
    assert api.post(f"{at}/end", {}).json()["ended_by"] == "lena"
    assert api.post(f"{at}/test", {}).status_code == 400
    for wrong in ({"weekday": None}, {"day": 3}, {"every": "day"}, {"addresses": ["file:///etc/passwd"]}):
        answer = api.post("/reports/schedules", {**body, **wrong})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:interlock:problem:bad-input")


def test_the_stand_up_is_shown_and_acted_on_within_reach(api: Api) -> None:
    shown = api.get("/stand-up", "amy").json()
    assert shown["title"] == "1 function: 1 not known"
    body = {"what": "ask", "owner": "Dana", "due": due(api)}
    mine = api.post("/stand-up/actions", {**body, "workflow": "billing"}, "amy").json()
    assert (mine["by"], mine["workflow"]) == ("amy", "billing")
    all_ = api.post("/stand-up/actions", body).json()
    answers = [
        api.post("/stand-up/actions", body, "amy").status_code,
        api.post("/stand-up/actions", {**body, "workflow": "triage"}, "amy").status_code,
        api.post("/stand-up/actions", body, "dev").status_code,
        api.post(f"/stand-up/actions/{all_['entry']}/close", {"done": True}, "amy").status_code,
        api.get("/stand-up/held", "amy").status_code,
        api.post("/stand-up/held", {"present": ["Amy"]}, "amy").status_code,
    ]
    assert answers == [403, 404, 403, 404, 403, 403]
    assert [one["entry"] for one in api.get("/stand-up", "amy").json()["actions"]] == [mine["entry"]]
    closing = {"done": False, "note": "no access", "again": due(api)}
    ended = api.post(f"/stand-up/actions/{mine['entry']}/close", closing, "amy").json()
    assert [one["closing"] is None for one in ended] == [False, True]
    late = api.post("/stand-up/actions", {**body, "due": "2020-01-01"})
    assert "is no date for an action" in late.json()["detail"]
    held = api.post("/stand-up/held", {"present": ["Lena", "Dana"]}).json()
    assert (held["by"], held["open_actions"]) == ("lena", 2)
    assert api.get("/stand-up/held", "dev").json() == [held]
