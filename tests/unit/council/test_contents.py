"""What an organisation has to answer for: its responsibilities, its questions, and how often the council meets."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import portfolio_made
from interlock.adapters.packs.organisation import council_pack, read_organisation
from interlock.engine.council.agenda import LATE_INCIDENT_DAYS, WAIVER_ENDS_DAYS, agenda
from interlock.engine.council.ownership import ownership_faults, use_case
from interlock.engine.council.pilots import PILOT_DAYS_MAX
from interlock.engine.timestamp import moment, stamp
from interlock.flows.council.effects import AGAIN_DAYS
from interlock.terms.measured import Incident, Severity
from interlock.terms.workflow import DecisionRights

PACK = council_pack()


def test_the_eleven_responsibilities_by_name() -> None:
    assert tuple(PACK["responsibilities"]) == (
        "technology-strategy", "architecture", "engineering-capability", "product-and-platform", "ai-adoption",
        "data-and-infrastructure", "security-and-resilience", "vendors", "executive-communication", "innovation",
        "technology-risk",
    )  # fmt: skip


def test_the_seven_questions_of_governance_each_with_the_live_control_that_answers_it() -> None:
    assert tuple(PACK["questions"]) == (
        "who-approves", "which-data", "when-people-look", "how-tested", "how-vendors", "how-escalated", "how-watched",
    )  # fmt: skip
    assert all(one["question"].endswith("?") and one["control"] for one in PACK["questions"].values())


def test_a_council_meets_every_week_where_nobody_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("organisation: Nordlicht\n")
    assert read_organisation(tmp_path / "own.yaml").meets_every_days == 7


def test_the_council_is_asked_after_7_14_and_45_days() -> None:
    assert (LATE_INCIDENT_DAYS, WAIVER_ENDS_DAYS, PILOT_DAYS_MAX) == (7, 14, 45)


@pytest.mark.parametrize(("days", "asked"), [(6, False), (7, True)])
def test_an_incident_is_asked_about_from_the_seventh_day_on(days: int, *, asked: bool) -> None:
    opened = stamp(moment(portfolio_made.AS_OF) - dt.timedelta(days=days))
    incident = Incident("w", "wrong queue", Severity.LOW, opened, "Sami Noor", 9)
    standing = replace(portfolio_made.live("w"), incidents=(incident,))
    found = agenda(portfolio_made.portfolio(standings=(standing,)))
    assert any(item.id == "w/incident/9" for item in found) is asked


def test_a_waiver_given_once_more_lasts_the_30_days_that_its_option_says() -> None:
    options = {
        o.id: o.title for item in agenda(portfolio_made.portfolio()) if "/waiver/" in item.id for o in item.options
    }
    assert (AGAIN_DAYS, options["again"]) == (30, "Waive it for 30 days more")


def test_of_each_use_case_it_is_told_who_approves_pauses_escalates_and_stops() -> None:
    case = use_case(portfolio_made.definition("triage"))
    assert (case.value, case.delivery, case.safety) == ("Vera Holt", "Dana Wirth", "Sami Noor")
    assert (case.approve, case.pause, case.escalate, case.stop) == (
        ("Chris Ode",), ("anybody",), ("Chris Ode",), ("Chris Ode",)
    )  # fmt: skip
    assert (case.resume, case.waive) == (("Sami Noor",), ("Sami Noor",))


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("Vera Holt and Ben Ruiz", "has 2 owners: Vera Holt, Ben Ruiz"),
        ("Vera Holt / Ben Ruiz", "has 2 owners: Vera Holt, Ben Ruiz"),
        ("Vera Holt, Ben Ruiz", "has 2 owners: Vera Holt, Ben Ruiz"),
        ("Holt, Vera", None),
        ("Andy Sand", None),
        (None, "nobody is named"),
    ],
)
def test_one_use_case_has_one_value_owner(value: str | None, fault: str | None) -> None:
    made = portfolio_made.live("w")
    owners = replace(made.definition.owners, value=value)
    standing = replace(made, definition=replace(made.definition, owners=owners))
    faults = {one.subject: one.fault for one in ownership_faults(portfolio_made.portfolio(standings=(standing,)))}
    assert faults.get("w: value owner") == fault


def test_without_rights_nobody_may_approve_or_stop_for_good() -> None:
    made = portfolio_made.live("w")
    standing = replace(made, definition=replace(made.definition, rights=DecisionRights((), ("Sami Noor",))))
    subjects = {one.subject for one in ownership_faults(portfolio_made.portfolio(standings=(standing,)))}
    assert {"w: who may approve", "w: who may stop it for good"} <= subjects
