"""One's own account: every change takes the password, and ends what may be in other hands."""

import base64
import re
from collections.abc import Iterator

import pytest

from entrance_desk import PASSWORD
from governed import House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.people import change_roles
from interlock.terms.person import Person
from web_desk import WebDesk, text_of, title_of
from web_door import Door

NEW = "lauter ganz andere Worte"


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    made = Door(house)
    made.desk.account("Eli Sand", "administrator")
    made.desk.account("Ana Ruiz", "value-owner", "reviewer@tenant/acme")
    made.sign_in()
    yield made
    made.site.trials.close()


def test_what_one_is_and_may(door: Door) -> None:
    page = door.get("/account")
    assert title_of(page) == "Ana Ruiz: value owner, reviewer in tenant acme"
    assert "this one" in text_of(page)
    rows = door.get("/account/permissions.json").json()["rows"]
    written = [row["permission"] for row in rows]
    assert {"*:council:decide", "tenant/acme:review:decide"} <= set(written)
    assert "*:review:decide" not in written
    assert "tenant acme" in text_of(door.get("/account/permissions?resource=review"))


def test_another_password_ends_every_other_session(door: Door) -> None:
    elsewhere = door.desk.signed_in("Ana Ruiz")
    form = {"csrf": door.csrf(), "new": NEW, "again": NEW}
    wrong = door.post("/account/password", **form, password="guess")
    assert (wrong.status_code, NEW in wrong.text) == (400, False)
    assert "The name, the password or the code is not right." in text_of(wrong)
    short = door.post("/account/password", csrf=form["csrf"], new="short", again="short", password=PASSWORD)
    assert "The new password will not do: it has 5 characters" in text_of(short)
    assert door.desk.who(elsewhere) == "Ana Ruiz"
    assert door.post("/account/password", **form, password=PASSWORD).headers["location"] == "/account"
    assert (door.get("/account").status_code, door.desk.who(elsewhere)) == (200, None)
    assert door.sign_in().status_code == 403
    assert door.sign_in(password=NEW).status_code == 303


def test_a_second_factor_is_set_asked_for_and_taken_away(door: Door) -> None:
    page = door.get("/account/second-factor")
    assert (page.text.count("<svg"), "style=" in page.text) == (2, False)
    found = re.search(r'name="seed" value="([A-Z2-7]{32})"', page.text)
    assert found is not None
    seed, csrf = base64.b32decode(found[1]), door.csrf()
    form = {"csrf": csrf, "seed": found[1], "password": PASSWORD}
    wrong = door.post("/account/second-factor", **form, new_code="000000")
    assert (wrong.status_code, found[1] in wrong.text) == (400, True), "the picture stays the same"
    done = door.post("/account/second-factor", **form, new_code=door.desk.code(seed))
    assert done.headers["location"] == "/account"
    assert "On since" in text_of(door.get("/account"))
    assert door.sign_in().status_code == 403
    door.desk.wait(seconds=30)
    assert door.sign_in(code=door.desk.code(seed)).status_code == 303
    door.desk.wait(seconds=30)
    end = {"csrf": door.csrf(), "password": PASSWORD, "code": door.desk.code(seed)}
    assert door.post("/account/second-factor/end", **{**end, "code": ""}).status_code == 400
    assert door.post("/account/second-factor/end", **end).headers["location"] == "/account"
    assert door.sign_in().status_code == 303


def test_sessions_elsewhere_are_ended(door: Door) -> None:
    elsewhere = door.desk.signed_in("Ana Ruiz")
    assert door.post("/account/sessions", csrf=door.csrf()).status_code == 303
    assert (door.desk.who(elsewhere), door.get("/account").status_code) == (None, 200)


def test_whose_roles_change_is_signed_out(door: Door) -> None:
    assert door.get("/settings/people").status_code == 403
    by = Person("Eli Sand", authenticated=True)
    change_roles(door.desk.store, "Ana Ruiz", [role_at("auditor")], by=by, clock=door.desk.clock)
    assert door.get("/account").headers["location"] == "/sign-in?next=%2Faccount"
    door.sign_in()
    assert title_of(door.get("/account")) == "Ana Ruiz: auditor"
    assert door.get("/settings/people").status_code == 200


def test_who_has_no_account_can_only_look(desk: WebDesk) -> None:
    assert "without an account of your own" in text_of(desk.get("/account", "leader"))
    assert title_of(desk.get("/account", "outsider")) == "Otto Out: no role yet"
    answer = desk.post("/account/password", {"password": "x", "new": NEW, "again": NEW}, "leader")
    assert (answer.status_code, desk.get("/account", None).status_code) == (400, 303)
