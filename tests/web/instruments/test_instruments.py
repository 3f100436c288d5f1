"""Instruments in the browser: drafts that save themselves, answers that are given once, and who may see what."""

import hashlib
import html
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from governed import DEFINITION, NAME, House
from interlock.flows.instruments.answer import answer
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.define import define
from interlock.surfaces.web.visitor import COOKIE, csrf_of
from interlock.terms.evidence import EvidenceClass
from interlock.terms.person import Person
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk

CARD = "/instruments/readiness-scorecard"
LEADERS = "/instruments/leadership-readiness"
SHEET = f"{CARD}/sheet/security-and-risk?subject={NAME}"
CHECK, RESULT = f"{CARD}/check?subject={NAME}", f"{CARD}/result?subject={NAME}"
HTMX = {"hx-request": "true"}
HOSTILE = '<script>alert("x")</script> \u202e ☠ \'; DROP TABLE ledger; --'


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    house.define()
    define(
        house.store, replace(DEFINITION, name="other"), by=Person("Carla Nunes"), code_version="1", clock=house.clock,
        randomness=os.urandom,
    )  # fmt: skip
    people = {
        **PEOPLE,
        "other owner": ("Ola Other", ("value-owner@workflow/other",)),
        "peer": ("Pia Peer", ("value-owner",)),
    }
    with web_desk(house.rt, people) as made:
        yield made


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="(-?\d+)"', answer.text)
    assert found is not None, text_of(answer)
    return found.group(1)


def typed(desk: WebDesk, path: str = SHEET, as_: str = "leader", **fields: str) -> dict[str, str]:
    """What a page sends after these fields were changed in it."""
    return {
        "version": hidden(desk.get(path, as_), "version"),
        **{name.replace("_", "."): v for name, v in fields.items()},
    }


def give(desk: WebDesk, as_: str = "leader", path: str = CHECK) -> Any:
    shown = desk.get(path, as_)
    return desk.post(path, {"version": hidden(shown, "version"), "seen": hidden(shown, "seen")}, as_)


def entries(desk: WebDesk) -> int:
    with desk.site.rt.store.reading() as reading:
        return sum(1 for _ in reading.entries_of("instrument.answered"))


def test_from_the_list_to_a_result_on_record(desk: WebDesk) -> None:
    assert title_of(desk.get("/instruments")) == "0 of 17 instruments answered"
    assert title_of(desk.get(f"{CARD}/sheet?subject={NAME}")) == "Readiness scorecard, triage: 0 of 18 items answered"
    saved = desk.post(SHEET, typed(desk, value_security="4", words_security="no finding is open"))
    assert (saved.status_code, saved.headers["location"]) == (303, SHEET)
    on = desk.post(SHEET, {**typed(desk, **{"value_model-risk": "3"}), "next": "1"})
    assert on.headers["location"] == f"{CARD}/sheet/delivery-and-operation?subject={NAME}"
    sheet = desk.get(f"{CARD}/sheet?subject={NAME}")
    assert title_of(sheet) == "Readiness scorecard, triage: 2 of 18 items answered, 2 in your draft"
    assert "In progress" in text_of(sheet)
    assert title_of(desk.get("/instruments")) == "0 of 17 instruments answered; 1 draft of yours to finish"
    assert title_of(desk.get(CHECK)) == "Check 2 answers before you give them"
    assert entries(desk) == 0
    given = give(desk)
    result = desk.get(given.headers["location"])
    assert (given.status_code, entries(desk)) == (303, 1)
    assert title_of(result).startswith("Readiness scorecard, triage: ")
    assert "Lena Vogt gave 2 answers" in text_of(result)
    assert title_of(desk.get(CHECK)) == "Your draft holds no answers yet"
    rows = desk.get(f"{CARD}/result.csv?subject={NAME}").text.splitlines()
    assert [row for row in rows if row.startswith("Security,4 ")] != []
    assert desk.get(f"{CARD}.json").json()["rows"][0]["subject"] == NAME
    assert desk.get(f"{CARD}/history.json?subject={NAME}").json()["n"] == 1


