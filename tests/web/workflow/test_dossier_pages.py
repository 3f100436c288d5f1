"""The dossier of a workflow: what each page says, and who may open it."""

import datetime as dt
from dataclasses import replace

from dossier_house import DEFINITION, Given
from governed import ANA, BEN, CARLA, NAME, House
from interlock.flows.action.kill import fence_in
from interlock.flows.measure.incident import Report, open_incident
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.demote import demote
from interlock.terms.measured import Severity
from interlock.terms.review import ReviewKind
from interlock.terms.workflow import Problem
from web_desk import WebDesk, text_of, title_of

PAGES = ("", "/gates", "/evidence", "/evidence.csv", "/evidence.json", "/money", "/history", "/release")
HOSTILE = "<script>alert(1)</script>\u202e'; DROP TABLE workflow; -- \U0001f600"


def test_the_title_is_the_conclusion_and_the_figures_stand_below_it(desk: WebDesk) -> None:
    answer = desk.get(f"/workflows/{NAME}")
    assert title_of(answer) == "triage may act as agent until 1 April 2026"
    said = text_of(answer)
    assert "Stage Exploration level agent" in said
    assert "agent over all segments, at or over confidence 0.9000" in said
    assert "at most 5 % of what is applied is wrong, with 95 % confidence, on n 200 labelled cases" in said
    assert "north ✓ Agent south ✓ Agent" in said
    assert "No case was audited under this grant yet." in said
    assert "mail waits 40 minutes until somebody sorts it by hand" in said
    assert answer.text.count("<figure") == 1  # the certified point
    links = [
        f"{address}{NAME}" for address in ("/queue?workflow=", "/cases?workflow=", "/reports/make/result?workflow=")
    ]
    shown = {as_: desk.get(f"/workflows/{NAME}", as_).text for as_ in ("safety owner", "administrator")}
    assert [link in shown["safety owner"] for link in links] == [True, True, True]
    assert [link in shown["administrator"] for link in links] == [False, False, True]  # who sees no case


def test_audits_move_the_monitor_on_the_page(desk: WebDesk, house: House) -> None:
    for _ in range(3):
        proposal = house.proposal()
        house.act(proposal)
        _audit(house, proposal.key)
    said = text_of(desk.get(f"/workflows/{NAME}"))
    assert "0 audits of 3 found a wrong case" in said
    assert "The monitor as audits came in" in said


def _audit(house: House, key: str) -> None:
    close_review(house.store, NAME, key, ReviewKind.AUDIT, label="billing", by=BEN, clock=house.clock)


def test_who_may_read_the_whole_workflow_reads_its_dossier(desk: WebDesk, tenants: Given) -> None:
    seen = {"leader": 200, "auditor": 200, "reviewer": 200, "outsider": 404, "acme auditor": 404, None: 303}
    for page in PAGES:
        found = {as_: desk.get(f"/workflows/{NAME}{page}", as_).status_code for as_ in seen}
        assert found == seen, page
    assert desk.get("/workflows/nobody").status_code == 404
    for tenant, status in (("acme", 200), ("globex", 404)):
        tenants.tenant = tenant
        found_by_acme = {desk.get(f"/workflows/{NAME}{page}", "acme auditor").status_code for page in PAGES}
        assert found_by_acme == {status}, tenant


def test_gates_show_their_findings_with_evidence_and_what_to_do(desk: WebDesk) -> None:
    answer = desk.get(f"/workflows/{NAME}/gates")
    assert title_of(answer) == "Gates: 1 of 1 passed"
    said = text_of(answer)
    assert "limited live ✓ Passed 4 of 4 checks passed" in said
    assert "/ledger/evidence/sha256:" in answer.text
    assert "No check is set aside" in said


def test_the_evidence_is_a_table_with_what_does_not_count(desk: WebDesk, house: House) -> None:
    answer = desk.get(f"/workflows/{NAME}/evidence")
    assert title_of(answer) == "2 of 2 pieces of evidence may count now"
    house.now += dt.timedelta(days=100)
    late = desk.get(f"/workflows/{NAME}/evidence?now=does+not+count")
    assert title_of(late) == "0 of 2 pieces of evidence may count now"
    assert "is older than 90 days" in text_of(late)
    rows = desk.get(f"/workflows/{NAME}/evidence.json").json()["rows"]
    assert [row["kind"] for row in rows] == ["shadow", "certificate"]
    assert desk.get(f"/workflows/{NAME}/evidence.xml").status_code == 404


def test_value_and_money_with_a_picture_and_buckets(desk: WebDesk, house: House) -> None:
    assert title_of(desk.get(f"/workflows/{NAME}/money")).startswith("0 of 1 KPI moved")
    value = KpiValue("minutes", 25.0, "2026-02-01", "2026-02-28", n=400, low=24.0, high=26.0)
    record_kpis(house.store, NAME, (value,), source="desk", by=ANA, clock=house.clock)
    answer = desk.get(f"/workflows/{NAME}/money")
    assert title_of(answer) == "1 of 1 KPI moved or is at its target; what a success costs is not known"
    said = text_of(answer)
    assert "Baseline 40 min Now 25 min (24–26), n 400, up to 28 February 2026 Target 20 min by 31 December 2026" in said
    assert "Compute not measured 0 days none – Nothing recorded" in said


