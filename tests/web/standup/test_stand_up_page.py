"""The stand-up in pages: what is agreed, closed and held is on record; who may not is refused, also by form."""

import datetime as dt
from dataclasses import replace

import pytest

from governed import ANA, DEFINITION, NAME, House
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.standup.actions import actions, agree_action
from interlock.flows.standup.hold import stand_ups
from interlock.terms.initiative import Direction, Initiative, Kpi
from interlock.terms.standup import Action
from web_desk import WebDesk, text_of, title_of

KPI = Kpi("first answer", "hours", Direction.DOWN, 4.0, "2026-01-01", 1.0, "2026-12-31", "desk")
HOSTILE = "<script>alert(1)</script>\u202e\"' OR 1=1 \U0001f600"


@pytest.fixture
def house(house: House) -> House:
    house.define(replace(DEFINITION, initiative=Initiative(function="Service", kpis=(KPI,))))
    last = house.now.date() - dt.timedelta(days=1)
    value = KpiValue(
        KPI.name, 1.0, (last - dt.timedelta(days=27)).isoformat(), last.isoformat(), n=400, low=0.8, high=1.0
    )
    record_kpis(house.store, NAME, (value,), source="desk", by=ANA, clock=house.clock)
    return house


def soon(house: House, days: int = 7) -> str:
    return (house.now.date() + dt.timedelta(days=days)).isoformat()


def recorded(house: House) -> tuple[Action, ...]:
    with house.store.reading() as reading:
        return actions(reading)


def test_the_page_says_in_words_and_a_picture_where_each_function_is(desk: WebDesk) -> None:
    answer = desk.get("/stand-up")
    assert title_of(answer) == "1 function: 1 on track"
    said = text_of(answer)
    assert "Service ✓ On track" in said
    assert "first answer 1 hours (0.8 to 1), n 400" in said
    assert "The next one by the calendar: 9 March 2026, 09:00 UTC, in 6 days" in said
    assert 'type="date" value="2026-03-09"' in answer.text
    assert answer.text.count('<svg class="trend"') == 1
    assert "Nothing is open. What is agreed below is checked here the next time." in said


def test_an_action_is_agreed_checked_first_and_closed(desk: WebDesk, house: House) -> None:
    form = {"what": "ask the desk", "owner": "Dana Wirth", "due": soon(house), "workflow": NAME}
    page = desk.followed("/stand-up/actions", form, "value owner")
    assert title_of(page) == "Open: ask the desk"
    (made,) = recorded(house)
    assert (made.what, made.owner, made.by, made.workflow) == ("ask the desk", "Dana Wirth", "Ana Ruiz", NAME)
    house.now += dt.timedelta(days=8)
    first = desk.get("/stand-up")
    assert title_of(first).endswith("1 action is overdue")
    assert "✗ Overdue ask the desk" in text_of(first)
    closing = {"done": "no", "note": "no access", "again": soon(house)}
    ended = desk.followed(f"/stand-up/actions/{made.entry}", closing, "safety owner")
    assert title_of(ended) == "Not done: ask the desk"
    assert [one.closing is None for one in recorded(house)] == [False, True]
    again = desk.post(f"/stand-up/actions/{made.entry}", {"done": "yes"}, "safety owner")
    assert again.status_code == 400
    assert "was closed as not done by Ben Okafor" in text_of(again)


def test_what_was_typed_stays_beside_its_faults(desk: WebDesk, house: House) -> None:
    sent = {"what": "ask the desk", "owner": "", "due": "tomorrow", "workflow": NAME}
    answer = desk.post("/stand-up/actions", sent)
    assert answer.status_code == 400
    said = text_of(answer)
    assert "There are 2 things to mend" in said
    assert "'tomorrow' is no date; write it as 2026-12-31" in said
    assert 'value="ask the desk"' in answer.text
    late = desk.post("/stand-up/actions", {**sent, "owner": "Dana", "due": soon(house, -1)})
    assert "is no date for an action: name one from" in text_of(late)
    nowhere = desk.post("/stand-up/actions", {**sent, "owner": "Dana", "due": soon(house), "workflow": "none"})
    assert "there is no workflow 'none'" in text_of(nowhere)
    assert recorded(house) == ()


