"""The queue in a real Chromium: by keyboard alone, two people at one moment, a server that dies in the middle."""

import datetime as dt
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from governed import DEFINITION, NAME, House
from interlock.engine.access.permissions import role_at
from interlock.engine.timestamp import stamp
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import begin_session
from interlock.flows.ledger.content import keep_text
from interlock.flows.ledger.verify import verify_store
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.person import Person
from interlock.terms.review import ReviewPlan, ReviewReason
from served import Server, served

PEOPLE = ("Carla Nunes", "Rosa Lind")
HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=alert(1)>",
    "\u202eevil \u05e9\u05dc\u05d5\u05dd \U0001f600",
    "long " * 50_000,
    "order 4711 of 2026-01-03 for 12.50 EUR",
)
PLAN = ReviewPlan(reasons=(ReviewReason("harm", "it hurts"),))


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Server, dict[str, str]]]:
    """Twenty cases that wait, a server in a process of its own, and the sessions of two reviewers."""
    house = House(tmp_path_factory.mktemp("queue"))
    house.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    house.live(replace(DEFINITION, review=PLAN))
    for i in range(20):
        key = f"case-{i:02}"
        with house.store.transaction() as tx:
            kept = keep_text(tx, key, HOSTILE[i % 4], at=stamp(house.now))
        proposal = replace(house.proposal(key=key, label="fraud"), payload_digest=kept)
        assert house.act(proposal).decision.verb == "review"
    with house.store.transaction() as tx:
        tx.fence()
        for name in PEOPLE:
            make_account(tx, name, [role_at("reviewer")], by=Person("Eli Sand"), at=stamp(house.now))
        cookies = {
            name: begin_session(tx, name, how="test", now=house.now, randomness=house.rt.randomness) for name in PEOPLE
        }
    with served(house.path) as server:
        yield house, server, cookies
    with house.store.reading() as reading:
        assert (verify_store(reading).faults, reading.state_faults()) == ((), ())
    house.store.close()


@contextmanager
def working(browser: Browser, server: Server, cookie: str) -> Iterator[tuple[Page, list[str]]]:
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": cookie, "url": server.address}])
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page, said
    finally:
        context.close()


def press(page: Page, key: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def choose(page: Page, label: str) -> None:
    page.keyboard.press(page.locator(f'input[value="{label}"]').get_attribute("data-key") or "")


def decided(house: House) -> list[tuple[str, str, str]]:
    with house.store.reading() as reading:
        closed = [one.body for one in reading.entries_of("review.closed")]
    return [(body["key"], body["label"], body["reviewer"]) for body in closed]


def test_a_reviewer_works_by_keyboard_alone(chromium: Browser, queue: tuple[House, Server, dict[str, str]]) -> None:
    house, server, cookies = queue
    with working(chromium, server, cookies["Carla Nunes"]) as (page, said):
        page.goto(f"{server.address}/queue")
        for key in "jjk":
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == "case-00"
        press(page, "n")
        for _ in range(4):  # among them every hostile text
            assert page.locator("h1").inner_text() == "Is 'fraud' right here?"
            assert page.title() == "Is 'fraud' right here? – Interlock"
            choose(page, "fraud")
            press(page, "Enter")
        assert [one[:2] for one in decided(house)] == [(f"case-{i:02}", "fraud") for i in range(4)]
        press(page, "u")
        assert page.locator("#decide [name=key]").input_value() == "case-03"
        choose(page, "sales")
        press(page, "Enter")
        assert "say why" in page.locator(".faults").inner_text()
        assert page.locator('input[value="sales"]').is_checked()
        page.keyboard.press("c")
        page.keyboard.type("it hurts")
        page.keyboard.press("Escape")
        press(page, "Enter")
        assert decided(house)[-1] == ("case-03", "sales", "Carla Nunes")
        press(page, "a")
        with house.store.reading() as reading:
            assert [row.key for row in reading.approved("2026")] == ["case-04"]
        page.keyboard.press("?")
        assert page.locator("#keys").get_attribute("open") is not None
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        assert [one for one in said if "400" not in one] == []  # the answer that said why


def test_two_reviewers_at_one_moment(chromium: Browser, queue: tuple[House, Server, dict[str, str]]) -> None:
    """Both send their form at once, again and again: no case is decided twice, and nobody is left without one."""
    house, server, cookies = queue
    before = len(decided(house))
    with (
        working(chromium, server, cookies[PEOPLE[0]]) as (one, _),
        working(chromium, server, cookies[PEOPLE[1]]) as (other, _),
    ):
        for page in (one, other):
            page.goto(f"{server.address}/queue")
        for key in ("n", "Enter", "Enter", "Enter"):
            for page in (one, other):
                if key == "Enter":
                    choose(page, "fraud")
            with one.expect_navigation(wait_until="load"), other.expect_navigation(wait_until="load"):
                one.keyboard.press(key)
                other.keyboard.press(key)
            held = [page.locator("#decide [name=key]").input_value() for page in (one, other)]
            assert held[0] != held[1]
        mine = one.locator("#decide [name=key]").input_value()
        other.goto(f"{server.address}/queue/case?workflow={NAME}&kind=decision&key={mine}")
        assert other.locator("h1").inner_text() == f"{PEOPLE[0]} has this case in hand"
        press(other, "n")  # and gets a case all the same
        assert other.locator("#decide").count() == 1
    found = decided(house)
    assert (len(found) - before, len({key for key, _, _ in found[before:]})) == (6, 6)


def test_a_server_that_dies_in_the_middle_loses_nothing(
    chromium: Browser, queue: tuple[House, Server, dict[str, str]]
) -> None:
    house, server, cookies = queue
    with working(chromium, server, cookies["Carla Nunes"]) as (page, _):
        page.goto(f"{server.address}/queue")
        press(page, "n")
        held = page.locator("#decide [name=key]").input_value()
        choose(page, "sales")
        page.locator("#f-note").fill("she says it herself")
        server.stop(signal.SIGKILL)
        server.start()
        page.goto(f"{server.address}/queue")
        press(page, "n")
        assert page.locator("#decide [name=key]").input_value() == held
        assert page.locator("#f-note").input_value() == "she says it herself"
        assert page.locator('input[value="sales"]').is_checked()
        press(page, "Enter")
        assert decided(house)[-1] == (held, "sales", "Carla Nunes")
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('interlock'))") == []
        # A session that ends in the middle of a case keeps what was typed as well.
        page.locator("#f-note").fill("kept")
        page.keyboard.press("Escape")
        page.context.clear_cookies()
        choose(page, "fraud")
        press(page, "Enter")
        assert page.url.startswith(f"{server.address}/sign-in")
        page.context.add_cookies([{"name": COOKIE, "value": cookies["Carla Nunes"], "url": server.address}])
        page.goto(f"{server.address}/queue")
        press(page, "n")
        assert page.locator("#f-note").input_value() == "kept"