def test_a_page_saves_by_itself_and_an_empty_field_takes_an_answer_back(desk: WebDesk) -> None:
    saved = desk.post(SHEET, typed(desk, value_security="2", words_security="open"), headers=HTMX)
    assert (saved.status_code, "Your draft was kept" in text_of(saved)) == (200, True)
    shown = desk.get(SHEET)
    assert ('name="value.security" value="2" checked' in shown.text, "open</textarea>" in shown.text) == (True, True)
    desk.post(SHEET, typed(desk, value_security="", words_security=""), headers=HTMX)
    assert title_of(desk.get(CHECK)) == "Your draft holds no answers yet"
    assert entries(desk) == 0


def test_two_windows_of_one_person_are_told_of_each_other(desk: WebDesk) -> None:
    here = typed(desk, value_security="2")
    there = typed(desk, value_security="5")
    assert desk.post(SHEET, there).status_code == 303
    by_itself = desk.post(SHEET, here, headers=HTMX)
    assert "Changed in another window: Security ( 5 (in place, with confidence)" in text_of(by_itself)
    assert hidden(by_itself, "version") == here["version"]  # the next change must not go over it either
    clash = desk.post(SHEET, here)
    assert clash.status_code == 409
    assert "You wrote this in another window" in text_of(clash)
    assert 'name="value.security" value="2" checked' in clash.text
    assert 'value="5" checked' in desk.get(SHEET).text
    assert desk.post(SHEET, {**here, "version": hidden(clash, "version")}).status_code == 303
    assert 'name="value.security" value="2" checked' in desk.get(SHEET).text


def test_two_people_see_each_other_and_overwrite_nothing_silently(desk: WebDesk) -> None:
    desk.post(SHEET, typed(desk, value_security="2"))
    desk.post(SHEET, typed(desk, as_="safety owner", value_security="5"), "safety owner")
    assert "Ben Okafor is writing 5 (in place, with confidence)" in text_of(desk.get(SHEET))
    before = desk.get(CHECK)
    assert give(desk, "safety owner").status_code == 303
    late = desk.post(CHECK, {"version": hidden(before, "version"), "seen": hidden(before, "seen")})
    assert (late.status_code, entries(desk)) == (409, 1)
    assert "Ben Okafor answered this in the meantime" in text_of(late)
    assert title_of(late) == "Check 1 answer before you give it: 1 changed since you wrote"
    assert desk.post(CHECK, {"version": hidden(late, "version"), "seen": hidden(late, "seen")}).status_code == 303
    assert entries(desk) == 2


def test_a_restart_loses_no_draft(desk: WebDesk, house: House) -> None:
    desk.post(SHEET, typed(desk, value_security="2", words_security="half a thought"))
    again = House(house.path.parent)
    with web_desk(again.rt) as restarted:
        shown = restarted.get(SHEET)
        assert ('value="2" checked' in shown.text, "half a thought" in shown.text) == (True, True)
    again.opened.close()


def test_evidence_is_chosen_or_named_and_has_to_hold(desk: WebDesk, house: House) -> None:
    scan = attest(house.store, NAME, release=house.release, kind="scan", evidence_class=EvidenceClass.EXECUTED,
                  source="ci", body={"errors": 0}, clock=house.clock)  # fmt: skip
    assert "scan, executed: ci" in text_of(desk.get(SHEET))
    desk.post(SHEET, typed(desk, value_security="5", evidence_security=scan.digest, digests_security="sha256:none"))
    refused = give(desk)
    assert refused.status_code == 400
    assert "security: the store holds no evidence sha256:none" in text_of(refused)
    desk.post(SHEET, typed(desk, value_security="5", evidence_security=scan.digest, digests_security=""))
    assert give(desk).status_code == 303
    assert f"/ledger/evidence/{scan.digest}" in desk.get(RESULT).text


IMPOSSIBLE = [
    ({"value.security": "6"}, "6 is no answer"),
    ({"value.security": "four"}, "Choose one of the values."),
    ({"value.security": "4", "words.security": "x" * 5_000}, "5,000 characters are too many"),
]


def test_what_cannot_be_is_said_beside_the_field_and_stays_typed(desk: WebDesk) -> None:
    seen = typed(desk)
    for fields, words in IMPOSSIBLE:
        for headers in ({}, HTMX):
            answer = desk.post(SHEET, {**seen, "words.model-risk": "keep me", **fields}, headers=headers)
            assert answer.status_code == (200 if headers else 400)
            assert words in text_of(answer)
            assert "keep me</textarea>" in answer.text
    assert title_of(desk.get(CHECK)) == "Your draft holds no answers yet"


