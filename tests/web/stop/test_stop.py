"""The switch as pages: who may use it, what it would stop, how a stop goes, drills, and working again."""

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api_desk import served
from governed import ANA, DEFINITION, NAME, House
from interlock.flows.action.kill import fence_in, kill
from web_desk import Given, WebDesk, text_of, title_of, web_desk

SCOPE = f"workflow:{NAME}"
HOSTILE = "<script>alert(1)</script>'; DROP TABLE scope; --"
TENANTS = {NAME: "acme", "parcels": "other"}


PEOPLE = {
    "leader": ("Lena Vogt", ("leader",)),
    "safety owner": ("Ben Okafor", ("safety-owner",)),
    "operator": ("Olga Petrov", ("operator",)),
    "auditor": ("Dev Rao", ("auditor",)),
    "reviewer": ("Carla Nunes", ("reviewer",)),
    "acme operator": ("Amy Acme", ("operator@tenant/acme",)),
    "other operator": ("Osa Other", ("operator@tenant/other",)),
    "acme safety owner": ("Ben Okafor", ("safety-owner@tenant/acme",)),
    "one workflow": ("Omar One", ("operator@workflow/none",)),
    "outsider": ("Otto Out", ()),
}


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    house.define()
    house.define(replace(DEFINITION, name="parcels", effect=replace(DEFINITION.effect, action_class="refund")))
    with web_desk(house.rt, PEOPLE, tenants=Given(TENANTS)) as made:
        yield made
        made.site.waiting.close()


def _stop(house: House, scope: str = SCOPE) -> None:
    kill(house.store, house.drain, scope, by=ANA, reason="wrong queue", clock=house.clock, timeout_s=0)


def _halted(house: House) -> tuple[str, ...]:
    with house.store.reading() as reading:
        return tuple(name for name, (_, halted) in reading.scopes().items() if halted)


def _until_done(desk: WebDesk, scope: str, as_: str) -> Any:
    """The page of a scope once nothing is waited for any more."""
    give_up = time.monotonic() + 10
    while desk.site.waiting.is_busy(scope):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    return desk.get(f"/stop/scope?scope={scope}", as_)


def test_two_clicks_from_any_page_stop_a_workflow_and_show_what_is_recorded(house: House, desk: WebDesk) -> None:
    assert 'href="/stop"' in desk.get("/nowhere", "operator").text
    page = desk.get(f"/stop?scope={SCOPE}", "operator")
    assert (page.status_code, title_of(page)) == (200, "Nothing is stopped")
    assert f"Stop the workflow {NAME} now" in text_of(page)
    assert f"Workflows {NAME} , without authority to act" in text_of(page)
    assert "May let it work again Ben Okafor" in text_of(page)
    answer = desk.post("/stop", {"scope": SCOPE, "reason": HOSTILE}, "operator")
    assert (answer.status_code, answer.headers["location"]) == (303, "/stop/scope?scope=workflow%3Atriage")
    done = _until_done(desk, SCOPE, "operator")
    assert title_of(done) == f"The workflow {NAME} is stopped, and quiet"
    said = text_of(done)
    assert "by Olga Petrov" in said
    assert "In doubt ✓ None" in said
    assert "DROP TABLE scope" in said
    assert "<script>alert" not in done.text
    assert house.kinds()[-2:] == ["kill.fenced", "kill.quiesced"]
    again = text_of(desk.followed("/stop", {"scope": SCOPE, "reason": "me too"}, "safety owner"))
    assert "by Olga Petrov : <script>" in again.partition("Stopped once more")[0]
    assert "by Ben Okafor : me too" in again.partition("Stopped once more")[2]


def test_somebody_in_a_hurry_needs_no_reason_and_stops_everything_by_default(house: House, desk: WebDesk) -> None:
    page = desk.get("/stop", "reviewer")
    assert "Stop everything now" in text_of(page)
    assert "Workflows 2, 0 of them with authority to act" in text_of(page)
    assert desk.post("/stop", {"scope": "global"}, "reviewer").status_code == 303
    assert _halted(house) == ("global",)
    assert "no reason given" in text_of(desk.get("/stop", "auditor"))


