"""The council's agenda is built from the state; a decision is recorded, and takes effect where it takes authority."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House
from interlock.adapters.packs.instruments import read_instruments
from interlock.adapters.packs.organisation import council_pack, read_organisation
from interlock.engine.council.agenda import WAIVER_ENDS_DAYS, agenda
from interlock.engine.council.looked_at import as_looked_at
from interlock.engine.council.ownership import ownership_faults
from interlock.engine.council.pilots import PILOT_DAYS_MAX
from interlock.engine.instruments.theatre import probe_portfolio
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import define_calendar
from interlock.flows.council.decide import decide_item, define_organisation, item_of
from interlock.flows.council.minutes import refusals
from interlock.flows.ledger.record import record
from interlock.flows.measure.incident import Report, open_incident
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.demote import demote
from interlock.flows.rollout.facts import facts_of, waivers_of
from interlock.flows.rollout.waive import waive
from interlock.flows.standup.actions import actions, agree_action
from interlock.ports.store import Reading
from interlock.terms.calendar import Calendar
from interlock.terms.council import AgendaItem, CouncilDecision, Organisation, Responsibility
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Verdict
from interlock.terms.initiative import Initiative, Vendor
from interlock.terms.measured import Severity
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio
from interlock.terms.stage import RolloutStage
from interlock.terms.standup import Action
from staged import PACKS, READY, SIGNING, judged, put, ready, signed

COUNCIL = Organisation("Nordlicht", (Responsibility("vendors", ("Iva Kos",)),), ("Ana Ruiz",))


def _portfolio(house: House) -> Portfolio:
    with house.store.reading() as reading:
        return read_portfolio(reading, house.now)


def _items(house: House) -> dict[str, AgendaItem]:
    return {item.id: item for item in agenda(_portfolio(house))}


def _redline(house: House) -> str:
    define_organisation(house.store, COUNCIL, by=CARLA, clock=house.clock)
    report = Report("wrong refunds", Severity.HIGH, "Ben Okafor", redline=True)
    return f"{NAME}/incident/{open_incident(house.store, NAME, report, by=BEN, clock=house.clock).entry}"


def _moved_to_pilot(house: House) -> None:
    body = {"workflow": NAME, "release": house.release, "left": "exploration", "entered": "pilot", "by": "Ana Ruiz",
            "authenticated": False, "reason": "the gate passed"}  # fmt: skip
    with house.store.transaction() as tx:
        record(tx, "stage.moved", body, at=stamp(house.clock()))


# The organisation


def test_the_ownership_map_has_eleven_responsibilities_and_seven_questions() -> None:
    pack = council_pack()
    assert (len(pack["responsibilities"]), len(pack["questions"])) == (11, 7)


def test_what_an_organisation_leaves_out_is_a_gap_and_two_owners_are_one_too_many(house: House, tmp_path: Path) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(
        "organisation: Nordlicht\ncouncil: [Ana Ruiz]\nresponsibilities:\n"
        "  vendors: {owner: Iva Kos}\n  innovation: {owner: [Iva Kos, Pia Lund]}\n"
    )
    define_organisation(house.store, read_organisation(file), by=CARLA, clock=house.clock)
    portfolio = _portfolio(house)
    assert portfolio.organisation is not None
    assert (len(portfolio.organisation.responsibilities), len(portfolio.organisation.governance)) == (11, 7)
    faults = {fault.subject: fault.fault for fault in ownership_faults(portfolio)}
    assert faults["innovation"] == "has 2 owners: Iva Kos, Pia Lund"
    assert "vendors" not in faults
    assert sum(fault == "has no owner" for fault in faults.values()) == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "organisation: N\nresponsibilities:\n  vendor: {}\n",
            ":3: responsibilities.vendor: is not one of the eleven; did you mean 'vendors'?",
        ),
        (
            "organisation: N\nresponsibilities:\n  vendors: {owners: A}\n",
            ":3: responsibilities.vendors.owners: is no field here; did you mean 'owner'?",
        ),
        ("organisation: N\nresponsibilities: {vendors: A}\n", ":2: responsibilities.vendors: write its parts below it"),
        ("organisation: N\ncouncel: [A]\n", ":2: councel: is no field here; did you mean 'council'?"),
        ("organisation: N\ncouncil: A\n", ":2: council: write a list here"),
        ("organisation: N\nresponsibilities:\n  vendors: {owner: 5}\n", ":3: responsibilities.vendors.owner: write a"),
        ("organisation: 5\n", ":1: organisation: write words here"),
        ("organisation: N\norganisation: M\n", ":2: organisation: is given twice (first in line 1); keep one"),
        ("organisation: N\nmeets_every_days: 0\n", ":2: meets_every_days: Input should be greater than or equal to 1"),
        ("council: [A]", ":1: organisation: is missing; add it"),
        ("- a", ":1: (whole file): write its parts below it, one a line"),
        ("a: [", ":1: this is not YAML"),
        ("organisation: &a N\ncouncil: [*a]", "refers to another place"),
    ],
)
def test_an_organisation_file_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_organisation(file)
    assert said in str(refused.value)


def test_a_workflow_needs_value_delivery_safety_and_escalation_named(house: House) -> None:
    house.define()
    subjects = {fault.subject for fault in ownership_faults(_portfolio(house)) if fault.subject.startswith(NAME)}
    assert subjects == {f"{NAME}: delivery owner", f"{NAME}: escalation path"}


# The agenda


def test_a_quiet_workflow_asks_nothing(live: House) -> None:
    _moved_to_pilot(live)
    assert {item.split("/")[1] for item in _items(live)} == {"drift"}  # an agent, and a pilot allows an assistant


def test_authority_given_on_a_certificate_without_a_stage_is_asked_about(live: House) -> None:
    (item,) = _items(live).values()
    assert (item.id.split("/")[1], [one.id for one in item.options]) == ("stage", ["demote", "stages"])
    assert item.why_now.endswith("on its certificate, and it was never moved to a stage")
    decide_item(live.store, item.id, choose="demote", reason="first a stage", by=ANA, clock=live.clock)
    assert "stage" not in {one.split("/")[1] for one in _items(live)}


def test_a_gate_that_passed_and_that_nobody_moved(passed: House) -> None:
    (item,) = _items(passed).values()
    assert (item.right, item.may_decide) == ("promote", ("Ana Ruiz", "Carla Nunes"))
    assert "'limited live' passed on 2026-03-02, and nobody has moved it" in item.why_now
    assert len(item.evidence) == 2


@pytest.mark.parametrize(("days", "asked"), [(PILOT_DAYS_MAX - 1, False), (PILOT_DAYS_MAX, True)])
def test_a_pilot_that_nobody_decides_for_45_days_is_asked_about_and_is_theatre_until_it_is_decided(
    live: House, days: int, *, asked: bool
) -> None:
    _moved_to_pilot(live)
    define_organisation(live.store, COUNCIL, by=CARLA, clock=live.clock)
    live.now += dt.timedelta(days=days)
    found = [item for item in _items(live) if item.startswith(f"{NAME}/pilot/")]
    assert (bool(found), _nobody_decides(live)) == (asked, asked)
    for item in found:
        decide_item(live.store, item, choose="date", reason="on Friday", by=ANA, clock=live.clock)
        assert not _nobody_decides(live)


def _nobody_decides(house: House) -> bool:
    theatre = next(one for one in read_instruments() if one.id == "pilot-theatre")
    return probe_portfolio(theatre, _portfolio(house))["nobody-deciding"].there


@pytest.mark.parametrize(("days", "asked"), [(WAIVER_ENDS_DAYS + 1, False), (WAIVER_ENDS_DAYS - 1, True), (-1, False)])
def test_a_waiver_that_ends_within_14_days(live: House, days: int, *, asked: bool) -> None:
    body = {"workflow": NAME, "release": live.release, "gate": "scale", "check": "bias", "by": "Ben Okafor",
            "reason": "later", "expires_at": stamp(live.now + dt.timedelta(days=days))}  # fmt: skip
    with live.store.transaction() as tx:
        record(tx, "waiver.given", body, at=stamp(live.clock()))
    assert any("/waiver/" in item for item in _items(live)) is asked


def test_a_vendor_without_agreement_and_exit_is_revisited(house: House) -> None:
    vendor = Vendor("Scanwerk", "text recognition")
    house.define(replace(DEFINITION, initiative=Initiative(vendors=(vendor,))))
    (item,) = _items(house).values()
    assert item.why_now == "no processing agreement and no exit on record"


# Decisions


def test_a_decision_to_demote_takes_effect_at_once_and_leaves_the_agenda(live: House) -> None:
    item = _redline(live)
    assert [option.id for option in _items(live)[item].options] == ["demote", "go-on", "stop", "close"]
    done = decide_item(live.store, item, choose="demote", reason="not before it is closed", by=ANA, clock=live.clock)
    assert live.grant() is None
    assert item not in _items(live)
    assert _portfolio(live).decisions == (done,)
    assert live.kinds()[-2:] == ["council.decided", "grant.ended"]


@pytest.mark.parametrize(("due_days", "holds_days"), [(None, 30), (7, 7), (90, 90)])
def test_what_goes_on_is_asked_again_at_its_date_30_days_later_by_itself(
    live: House, due_days: int | None, holds_days: int
) -> None:
    item = _redline(live)
    due = None if due_days is None else live.now + dt.timedelta(days=due_days)
    decide_item(live.store, item, choose="go-on", reason="watched", by=ANA, clock=live.clock, due=due)
    live.now += dt.timedelta(days=holds_days, seconds=-60)
    assert item not in _items(live)
    live.now += dt.timedelta(seconds=120)
    assert "Ana Ruiz decided 'go-on' on 2026-03-02, and that was until" in _items(live)[item].why_now


def test_what_goes_on_is_asked_again_before_its_date_when_it_got_worse(live: House) -> None:
    item = _redline(live)
    decide_item(live.store, item, choose="go-on", reason="watched", by=ANA, clock=live.clock)
    assert item not in _items(live)
    _redline(live)
    assert "it got worse since" in _items(live)[item].why_now


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_date_that_has_passed_or_is_past_90_days_is_no_answer(live: House, days: int) -> None:
    item, due = _redline(live), live.now + dt.timedelta(days=days)
    with pytest.raises(BadInput, match="is no date to look again"):
        decide_item(live.store, item, choose="go-on", reason="why", by=ANA, clock=live.clock, due=due)
    assert item in _items(live)


def test_who_has_no_right_decides_nothing(live: House) -> None:
    item = _redline(live)
    with pytest.raises(Refused, match="Eve may not decide"):
        decide_item(live.store, item, choose="demote", reason="why", by=Person("Eve"), clock=live.clock)
    assert live.grant() is not None
    assert live.kinds()[-1] == "council.refused"
    assert item in _items(live)


def test_a_decision_to_stop_halts_the_workflow_and_to_close_ends_the_incident(live: House) -> None:
    item = _redline(live)
    decide_item(live.store, item, choose="stop", reason="until we know", by=ANA, clock=live.clock)
    assert live.act().decision.verb is Verb.REVIEW
    assert live.kinds().count("kill.fenced") == 1
    other = _redline(live)
    decide_item(live.store, other, choose="close", reason="alert sooner", by=ANA, clock=live.clock)
    (standing,) = _portfolio(live).standings
    assert standing.halted
    assert [(one.closed_by, one.lesson) for one in standing.incidents] == [(None, None), ("Ana Ruiz", "alert sooner")]


def test_what_was_decided_is_on_record_in_the_words_of_the_option(live: House) -> None:
    item = _redline(live)
    done = decide_item(live.store, item, choose="go-on", reason="watched", by=ANA, clock=live.clock)
    assert (done.title, done.answer) == ("Go on as it is until it is closed",) * 2
    assert _portfolio(live).decisions == (done,)


def test_a_decision_is_on_the_question_that_was_looked_at_and_on_no_other(live: House) -> None:
    name = _redline(live)
    seen = as_looked_at(_items(live)[name])
    live.now += dt.timedelta(days=1)  # "open for 1 days" is the same question
    assert as_looked_at(_items(live)[name]) == seen
    demote(live.store, NAME, by=BEN, reason="meanwhile", clock=live.clock)  # there is no authority left to take away
    with pytest.raises(BadInput, match="is another question now than the one that was looked at"):
        decide_item(live.store, name, choose="go-on", reason="why", by=ANA, clock=live.clock, looked_at=seen)
    seen = as_looked_at(_items(live)[name])
    decide_item(live.store, name, choose="go-on", reason="why", by=ANA, clock=live.clock, looked_at=seen)


def test_an_item_alone_is_as_it_is_on_the_whole_agenda(live: House) -> None:
    _redline(live)
    live.define(replace(DEFINITION, name="parcels", initiative=Initiative(vendors=(Vendor("Scanwerk", "text"),))))
    items = _items(live)
    with live.store.reading() as reading:
        assert {name: item_of(reading, name, live.now) for name in items} == items
    assert {one.workflow for one in items.values()} == {NAME, "parcels"}


def test_refusals_are_read_back_with_their_reason(live: House) -> None:
    item = _redline(live)
    with pytest.raises(Refused):
        decide_item(live.store, item, choose="demote", reason="why", by=Person("Eve"), clock=live.clock)
    with live.store.reading() as reading:
        (refused,) = refusals(reading)
    assert (refused.item, refused.workflow, refused.by, refused.reason) == (item, NAME, "Eve", "why")
    assert "Eve may not decide" in refused.refusal


def _gate_passed(house: House) -> str:
    (verdict,) = judged(house, "stages")[:1]
    assert (verdict.gate, verdict.verdict) == ("leave exploration", Verdict.PASSED)
    return next(item for item in _items(house) if item.startswith(f"{NAME}/leave exploration/"))


def _decide(house: House, item: str, choose: str, by: Person) -> CouncilDecision:
    return decide_item(house.store, item, choose=choose, reason="it is time", by=by, clock=house.clock, facts=_facts)


def _facts(reading: Reading, workflow: str, now: dt.datetime) -> GateFacts:
    return facts_of(reading, workflow, PACKS, now=now, signing=SIGNING)


def test_a_decision_to_go_moves_the_stage(house: House) -> None:
    ready(house)
    _decide(house, _gate_passed(house), "go", ANA)
    (standing,) = _portfolio(house).standings
    assert (standing.stage, house.kinds()[-1]) == (RolloutStage.PILOT, "stage.moved")


def test_planted_the_proposer_moves_nothing_by_a_decision_and_the_item_stays(house: House) -> None:
    house.define(READY, by=ANA)  # she has the right, and proposed it
    put(house, "labels", {"n": 120, "edge_cases": 12})
    signed(house, ("data fitness", "representative"), ("privacy and legal", "impact assessment"))
    item = _gate_passed(house)
    with pytest.raises(Refused, match="proposed"):
        _decide(house, item, "go", ANA)
    assert house.kinds()[-1] == "council.refused"
    assert _portfolio(house).decisions == ()
    assert item.split("/")[1] in {one.split("/")[1] for one in _items(house)}


def test_a_waiver_is_ended_or_given_once_more_by_a_decision(house: House) -> None:
    ready(house)
    for choose, left in (("again", 2), ("end", 1)):
        until = house.now + dt.timedelta(days=7)
        given = waive(
            house.store, NAME, PACKS, gate="data fitness", check="representative", until=until, reason="later", by=BEN,
            clock=house.clock, signing=SIGNING,
        )  # fmt: skip
        item = f"{NAME}/waiver/{given.entry}"
        with pytest.raises(Refused, match="may not decide"):
            _decide(house, item, choose, ANA)
        _decide(house, item, choose, BEN)
        with house.store.reading() as reading:
            own = [one for one in waivers_of(reading, NAME) if one.entry >= given.entry]
        assert len(own) == (left if choose == "again" else 0)


@pytest.mark.parametrize(
    ("item", "choose", "reason", "said"),
    [
        (None, "win", "why", "is no option of"),
        ("x", "demote", "why", "is not on the agenda"),
        (None, "demote", " ", "say why"),
    ],
)
def test_what_cannot_be_decided(live: House, item: str | None, choose: str, reason: str, said: str) -> None:
    known = _redline(live)
    with pytest.raises(BadInput, match=said):
        decide_item(live.store, item or known, choose=choose, reason=reason, by=ANA, clock=live.clock)
    assert _portfolio(live).decisions == ()


# What a stand-up agreed


def _agreed(house: House, what: str, *, workflow: str | None) -> Action:
    define_organisation(house.store, COUNCIL, by=CARLA, clock=house.clock)
    due = house.now.date() + dt.timedelta(days=1)
    return agree_action(house.store, what, owner="Dana Wirth", due=due, by=ANA, clock=house.clock, workflow=workflow)


def test_an_action_is_asked_about_from_the_first_day_after_its_date_on_the_organisations_clock(house: House) -> None:
    house.define()
    one = _agreed(house, "measure the baseline", workflow=None)
    define_calendar(house.store, Calendar(zone="Asia/Tokyo"), by=ANA, clock=house.clock)
    midnight = dt.datetime.combine(dt.date.fromisoformat(one.due), dt.time(15), dt.UTC)  # in Tokyo
    house.now = midnight - dt.timedelta(seconds=1)
    assert _items(house) == {}
    house.now = midnight
    (item,) = _items(house).values()
    assert (item.id, item.workflow, item.may_decide) == (f"action/{one.entry}", None, ("Ana Ruiz",))
    assert item.question == "Is it still to be done: measure the baseline?"
    assert item.why_now == f"Dana Wirth agreed to do it by {one.due}, 1\u00a0day ago, and nobody said how it ended"


@pytest.mark.parametrize(("chosen", "done", "days"), [("done", True, None), ("drop", False, None), ("more", False, 7)])
def test_what_is_decided_about_an_overdue_action_closes_it(
    house: House, chosen: str, *, done: bool, days: int | None
) -> None:
    house.define()
    one = _agreed(house, "measure the baseline", workflow=NAME)
    house.now += dt.timedelta(days=2)
    item = f"{NAME}/action/{one.entry}"
    with pytest.raises(Refused, match="Ben Okafor may not decide"):
        decide_item(house.store, item, choose=chosen, reason="no", by=BEN, clock=house.clock)
    decide_item(house.store, item, choose=chosen, reason="the data came late", by=ANA, clock=house.clock)
    with house.store.reading() as reading:
        closed, *again = actions(reading)
    assert closed.closing is not None
    assert (closed.closing.done, closed.closing.note, closed.closing.by) == (done, "the data came late", "Ana Ruiz")
    until = [] if days is None else [(house.now.date() + dt.timedelta(days=days)).isoformat()]
    assert [(one.due, one.follows) for one in again] == [(day, closed.entry) for day in until]
    assert _items(house) == {}
    if again:
        house.now += dt.timedelta(days=8)
        assert f"takes the place of action {closed.entry}" in _items(house)[f"{NAME}/action/{again[0].entry}"].why_now
