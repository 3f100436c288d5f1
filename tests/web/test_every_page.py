"""What holds of every page and every form, whoever added it: found from the routes of the application."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from interlock.wiring.run_time import open_address, open_run_time
from site_sample import ACME, GLOBEX, HOSTILE, sample_copy
from web_desk import WebDesk, web_desk
from web_pages import OPEN, addresses, routes_of

FIRST_HTML_BYTES_MAX = 60 * 1024
PEOPLE = {
    "leader": ("Mara Lind", ("leader", "value-owner")),
    "safety owner": ("Ivo Brandt", ("safety-owner",)),
    "reviewer": ("Noa Weiss", ("reviewer",)),
    "operator": ("Olga Petrov", ("operator",)),
    "auditor": ("Dev Rao", ("auditor",)),
    "administrator": ("Eli Sand", ("administrator",)),
    "acme auditor": ("Abe Acme", ("auditor@tenant/acme",)),
    "acme owner": ("Ada Acme", ("safety-owner@tenant/acme", "leader@tenant/acme")),
    "acme reviewer": ("Amy Acme", ("reviewer@tenant/acme",)),
    "outsider": ("Otto Out", ()),
}
INSIDERS = [name for name in PEOPLE if name != "outsider"]
OF_ACME = [name for name in PEOPLE if name.startswith("acme")]
OWN_PAGES = ("/", "/account", "/sign-out")  # everybody who is signed in has these


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_copy(tmp_path_factory)


@pytest.fixture(scope="module")
def desk(sample: Path) -> Iterator[WebDesk]:
    opened = open_address(str(sample))
    try:
        rt = open_run_time(opened)
        give_to_tenants(rt)
        with web_desk(rt, PEOPLE) as made:
            yield made
    finally:
        opened.close()


def give_to_tenants(rt: Any) -> None:
    from interlock.flows.access.tenants import assign_tenant
    from interlock.terms.person import Person

    for workflow, tenant in ((ACME, "acme"), (GLOBEX, "globex")):
        assign_tenant(rt.store, workflow, tenant, by=Person("Eli Sand"), clock=rt.clock)


@pytest.fixture(scope="module")
def pages(desk: WebDesk) -> list[tuple[str, str]]:
    with desk.site.rt.store.reading() as reading:
        return list(addresses(reading))


@pytest.fixture(scope="module")
def few(pages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every route, with at most two of its examples."""
    seen: Counter[str] = Counter()
    kept = []
    for path, address in pages:
        seen[path] += 1
        if seen[path] <= 2:
            kept.append((path, address))
    return kept


@dataclass
class Markup(HTMLParser):
    """What of a page breaks a rule of ours."""

    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    heads: int = 0
    tables: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "style" or "style" in told or any(name.startswith("on") for name in told):
            self.faults.append(f"something inline: <{tag} {told}>")
        if tag == "script" and "src" not in told:
            self.faults.append("a script in the page")
        if tag == "th" and "scope" not in told:
            self.faults.append("a <th> without its scope")
        if (
            tag == "form"
            and (told.get("method") or "get").lower() == "post"
            and not str(told.get("action")).startswith("/")
        ):
            self.faults.append(f"a form that is sent elsewhere: {told}")
        if tag == "label" and told.get("for"):
            self.labelled.add(str(told["for"]))
        if tag in {"input", "select", "textarea"} and told.get("type") != "hidden" and "aria-label" not in told:
            self.asked.append(str(told.get("id")))
        if told.get("id"):
            self.ids.append(str(told["id"]))
        self.heads += tag == "h1"
        if tag == "table":
            self.tables.append(False)
        if tag == "caption" and self.tables:
            self.tables[-1] = True

    def all_faults(self) -> list[str]:
        twice = {one for one in self.ids if self.ids.count(one) > 1}
        return [
            *self.faults,
            *([] if self.heads == 1 else [f"{self.heads} h1"]),
            *(["a table without a caption"] if not all(self.tables) else []),
            *(f"the id {one} twice" for one in sorted(twice)),
            *(f"no label for {one}" for one in self.asked if one not in self.labelled),
        ]


def is_page(answer: Any) -> bool:
    return bool(answer.headers.get("content-type", "").startswith("text/html"))


