"""In the served sample a visitor is whoever they choose; on any other server there is no such page."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from governed import House
from interlock.engine.timestamp import stamp
from interlock.flows.access.people import make_account
from interlock.surfaces.cli.demo.served.serving import serve_demo
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.access import Role, RoleAt
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.person import Person
from interlock.wiring.entrance import entrance_over
from interlock.wiring.server import opened_server
from interlock.wiring.site import site_over, web_over
from interlock.wiring.toolbox import build_toolbox
from web_desk import WebDesk, text_of

HERE, THERE = ("127.0.0.1", 5000), ("203.0.113.9", 5000)


@pytest.fixture
def people(house: House) -> House:
    with house.store.transaction() as tx:
        tx.fence()
        for name, role in (("Tess Okoro", Role.LEADER), ("Noa Weiss", Role.REVIEWER)):
            make_account(tx, name, [RoleAt(role)], by=Person("Jon Reyes"), at=stamp(house.clock()))
    return house


def client_of(house: House, client: tuple[str, int]) -> TestClient:
    entrance = entrance_over(house.rt, {})
    site = site_over(house.rt, sessions=entrance.sessions, entrance=entrance, demo=True)
    return TestClient(web_over(site), base_url="http://127.0.0.1", client=client, follow_redirects=False)


@pytest.fixture
def near(people: House) -> Iterator[TestClient]:
    with client_of(people, HERE) as client:
        yield client


def test_one_click_makes_a_session_of_that_person_and_leads_on(near: TestClient, people: House) -> None:
    assert near.get("/sign-in?next=/queue").headers["location"] == "/demo?next=%2Fqueue"
    page = near.get("/demo?next=/queue")
    assert "Noa Weiss reviewer Decide what waits in the queue" in text_of(page)

    chosen = near.post("/demo", data={"name": "Noa Weiss", "next": "/queue"})

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/queue")
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert near.get("/").headers["location"] == "/queue"
    with people.store.reading() as reading:
        begun = [(entry.body["name"], entry.body["how"]) for entry in reading.entries_of("session.begun")]
    assert begun == [("Noa Weiss", "chosen in the sample")]


def test_nobody_is_chosen_who_is_not_there_or_from_another_site_or_machine(near: TestClient, people: House) -> None:
    assert near.post("/demo", data={"name": "Mallory"}).status_code == 404
    forged = near.post("/demo", data={"name": "Noa Weiss"}, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    assert near.post("/demo", data={"name": "Noa Weiss", "next": "//evil.example"}).headers["location"] == "/"
    with client_of(people, THERE) as far:
        answers = (far.get("/demo"), far.post("/demo", data={"name": "Noa Weiss"}))
    assert [(answer.status_code, COOKIE in answer.headers.get("set-cookie", "")) for answer in answers] == [
        (404, False)
    ] * 2


def test_any_other_site_has_no_such_page(desk: WebDesk) -> None:
    assert [desk.get("/demo").status_code, desk.post("/demo", {"name": "Noa Weiss"}).status_code] == [404, 404]


def test_the_sample_is_not_served_to_others(tmp_path: Path) -> None:
    served = opened_server(str(tmp_path / "store.db"), host="0.0.0.0", demo=True)
    with pytest.raises(BadInput, match="the sample is for this machine alone"), served:
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told_before_a_sample_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)"):
            serve_demo(build_toolbox(), None, "127.0.0.1", port, None)
    with pytest.raises(BadInput, match="for this machine alone"):
        serve_demo(build_toolbox(), None, "0.0.0.0", 0, None)
    assert capsys.readouterr().err == ""
