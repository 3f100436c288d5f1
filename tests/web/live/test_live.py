"""What is stopped is on every page when it is loaded, and is sent to those that are open."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.requests import Request

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.engine.access.permissions import role_at
from interlock.engine.timestamp import stamp
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import Sessions, begin_session
from interlock.flows.action.kill import kill, resume
from interlock.surfaces.web.live import routes
from interlock.surfaces.web.live.watch import LISTENERS_MAX, Full, Watch
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.errors import Unavailable
from web_desk import Given, WebDesk, text_of, web_desk

SCOPE = f"workflow:{NAME}"
HOSTILE = "<script>alert(1)</script> \u202egnippihs"


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    house.define()
    house.define(replace(DEFINITION, name="parcels"))
    with web_desk(house.rt, tenants=Given({NAME: "acme"})) as made:
        yield made


def _stop(house: House, scope: str, reason: str = "wrong queue") -> None:
    kill(house.store, house.drain, scope, by=ANA, reason=reason, clock=house.clock, timeout_s=0)


def _asked(as_: str) -> Request:
    cookie = f"{COOKIE}={as_.replace(' ', '-')}".encode()
    return Request(
        {"type": "http", "headers": [(b"cookie", cookie)], "scheme": "http", "server": ("x", 80), "path": "/"}
    )


def test_a_page_says_what_is_stopped_by_whom_and_why(house: House, desk: WebDesk) -> None:
    assert "is stopped" not in text_of(desk.get("/nowhere"))
    _stop(house, SCOPE)
    said = text_of(desk.get("/nowhere"))
    assert f"The workflow {NAME} is stopped since" in said
    assert "by Ana Ruiz : wrong queue . How it goes" in said
    _stop(house, "global", "all of it")
    assert text_of(desk.get("/nowhere")).index("Everything is stopped") < text_of(desk.get("/nowhere")).index(NAME)
    for scope in ("global", SCOPE):
        resume(house.store, scope, by=BEN, reason="mended", clock=house.clock)
    assert "is stopped" not in text_of(desk.get("/nowhere"))


@pytest.mark.parametrize(
    ("scope", "seen"),
    [("global", True), (SCOPE, True), ("tenant:acme", True), ("tenant:other", False), ("workflow:parcels", False)],
)
def test_a_tenants_visitor_sees_what_reaches_theirs_and_nothing_else(
    house: House, desk: WebDesk, scope: str, seen: bool
) -> None:
    _stop(house, scope, "a reason of somebody")
    assert ("a reason of somebody" in text_of(desk.get("/nowhere", "acme auditor"))) is seen
    assert "a reason of somebody" in text_of(desk.get("/nowhere", "auditor"))
    assert "a reason of somebody" not in text_of(desk.get("/nowhere", None))
    assert "a reason of somebody" not in text_of(desk.get("/nowhere", "outsider"))


def test_a_reason_is_text_whatever_it_holds(house: House, desk: WebDesk) -> None:
    _stop(house, "global", HOSTILE)
    page = desk.get("/nowhere").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


def test_more_than_three_stops_are_counted(house: House, desk: WebDesk) -> None:
    for name in "abcde":
        _stop(house, f"segment:{name}")
    assert "2 more scopes are stopped" in text_of(desk.get("/nowhere"))


def test_a_store_that_cannot_be_read_is_said_to_be_unknown(
    house: House, desk: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise Unavailable("gone")

    monkeypatch.setattr(desk.site.watch.halts, "now", fail)
    assert "What is stopped is not known" in text_of(desk.get("/nowhere"))


async def _first_two(desk: WebDesk, house: House, as_: str) -> list[str]:
    events = routes._events(_asked(as_), desk.site, as_)
    told = [await anext(events)]
    desk.site.watch.look()  # the first look tells nobody anything new
    await asyncio.to_thread(_stop, house, SCOPE)
    await asyncio.to_thread(desk.site.watch.look)
    told.append(await asyncio.wait_for(anext(events), 5))
    if told[1].startswith(":"):  # the first look woke it too
        told[1] = await asyncio.wait_for(anext(events), 5)
    await events.aclose()
    return told


def test_a_stop_is_sent_to_whoever_listens(house: House, desk: WebDesk) -> None:
    before, after = asyncio.run(_first_two(desk, house, "auditor"))
    assert before.splitlines()[:3] == ["retry: 1000", before.splitlines()[1], "event: stopped"]
    assert before.splitlines()[3].startswith("data:")
    lines = after.splitlines()
    assert f"id: {desk.get('/nowhere', 'auditor').text.partition('data-seen=')[2][1:13]}" in lines
    assert any("wrong queue" in line for line in lines if line.startswith("data: "))


def test_the_stream_ends_with_the_session_and_with_the_server(house: House, desk: WebDesk) -> None:
    async def listens() -> list[str]:
        events = routes._events(_asked("auditor"), desk.site, "auditor")
        told = [await anext(events)]
        caller = desk.sessions.people.pop("auditor")
        desk.site.watch._wake()
        told += [one async for one in events]
        desk.sessions.people["auditor"] = caller
        more = routes._events(_asked("auditor"), desk.site, "auditor")
        await anext(more)
        desk.site.watch.close()
        return told + [one async for one in more]

    assert asyncio.run(asyncio.wait_for(listens(), 5))[1:] == ["event: ended\ndata:\n\n"]


def test_who_is_not_signed_in_hears_nothing(desk: WebDesk) -> None:
    assert desk.get("/live", None).status_code == 303


def test_no_more_listen_than_the_server_tells(house: House, desk: WebDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.surfaces.web.live.watch.LISTENERS_MAX", 0)
    answer = desk.get("/live")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert LISTENERS_MAX == 512


def test_nobody_keeps_others_from_listening_and_one_that_left_is_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(house.store)
    monkeypatch.setattr("interlock.surfaces.web.live.watch.LISTENERS_MAX", 2)
    monkeypatch.setattr("interlock.surfaces.web.live.watch.OF_ONE_MAX", 1)

    async def twice() -> bool:
        with watch.listening("Ana"), pytest.raises(Full), watch.listening("Ana"):
            pass
        with watch.listening("Ana"), watch.listening("Ben"), pytest.raises(Full), watch.listening("Eve"):
            pass
        with watch.listening("Ana"):
            return True

    assert asyncio.run(twice())


def test_to_listen_is_no_use_of_a_session_which_ends_for_want_of_use_all_the_same(house: House) -> None:
    with house.store.transaction() as tx:
        tx.fence()
        make_account(tx, "Dev Rao", [role_at("auditor")], by=ANA, at=stamp(house.now))
        cookie = begin_session(tx, "Dev Rao", how="test", now=house.now, randomness=house.rt.randomness)
    sessions = Sessions(house.store, house.clock)
    for minutes in (50, 55):
        house.now += dt.timedelta(minutes=minutes)
        listening = sessions.known(cookie, in_use=False)
        assert (listening is not None) is (minutes == 50)
    assert sessions.known(cookie) is None
    assert house.kinds()[-1] == "session.ended"