def test_another_choice_keeps_what_was_typed_and_stops_nothing(house: House, desk: WebDesk) -> None:
    sent = {"scope": "global", "other": SCOPE, "reason": "it routes\n<b>everything</b>"}
    chosen = desk.post("/stop/choose", sent, "operator")
    assert "it routes\n&lt;b&gt;everything&lt;/b&gt;</textarea>" in chosen.text
    assert f"Stop the workflow {NAME} now" in text_of(chosen)
    assert (chosen.status_code, _halted(house)) == (200, ())
    assert desk.post("/stop/choose", {"other": "workflow:none", "reason": "x"}, "operator").status_code == 200
    assert desk.post("/stop/choose", {"other": "global"}, "acme operator").status_code == 403


def test_a_page_names_the_altered_entry_that_it_rests_on_and_the_switch_works_all_the_same(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live()
    _stop(house)
    (judged,), (fenced,) = (_altered(house, kind) for kind in ("gate.judged", "kill.fenced"))
    named = f"ntry {judged} (gate.judged) was ALTERED since it was written"
    with web_desk(house.rt) as desk:
        page = desk.get("/portfolio", "operator")
        assert (page.status_code, title_of(page)) == (503, "What this rests on was altered")
        assert named in text_of(page)
        assert "no entry says why: run `interlock ledger verify`" in text_of(page), "halted all the same"
        assert f"Entry {fenced} was ALTERED" in text_of(desk.get(f"/ledger/{fenced}", "auditor"))
        switch = desk.get("/stop", "operator")
        assert "Stop everything now" in text_of(switch)
        assert "Which workflows there are cannot be read" in text_of(switch)
        done = desk.followed("/stop", {"scope": "global", "reason": "it was altered"}, "operator")
        assert (done.status_code, title_of(done)[:21]) == (200, "Everything is stopped")
        assert set(_halted(house)) == {"global", SCOPE}
    with served(house) as api:
        answer = api.get("/portfolio", "auditor")
        assert (answer.status_code, named in answer.json()["detail"]) == (503, True)
    house.store.close()


def _altered(house: House, kind: str) -> tuple[int, ...]:
    """Names the members of an entry's body otherwise, behind the back of the store."""
    with house.store.reading() as reading:
        found = tuple(reading.entries_of(kind))
    with sqlite3.connect(house.path) as database:
        for one in found:
            record = one.record.replace(b'"gate"', b'"gota"').replace(b'"scope"', b'"scupe"')
            database.execute("UPDATE ledger SET record = ? WHERE entry = ?", (record, one.index))
    database.close()
    return tuple(one.index for one in found)


@pytest.mark.parametrize(
    ("as_", "scope", "status"),
    [
        ("auditor", SCOPE, 403),
        ("outsider", SCOPE, 403),
        (None, SCOPE, 303),
        ("acme operator", "global", 403),
        ("acme operator", "workflow:parcels", 404),
        ("acme operator", "workflow:nowhere", 404),
        ("acme operator", "tenant:other", 404),
        ("acme operator", "action:refund", 404),
        ("operator", "nonsense", 400),
        ("operator", "workflow:nowhere", 400),
        ("operator", "", 400),
    ],
)
def test_what_somebody_may_not_stop_is_refused_by_address_and_by_form(
    house: House, desk: WebDesk, as_: str | None, scope: str, status: int
) -> None:
    assert desk.post("/stop", {"scope": scope, "reason": "x"}, as_).status_code == status
    assert _halted(house) == ()
    if scope and status in {403, 404}:
        assert desk.get(f"/stop?scope={scope}", as_).status_code == status


def test_a_form_of_another_site_stops_and_resumes_nothing(house: House, desk: WebDesk) -> None:
    _stop(house, "workflow:parcels")
    for path in ("/stop", "/stop/choose", "/stop/resume", "/stop/drill", "/stop/again"):
        answer = desk.post(path, {"scope": SCOPE, "reason": "x"}, "safety owner", forged=True)
        assert (answer.status_code, title_of(answer)) == (403, "This form cannot be trusted")
    assert _halted(house) == ("workflow:parcels",)


def test_what_may_not_be_done_is_not_drawn(house: House, desk: WebDesk) -> None:
    _stop(house)
    page = desk.get(f"/stop/scope?scope={SCOPE}", "auditor").text
    assert "<form" not in page.partition("<main")[2]
    assert "now</button>" not in desk.get("/stop", "auditor").text
    for as_, drawn in (("safety owner", True), ("operator", False), ("reviewer", False)):
        assert ('action="/stop/resume"' in desk.get(f"/stop/scope?scope={SCOPE}", as_).text) is drawn
        other = desk.get("/stop/scope?scope=workflow:parcels", as_).text
        assert ('action="/stop/drill"' in other) is drawn


def test_only_somebody_with_the_right_lets_it_work_again_and_what_was_typed_stays(house: House, desk: WebDesk) -> None:
    _stop(house)
    refused = desk.post("/stop/resume", {"scope": SCOPE, "reason": "mended"}, "operator")
    assert refused.status_code == 409
    assert f"by its definition Olga Petrov has no right to resume {NAME}" in text_of(refused)
    assert "mended</textarea>" not in refused.text  # no form is drawn for who may not
    nothing = desk.post("/stop/resume", {"scope": SCOPE, "reason": " "}, "safety owner")
    assert "Say why it may work again: it is recorded" in text_of(nothing)
    assert _halted(house) == (SCOPE,)
    page = desk.followed("/stop/resume", {"scope": SCOPE, "reason": "mended"}, "safety owner")
    assert title_of(page) == f"The workflow {NAME} works again"
    assert "by Ben Okafor : mended" in text_of(page)
    again = desk.post("/stop/resume", {"scope": SCOPE, "reason": "mended"}, "safety owner")
    assert (again.status_code, "is not halted" in text_of(again)) == (409, True)


def test_a_refusal_names_no_workflow_of_another_tenant(house: House, desk: WebDesk) -> None:
    _stop(house, "tenant:acme")
    house.define(replace(DEFINITION, name="parcels", rights=replace(DEFINITION.rights, resume=("Somebody Else",))))
    answer = desk.post("/stop/resume", {"scope": "tenant:acme", "reason": "x"}, "acme safety owner")
    assert answer.status_code == 409
    assert "has no right to resume others" in text_of(answer)
    assert "parcels" not in answer.text


def test_a_tenants_visitor_sees_nothing_of_others(house: House, desk: WebDesk) -> None:
    _stop(house, "workflow:parcels")
    assert title_of(desk.get("/stop", "acme operator")) == "Nothing is stopped"
    assert desk.get("/stop/scope?scope=workflow:parcels", "acme operator").status_code == 404
    for path in (
        "/stop",
        "/stop/history",
        "/stop/history.csv",
        "/stop/history.json",
        "/stop/drills",
        "/stop/drills.json",
    ):
        assert "parcels" not in desk.get(path, "acme operator").text
        assert path == "/stop" or "parcels" in desk.get(path, "auditor").text


def test_a_drill_is_held_beside_the_page_and_is_on_record(house: House, desk: WebDesk) -> None:
    assert "1 drill" not in title_of(desk.get("/stop/drills", "operator"))
    assert desk.post("/stop/drill", {"scope": SCOPE}, "safety owner").status_code == 303
    page = _until_done(desk, SCOPE, "safety owner")
    assert "✓ Passed" in text_of(page)
    assert "a wish from before was refused" in text_of(page)
    assert title_of(desk.get("/stop/drills", "operator")) == "1 of 2 switches were drilled"
    assert title_of(desk.get("/stop/history", "operator")) == "0 stops and 1 drill on record"
    assert house.kinds()[-1] == "drill.held"


@pytest.mark.parametrize("as_", ["operator", "reviewer", "auditor"])
def test_a_drill_takes_the_right_to_resume(house: House, desk: WebDesk, as_: str) -> None:
    answer = desk.post("/stop/drill", {"scope": SCOPE}, as_)
    assert answer.status_code == (409 if as_ == "operator" else 403)
    assert _halted(house) == ()
    assert "drill.held" not in house.kinds()


def test_no_drill_of_what_is_stopped(house: House, desk: WebDesk) -> None:
    _stop(house)
    answer = desk.post("/stop/drill", {"scope": SCOPE}, "safety owner")
    assert (answer.status_code, "a drill would resume it" in text_of(answer)) == (409, True)
    assert _halted(house) == (SCOPE,)


def test_an_effect_at_work_and_one_in_doubt_are_named(house: House) -> None:
    house.define()
    house.certificate()
    house.shadow(60)
    house.judge()
    house.promote()
    house.desk.broken = ConnectionError("lost")
    house.keys = (key for key in ["in doubt 1"])
    house.act()
    with web_desk(house.rt, PEOPLE, tenants=Given(TENANTS)) as desk:
        said = text_of(desk.get(f"/stop?scope={SCOPE}", "operator"))
        assert f"{NAME} , with authority to act" in said
        desk.post("/stop", {"scope": SCOPE}, "operator")
        page = _until_done(desk, SCOPE, "operator")
        assert "In doubt ✗ 1 by name" in text_of(page)
        assert 'href="/cases/why?key=in%20doubt%201"' in page.text
        leader = text_of(desk.get(f"/stop/scope?scope={SCOPE}", "reviewer"))
        assert "in doubt 1" in leader
        _stop(house, "global")
        told = [desk.get("/stop/history.json", who).json()["rows"][0] for who in ("auditor", "other operator")]
        assert [(one["scope"], one["in_doubt"]) for one in told] == [("global", 1), ("global", 0)], "whose case it is"
        desk.site.waiting.close()


def test_a_stop_whose_quiet_nobody_found_out_can_be_looked_at_again(house: House, desk: WebDesk) -> None:
    with house.store.transaction() as tx:
        fence_in(tx, SCOPE, by=ANA, reason="by the council", clock=house.clock)
    page = desk.get(f"/stop/scope?scope={SCOPE}", "operator")
    assert "Quiet ? Not known" in text_of(page)
    assert "In doubt ? None so far" in text_of(page)
    assert desk.post("/stop/again", {"scope": SCOPE}, "operator").status_code == 303
    assert title_of(_until_done(desk, SCOPE, "operator")).endswith("and quiet")


def test_history_is_a_table_with_filters_and_files(house: House, desk: WebDesk) -> None:
    _stop(house)
    desk.post("/stop/drill", {"scope": "workflow:parcels"}, "safety owner")
    _until_done(desk, "workflow:parcels", "safety owner")
    rows = desk.get("/stop/history.json", "auditor").json()["rows"]
    assert [(one["scope"], one["reason"], one["state"]) for one in rows] == [
        ("workflow:parcels", "drill", "Resumed"),
        (SCOPE, "wrong queue", "Stopped"),
    ]
    assert "parcels" not in text_of(desk.get("/stop/history?kind=kill", "auditor")).partition("Entry")[2]
    lines = desk.get("/stop/history.csv?text=parcels", "auditor").text.splitlines()
    assert (len(lines), lines[0]) == (2, "scope,state,at,by,reason,resumed_at,resumed_by,in_doubt,entry")
    assert desk.get("/stop/history.pdf", "auditor").status_code == 400


def test_on_a_page_of_a_workflow_the_switch_is_that_workflows(desk: WebDesk) -> None:
    assert (
        'class="stop" href="/stop?scope=workflow%3Atriage"' in desk.get(f"/workflows/{NAME}/nowhere", "operator").text
    )
    assert 'class="stop" href="/stop"' in desk.get("/workflows/parcels/nowhere", "acme operator").text
    assert 'class="stop"' not in desk.get("/nowhere", "auditor").text


def test_a_reason_without_end_stops_all_the_same_and_is_cut(house: House, desk: WebDesk) -> None:
    assert desk.post("/stop", {"scope": SCOPE, "reason": "x" * 900_000}, "operator").status_code == 303
    assert _halted(house) == (SCOPE,)
    with house.store.reading() as reading:
        (entry,) = reading.entries_of("kill.fenced")
    assert len(entry.body["reason"]) == 2_000
    long = desk.post("/stop/resume", {"scope": SCOPE, "reason": "x" * 2_001}, "safety owner")
    assert (long.status_code, "Say it in 2,000 characters; these are 2,001" in text_of(long)) == (409, True)
    assert _halted(house) == (SCOPE,)