@pytest.mark.parametrize("as_", [*PEOPLE, None])
def test_every_page_answers_everybody(
    desk: WebDesk, pages: list[tuple[str, str]], few: list[tuple[str, str]], as_: str | None
) -> None:
    failed = {}
    for _, address in pages if as_ in {"auditor", "reviewer"} else few:
        answer = desk.get(address, as_)
        faults = []
        if answer.status_code not in {200, 303, 403, 404}:
            faults.append(f"answered {answer.status_code}: {answer.text[:300]}")
        if is_page(answer):
            read = Markup()
            read.feed(answer.text)
            faults += read.all_faults()
            faults += [f"a hostile text as markup: {text[:40]}" for text in HOSTILE[:1] if text in answer.text]
            if len(answer.content) > FIRST_HTML_BYTES_MAX:
                faults.append(f"{len(answer.content):,} bytes of HTML")
        if faults:
            failed[address] = faults
    assert failed == {}


def test_who_is_not_signed_in_is_asked_to(desk: WebDesk, few: list[tuple[str, str]]) -> None:
    opened = {}
    for path, address in few:
        if path.startswith(OPEN):
            continue
        answer = desk.get(address, None)
        if answer.status_code != 303 or not answer.headers["location"].startswith("/sign-in"):
            opened[address] = answer.status_code
    assert opened == {}


def test_who_has_no_role_sees_nothing(desk: WebDesk, few: list[tuple[str, str]]) -> None:
    seen = {}
    for path, address in few:
        if path in OWN_PAGES or path.startswith((*OPEN, "/account")):
            continue
        answer = desk.get(address, "outsider")
        if answer.status_code not in {403, 404}:
            seen[address] = answer.status_code
    assert seen == {}


def test_every_page_is_opened_by_somebody(desk: WebDesk, few: list[tuple[str, str]]) -> None:
    """An example that only ever leads to nothing tests nothing."""
    opened: set[str] = set()
    for path, address in few:
        if path not in opened and any(desk.get(address, as_).status_code < 400 for as_ in [*INSIDERS, None]):
            opened.add(path)
    assert {path for path, _ in few} - opened == set()


@pytest.mark.parametrize("as_", OF_ACME)
def test_a_tenant_never_sees_anothers(desk: WebDesk, pages: list[tuple[str, str]], as_: str) -> None:
    told = {address for _, address in pages if GLOBEX in desk.get(address, as_).text.replace(address, "")}
    assert told == set()


def test_a_tenant_sees_its_own(desk: WebDesk) -> None:
    assert ACME in desk.get("/portfolio", "acme auditor").text
    assert GLOBEX in desk.get("/portfolio", "auditor").text


def forms() -> list[str]:
    return sorted(re.sub(r"\{[^}]*\}", "1", path) for path in routes_of("POST"))


def test_a_form_from_elsewhere_changes_nothing(desk: WebDesk) -> None:
    before = ledger_size(desk)
    let_in = {}
    for path in forms():
        if path.startswith(OPEN):
            continue
        for as_ in INSIDERS:
            answer = desk.post(path, {"reason": "because", "csrf": "0" * 64}, as_, forged=True)
            if answer.status_code != 403:
                let_in[f"{path} as {as_}"] = answer.status_code
        cross = desk.post(path, {}, "leader", headers={"sec-fetch-site": "cross-site"})
        if cross.status_code != 403:
            let_in[f"{path} from another site"] = cross.status_code
    assert let_in == {}
    assert ledger_size(desk) == before


def test_who_has_no_role_can_send_nothing(desk: WebDesk) -> None:
    before = ledger_size(desk)
    let_in = {}
    for path in forms():
        if path.startswith((*OPEN, "/account", "/sign-out")):
            continue
        for as_, allowed in (("outsider", {403, 404}), (None, {303, 401, 403})):
            answer = desk.post(path, {"reason": "because"}, as_)
            if answer.status_code not in allowed:
                let_in[f"{path} as {as_}"] = answer.status_code
    assert let_in == {}
    assert ledger_size(desk) == before


def ledger_size(desk: WebDesk) -> int:
    with desk.site.rt.store.reading() as reading:
        return reading.last_entry()


@pytest.fixture(autouse=True)
def _no_state_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path))
