"""Signing in and out by pages: cookies, forged forms, attempts that fail, and links that are good once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrance_desk import PASSWORD
from governed import House
from interlock.surfaces.web.visitor import COOKIE
from web_desk import text_of, title_of
from web_door import Door


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    made = Door(house)
    made.desk.account("Eli Sand", "administrator")
    made.desk.account("Ana Ruiz", "value-owner")
    yield made
    made.site.trials.close()


def test_signing_in_and_out(door: Door) -> None:
    assert door.get("/sign-in").status_code == 200
    asked = door.get("/account?a=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Faccount%3Fa%3D1")
    door.browser.cookies.set(COOKIE, "chosen-by-somebody-else", domain="127.0.0.1")
    answer = door.sign_in(next="/account?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?a=1")
    given = answer.headers["set-cookie"]
    assert re.fullmatch(COOKIE + r"=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", given), given
    assert door.get("/sign-in?next=/queue").headers["location"] == "/queue"
    csrf = door.csrf()
    assert door.post("/sign-out").status_code == 403
    assert door.get("/account").status_code == 200, "a form without its token changes nothing"
    answer = door.post("/sign-out", csrf=csrf)
    assert answer.headers["location"] == "/sign-in"
    door.browser.cookies.set(COOKIE, given.partition("=")[2].partition(";")[0], domain="127.0.0.1")
    assert door.get("/account").status_code == 303, "the cookie itself is worth nothing now"
    assert door.desk.recorded("session.ended")[0]["why"] == "signed out"


def test_what_was_typed_while_the_session_ended_is_shown_and_not_lost(door: Door) -> None:
    page = {"referer": "http://127.0.0.1/council/x?a=1"}
    typed = {"csrf": "a" * 64, "choice": "scale", "reason": "it pays <b>and</b> holds"}
    lost = door.post("/account/password", headers=page, **typed)
    assert (lost.status_code, title_of(lost)) == (401, "You are not signed in any more")
    assert "it pays &lt;b&gt;and&lt;/b&gt; holds</textarea>" in lost.text
    assert 'href="/sign-in?next=%2Fcouncil%2Fx%3Fa%3D1"' in lost.text
    for vain in ({"headers": page, **typed, "new": "four words as ever"}, {**typed, "reason": "short"}):
        assert door.post("/account/password", **vain).status_code == 303, "no password, and no single word"
    assert door.post("/account/password", headers={"origin": "https://evil.example"}, **typed).status_code == 303
    door.sign_in()
    old = door.post("/account/password", headers=page, **typed)
    assert (old.status_code, "holds</textarea>" in old.text) == (403, True), "a page of the session before"
    foreign = door.post("/account/password", headers={"origin": "https://evil.example"}, **typed)
    assert (foreign.status_code, "textarea" in foreign.text) == (403, False)


def test_over_https_no_other_site_of_the_domain_can_set_the_cookie(house: House) -> None:
    door = Door(house, "https://interlock.example")
    door.desk.account("Ana Ruiz", "value-owner")
    given = door.sign_in().headers["set-cookie"]
    assert given.startswith(f"__Host-{COOKIE}=")
    assert given.endswith("; HttpOnly; Max-Age=43200; Path=/; SameSite=lax; Secure")
    door.site.trials.close()


def test_nobody_is_led_to_another_site(door: Door) -> None:
    evil = ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:1", "/\nx")
    more = ("/\t/evil.example", "/\r\nSet-Cookie: x=1", "evil", "", "/sign-out")
    led = {door.sign_in(next=elsewhere).headers["location"] for elsewhere in (*evil, *more)}
    assert led == {"/"}


def test_another_sites_form_signs_nobody_in(door: Door) -> None:
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = door.post("/sign-in", header, name="Ana Ruiz", password=PASSWORD)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_the_answer_is_the_same_whether_there_is_such_an_account(door: Door) -> None:
    answers = [door.sign_in(name, "nothing of the kind") for name in ("Ana Ruiz", "Anna Ruis", "Eli Sand")]
    assert ({answer.status_code for answer in answers}, len({text_of(answer) for answer in answers})) == ({403}, 1)
    assert "nothing of the kind" not in answers[0].text, "a password never comes back"
    assert 'value="Ana Ruiz"' in answers[0].text


def test_after_some_failures_there_is_a_wait_even_for_the_right_password(door: Door) -> None:
    for _ in range(5):
        assert door.sign_in(password="guess").status_code == 403
    answer = door.sign_in()
    assert answer.status_code == 429
    assert "Too many attempts failed. Wait 1 second, then try again" in text_of(answer)
    assert door.desk.recorded("sign_in.refused") == [{"name": "Ana Ruiz", "failures": 5}]
    assert door.sign_in("Eli Sand").status_code == 303, "others are not kept out"
    door.desk.wait(seconds=2)
    assert door.sign_in().status_code == 303


def test_the_first_administrator_is_made_by_who_holds_the_link(house: House) -> None:
    door = Door(house)
    token = door.desk.entrance.first_run.token
    assert title_of(door.get("/first?token=guess")) == "This is not the link"
    assert "no account yet" in text_of(door.get("/sign-in"))
    assert title_of(door.get(f"/first?token={token}")) == "Make the first account"
    form = {"token": token, "name": "Eli Sand", "password": "short", "again": "shorter"}
    answer = door.post("/first", **form)
    assert (answer.status_code, "Type the same password again" in text_of(answer)) == (400, True)
    answer = door.post("/first", **{**form, "again": "short"})
    assert "This password will not do: it has 5 characters" in text_of(answer)
    assert 'value="Eli Sand"' in answer.text
    answer = door.post("/first", **{**form, "password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/people")
    assert door.desk.recorded("account.created")[0]["roles"] == ["administrator"]
    for again in (door.get(f"/first?token={token}"), door.post("/first", **form)):
        assert again.headers["location"] == "/sign-in"
    door.site.trials.close()


def test_an_invitation_is_good_once_and_for_a_day(door: Door) -> None:
    link = door.desk.invite("Ben Okafor", "safety-owner")
    assert title_of(door.get(f"/invitation?token={link}")) == "Ben Okafor, choose a password"
    answer = door.post("/invitation", token=link, password="Ben Okafor 12", again="Ben Okafor 12")
    assert "little more than your name" in text_of(answer)
    answer = door.post("/invitation", token=link, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert door.post("/invitation", token=link, password=PASSWORD, again=PASSWORD).status_code == 410
    late = door.desk.invite("Carla Nunes", "reviewer")
    door.desk.wait(hours=25)
    assert door.get(f"/invitation?token={late}").status_code == 410


def test_no_password_is_in_the_stores_files(door: Door, house: House) -> None:
    door.sign_in()
    door.sign_in(password="a wrong one that was typed")
    held = b"".join(path.read_bytes() for path in Path(house.path).parent.glob("store.db*"))
    assert b"session.begun" in held
    assert (PASSWORD.encode() in held, b"a wrong one that was typed" in held) == (False, False)
