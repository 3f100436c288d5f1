"""The ledger in a browser: what was recorded, each entry proved, the whole verified and handed over."""

import csv
import hashlib
import io
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sql import entries as sql_entries
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.action.kill import kill, resume
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.ledger.at_work import at_work
from interlock.flows.ledger.prove import check_proof
from interlock.flows.ledger.verify import verify_export
from interlock.surfaces.web.tables import Column, Table
from web_desk import WebDesk, text_of, title_of, web_desk

HOSTILE = 'a/b?c="1"&<script>alert(1)</script>\u202e\U0001f6d1 '
READERS = ("leader", "value owner", "safety owner", "operator", "auditor")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A live workflow of nobody's and one of a tenant, a case of a tenant, a hostile case and a kill."""
    house = House(tmp_path_factory.mktemp("lived"))
    house.live()
    house.act(house.proposal(key="plain"))
    house.act(replace(house.proposal(key=HOSTILE), tenant="acme"))
    kill(house.store, house.drain, "global", by=BEN, reason="to be seen", clock=house.clock, timeout_s=0)
    resume(house.store, "global", by=BEN, reason="seen", clock=house.clock)
    house.define(replace(DEFINITION, name="returns"))
    assign_tenant(house.store, "returns", "acme", by=ANA, clock=house.clock)
    yield house
    house.store.close()


@pytest.fixture(scope="module")
def pages(lived: House) -> Iterator[WebDesk]:
    with web_desk(lived.rt) as made:
        yield made


def rows(pages: WebDesk, query: str = "", as_: str = "auditor") -> list[Any]:
    answer = pages.get(f"/ledger.json{query}", as_)
    assert answer.status_code == 200, text_of(answer)
    found: list[Any] = answer.json()["rows"]
    return found


def index_of(pages: WebDesk, kind: str) -> int:
    return int(rows(pages, f"?kind={kind}")[0]["entry"])


def test_the_newest_entries_come_first_and_pages_go_back_to_the_first(pages: WebDesk, lived: House) -> None:
    with lived.store.reading() as reading:
        last = reading.last_entry()
    first = pages.get("/ledger", "auditor")
    assert title_of(first) == f"The ledger holds {last + 1} entries"
    assert f'href="/ledger/{last}"' in first.text
    assert f'href="/ledger?before={last - 49}"' in first.text
    assert [one["entry"] for one in rows(pages)] == list(range(last, -1, -1))


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=kill.fenced", {"kill.fenced"}),
        ("?workflow=returns", {"release.defined", "salt.committed", "tenant.assigned"}),
        ("?person=Ben", {"kill.fenced", "scope.resumed", "kill.quiesced"}),
        ("?key=%3Cscript", {"decision.made", "intent.completed", "review.opened"}),
        ("?since=2031-01-01", set()),
        ("?workflow=%27%20OR%201%3D1%20--", set()),
    ],
)
def test_entries_are_found_by_what_they_say(pages: WebDesk, query: str, kinds: set[str]) -> None:
    assert {one["kind"] for one in rows(pages, query)} <= kinds
    assert bool(rows(pages, query)) is bool(kinds)


@pytest.mark.parametrize("query", ["?since=yesterday", "?until=2026-13-01", f"?person={'x' * 10_000}"])
def test_what_cannot_be_looked_for_is_said_and_stays_in_the_form(pages: WebDesk, query: str) -> None:
    answer = pages.get(f"/ledger{query}", "auditor")
    assert answer.status_code == 400
    assert "There is something to mend" in text_of(answer)
    assert f'value="{query.partition("=")[2]}"' in answer.text


def test_rows_as_csv_hold_no_formula_and_name_the_next_ones(pages: WebDesk) -> None:
    answer = pages.get("/ledger.csv?kind=decision.made", "auditor")
    lines = answer.text.splitlines()
    assert lines[0] == "entry,at,what,who,workflow,case"
    assert len(lines) == 1 + len(rows(pages, "?kind=decision.made"))
    assert "link" not in answer.headers
    texts = ["=1+1", "@x", "-1", "x;=1+1", "x\n+1", "\t=1", "\uff1d1", "a=b; c", "2026-01-01", "x, -5"]
    told = Table("/t", "", (Column("v", "V", str),), "").as_csv(texts).body
    assert list(csv.reader(io.StringIO(str(told, "utf-8"), newline="")))[1:] == [
        [text]
        for text in ("'=1+1", "'@x", "'-1", "x;'=1+1", "x\n'+1", "'\t'=1", "'\uff1d1", "a=b; c", "2026-01-01", "x, -5")
    ]


