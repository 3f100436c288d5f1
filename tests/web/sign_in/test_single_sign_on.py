"""Single sign-on with a real provider of OpenID Connect in a process of its own."""

import base64
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from entrance_desk import ELI
from governed import House
from interlock.adapters.identity.oidc import AT_ONCE, OpenIdConnect
from interlock.flows.access.people import close_account
from interlock.ports.identity import Vouched
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.wiring.entrance import CLIENT_ID, CLIENT_SECRET, ISSUER, entrance_over
from web_desk import text_of, title_of
from web_door import Door

START_S = 20.0
BACK = "http://127.0.0.1/sign-in/back"
PEOPLE = (
    {"sub": "ana-1", "email": "Ana@Example.org", "email_verified": True},
    {"sub": "ben-1", "email": "ben@example.org", "email_verified": False},
    {"sub": "otto-1", "email": "otto@example.org", "email_verified": True},
    {"sub": "other-ana", "email": "ana@example.org", "email_verified": True},
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows PEOPLE."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    called = [str(Path(sys.executable).with_name("oidc-provider-mock")), "--port", str(port), "--require-nonce", "true"]
    claims = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    process = subprocess.Popen([*called, *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + START_S
    try:
        while True:
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < until, "the provider did not start"
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def connect(issuer: str) -> OpenIdConnect:
    return OpenIdConnect(issuer, "interlock", "a secret of ours", time.time)


@pytest.fixture
def door(house: House, provider: str) -> Iterator[Door]:
    made = Door(house, single_sign_on=connect(provider))
    made.desk.account("Eli Sand", "administrator")
    made.desk.invite("Ana Ruiz", "value-owner", email="ana@example.org")
    made.desk.invite("Ben Okafor", "safety-owner", email="ben@example.org")
    yield made
    made.site.trials.close()


def sent_away(door: Door, to: str = "/account") -> str:
    """The provider's address that a browser is sent to."""
    assert "Sign in with 127.0.0.1" in text_of(door.get("/sign-in"))
    return str(door.get(f"/sign-in/single?{urlencode({'next': to})}").headers["location"])


def answered(address: str, subject: str) -> str:
    """The provider's answer to somebody who says that it is they: where their browser is sent back to."""
    answer = httpx.post(address, data={"sub": subject}, trust_env=False)
    assert answer.status_code == 302, answer.text[:500]
    at = urlsplit(answer.headers["location"])
    return f"{at.path}?{at.query}"


def signed_in(door: Door, subject: str, to: str = "/account") -> Any:
    return door.get(answered(sent_away(door, to), subject))


def test_a_provider_signs_in_whom_it_verified(door: Door, provider: str) -> None:
    asked = parse_qs(urlsplit(sent_away(door)).query)
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == ([BACK], ["S256"])
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    answer = signed_in(door, "ana-1", "/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    assert title_of(door.get("/account")) == "Ana Ruiz: value owner"
    assert door.desk.recorded("account.bound") == [{"name": "Ana Ruiz", "issuer": provider}]
    door.browser.cookies.clear()
    assert signed_in(door, "ana-1", "//evil.example").headers["location"] == "/"
    assert len(door.desk.recorded("account.bound")) == 1
    assert [one["how"] for one in door.desk.recorded("session.begun")[1:]] == ["single sign-on"] * 2


@pytest.mark.parametrize("subject", ["ben-1", "otto-1", "other-ana"])
def test_who_has_no_account_is_told_whom_to_ask(door: Door, subject: str) -> None:
    assert signed_in(door, "ana-1").status_code == 303
    door.browser.cookies.clear()
    answer = signed_in(door, subject)
    assert (answer.status_code, title_of(answer)) == (403, "You have no account here")
    assert "Ask an administrator for one: Eli Sand." in text_of(answer)
    assert "interlock_session" not in answer.headers.get("set-cookie", "")
    assert door.get("/account").status_code == 303


def test_whose_account_was_closed_is_not_signed_in(door: Door) -> None:
    assert signed_in(door, "ana-1").status_code == 303
    close_account(door.desk.store, "Ana Ruiz", by=ELI, clock=door.desk.clock)
    assert door.get("/account").status_code == 303
    assert signed_in(door, "ana-1").status_code == 403


def test_an_answer_fits_one_errand_of_one_browser(door: Door) -> None:
    back = answered(sent_away(door), "ana-1")
    elsewhere = TestClient(door.browser.app, base_url="http://127.0.0.1")
    assert elsewhere.get(back, follow_redirects=False).headers["location"] == "/sign-in", "it carries nothing"
    wrong_state = re.sub(r"state=[^&]+", "state=guessed", back)
    assert title_of(door.get(wrong_state)) == "You are not signed in"
    sent_away(door)
    assert title_of(door.get(back)) == "You are not signed in", "this browser is on another errand by now"
    for carried in ("", "x", "é", base64.urlsafe_b64encode(b"[" * 2_000).decode(), "bnVsbA=="):
        elsewhere.cookies.clear()
        answer = elsewhere.get(
            back, headers={b"cookie": f"interlock_errand={carried}".encode()}, follow_redirects=False
        )
        assert answer.headers["location"] == "/sign-in", carried
    denied = re.sub(r"code=[^&]+", "error=access_denied", answered(sent_away(door), "ana-1"))
    assert "did not sign you in (access_denied)" in text_of(door.get(denied))
    fresh = answered(sent_away(door), "ana-1")
    assert door.get(fresh).status_code == 303
    assert door.get(fresh).headers["location"] == "/sign-in", "and it is over then"


def test_a_token_that_was_made_for_somebody_else_is_refused(provider: str) -> None:
    in_time, late = connect(provider), OpenIdConnect(provider, "interlock", "secret", lambda: time.time() + 7_200)

    def finished(with_: OpenIdConnect, **changed: str) -> Vouched:
        address, ours = with_.begin(BACK)
        return with_.finish(replace(ours, **changed), f"http://127.0.0.1{answered(address, 'ana-1')}", BACK)

    assert finished(in_time) == Vouched(provider, "ana-1", "Ana@Example.org")
    with pytest.raises(Refused, match="does not fit this sign-in"):
        finished(in_time, nonce="another")
    with pytest.raises(Refused, match="does not fit this sign-in"):
        finished(late)
    for state in ("", "another", "\ud800"):
        with pytest.raises(Refused, match="is not about this sign-in"):
            finished(in_time, state=state)


def test_a_provider_that_cannot_be_asked_signs_nobody_in(house: House, provider: str) -> None:
    with pytest.raises(Unavailable, match="describes itself as"):
        connect(provider + "/").begin(BACK)
    gone = Door(house, single_sign_on=connect("http://127.0.0.1:9"))
    answer = gone.get("/sign-in/single")
    assert (answer.status_code, "cannot be asked who you are" in text_of(answer)) == (503, True)
    crowded = connect("http://127.0.0.1:9")
    for _ in range(AT_ONCE):
        crowded._turns.acquire()
    object.__setattr__(gone.site.entrance, "single_sign_on", crowded)
    answer = gone.get("/sign-in/single")
    assert (answer.status_code, "any people sign in with 127.0.0.1 at this moment" in text_of(answer)) == (503, True)
    gone.site.trials.close()


def test_the_environment_names_a_provider(house: House) -> None:
    full = {ISSUER: "https://id.example.org/realm", CLIENT_ID: "interlock", CLIENT_SECRET: "s"}
    found = entrance_over(house.rt, full).single_sign_on
    assert (found is not None and found.name, entrance_over(house.rt, {}).single_sign_on) == ("id.example.org", None)
    with pytest.raises(BadInput, match=f"{CLIENT_SECRET} is not set"):
        entrance_over(house.rt, {**full, CLIENT_SECRET: " "})
    with pytest.raises(BadInput, match="has an address with https"):
        entrance_over(house.rt, {**full, ISSUER: "http://id.example.org"})
