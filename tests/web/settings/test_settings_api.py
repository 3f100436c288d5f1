"""What the pages of instruments and settings do, over HTTP: the same flows, and the same refusals."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from governed import NAME, House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tokens import create_token
from interlock.terms.person import Person
from interlock.wiring.server import opened_server

CARD, LEADERS = "/v1/instruments/readiness-scorecard", "/v1/instruments/leadership-readiness"
ABOUT = {"subject": NAME}
TOKENS = {
    "Lena": "leader",
    "Ana": "value-owner",
    "Sam": "safety-owner@workflow/triage",
    "Ola": "value-owner@workflow/other",
    "Olga": "operator",
    "Eli": "administrator",
}
CALENDAR = {
    "zone": "Europe/Berlin",
    "working_days": ["mon", "tue"],
    "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
    "stand_up": {"weekday": "mon", "begin_minute": 540, "minutes": 15},
    "council": {"weekday": "tue", "begin_minute": 600, "minutes": 60},
    "seen": -1,
}


class Api:
    """The API in this process, asked as one of TOKENS."""

    def __init__(self, client: TestClient, tokens: Mapping[str, str]) -> None:
        self._client, self._tokens = client, tokens

    def ask(self, method: str, path: str, body: Any = None, as_: str = "Lena", **query: str) -> Any:
        headers = {"authorization": f"Bearer {self._tokens[as_]}"}
        return self._client.request(method, path, json=body, params=query, headers=headers)


@pytest.fixture
def api(house: House) -> Iterator[Api]:
    house.define()
    tokens = {
        name: create_token(
            house.store, name, [role_at(role)], by=Person("Eli"), clock=house.clock, randomness=os.urandom
        )
        for name, role in TOKENS.items()
    }
    with opened_server(house.address) as server:
        yield Api(TestClient(server.api, raise_server_exceptions=False), tokens)


def _item(item: str = "security", value: int | None = 2, words: str = "") -> Mapping[str, Any]:
    return {"item": item, "value": value, "words": words}


def test_a_draft_is_kept_clashes_and_is_given(api: Api) -> None:
    first = api.ask("PUT", f"{CARD}/draft", {**ABOUT, "version": 0, "answers": [_item()]}).json()
    api.ask("PUT", f"{CARD}/draft", {**ABOUT, "version": first["version"], "answers": [_item(value=4)]})
    clash = api.ask("PUT", f"{CARD}/draft", {**ABOUT, "version": first["version"], "answers": [_item(value=1)]})
    assert (clash.status_code, clash.json()["type"]) == (409, "urn:interlock:problem:changed")
    shown = api.ask("GET", f"{CARD}/draft", **ABOUT).json()
    assert (shown["draft"]["items"]["security"]["answer"]["value"], shown["seen"], shown["others"]) == (4, -1, [])
    assert api.ask("GET", f"{CARD}/draft", as_="Sam", **ABOUT).json()["others"][0]["by"] == "Lena"
    seen = {**ABOUT, "version": shown["draft"]["version"], "seen": -1}
    assert api.ask("POST", f"{CARD}/draft/give", {**seen, "version": 1}).status_code == 409
    sheet = api.ask("POST", f"{CARD}/draft/give", seen).json()
    assert (sheet["by"], sheet["answers"][0]["value"]) == ("Lena", 4)
    result = api.ask("GET", f"{CARD}/result", **ABOUT).json()
    assert next(one for one in result["items"] if one["item"] == "security")["given"]["entry"] == sheet["entry"]
    assert api.ask("DELETE", f"{CARD}/draft", **ABOUT).json() == {"erased": False}


def test_answers_are_given_at_once_and_faults_are_told(api: Api) -> None:
    done = api.ask("POST", f"{CARD}/answers", {**ABOUT, "answers": [_item(), _item("ownership", 5)]}, "Sam")
    assert (done.status_code, done.json()["by"]) == (200, "Sam")
    assert len(api.ask("GET", f"{CARD}/sheets", **ABOUT).json()) == 1
    wrong = api.ask("POST", f"{CARD}/answers", {**ABOUT, "answers": [_item(value=9)]})
    assert (wrong.status_code, "9 is no answer" in wrong.json()["detail"]) == (400, True)
    for subject in ("two\nlines", "nul\x00"):
        body = {"subject": subject, "answers": [_item("strategic-thinking")]}
        assert api.ask("POST", f"{LEADERS}/answers", body).status_code == 400


def test_what_lies_out_of_reach_is_not_there(api: Api) -> None:
    for method, path, body in (
        ("GET", f"{CARD}/result", None),
        ("GET", f"{CARD}/sheets", None),
        ("GET", f"{CARD}/draft", None),
        ("PUT", f"{CARD}/draft", {**ABOUT, "answers": [_item()]}),
        ("POST", f"{CARD}/answers", {**ABOUT, "answers": [_item()]}),
        ("POST", f"{CARD}/draft/give", {**ABOUT, "version": 1}),
    ):
        assert api.ask(method, path, body, "Ola", **ABOUT).status_code == 404
    assert api.ask("POST", f"{CARD}/answers", {**ABOUT, "answers": [_item()]}, "Olga").status_code == 403
    body = {"subject": "Ana", "answers": [_item("strategic-thinking", 5)]}
    assert api.ask("POST", f"{LEADERS}/answers", body, "Ana").status_code == 200
    assert api.ask("POST", f"{LEADERS}/answers", body, "Lena").status_code == 200
    asked = {as_: api.ask("GET", f"{LEADERS}/peers", as_=as_, subject="Ana") for as_ in ("Ana", "Lena", "Olga", "Sam")}
    assert {as_: one.status_code for as_, one in asked.items()} == {"Ana": 200, "Lena": 200, "Olga": 403, "Sam": 403}
    assert asked["Ana"].json()["areas"][0]["n"] == 1
    assert api.ask("GET", f"{LEADERS}/sheets", as_="Olga", subject="Ana").json() == []


def test_settings_are_read_and_changed_by_those_who_may(api: Api) -> None:
    assert api.ask("PUT", "/v1/settings/calendar", CALENDAR, "Eli").status_code == 200
    late = api.ask("PUT", "/v1/settings/calendar", CALENDAR)
    assert (late.status_code, late.json()["type"]) == (409, "urn:interlock:problem:changed")
    shown = api.ask("GET", "/v1/settings/calendar").json()
    assert (shown["calendar"]["zone"], shown["calendar"]["by"], sorted(shown["next"])) == (
        "Europe/Berlin", "Eli", ["council", "stand_up"],
    )  # fmt: skip
    described = {"organisation": "Nord", "responsibilities": {"vendors": {"owner": ["Ana"]}}}
    assert api.ask("PUT", "/v1/settings/organisation", described).json()["name"] == "Nord"
    wrong = api.ask("PUT", "/v1/settings/organisation", {**described, "responsibilities": {"none": {}}})
    assert wrong.status_code == 400, wrong.text
    assert "none" in wrong.json()["detail"]
    assert [one["workflow"] for one in api.ask("GET", "/v1/settings/rights", as_="Sam").json()] == [NAME]
    kept = {"days": 90, "reason": "policy"}
    path = f"/v1/settings/retention/{NAME}"
    assert api.ask("POST", f"{path}/preview", {"days": 90}, "Sam").json()["dry_run"] is True
    assert api.ask("PUT", path, kept, "Sam").json()["days"] == 90
    (row,) = api.ask("GET", "/v1/settings/retention", as_="Sam").json()
    assert (row["workflow"], row["erased_after_days"], row["said"]["by"]) == (NAME, 90, "Sam")
    refused = {
        ("PUT", "/v1/settings/calendar", "Sam"): CALENDAR,
        ("PUT", "/v1/settings/organisation", "Ana"): described,
        ("PUT", path, "Eli"): kept,
        ("PUT", path, "Ana"): kept,
        ("POST", f"{path}/preview", "Olga"): {"days": 90},
        ("GET", "/v1/settings/calendar", "Sam"): None,
        ("GET", "/v1/settings/notifications", "Olga"): None,
        ("POST", "/v1/settings/notifications/none/try", "Lena"): None,
    }
    assert {api.ask(method, where, body, as_).status_code for (method, where, as_), body in refused.items()} == {403}
    assert api.ask("PUT", path.replace(NAME, "nowhere"), kept).status_code == 400
    assert api.ask("GET", "/v1/settings/retention", as_="Ola").json() == []
    assert api.ask("POST", "/v1/settings/notifications/none/try", as_="Eli").status_code == 404
