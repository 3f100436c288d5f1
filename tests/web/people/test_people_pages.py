"""Who may do what, as pages: accounts, tokens, web hooks and tenants, by who may give them everywhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from entrance_desk import PASSWORD
from governed import House
from interlock.flows.access.tokens import Tokens
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk
from web_door import Door

HOSTILE = "<script>alert(1)</script> \u202e"
PAGES = ("/settings/people", "/settings/tokens", "/settings/hooks", "/settings/tenants")
CHANGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("/settings/people/new", {"name": "Mallory", "roles": "administrator"}),
    ("/settings/people/account/Eli%20Sand/roles", {"roles": "leader"}),
    ("/settings/people/account/Eli%20Sand/email", {"email": "mallory@example.org"}),
    ("/settings/people/account/Eli%20Sand/reset", {}),
    ("/settings/people/account/Eli%20Sand/close", {"sure": "1"}),
    ("/settings/tokens", {"name": "mallory", "roles": "leader"}),
    ("/settings/tokens/revoke", {"name": "desk"}),
    ("/settings/hooks", {"name": "mallory", "scope": "global"}),
    ("/settings/hooks/revoke", {"name": "alert"}),
    ("/settings/tenants", {"workflow": "triage", "tenant": "mallory"}),
)


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    made = Door(house)
    made.desk.account("Eli Sand", "administrator")
    made.desk.account("Ana Ruiz", "value-owner")
    made.sign_in("Eli Sand")
    yield made
    made.site.trials.close()


@pytest.fixture
def by_role(house: House) -> Iterator[WebDesk]:
    house.define()
    with web_desk(house.rt, {**PEOPLE, "acme administrator": ("Ada Acme", ("administrator@tenant/acme",))}) as made:
        yield made


def last_entry(desk: WebDesk) -> int:
    with desk.site.rt.store.reading() as reading:
        return reading.last_entry()


def test_only_who_may_everywhere_changes_anything(by_role: WebDesk) -> None:
    before, let_in = last_entry(by_role), {}
    others = [kind for kind in by_role.sessions.people if kind != "administrator"]
    for path, form in CHANGES:
        for kind in others:
            if (answer := by_role.post(path, form, kind)).status_code != 403:
                let_in[path, kind] = answer.status_code
        forged = by_role.post(path, form, "administrator", forged=True)
        if forged.status_code != 403:
            let_in[path, "forged"] = forged.status_code
    assert (let_in, last_entry(by_role)) == ({}, before)


@pytest.mark.parametrize("path", PAGES)
def test_who_may_read_is_offered_no_change(by_role: WebDesk, path: str) -> None:
    main = by_role.get(path, "auditor").text.partition("<main")[2]
    assert main
    assert 'method="post"' not in main
    assert "/new" not in main
    for kind in ("reviewer", "acme auditor", "acme administrator", "outsider"):
        assert {by_role.get(address, kind).status_code for address in (path, path + ".json")} == {403}, kind


def test_an_invitation_leads_to_a_password(door: Door) -> None:
    page = door.get("/settings/people/new")
    csrf = door.csrf("/settings/people/new")
    assert title_of(page) == "Invite somebody"
    wrong = door.post("/settings/people/new", csrf=csrf, name="Ana Ruiz", email="none", places="reviewer@house/9")
    assert "is no place to hold a role; say tenant/NAME or workflow/NAME" in text_of(wrong)
    for form, words in (
        ({"name": "Anа Ruiz"}, "There is an account 'Ana Ruiz', which nobody could tell from 'Anа Ruiz'"),
        ({"name": HOSTILE}, "A name is 1 to 100 printable characters"),
        ({"name": "Ben Okafor", "email": "none"}, "'none' is no e-mail address: write it as name@example.org."),
    ):
        answer = door.post("/settings/people/new", csrf=csrf, **form)
        assert (answer.status_code, words in text_of(answer)) == (400, True), text_of(answer)
        assert "<script>alert" not in answer.text
    form = {"name": "Ben Okafor", "roles": "safety-owner", "places": "reviewer@tenant/acme\n\n"}
    answer = door.post("/settings/people/new", csrf=csrf, **form, email="ben@example.org")
    found = re.search(r"http://127\.0\.0\.1(/invitation\?token=[\w-]{43})", answer.text)
    assert (title_of(answer), found is not None) == ("Ben Okafor was invited", True)
    assert title_of(door.get("/settings/people")) == "2 people may sign in, 1 invited"
    (row,) = door.get("/settings/people.json?state=invited").json()["rows"]
    assert (row["name"], row["roles"]) == ("Ben Okafor", ["reviewer@tenant/acme", "safety-owner"])
    person = door.get("/settings/people/account/Ben%20Okafor")
    assert title_of(person) == "Ben Okafor: safety owner, reviewer in tenant acme"
    assert ("kept, and shown to nobody" in person.text, "ben@example.org" in person.text) == (True, False)
    assert "reviewer@tenant/acme</textarea>" in person.text
    assert found is not None
    path, _, token = found[1].partition("?token=")
    assert door.post(path, token=token, password=PASSWORD, again=PASSWORD).status_code == 303
    assert title_of(door.get("/account")).startswith("Ben Okafor")


def test_roles_are_changed_and_accounts_closed(door: Door) -> None:
    address = "/settings/people/account/Ana%20Ruiz"
    csrf = door.csrf(address)
    ana = door.desk.signed_in("Ana Ruiz")
    answer = door.post(f"{address}/roles", csrf=csrf, roles="leader", places="")
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert (title_of(door.get(address)), door.desk.who(ana)) == ("Ana Ruiz: leader", None)
    alone = door.post("/settings/people/account/Eli%20Sand/roles", csrf=csrf, roles="leader")
    assert (alone.status_code, "nobody would be left who may make accounts" in text_of(alone).lower()) == (400, True)
    answer = door.post(f"{address}/reset", csrf=csrf, without_second_factor="1")
    assert title_of(answer) == "Ana Ruiz was given a link for a new password"
    assert "Tick that you mean it" in text_of(door.post(f"{address}/close", csrf=csrf))
    assert door.post(f"{address}/close", csrf=csrf, sure="1").status_code == 303
    assert title_of(door.get(address)) == "Ana Ruiz: leader, closed"
    assert (door.get("/settings/people/account/Nobody").status_code, door.desk.recorded("account.closed")) == (
        404,
        [{"name": "Ana Ruiz", "by": "Eli Sand", "authenticated": True}],
    )


def made(answer: Any) -> str:
    found = re.search(r'<pre id="secret">([^<]+)</pre>', answer.text)
    assert found is not None, text_of(answer)
    return found[1]


def test_a_token_and_a_hook_are_shown_once(by_role: WebDesk) -> None:
    form = {"name": "desk", "roles": "runtime", "places": "auditor@workflow/triage"}
    token = made(by_role.post("/settings/tokens", form, "administrator"))
    known = Tokens(by_role.site.rt.store)
    caller = known.known(token)
    assert caller is not None
    assert (caller.name, sorted(map(str, caller.roles))) == ("desk", ["auditor@workflow/triage", "runtime"])
    assert token not in by_role.get("/settings/tokens", "administrator").text
    for bad, words in (
        ({"name": "x", "roles": ""}, "Choose at least one role"),
        ({"name": "desk", "roles": "auditor"}, "was used before"),
        ({"name": "x", "roles": "king"}, "there is no role 'king'"),
    ):
        assert words in text_of(by_role.post("/settings/tokens", bad, "administrator"))
    assert by_role.post("/settings/tokens/revoke", {"name": "desk"}, "administrator").status_code == 303
    assert known.known(token) is None
    assert made(by_role.post("/settings/hooks", {"name": "p99", "scope": "workflow:triage"}, "administrator"))
    assert "is no scope" in text_of(by_role.post("/settings/hooks", {"name": "q", "scope": "all"}, "administrator"))
    assert "1 web hook may halt something" in text_of(by_role.get("/settings/hooks", "auditor"))


def test_a_workflow_is_given_to_a_tenant(by_role: WebDesk) -> None:
    assert title_of(by_role.get("/settings/tenants", "auditor")) == "No workflow was given to a tenant"
    give = {"workflow": "triage", "tenant": "acme"}
    assert by_role.post("/settings/tenants", give, "administrator").status_code == 303
    assert title_of(by_role.get("/settings/tenants", "auditor")) == "1 tenant: 1 of 1 workflow given to one"
    assert by_role.get("/settings/tenants.json", "auditor").json()["rows"] == [give]
    for bad, words in (
        (give, "'triage' is given to acme already"),
        ({"workflow": "nope", "tenant": "acme"}, "there is no workflow 'nope'"),
        ({"workflow": "triage", "tenant": "a/b"}, "a tenant's name is 1 to 100"),
    ):
        assert words.lower() in text_of(by_role.post("/settings/tenants", bad, "administrator")).lower()