def test_an_entry_is_shown_in_words_as_recorded_and_proved(pages: WebDesk, lived: House) -> None:
    index = index_of(pages, "grant.given")
    answer = pages.get(f"/ledger/{index}", "auditor")
    assert title_of(answer).startswith(
        "Ana Ruiz (name asserted, not authenticated) granted authority until 1 April 2026"
    )
    said = text_of(answer)
    assert "✓ Proved its record is in the tree of" in said
    assert f"interlock ledger check entry-{index}-proof.json" in said
    with lived.store.reading() as reading:
        entry = next(reading.entries(index, index + 1))
    assert pages.get(f"/ledger/{index}/record.json", "auditor").content == entry.record
    assert hashlib.sha256(b"\0" + entry.record).hexdigest() in answer.text.replace("<wbr>", "")
    proof = pages.get(f"/ledger/{index}/proof.json", "auditor").json()
    assert check_proof(proof)
    assert not check_proof({**proof, "record": proof["record"] + " "})


@pytest.mark.parametrize("path", ["/ledger/99999", "/ledger/-1", "/ledger/x", "/ledger/%D9%A1", "/ledger/" + "9" * 30])
def test_there_is_no_page_for_what_is_not_there(pages: WebDesk, path: str) -> None:
    assert pages.get(path, "auditor").status_code == 404


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "zz", "%27%20OR%201%3D1", "x" * 10_000])
def test_there_is_no_evidence_of_another_digest(pages: WebDesk, digest: str) -> None:
    assert pages.get(f"/ledger/evidence/{digest}", "auditor").status_code == 404


def test_evidence_says_what_it_is_and_what_rests_on_it(pages: WebDesk, lived: House) -> None:
    with lived.store.reading() as reading:
        digest = reading.evidence(NAME)[0].digest
    answer = pages.get(f"/ledger/evidence/{digest}", "auditor")
    said = text_of(answer)
    assert title_of(answer).startswith("Certificate: ")
    assert f'href="/ledger/{index_of(pages, "grant.given")}"' in answer.text
    assert "the gate 'limited live' was judged passed" in said
    assert pages.get(f"/ledger/evidence/{digest.removeprefix('sha256:')[:12]}", "auditor").status_code == 200


def test_a_tenant_sees_entries_of_its_workflows_and_cases_only(pages: WebDesk) -> None:
    seen = rows(pages, as_="acme auditor")
    assert {(one["workflow"], *one["cases"]) for one in seen} == {("returns",), (NAME, HOSTILE)}
    hidden = [one["entry"] for one in rows(pages) if one["entry"] not in {other["entry"] for other in seen}]
    assert {pages.get(f"/ledger/{entry}", "acme auditor").status_code for entry in hidden[::9]} == {404}
    for part in ("record.json", "proof.json"):
        assert pages.get(f"/ledger/{hidden[0]}/{part}", "acme auditor").status_code == 404
    assert pages.get(f"/ledger/{seen[0]['entry']}", "acme auditor").status_code == 200


def test_evidence_of_anothers_workflow_is_not_there_for_a_tenant(pages: WebDesk, lived: House) -> None:
    with lived.store.reading() as reading:
        digest = reading.evidence(NAME)[0].digest
    assert pages.get(f"/ledger/evidence/{digest}", "acme auditor").status_code == 404


def test_the_whole_is_verified_and_handed_over_to_who_may_read_the_whole(pages: WebDesk) -> None:
    for path in ("/ledger/verify", "/ledger/export"):
        assert pages.post(path, {}, "acme auditor").status_code == 403
        assert pages.post(path, {}, "value owner").status_code == 403
        assert pages.post(path, {}, "auditor", forged=True).status_code == 403
        assert pages.post(path, {}, None).status_code in {303, 401}
    assert "Verify, " not in text_of(pages.get("/ledger", "acme auditor"))
    assert at_work(pages.site.rt.store).verification is None


def test_a_copy_is_on_record_with_who_took_it_and_verifies_anywhere(pages: WebDesk) -> None:
    answer = pages.post("/ledger/export", {}, "auditor")
    lines = answer.content.splitlines(keepends=True)
    assert verify_export(lines).holds
    taken = rows(pages, "?kind=ledger.exported")[0]
    assert (taken["who"], taken["what"][:35]) == ("Dev Rao", "Dev Rao took a copy of the ledger, ")
    assert b'"kind":"ledger.exported"' in answer.content, "the copy says itself that it was taken"


def test_reviewers_and_outsiders_see_nothing_of_it(pages: WebDesk) -> None:
    for as_ in ("reviewer", "administrator", "outsider"):
        assert {pages.get(path, as_).status_code for path in ("/ledger", "/ledger.json", "/ledger/0")} == {403}


def _verified(pages: WebDesk, form: dict[str, str]) -> str:
    assert pages.post("/ledger/verify", form, "auditor").headers["location"] == "/ledger/verify"
    until = time.monotonic() + 20
    while time.monotonic() < until:
        answer = pages.get("/ledger/verify", "auditor")
        if "is being verified" not in title_of(answer):
            return f"{title_of(answer)} {text_of(answer)}"
        assert 'hx-trigger="every 1s"' in answer.text
        time.sleep(0.02)
    raise AssertionError("it is still at work")


