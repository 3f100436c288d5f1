"""Each role in a real browser on a real server: takes its invitation, does its work, is refused what is not its own."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from interlock.engine.access.permissions import role_at
from interlock.flows.access.people import create_account
from interlock.flows.access.tenants import assign_tenant
from interlock.terms.person import Person
from interlock.wiring.run_time import open_address
from served import Server, served
from site_sample import ACME, GLOBEX, WORKFLOW, sample_copy

PASSWORD = "four words of no kin"
ADMINISTRATOR = Person("Eli Sand", authenticated=True)
# Who the sample's definitions and council name, in the roles that they have there.
PEOPLE = {
    "leader": ("Mara Lind", "leader"),
    "value owner": ("Tess Okoro", "value-owner"),
    "safety owner": ("Ivo Brandt", "safety-owner"),
    "reviewer": ("Noa Weiss", "reviewer"),
    "auditor": ("Dev Rao", "auditor"),
    "acme auditor": ("Abe Acme", "auditor@tenant/acme"),
    "outsider": ("Otto Out", ""),
}


@dataclass(frozen=True)
class Place:
    """A server over a copy of the sample, and an invitation for each role."""

    server: Server
    invitations: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    path = sample_copy(tmp_path_factory)
    invitations = invited(path)
    with served(path) as server:
        yield Place(server, invitations)


def invited(path: Path) -> dict[str, str]:
    opened = open_address(str(path))
    try:
        told = {
            kind: create_account(
                opened.store, name, [role_at(role)] if role else [], by=ADMINISTRATOR, clock=opened.clock,
                randomness=os.urandom,
            )
            for kind, (name, role) in PEOPLE.items()
        }  # fmt: skip
        for workflow, tenant in ((ACME, "acme"), (GLOBEX, "globex")):
            assign_tenant(opened.store, workflow, tenant, by=ADMINISTRATOR, clock=opened.clock)
        return told
    finally:
        opened.close()


@contextmanager
def signed_in(browser: Browser, place: Place, kind: str) -> Iterator[Page]:
    """The first page of somebody who took the invitation, signed out and came back with the password."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=place.server.address)
    page = context.new_page()
    try:
        page.goto(f"/invitation?token={place.invitations[kind]}")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("The same again").fill(PASSWORD)
        page.get_by_role("button", name="Set the password").click()
        page.goto("/sign-in")
        if page.get_by_label("Your name").count():
            page.get_by_label("Your name").fill(PEOPLE[kind][0])
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto("/")
        yield page
    finally:
        context.close()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def leads(page: Page) -> None:
    assert re.search(r"\d+ of 12\s*workflows may act", heading(page))
    page.get_by_role("link", name="Council", exact=True).click()
    page.get_by_role("link", name=re.compile("Is contract-summary scaled or stopped")).click()
    assert "contract-summary" in heading(page)
    page.get_by_role("link", name="Reports", exact=True).click()
    assert page.locator("main").get_by_text("monthly", exact=False).first.is_visible()


def owns_value(page: Page) -> None:
    page.goto(f"/workflows/{WORKFLOW}")
    assert "may act" in heading(page)
    page.goto("/stand-up")
    page.get_by_label("What is to be done").fill("bring the new labels")
    page.get_by_label("Who does it").fill("Tess Okoro")
    page.get_by_role("button", name="Agree").click()
    page.wait_for_url("**/stand-up/actions/*")
    assert heading(page) == "Open: bring the new labels"


def owns_safety(page: Page) -> None:
    page.goto(f"/stop?scope=workflow:{WORKFLOW}")
    page.get_by_label(re.compile("^Why")).first.fill("a test of the browser")
    page.get_by_role("button", name=re.compile("^Stop .* now$")).click()
    page.wait_for_url("**/stop/scope*")
    page.goto(f"/workflows/{WORKFLOW}")
    assert page.locator("#live").get_by_text("a test of the browser").first.is_visible()


def reviews(page: Page) -> None:
    page.goto("/queue")
    page.get_by_role("button", name="Take the next case").click()
    page.wait_for_url("**/queue/case*")
    assert page.get_by_role("heading", name="The case").is_visible()
    assert page.evaluate("document.title").endswith("Interlock")  # the script in its text is text


def audits(page: Page) -> None:
    page.goto("/ledger")
    page.locator("tbody th a").first.click()
    page.locator("#proof .status[data-tone=passed]").wait_for()  # the tree is added up once after a start
    page.locator("#proof").get_by_text("Root", exact=True).wait_for()


def audits_acme(page: Page) -> None:
    page.goto("/portfolio")
    said = page.locator("main").inner_text()
    assert (ACME in said, GLOBEX in said, WORKFLOW in said) == (True, False, False)
    page.goto(f"/workflows/{GLOBEX}")
    assert heading(page) == "There is nothing here"


def is_outside(page: Page) -> None:
    assert page.locator("nav.parts a").count() == 0
    page.goto("/portfolio")
    assert heading(page) == "You may not do this"


WORK: dict[str, tuple[Callable[[Page], None], tuple[str, ...], tuple[str, ...]]] = {
    # what the role does; pages and forms that are not its own
    "leader": (leads, ("/queue",), ("/queue/next", "/settings/people/new")),
    "value owner": (owns_value, ("/queue", "/settings/people/new"), ("/queue/next", "/ledger/export")),
    "safety owner": (owns_safety, ("/settings/people/new",), ("/queue/next", "/settings/tokens")),
    "reviewer": (reviews, ("/portfolio", "/ledger", "/council"), ("/stop/resume", "/stand-up/actions")),
    "auditor": (audits, ("/start",), ("/stop", "/queue/next", "/council/item", "/stand-up/actions")),
    "acme auditor": (audits_acme, (f"/workflows/{WORKFLOW}",), ("/ledger/export", "/stop")),
    "outsider": (is_outside, ("/queue", "/ledger", "/council", "/stop"), ("/stop", "/queue/next")),
}


@pytest.mark.parametrize("kind", list(PEOPLE))
def test_a_role_does_its_work_and_no_other(chromium: Browser, place: Place, kind: str) -> None:
    work, pages, forms = WORK[kind]
    with signed_in(chromium, place, kind) as page:
        work(page)
        for address in pages:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status in {403, 404}, address
        page.goto("/account")
        csrf = page.locator("input[name=csrf]").first.get_attribute("value") or ""
        for address in forms:
            sent = page.request.post(address, form={"csrf": csrf, "reason": "because"}, max_redirects=0)
            assert sent.status in {403, 404}, address
            forged = page.request.post(address, form={"reason": "because"}, max_redirects=0)
            assert forged.status == 403, address
