"""What is done with a workflow by form is put on record and shown from there; who may not is refused, forged or not."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dossier_house import DEFINITION
from governed import ANA, NAME, House
from interlock.flows.measure.incident import Report, open_incident
from interlock.surfaces.web.workflow.acts import ACTS
from interlock.surfaces.web.workflow.fields import in_fields
from interlock.terms.ledger import LedgerEntry
from interlock.terms.measured import Severity
from web_desk import WebDesk, text_of, title_of

SPAN = {"start": "2026-02-01", "end": "2026-02-28"}
HOSTILE = "<script>alert(1)</script>\u202e \U0001f600"
INCIDENT = {"title": "wrong refunds", "severity": "high", "owner": "Ben Okafor"}
KPI = {"kpi": "minutes", "value": "30.5", **SPAN, "n": "1,400", "low": "29", "high": "32", "source": "desk"}


def _newest(house: House, kind: str) -> LedgerEntry:
    with house.store.reading() as reading:
        found = reading.newest_of(kind, NAME)
    assert found is not None
    return found


def _last(house: House) -> int:
    with house.store.reading() as reading:
        return reading.last_entry()


def _do(desk: WebDesk, act: str, form: Mapping[str, Any], as_: str = "value owner") -> Any:
    return desk.post(f"/workflows/{NAME}/do/{act}", form, as_)


def test_who_may_not_is_shown_no_button_and_refused_by_address_and_by_form(desk: WebDesk, house: House) -> None:
    before = _last(house)
    for act in ACTS:
        path = f"/workflows/{NAME}/do/{act}"
        asked = {as_: desk.get(path, as_).status_code for as_ in ("auditor", "outsider", "acme auditor", None)}
        sent = {as_: desk.post(path, {"reason": "x"}, as_).status_code for as_ in asked}
        assert asked == sent == {"auditor": 403, "outsider": 404, "acme auditor": 404, None: 303}, act
        assert desk.post(path, {"reason": "x"}, "value owner", forged=True).status_code == 403
        assert desk.get(f"/workflows/nobody/do/{act}", "value owner").status_code == 404
    assert desk.post(f"/workflows/{NAME}/do/fly", {}, "value owner").status_code == 404
    for page in ("", "/gates", "/money", "/history"):
        answers = {as_: desk.get(f"/workflows/{NAME}{page}", as_).text for as_ in ("auditor", "value owner")}
        assert ("/do/" in answers["auditor"], "/do/" in answers["value owner"]) == (False, True), page
    assert _last(house) == before


def test_an_operator_reports_an_incident_and_ends_a_grant_and_nothing_else(desk: WebDesk) -> None:
    open_ = {act for act in ACTS if desk.get(f"/workflows/{NAME}/do/{act}", "operator").status_code == 200}
    assert open_ == {"incident", "demote"}


def test_every_form_has_labels_and_says_what_it_does(desk: WebDesk, house: House) -> None:
    incident = open_incident(house.store, NAME, Report("late", Severity.LOW, "Ben Okafor"), by=ANA, clock=house.clock)
    for act in sorted(ACTS.keys() - {"end-waiver"}):
        answer = desk.get(f"/workflows/{NAME}/do/{act}?entry={incident.entry}", "value owner")
        assert (answer.status_code, answer.text.count('<button type="submit"')) == (200, 1), act
        assert answer.text.count('name="csrf"') == 2  # with signing out


def test_a_stage_is_moved_down_by_anybody_and_up_through_its_gate(desk: WebDesk, house: House) -> None:
    asked = desk.get(f"/workflows/{NAME}/do/move", "leader")
    assert title_of(asked) == "Move triage out of exploration"
    assert "The gate 'leave exploration' was not judged for this release; it is judged again as you move it" in text_of(
        asked
    )
    refused = _do(desk, "move", {"stage": "pilot", "reason": "because"}, "leader")
    assert refused.status_code == 409
    said = text_of(refused)
    assert "'triage' was not moved: Lena Vogt has no right to move it (who has: Ana Ruiz)" in said
    assert ('value="pilot" checked' in refused.text, "because" in refused.text) == (True, True)  # what was typed stays
    assert house.grant() is not None


def test_authority_is_taken_and_given_back_only_on_new_evidence(desk: WebDesk, house: House) -> None:
    shown = desk.followed(f"/workflows/{NAME}/do/demote", {"reason": "too many complaints"}, "operator")
    assert title_of(shown) == "triage only watches since its grant ended on 2 March 2026, in exploration"
    entry = _newest(house, "grant.ended")
    assert (entry.body["by"], entry.body["reason"]) == ("Olga Petrov", "too many complaints")
    assert f"entry {entry.index}" in text_of(shown)
    assert desk.get(f"/workflows/{NAME}/do/demote", "operator").status_code == 404  # there is none to end
    refused = _do(desk, "promote", {"release": house.release, "level": "agent"})
    assert (refused.status_code, "was not promoted" in text_of(refused)) == (409, True)
    stale = _do(desk, "promote", {"release": "sha256:another", "level": "agent"})
    assert "is stale" in text_of(stale)
    assert _do(desk, "promote", {"release": house.release, "level": "emperor"}).status_code == 400
    house.certificate()
    house.shadow(60)
    house.now += dt.timedelta(minutes=1)
    again = desk.followed(f"/workflows/{NAME}/do/judge", {}, "value owner")
    assert "limited live" in text_of(again)
    assert _newest(house, "gate.judged").body["verdict"] == "passed"
    given = desk.followed(
        f"/workflows/{NAME}/do/promote",
        {"release": house.release, "level": "agent", "segments": ["north"]},
        "value owner",
    )
    assert "north ✓ Agent south • Shadow" in text_of(given)
    assert _newest(house, "grant.given").body["approver"] == "Ana Ruiz"


def test_a_check_is_set_aside_until_a_date_and_counts_again(desk: WebDesk, house: House) -> None:
    house.define(replace(DEFINITION, rights=replace(DEFINITION.rights, waive=("Ben Okafor",))))
    desk.followed(f"/workflows/{NAME}/do/judge", {}, "value owner")
    form = {"check": "human in the loop: reviewer tools", "until": "2026-03-20", "reason": "the tool comes"}
    refused = _do(desk, "waive", form)
    assert (refused.status_code, "Ana Ruiz has no right to waive" in text_of(refused)) == (409, True)
    shown = desk.followed(f"/workflows/{NAME}/do/waive", form, "safety owner")
    given = _newest(house, "waiver.given")
    assert (given.body["by"], given.body["expires_at"]) == ("Ben Okafor", "2026-03-20T23:59:59.999999Z")
    assert "reviewer tools human in the loop ? Counts 20 March 2026, 23:59 UTC" in text_of(shown)
    law = _do(desk, "waive", {**form, "check": "limited live: certificate"}, "safety owner")
    assert law.status_code == 400  # not among those that could be waived
    for wrong in ({"until": "tomorrow"}, {"until": "2027-03-20"}, {"reason": " "}, {"check": "none: such"}):
        assert _do(desk, "waive", {**form, **wrong}, "safety owner").status_code in {400, 409}
    ended = desk.followed(
        f"/workflows/{NAME}/do/end-waiver", {"entry": str(given.index), "reason": "it is there"}, "value owner"
    )
    assert "No check is set aside" in text_of(ended)
    for entry in ("1", "", "x", "9" * 30):
        gone = _do(desk, "end-waiver", {"entry": entry, "reason": "again"})
        assert gone.status_code == 404, entry


def test_an_incident_is_reported_and_closed_with_what_was_learned(desk: WebDesk, house: House) -> None:
    shown = desk.followed(
        f"/workflows/{NAME}/do/incident", {**INCIDENT, "cost": "1,250.50", "redline": "yes"}, "operator"
    )
    assert title_of(shown) == "1 incident of triage is open, a redline; 2 questions wait for the council"
    opened = _newest(house, "incident.opened")
    told = {name: opened.body[name] for name in ("title", "severity", "owner", "redline", "cost_usd", "by")}
    assert told == {**INCIDENT, "redline": True, "cost_usd": 1250.5, "by": "Olga Petrov"}
    path = f"/workflows/{NAME}/do/close-incident"
    assert title_of(desk.get(f"{path}?entry={opened.index}", "safety owner")) == "Close the incident: wrong refunds"
    assert desk.post(path, {"entry": str(opened.index), "lesson": " "}, "safety owner").status_code == 400
    closed = desk.followed(path, {"entry": str(opened.index), "lesson": "alert sooner"}, "safety owner")
    assert title_of(closed) == "No incident of triage is open; 1 question waits for the council"
    assert "Learned: alert sooner" in text_of(closed)
    assert desk.post(path, {"entry": str(opened.index), "lesson": "again"}, "safety owner").status_code == 404


def test_an_incident_of_another_workflow_is_none_here(desk: WebDesk, house: House) -> None:
    house.define(replace(DEFINITION, name="other"))
    other = open_incident(house.store, "other", Report("late", Severity.LOW, "Ben"), by=ANA, clock=house.clock)
    answer = _do(desk, "close-incident", {"entry": str(other.entry), "lesson": "none"}, "safety owner")
    assert answer.status_code == 404
    with house.store.reading() as reading:
        assert list(reading.entries_of("incident.closed")) == []


MEASURED: tuple[tuple[str, dict[str, str], str, dict[str, object]], ...] = (
    (
        "kpi",
        {**KPI, "segment": "north", "control": "yes"},
        "kpi",
        {"kpi": "minutes", "value": 30.5, "n": 1400, "low": 29.0, "high": 32.0, "segment": "north", "control": True},
    ),
    (
        "expense",
        {"bucket": "last mile", "usd": "1,200.25", **SPAN, "source": "finance"},
        "expense",
        {"bucket": "last mile", "amount_usd": 1200.25, "period_end": "2026-02-28"},
    ),
    ("period", SPAN, "period", {"cases": 0, "period_start": "2026-02-01"}),
)


def test_what_is_measured_becomes_evidence_that_the_page_shows(desk: WebDesk, house: House) -> None:
    for act, form, kind, body in MEASURED:
        shown = desk.followed(f"/workflows/{NAME}/do/{act}", form, "value owner")
        entry = _newest(house, "evidence.recorded")
        found = entry.body["body"]
        assert (entry.body["kind"], found["by"], {name: found[name] for name in body}) == (kind, "Ana Ruiz", body)
        assert f"entry {entry.index}" in text_of(shown)
        again = _do(desk, act, form)  # a period is recorded once
        assert (again.status_code, _newest(house, "evidence.recorded").index) == (400, entry.index)


SPENT = {"bucket": "compute", "usd": "5", **SPAN, "source": "x"}
WRONG: tuple[tuple[str, dict[str, str], dict[str, str], str], ...] = (
    ("kpi", KPI, {"value": "many"}, "“many” is no number"),
    ("kpi", KPI, {"value": "nan"}, "“nan” is no number"),
    ("kpi", KPI, {"value": ""}, "Give the value"),
    ("kpi", KPI, {"n": "-3"}, "“-3” is no whole number"),
    ("kpi", KPI, {"low": "31"}, "30.5 of 'minutes' is not within its interval 31 to 32"),
    ("kpi", KPI, {"kpi": "hours"}, "Choose a KPI of its definition"),
    ("kpi", KPI, {"start": "01.02.2026"}, "“01.02.2026” is no date"),
    ("kpi", KPI, {"end": "2027-02-28"}, "2027-02-28"),
    ("kpi", KPI, {"segment": "west"}, "Choose a segment of its definition"),
    ("expense", SPENT, {"usd": HOSTILE}, "is no number"),
    ("expense", SPENT, {"bucket": "bribes"}, "Choose a bucket"),
    ("expense", SPENT, {"source": ""}, "Say where it is from"),
    ("incident", INCIDENT, {"severity": "awful"}, "Choose how bad it is"),
    ("incident", INCIDENT, {"owner": " "}, "Name who answers for it"),
    ("incident", INCIDENT, {"cost": "-1"}, "-1"),
    ("go-on", {"choose": "iterate", "sprints": "2", "reason": "x"}, {"choose": "fly"}, "Choose how it goes on"),
    ("expense", SPENT, {"usd": "12,50"}, "“12,50” is no number"),
)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(desk: WebDesk, house: House) -> None:
    before = _last(house)
    for act, form, wrong, words in WRONG:
        answer = _do(desk, act, {**form, **wrong})
        said = text_of(answer)
        assert (answer.status_code, "There is something to mend" in said) == (400, True), (act, wrong)
        assert (words in said, "<script>alert" in answer.text) == (True, False), said[:1500]
        kept = [form[name] for name in ("source", "title", "start") if name in form and name not in wrong]
        assert all(value in answer.text for value in kept), (act, wrong)
    assert _last(house) == before


def test_a_message_loses_options_of_a_command_in_one_look_however_many_blanks_it_quotes() -> None:
    assert in_fields("say until when (--until), or --for how long") == "Say until when, or for how long"
    assert in_fields(f"{' ' * 200_000}x") == f"{' ' * 200_000}x"


def test_its_value_owner_decides_how_it_goes_on(desk: WebDesk, house: House) -> None:
    form = {"choose": "iterate", "sprints": "1", "reason": "two queues are still wrong"}
    assert _do(desk, "go-on", form, "safety owner").status_code == 409
    shown = desk.followed(f"/workflows/{NAME}/do/go-on", form, "value owner")
    entry = _newest(house, "evidence.recorded")
    assert f"entry {entry.index}" in text_of(shown)
    assert entry.body["body"]["choice"] == "iterate"