def test_the_ledger_is_verified_beside_the_pages(pages: WebDesk, lived: House) -> None:
    kept = json.loads(pages.get("/ledger/verify", "auditor").text.partition("<pre")[2].partition(">")[2].split("<")[0]
                      .replace("&#34;", '"'))  # fmt: skip
    said = _verified(pages, {"checkpoint": json.dumps(kept)})
    assert "The ledger holds: " in said
    assert "it begins with what 1 checkpoint saw" in said.replace("\xa0", " ")
    lived.define(replace(DEFINITION, name="written-later"))
    listed = pages.get("/ledger", "auditor")
    assert "✓ Verified" in text_of(listed)
    told = f"nothing was altered in {kept['entries']} of them when that was verified"
    assert title_of(listed).partition(": ")[2] == told, "what was written later was not looked at"
    looked = pages.get("/ledger/verify", "auditor", **{"hx-request": "true"})
    assert (looked.status_code, looked.headers["hx-redirect"]) == (204, "/ledger/verify"), (
        "its title is another one now"
    )
    forged = {**kept, "root": "00" * 32}
    assert "does NOT hold" in _verified(pages, {"checkpoint": json.dumps(forged)})
    answer = pages.post("/ledger/verify", {"checkpoint": "no checkpoint at all"}, "auditor")
    assert answer.status_code == 400
    assert "no checkpoint at all</textarea>" in answer.text


def test_a_verification_says_that_traffic_is_compared_elsewhere(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live()
    with web_desk(house.rt) as pages:
        assert "Model traffic" not in _verified(pages, {})
        log = SegmentTraceLog(tmp_path / "traces", "w-1", lambda: stamp(house.clock()))
        log.close()
        segments = SegmentFolder(tmp_path / "traces", lambda: stamp(house.clock()))
        TrafficLoading(house.store, segments, house.clock).go()
        assert "It was not compared with its traces: " in _verified(pages, {})


def test_a_changed_byte_is_named_on_its_page_and_by_the_verification(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live()
    house.act(house.proposal(key="acted"))
    with web_desk(house.rt) as pages:
        index = index_of(pages, "grant.given")
        assert title_of(pages.get("/cases/why?key=acted", "auditor")).startswith("Applied, because")
        assert "✓ Proved" in text_of(pages.get(f"/ledger/{index}", "auditor"))
        with sqlite3.connect(house.path) as database:
            sql = (
                "UPDATE ledger SET record = CAST(replace(CAST(record AS TEXT), 'Ana Ruiz', 'Eve Ruiz') AS BLOB) WHERE "
            )
            assert database.execute(f"{sql} entry = ?", (index,)).rowcount == 1
        database.close()
        answer = pages.get(f"/ledger/{index}", "auditor")
        assert title_of(answer) == f"Entry {index} was ALTERED since it was written"
        assert "✗ Does not hold" in text_of(answer)
        assert "✓ Proved" in text_of(pages.get(f"/ledger/{index - 1}", "auditor")), (
            "what stands beside it is proved still"
        )
        assert "ALTERED since it was written; it reads now: Eve Ruiz" in text_of(
            pages.get("/ledger?kind=grant.given", "auditor")
        )
        why = pages.get("/cases/why?key=acted", "auditor")
        assert title_of(why) == "What is on record of this case was ALTERED: 1 entry"
        assert f"not the hash that was taken when written: entry {index}" in text_of(why)
        said = _verified(pages, {})
        assert "does NOT hold" in said
        assert f"entry {index} : " in said
        decided = index_of(pages, "decision.made")
        _by_hand(house.path, f"UPDATE ledger SET record = CAST('[]' AS BLOB) WHERE entry = {decided}")
        assert f"entry {decided} is not the decision of this case any more" in text_of(
            pages.get("/cases/why?key=acted", "auditor")
        )
        _by_hand(house.path, f"DELETE FROM ledger WHERE entry = {decided}")
        gone = pages.get("/cases/why?key=acted", "auditor")
        assert (gone.status_code, f"its entry {decided} was removed from the ledger" in text_of(gone)) == (503, True)
        _by_hand(house.path, "UPDATE ledger_head SET peaks = x'00'")
        said = _verified(pages, {})
        assert "The ledger does NOT hold" in said
        assert "tree head is damaged" in said
    house.store.close()


def _by_hand(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as database:
        assert database.execute(sql).rowcount == 1
    database.close()


def test_a_page_never_says_that_nothing_fits_of_what_it_did_not_look_at(
    pages: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_entries, "FEW", 9)
    with pages.site.rt.store.reading() as reading:
        floor = reading.last_entry() + 1 - 9
    said = text_of(pages.get("/ledger?person=Nobody+Known", "auditor"))
    assert f"None of the entries down to entry {floor} fits" in said
    assert "Nothing matches" not in said
    further = pages.get(f"/ledger?person=Nobody+Known&before={floor}", "auditor")
    assert f"down to entry {floor - 9} fits" in text_of(further)
    assert "Nothing matches" in text_of(pages.get("/ledger?person=Nobody+Known&before=3", "auditor"))
