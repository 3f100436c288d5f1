"""The council's pages: what needs a decision, deciding it with a check before, refusals, and the minutes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.flows.council.decide import define_organisation
from interlock.flows.measure.incident import Report, open_incident
from interlock.flows.rollout.demote import demote
from interlock.flows.standup.actions import agree_action
from interlock.terms.council import Organisation
from interlock.terms.measured import Severity
from web_desk import Given, WebDesk, text_of, title_of, web_desk

HOSTILE = "<script>alert(1)</script>\u202e'; DROP TABLE ledger; --"
PEOPLE = {
    "leader": ("Lena Vogt", ("leader",)),
    "value owner": ("Ana Ruiz", ("value-owner",)),
    "auditor": ("Dev Rao", ("auditor",)),
    "reviewer": ("Carla Nunes", ("reviewer",)),
    "acme leader": ("Lena Vogt", ("leader@tenant/acme",)),
    "acme auditor": ("Abe Acme", ("auditor@tenant/acme",)),
}
COUNCIL = Organisation("Nordlicht", council=("Lena Vogt", "Ana Ruiz"))


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    house.define()
    house.define(replace(DEFINITION, name="parcels"))
    define_organisation(house.store, COUNCIL, by=CARLA, clock=house.clock)
    with web_desk(house.rt, PEOPLE, tenants=Given({NAME: "acme", "parcels": "other"})) as made:
        yield made


def _asked(house: House, workflow: str = NAME, title: str = "wrong refunds") -> str:
    report = Report(title, Severity.HIGH, "Ben Okafor", redline=True)
    return f"{workflow}/incident/{open_incident(house.store, workflow, report, by=BEN, clock=house.clock).entry}"


def _filled(desk: WebDesk, item: str, as_: str = "leader", **more: object) -> dict[str, object]:
    """The form as its page holds it, filled in."""
    page = desk.get(f"/council/item?item={item}", as_).text
    seen = page.partition('name="looked_at" value="')[2].partition('"')[0]
    return {"item": item, "looked_at": seen, "choose": "go-on", "reason": "it is watched", **more}


def test_the_agenda_says_how_much_waits_and_for_whom(house: House, desk: WebDesk) -> None:
    assert title_of(desk.get("/council")) == "Nothing needs a decision"
    assert "put questions here by themselves" in text_of(desk.get("/council"))
    _asked(house)
    _asked(house, "parcels")
    assert title_of(desk.get("/council")) == "2 questions need a decision: you may take each"
    assert title_of(desk.get("/council", "auditor")) == "2 questions need a decision"
    said = text_of(desk.get("/council"))
    assert f"Does {NAME} go on while incident" in said
    assert "open for 0 days, a redline: wrong refunds" in said.replace("Open", "open")
    assert "The council meets next on 3 March 2026, 10:00 UTC" in said
    assert "Who may decide: Lena Vogt , Ana Ruiz" in said


def test_a_question_is_decided_after_a_check_and_shown_as_it_is_on_record(house: House, desk: WebDesk) -> None:
    item = _asked(house)
    page = desk.get(f"/council/item?item={item}")
    assert (page.status_code, title_of(page)[:20]) == (200, "Does triage go on wh")
    assert "Stops the workflow triage at once: people do the work until somebody lets it work again." in text_of(page)
    form = _filled(
        desk, item, choose="stop", reason=HOSTILE, present="Ana Ruiz", others="Iva Kos\nIva Kos\n", due="2026-03-20"
    )
    kinds = house.kinds()
    check = desk.post("/council/check", form)
    assert (check.status_code, title_of(check)) == (200, "Check before you decide: Stop its cases")
    said = text_of(check)
    assert "Lena Vogt , Ana Ruiz , Iva Kos" in said
    assert "20 March 2026" in said
    assert "<script>alert" not in check.text
    assert house.kinds() == kinds  # nothing is written before somebody says so
    done = desk.followed("/council/decide", form)
    assert title_of(done) == "Decided: Stop its cases"
    assert "DROP TABLE ledger" in text_of(done)
    assert "20 March 2026, or as soon as it gets worse" in text_of(done)
    assert house.kinds()[-2:] == ["council.decided", "kill.fenced"]
    assert title_of(desk.get("/council")) == "Nothing needs a decision"
    assert "The workflow triage is stopped" in text_of(desk.get("/council"))


def test_what_was_filled_in_comes_back_to_be_changed_and_with_its_faults(house: House, desk: WebDesk) -> None:
    item = _asked(house)
    form = _filled(desk, item, choose="", reason=" ", due="2027-01-01", others="Iva Kos")
    page = desk.post("/council/check", form)
    assert page.status_code == 400
    said = text_of(page)
    for words in ("Choose one of the options", "Say why: a decision", "Name a day from 2026-03-03 to 2026-05-31"):
        assert words in said
    assert "Iva Kos</textarea>" in page.text
    again = desk.post("/council/item", _filled(desk, item, reason="it is watched", present="Ana Ruiz"))
    assert again.status_code == 200
    assert "it is watched</textarea>" in again.text
    assert 'value="go-on" checked' in again.text
    assert 'value="Ana Ruiz" checked' in again.text
    assert "is no date" in text_of(desk.post("/council/check", _filled(desk, item, due="soon")))


@pytest.mark.parametrize(("as_", "status"), [("auditor", 403), ("reviewer", 403), (None, 401)])
def test_who_may_not_decide_sees_no_form_and_is_refused(
    house: House, desk: WebDesk, as_: str | None, status: int
) -> None:
    item = _asked(house)
    form = _filled(desk, item)
    for path in ("/council/check", "/council/decide"):
        assert desk.post(path, form, as_).status_code == status
    assert "council.decided" not in house.kinds()
    if as_ == "auditor":
        page = desk.get(f"/council/item?item={item}", as_)
        assert "<form" not in page.text.partition("<main")[2]
        assert "Go on as it is until it is closed" in text_of(page)


def test_a_form_of_another_site_decides_nothing(house: House, desk: WebDesk) -> None:
    form = _filled(desk, _asked(house))
    assert desk.post("/council/decide", form, forged=True).status_code == 403
    assert "council.decided" not in house.kinds()


def test_who_is_not_named_is_refused_on_record_with_the_reason(house: House, desk: WebDesk) -> None:
    item = _asked(house)
    form = _filled(desk, item)
    define_organisation(house.store, replace(COUNCIL, council=("Ana Ruiz",)), by=CARLA, clock=house.clock)
    answer = desk.post("/council/decide", form)
    assert answer.status_code == 409
    assert "Lena Vogt may not decide" in text_of(answer)
    assert house.kinds()[-1] == "council.refused"
    minutes = text_of(desk.get("/council/minutes"))
    assert "✗ Refused" in minutes
    assert "Lena Vogt may not decide" in minutes


def test_a_question_that_changed_since_is_read_again_first(house: House, desk: WebDesk) -> None:
    item = _asked(house)
    form = _filled(desk, item)
    form["looked_at"] = "something else"
    answer = desk.post("/council/decide", form)
    assert (answer.status_code, "The question is another one now" in text_of(answer)) == (409, True)
    assert "it is watched</textarea>" in answer.text
    assert "council.decided" not in house.kinds()


def test_a_question_that_was_decided_meanwhile_shows_that_decision(house: House, desk: WebDesk) -> None:
    item = _asked(house)
    form = _filled(desk, item)
    made = desk.followed("/council/decide", {**_filled(desk, item, "value owner")}, "value owner")
    assert "Ana Ruiz" in text_of(made)
    late = desk.post("/council/decide", form)
    assert (late.status_code, title_of(late)) == (409, "This question is not open now")
    assert "Ana Ruiz" in text_of(late)
    assert house.kinds().count("council.decided") == 1
    assert desk.get(f"/council/item?item={item}").status_code == 200
    assert desk.get("/council/item?item=triage/incident/99").status_code == 404


def test_a_tenants_visitor_sees_and_decides_only_what_is_theirs(house: House, desk: WebDesk) -> None:
    mine, other = _asked(house), _asked(house, "parcels", "a secret of others")
    for workflow in ("parcels", None):
        agree_action(
            house.store,
            "ask parcels",
            owner="Ana Ruiz",
            due=house.now.date(),
            by=BEN,
            clock=house.clock,
            workflow=workflow,
        )
    house.now += dt.timedelta(days=1)
    assert title_of(desk.get("/council")) == "4 questions need a decision: you may take each"
    page = desk.get("/council", "acme leader")
    assert title_of(page) == "1 question needs a decision: you may take it"
    assert "parcels" not in page.text
    assert desk.get(f"/council/item?item={other}", "acme leader").status_code == 404
    form = _filled(desk, other)
    for path in ("/council/check", "/council/decide"):
        assert desk.post(path, form, "acme leader").status_code == 404
    desk.followed("/council/decide", _filled(desk, other))
    made = desk.followed("/council/decide", _filled(desk, mine, "acme leader"), "acme leader")
    assert title_of(made) == "Decided: Go on as it is until it is closed"
    minutes = desk.get("/council/minutes.json", "acme auditor").json()
    assert [one["workflow"] for one in minutes["rows"]] == [NAME]
    entry = next(
        one["entry"] for one in desk.get("/council/minutes.json").json()["rows"] if one["workflow"] == "parcels"
    )
    assert desk.get(f"/council/decided/{entry}", "acme leader").status_code == 404
    for path in ("/council.csv", "/council.json", "/council/minutes", "/council/minutes.csv"):
        assert "parcels" not in desk.get(path, "acme auditor").text
    assert "parcels" in desk.get("/council/minutes.csv").text


def test_minutes_are_by_day_and_say_what_holds(house: House, desk: WebDesk) -> None:
    desk.followed("/council/decide", _filled(desk, _asked(house)))
    house.now += dt.timedelta(days=40)
    item = _asked(house, "parcels")
    desk.followed("/council/decide", _filled(desk, item, present="Ana Ruiz"))
    page = desk.get("/council/minutes")
    assert title_of(page) == "2 decisions on record, 1 holds today"
    days = [part[:10] for part in page.text.split('<time datetime="2026-')[1:]]
    assert days[0].startswith("04-11")
    assert "Present: Lena Vogt , Ana Ruiz" in text_of(page)
    rows = desk.get("/council/minutes.json?holds=yes").json()["rows"]
    assert [(one["workflow"], one["chosen"], one["decided"]) for one in rows] == [
        ("parcels", "go-on", "Go on as it is until it is closed")
    ]
    assert title_of(desk.get("/council/minutes?workflow=none")) == title_of(page)
    assert "Nothing matches these filters" in text_of(desk.get("/council/minutes?workflow=none"))


def test_a_gate_that_a_decision_needs_is_judged_as_by_the_command(house: House, desk: WebDesk) -> None:
    demote(house.store, NAME, by=BEN, reason="nothing to demote", clock=house.clock)
    house.now += dt.timedelta(days=1)
    item = _asked(house)
    assert desk.post("/council/decide", _filled(desk, item, choose="close", reason="alert sooner")).status_code == 303
    assert house.kinds()[-2:] == ["council.decided", "incident.closed"]
