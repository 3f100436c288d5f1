"""Documents in pages: asked for, made, read under a policy of its own, downloaded; somebody else's are not there."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from governed import DEFINITION, House
from interlock.adapters.reports.briefings.forms import written
from interlock.flows.reporting.making import WAITING_OF_ONE_MAX
from interlock.terms.briefing import Briefing
from interlock.terms.errors import Unavailable
from interlock.wiring.documents import sources_over
from web_desk import PEOPLE, Given, WebDesk, text_of, title_of, web_desk

NO_PANGO = "a PDF needs WeasyPrint and the Pango library: <b>apt-get install libpango-1.0-0</b>"
ACME = {"acme leader": ("Amy Acme", ("leader@tenant/acme",)), "second leader": ("Leo Zwei", ("leader",))}


def write(briefing: Briefing, ending: str) -> bytes:
    if ending == ".pdf":
        raise Unavailable(NO_PANGO)
    return written(briefing, ending)


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    from interlock.flows.portfolio.kept import KeptPortfolio
    from interlock.flows.reporting.making import Makings

    for name in ("billing", "triage"):
        house.define(replace(DEFINITION, name=name))
    board, tenants = KeptPortfolio(house.store, house.clock), Given({"billing": "acme"})
    sources = sources_over(house.rt, board.portfolio, tenants.of, (), write)
    documents = Makings(sources, house.rt.randomness)
    with web_desk(house.rt, {**PEOPLE, **ACME}, board=board, tenants=tenants, documents=documents) as made:
        yield made


def asked(desk: WebDesk, kind: str = "monthly", as_: str = "leader", **form: str | list[str]) -> str:
    answer = desk.post(f"/reports/make/{kind}", form, as_)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["location"])


def made(desk: WebDesk, kind: str = "monthly", as_: str = "leader", **form: str | list[str]) -> str:
    at = asked(desk, kind, as_, **form)
    assert desk.site.documents.work()
    return at


def test_a_document_is_asked_for_made_read_and_downloaded(desk: WebDesk) -> None:
    at = asked(desk, forms=[".md"])
    waiting = desk.get(at)
    assert title_of(waiting) == "Monthly update is being made"
    assert "It is the next" in text_of(waiting)
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    desk.site.documents.work()
    ready = desk.get(at)
    assert title_of(ready) == "Nothing waits for a decision"
    assert "http-equiv" not in ready.text
    entry = re.search(r'href="/ledger/(\d+)"', ready.text)
    assert entry is not None
    assert title_of(desk.get("/reports")).startswith("1 document is ready for you; 8 kinds")
    assert f'href="/ledger/{entry[1]}"' in desk.get("/reports").text
    files = {form: desk.get(f"{at}/file.{form}") for form in ("html", "md", "json")}
    assert [one.status_code for one in files.values()] == [200, 200, 200]
    assert files["md"].headers["content-disposition"] == 'attachment; filename="monthly-2026-03-02.md"'
    assert files["json"].json()["title"] == "Nothing waits for a decision"
    assert (desk.get(f"{at}/file.pptx").status_code, desk.get(f"{at}/file.exe").status_code) == (404, 404)


def test_the_document_may_use_its_own_style_and_nothing_else(desk: WebDesk) -> None:
    answer = desk.get(made(desk) + "/document")
    policy = answer.headers["content-security-policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none'; "
        r"frame-ancestors 'none'",
        policy,
    )
    assert "<script" not in answer.text


def test_a_missing_library_is_told_in_words_and_can_be_asked_for_again(desk: WebDesk) -> None:
    at = made(desk, forms=[".pdf"])
    page = desk.get(at)
    assert "Not written a PDF needs WeasyPrint and the Pango library" in text_of(page)
    assert ("<b>apt-get" in page.text, "Write PDF" in text_of(page)) == (False, True)
    assert desk.post(f"{at}/forms", {"form": ".pdf"}).headers["location"] == at
    assert "is being written" in text_of(desk.get(at))
    assert desk.post(f"{at}/forms", {"form": ".exe"}).status_code == 400


def test_another_person_finds_nothing_at_its_addresses(desk: WebDesk) -> None:
    at = made(desk)
    for path in (at, f"{at}/document", f"{at}/file.json"):
        assert [desk.get(path, as_).status_code for as_ in ("second leader", "outsider", None)] == [404, 403, 303]
    assert desk.post(f"{at}/forms", {"form": ".md"}, "second leader").status_code == 404
    assert desk.post(f"{at}/forms", {"form": ".md"}, forged=True).status_code == 403
    assert "ready for you" not in title_of(desk.get("/reports", "second leader"))


def test_a_tenants_documents_hold_its_own_workflows_only(desk: WebDesk) -> None:
    at = made(desk, "monthly", "acme leader")
    told = desk.get(f"{at}/file.json", "acme leader").text
    assert ("billing" in told, "triage" in told) == (True, False)
    assert "billing" in desk.get("/reports/make/concept", "acme leader").text
    assert "triage" not in desk.get("/reports/make/concept", "acme leader").text
    for name in ("triage", "nothing"):
        answer = desk.post("/reports/make/concept", {"workflow": name}, "acme leader")
        assert f"there is no workflow '{name}', or none that you may see" in text_of(answer)
    assert "not yet" in text_of(desk.get("/reports"))  # what was made for one reach is not the newest of another
    assert "by Amy Acme" not in text_of(desk.get("/reports"))


def test_what_is_wrong_is_told_beside_its_field_and_kept(desk: WebDesk) -> None:
    answer = desk.post("/reports/make/result", {"workflow": "", "forms": [".md"]})
    assert (answer.status_code, "say which workflow it is about" in text_of(answer)) == (400, True)
    assert 'value=".md" checked' in answer.text
    assert "there is no framework 'x'" in text_of(desk.post("/reports/make/crosswalk", {"frameworks": ["x"]}))
    assert desk.get("/reports/make/weekly").status_code == 404
    assert desk.post("/reports/make/weekly", {}).status_code == 404
    hostile = desk.get("/reports/make/result?workflow=<script>alert(1)</script>")
    assert (hostile.status_code, "<script>alert" in hostile.text) == (200, False)


def test_the_queue_has_an_end_that_is_told(desk: WebDesk) -> None:
    for _ in range(WAITING_OF_ONE_MAX):
        asked(desk)
    answer = desk.post("/reports/make/monthly", {})
    assert (answer.status_code, "documents of yours wait to be made" in text_of(answer)) == (400, True)


@pytest.mark.parametrize("as_", ["reviewer", "outsider"])
def test_who_may_read_no_report_asks_for_none(desk: WebDesk, as_: str) -> None:
    assert desk.get("/reports", as_).status_code == 403
    assert desk.post("/reports/make/monthly", {}, as_).status_code == 403
    assert desk.site.documents.work() is False