def test_it_is_held_once_and_then_on_record(desk: WebDesk, house: House) -> None:
    page = desk.followed("/stand-up/held", {"present": "Ana Ruiz\nBen, Carla", "note": HOSTILE})
    with house.store.reading() as reading:
        (held,) = stand_ups(reading)
    assert (held.present, held.by, held.note) == (("Ana Ruiz", "Ben", "Carla"), "Lena Vogt", HOSTILE)
    assert title_of(page) == "1 stand-up was held"
    assert "<script>alert" not in page.text
    nobody = desk.post("/stand-up/held", {"present": " ", "note": "kept"})
    assert (nobody.status_code, "say who was there" in text_of(nobody), "kept" in nobody.text) == (400, True, True)


def test_hostile_words_are_text_wherever_they_are_shown(desk: WebDesk, house: House) -> None:
    desk.followed("/stand-up/actions", {"what": HOSTILE, "owner": HOSTILE, "due": soon(house)})
    (one,) = recorded(house)
    for path in ("/stand-up", f"/stand-up/actions/{one.entry}", "/stand-up/actions", "/stand-up/actions?owner=<b>"):
        answer = desk.get(path)
        assert (answer.status_code, "<script>alert" in answer.text, "<b>" in answer.text) == (200, False, False)
    assert desk.get("/stand-up/actions.json").json()["rows"][0]["what"] == HOSTILE.strip()


@pytest.mark.parametrize("as_", ["reviewer", "administrator", "auditor", "operator", "outsider"])
def test_who_may_only_read_or_not_even_that_is_refused_by_form(desk: WebDesk, house: House, as_: str) -> None:
    one = agree_action(house.store, "ask", owner="Dana", due=house.now.date(), by=ANA, clock=house.clock, workflow=NAME)
    for path, form in (
        ("/stand-up/actions", {"what": "x", "owner": "y", "due": soon(house)}),
        (f"/stand-up/actions/{one.entry}", {"done": "yes"}),
        ("/stand-up/held", {"present": "Ana"}),
    ):
        assert desk.post(path, form, as_).status_code == 403
    assert recorded(house) == (one,)
    page = desk.get("/stand-up", as_)
    may_read = as_ in {"administrator", "auditor", "operator"}
    assert (page.status_code, '<h2 id="agree">' in page.text) == ((200, False) if may_read else (403, False))


def test_forged_forms_change_nothing(desk: WebDesk, house: House) -> None:
    form = {"what": "x", "owner": "y", "due": soon(house)}
    assert desk.post("/stand-up/actions", form, forged=True).status_code == 403
    assert desk.post("/stand-up/held", {"present": "Ana"}, forged=True).status_code == 403
    assert desk.post("/stand-up/actions", form, as_=None).status_code == 303  # to the page for signing in
    assert recorded(house) == ()


def test_the_end_is_in_the_address_and_nonsense_there_is_left_out(desk: WebDesk, house: House) -> None:
    began = desk.get("/stand-up/begin")
    assert began.status_code == 303
    page = desk.get(began.headers["location"])
    assert "14:59 left; it ends at" in text_of(page)  # the clock of the house goes on with every look
    house.now += dt.timedelta(minutes=16)
    assert "The stand-up is over" in text_of(desk.get(began.headers["location"]))
    for until in ("x", "9999-12-31T23:59:59Z", "2026-01-01", "<b>"):
        other = desk.get(f"/stand-up?until={until}")
        assert (other.status_code, "Begin the 15 minutes" in text_of(other)) == (200, True)


def test_tables_are_pages_csv_and_json(desk: WebDesk) -> None:
    assert title_of(desk.get("/stand-up/kpis?light=on track")) == "1 KPI: 1 on track"
    assert "Nothing matches these filters." in text_of(desk.get("/stand-up/kpis?light=behind"))
    assert desk.get("/stand-up/kpis.csv").text.splitlines()[1].startswith("triage,first answer,Service,on track,1.0")
    assert desk.get("/stand-up/kpis.xml").status_code == 404
    assert desk.get("/stand-up/actions/99").status_code == 404
    assert title_of(desk.get("/stand-up/held")) == "No stand-up was held yet"
