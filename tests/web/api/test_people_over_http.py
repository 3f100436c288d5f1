"""Accounts, sessions, tokens, web hooks and tenants over HTTP: by who may give them everywhere."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from api_desk import Api, served
from entrance_desk import PASSWORD, Desk
from governed import House
from interlock.flows.access.passwords import set_invited_password

CHANGES: tuple[tuple[str, Any], ...] = (
    ("/accounts", {"name": "Mallory", "roles": ["administrator"]}),
    ("/accounts/Eli/roles", {"roles": []}),
    ("/accounts/Eli/email", {"email": "m@example.org"}),
    ("/accounts/Eli/reset", {}),
    ("/accounts/Eli/close", {}),
    ("/accounts/Eli/sessions/end", {}),
    ("/tokens", {"name": "mallory", "roles": ["leader"]}),
    ("/tokens/desk/revoke", {}),
    ("/hooks", {"name": "mallory", "scope": "global"}),
    ("/hooks/alert/revoke", {}),
    ("/tenants", {"workflow": "triage", "tenant": "mallory"}),
)
LISTS = ("/accounts", "/accounts/Ana/sessions", "/tokens", "/hooks", "/tenants")


@pytest.fixture
def api(house: House) -> Iterator[Api]:
    house.define()
    with served(house) as made:
        yield made


def test_only_who_may_everywhere_changes_anything(api: Api) -> None:
    others = ("leader", "auditor", "runtime", "reviewer", "safety-owner", "administrator@tenant/acme")
    tokens = [api.as_(role) for role in others]
    before = api.last_entry()
    tried = {(path, role): status(api, path, body, role) for path, body in CHANGES for role in others}
    readers = {(path, role) for path in LISTS for role in others if api.get(path, role).status_code != 403}
    assert (set(tried.values()), len(set(tokens)), api.last_entry()) == ({403}, len(others), before)
    assert {role for _, role in readers} == {"leader", "auditor"}


def status(api: Api, path: str, body: Any, *roles: str) -> int:
    return int(api.post(path, body, *roles).status_code)


def test_an_account_from_its_invitation_to_its_end(api: Api) -> None:
    role, desk = "administrator", Desk(api.house.store, dt.datetime.now(dt.UTC))
    made = api.post("/accounts", {"name": "Ana", "roles": ["leader"], "email": "ana@example.org"}, role).json()
    cookie = set_invited_password(desk.entrance, made["token"], PASSWORD)
    assert cookie is not None
    (row,) = api.get("/accounts", role).json()
    assert {name: row[name] for name in ("name", "roles", "created_by", "link_until")} == {
        "name": "Ana",
        "roles": ["leader"],
        "created_by": "Person 0",
        "link_until": None,
    }
    assert "ana@example.org" not in api.get("/accounts", role).text
    assert [one["how"] for one in api.get("/accounts/Ana/sessions", role).json()] == ["link"]
    assert api.post("/accounts/Ana/sessions/end", {}, role).json() == {"name": "Ana", "ended": 1}
    assert (desk.who(cookie), api.get("/accounts/Ana/sessions", role).json()) == (None, [])
    roles = {"roles": ["reviewer@tenant/acme"]}
    assert api.post("/accounts/Ana/roles", roles, role).json()["changed"] is True
    assert api.post("/accounts/Ana/roles", roles, role).json()["changed"] is False
    assert api.post("/accounts/Ana/reset", {"without_second_factor": True}, role).json()["token"]
    assert api.post("/accounts/Ana/close", {}, role).json() == {"name": "Ana", "purged": True}
    for path, body, words in (
        ("/accounts", {"name": "ana", "roles": []}, "'Ana' had an account"),
        ("/accounts", {"name": "Bo", "roles": ["king"]}, "there is no role 'king'"),
        ("/accounts/Nobody/reset", {}, "there is no account 'Nobody'; there are: none"),
    ):
        answer = api.post(path, body, role)
        assert (answer.status_code, words in answer.json()["detail"]) == (400, True), answer.text
    assert api.get("/accounts/Nobody/sessions", role).status_code == 404


def test_tokens_hooks_and_tenants(api: Api) -> None:
    role = "administrator"
    token = api.post("/tokens", {"name": "desk", "roles": ["runtime"]}, role).json()["token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert "*:case:propose" in api.client.get("/v1/permissions", headers=bearer).json()
    assert api.post("/tokens/desk/revoke", {}, role).json() == {"name": "desk", "revoked": True}
    assert api.client.get("/v1/permissions", headers=bearer).status_code == 401
    assert token not in api.get("/tokens", role).text
    assert api.post("/hooks", {"name": "p99", "scope": "global"}, role).json()["secret"].startswith("whsec_")
    assert api.post("/hooks/p99/revoke", {}, role).json() == {"name": "p99", "revoked": True}
    give = {"workflow": "triage", "tenant": "acme"}
    assert (api.post("/tenants", give, role).json(), api.get("/tenants", "auditor").json()) == (give, [give])
    assert api.post("/tenants", {**give, "tenant": None}, role).status_code == 200
    assert api.get("/tenants", role).json() == []


def test_nobody_makes_an_account_where_nobody_is_known(api: Api) -> None:
    answer = api.client.post("/v1/accounts", json={"name": "Mallory", "roles": ["administrator"]})
    assert (answer.status_code, api.entries("account.created")) == (400, [])
    assert answer.json()["detail"] == "say who you are: --as NAME"