def test_hostile_words_are_shown_as_words(desk: WebDesk) -> None:
    about = urlencode({"subject": HOSTILE})
    path = f"/instruments/vendor-questions/sheet/all-items?{about}"
    assert desk.post(path, typed(desk, path, **{"words_data-kept": HOSTILE})).status_code == 303
    check = f"/instruments/vendor-questions/check?{about}"
    given = give(desk, path=check)
    pages = [
        desk.get(one) for one in (path, given.headers["location"], "/instruments/vendor-questions", "/instruments")
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text
    assert '<script>alert("x")</script>' in text_of(pages[1])


def test_who_only_reads_is_shown_no_form_and_refused_by_address(desk: WebDesk) -> None:
    sent = typed(desk, value_security="5")
    for as_ in ("auditor", "administrator", "operator"):
        result = desk.get(RESULT, as_)
        assert (result.status_code, "/sheet" in result.text) == (200, False)
        for path in (f"{CARD}/sheet?subject={NAME}", SHEET, CHECK):
            assert desk.get(path, as_).status_code == 403
        for path in (SHEET, CHECK, f"{CARD}/drop?subject={NAME}"):
            assert desk.post(path, sent, as_).status_code == 403
    assert entries(desk) == 0


def test_forged_forms_strangers_and_other_workflows_change_nothing(desk: WebDesk) -> None:
    sent = typed(desk, value_security="5")
    assert desk.post(SHEET, sent, forged=True).status_code == 403
    assert desk.post(SHEET, sent, "outsider").status_code == 403
    assert desk.post(SHEET, sent, None).headers["location"].startswith("/sign-in")
    for path in (SHEET, CHECK, RESULT, f"{CARD}/result.csv?subject={NAME}"):
        assert desk.get(path, "other owner").status_code == 404
    assert desk.get(SHEET.replace(NAME, "other"), "other owner").status_code == 200
    assert "Go to the sheet" in desk.get(CARD, "other owner").text
    assert "Go to the sheet" not in desk.get("/instruments/vendor-evaluation", "other owner").text
    for path in (
        "/instruments/none",
        SHEET.replace(NAME, "nowhere"),
        f"{CARD}/sheet/none?subject={NAME}",
        f"{CARD}/sheet",
    ):
        assert desk.get(path).status_code == 404
    assert title_of(desk.get(CHECK)) == "Your draft holds no answers yet"


def test_what_is_said_about_a_person_is_for_them_and_for_those_who_may(desk: WebDesk, house: House) -> None:
    (leadership,) = (one for one in desk.site.packs.instruments if one.id == "leadership-readiness")
    area = "strategic-thinking"
    for by, value in (("Ana Ruiz", 5), ("Ben Okafor", 2)):
        answer(house.store, leadership, "Ana Ruiz", {area: value}, by=Person(by), clock=house.clock)
    result = f"{LEADERS}/result?subject=Ana+Ruiz"
    for as_ in ("value owner", "leader", "auditor"):
        shown = desk.get(result, as_)
        assert (shown.status_code, "blind spot" in text_of(shown)) == (200, True)
    for as_ in ("safety owner", "peer", "operator"):
        for path in (result, f"{LEADERS}/peers.csv?subject=Ana+Ruiz", f"{LEADERS}/history.json?subject=Ana+Ruiz"):
            assert desk.get(path, as_).status_code == 403
    assert "Ana Ruiz" not in desk.get(LEADERS, "peer").text
    assert "Ana Ruiz" in desk.get(LEADERS, "safety owner").text  # who answered finds their own sheet again
    sheet = f"{LEADERS}/sheet/all-items?subject=Ana+Ruiz"
    assert desk.post(sheet, typed(desk, sheet, "peer", **{"value_strategic-thinking": "1"}), "peer").status_code == 303
    assert "blind" not in text_of(desk.get(sheet, "peer"))
    weighed = text_of(desk.get(f"{result}&role=enterprise"))
    assert "blind spot 2" in weighed


def attached(desk: WebDesk, address: str, content: bytes, as_: str = "leader", **fields: str) -> Any:
    return desk.client.post(
        address, data={"csrf": csrf_of(as_.replace(" ", "-")), "kind": "document", "workflow": NAME, **fields},
        files={"file": ("C:\\im pact.pdf", content)}, headers={"cookie": f"{COOKIE}={as_.replace(' ', '-')}"},
        follow_redirects=False,
    )  # fmt: skip


def test_a_file_is_attached_to_an_answer_and_is_on_record(desk: WebDesk, house: House) -> None:
    asked = desk.post(SHEET, {**typed(desk, value_security="4", words_security="read it"), "attach": "security"})
    form = desk.get(asked.headers["location"])
    assert title_of(form) == "What “Security” rests on"
    address = html.unescape(re.search(r'action="(/evidence/add[^"]+)"', form.text)[1])  # type: ignore[index]
    back = attached(desk, address, b"%PDF-1.7 whatever it says")
    shown = desk.get(back.headers["location"].partition("#")[0])
    assert "Evidence (1 attached)" in text_of(shown)
    assert "document, human: im pact.pdf" in text_of(shown)
    assert ('value="4" checked' in shown.text, "read it</textarea>" in shown.text) == (True, True)
    for covered in range(14):
        attest(house.store, NAME, release=house.release, kind="coverage", evidence_class=EvidenceClass.SOURCE,
               source="ci", body={"lines": 9, "covered": covered}, clock=house.clock)  # fmt: skip
    offered = text_of(desk.get(SHEET))
    assert offered.count("document, human: im pact.pdf") == offered.count("coverage, source: ci") > 1, "one each"
    again = attached(desk, address, b"%PDF-1.7 whatever it says")
    assert (again.status_code, "Evidence (1 attached)" in text_of(desk.get(SHEET))) == (303, True)
    give(desk)
    with desk.site.rt.store.reading() as reading:
        found = reading.evidence(NAME)[0]
    assert (found.kind, found.evidence_class, found.body["added_by"]) == ("document", EvidenceClass.HUMAN, "Lena Vogt")
    assert found.body["file"] == {
        "name": "im pact.pdf", "bytes": 25, "sha256": hashlib.sha256(b"%PDF-1.7 whatever it says").hexdigest()
    }  # fmt: skip
    assert "a document: people read it, it measures nothing" in text_of(desk.get(f"/workflows/{NAME}/evidence"))
    assert "on opinion" not in text_of(desk.get(RESULT))


def test_a_report_is_read_and_what_is_wrong_with_it_is_said_in_the_form(desk: WebDesk) -> None:
    page = f"/evidence/add?workflow={NAME}"
    assert page in html.unescape(desk.get(f"/workflows/{NAME}/evidence", "value owner").text)
    tests = b'<testsuite tests="2" failures="0"><testcase name="a"/><testcase name="b"/></testsuite>'
    dateless = attached(desk, "/evidence/add", tests, kind="report")
    assert (dateless.status_code, "give the day below" in text_of(dateless)) == (400, True)
    assert attached(desk, "/evidence/add", tests, kind="report", day="2026-01-05").status_code == 303
    assert "n: 2" in text_of(desk.get(f"/workflows/{NAME}/evidence"))
    for wrong, words in ((b"\x00\x01", "nobody knows what this is"), (b"", "the file is empty")):
        refused = attached(desk, "/evidence/add", wrong, kind="report", day="2026-01-05")
        assert (refused.status_code, words in text_of(refused).lower()) == (400, True)
        assert 'value="2026-01-05"' in refused.text
    nothing = text_of(desk.post("/evidence/add", {"workflow": "none", "kind": "?", "day": "soon"}))
    for words in ("Choose the file", "“soon” is no date", "Say what it is", "Choose the workflow"):
        assert words in nothing


def test_nobody_attaches_what_is_not_theirs(desk: WebDesk) -> None:
    answer = f"/evidence/add?instrument=readiness-scorecard&subject={NAME}&item=security"
    for as_, asked, sent in (("auditor", 403, 403), ("other owner", 404, 400)):
        assert desk.get(f"/evidence/add?workflow={NAME}", as_).status_code == asked
        assert attached(desk, "/evidence/add", b"x", as_).status_code == sent
    assert desk.get("/evidence/add?workflow=none").status_code == 404
    assert attached(desk, answer, b"x", "other owner", workflow="other").status_code == 404
    assert attached(desk, "/evidence/add", b"x", csrf="forged").status_code == 403
    assert desk.get(answer.replace("item=security", "item=none")).status_code == 404
    assert "Add evidence" not in desk.get(f"/workflows/{NAME}/evidence", "auditor").text
    with desk.site.rt.store.reading() as reading:
        assert reading.evidence(NAME) == ()