def test_what_a_release_changed_is_told_field_by_field(desk: WebDesk, house: House) -> None:
    assert title_of(desk.get(f"/workflows/{NAME}/release")).endswith("is in force since 2 March 2026")
    house.define(replace(DEFINITION, problem=replace(DEFINITION.problem, cost="5 hours a day"), steps=DEFINITION.steps))
    amended = desk.get(f"/workflows/{NAME}/release")
    assert "was amended on 2 March 2026: 1 field changed" in title_of(amended)
    house.define(replace(DEFINITION, acts={"model": "sha256:two"}))
    said = text_of(desk.get(f"/workflows/{NAME}/release"))
    assert "acts.model makes another release sha256:one sha256:two" in said
    assert "and evidence of the release before counts no more" in said
    assert "Promote Ana Ruiz Move its stage Ana Ruiz" in said
    assert "Proposed by Carla Nunes" in said


def test_history_lists_cases_without_their_content_and_incidents(desk: WebDesk, house: House) -> None:
    report = Report("wrong refunds", Severity.HIGH, "Ben Okafor", redline=True, cost_usd=12.5)
    incident = open_incident(house.store, NAME, report, by=ANA, clock=house.clock)
    answer = desk.get(f"/workflows/{NAME}/history")
    assert title_of(answer) == "1 incident of triage is open, a redline; 2 questions wait for the council"
    said = text_of(answer)
    assert "wrong refunds redline High, opened 2 March 2026" in said
    assert "cost USD 12.50" in said
    assert f"Does triage go on while incident {incident.entry} is open? Open for 0 days, a redline" in said
    assert f"/council/item?item=triage%2Fincident%2F{incident.entry}" in answer.text.replace(
        "/incident/", "%2Fincident%2F"
    )
    assert "case-00059 only watched" in said
    assert f"/do/close-incident?entry={incident.entry}" in answer.text
    for_reviewer = desk.get(f"/workflows/{NAME}/history", "reviewer")
    assert ("close-incident" in for_reviewer.text, "case-00059" in for_reviewer.text) == (False, True)
    assert "What it decided last" not in text_of(desk.get(f"/workflows/{NAME}/history", "administrator"))


def test_what_no_grant_holds_is_said(desk: WebDesk, house: House) -> None:
    house.define(replace(DEFINITION, acts={"model": "sha256:two"}))
    answer = desk.get(f"/workflows/{NAME}")
    assert title_of(answer) == "triage only watches since its grant ended on 2 March 2026, in exploration"
    said = text_of(answer)
    assert "It holds no grant" in said
    assert "Nothing watches it while it holds no grant" in said


def test_hostile_words_are_shown_as_text_on_every_page(desk: WebDesk, house: House) -> None:
    problem = Problem(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "x" * 1_000_000)
    house.define(replace(DEFINITION, problem=problem), by=CARLA)
    open_incident(house.store, NAME, Report(HOSTILE, Severity.LOW, HOSTILE), by=ANA, clock=house.clock)
    for page in PAGES:
        answer = desk.get(f"/workflows/{NAME}{page}")
        assert answer.status_code == 200
        assert ("<script>alert" in answer.text, "\u202e" in answer.text) == (False, False), page
        assert len(answer.content) < 60_000, page


def test_an_address_that_names_an_entry_shows_only_what_is_done_on_these_pages(desk: WebDesk, house: House) -> None:
    for entry in ("1", "999999", "x", "-1", "9" * 40, "0"):
        answer = desk.get(f"/workflows/{NAME}?entry={entry}")
        assert (answer.status_code, "On record:" in text_of(answer)) == (200, False), entry
    proposal = house.proposal()
    house.act(proposal)
    with house.store.reading() as reading:
        told = {entry.kind: entry.index for entry in reading.entries()}
    assert "On record: " in text_of(desk.get(f"/workflows/{NAME}?entry={told['grant.given']}", "reviewer"))
    for kind in ("decision.made", "intent.completed", "outcome.observed"):
        assert "On record:" not in text_of(desk.get(f"/workflows/{NAME}?entry={told[kind]}", "reviewer")), kind


def test_a_case_that_waits_for_a_blind_look_is_kept_from_who_may_be_asked_to_look(desk: WebDesk, house: House) -> None:
    proposal = house.proposal()
    house.act(proposal)  # every one is audited
    seen = {
        as_: proposal.key in desk.get(f"/workflows/{NAME}/history", as_).text for as_ in ("reviewer", "value owner")
    }
    assert seen == {"reviewer": False, "value owner": True}
    close_review(house.store, NAME, proposal.key, ReviewKind.AUDIT, label="billing", by=BEN, clock=house.clock)
    assert proposal.key in desk.get(f"/workflows/{NAME}/history", "reviewer").text


def test_what_ended_its_authority_is_told_where_it_only_watches(desk: WebDesk, house: House) -> None:
    demote(house.store, NAME, by=ANA, reason="two wrong refunds", clock=house.clock)
    answer = desk.get(f"/workflows/{NAME}")
    assert title_of(answer).startswith(f"{NAME} only watches since its grant ended on 2 March 2026, in ")
    assert "Its last grant was ended by Ana Ruiz on 2 March 2026, 09:00 UTC: two wrong refunds ( entry" in text_of(
        answer
    )


def test_what_was_stopped_needs_no_evidence_next(desk: WebDesk, house: House) -> None:
    with house.store.transaction() as tx:
        fence_in(tx, f"workflow:{NAME}", by=ANA, reason="wrong queue", clock=house.clock)
    said = text_of(desk.get(f"/workflows/{NAME}"))
    assert "What to do next Find out why it was stopped, then let it work again" in said
    assert "Stop it" not in said.partition("What to do next")[2].partition("Gates")[0]
