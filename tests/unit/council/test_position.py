"""The position of 0-30, 30-90 days, 3-6 and 6-12 months comes from records alone."""

from dataclasses import replace

import portfolio_made
from interlock.engine.council.position import position
from interlock.terms.council import Responsibility
from interlock.terms.portfolio import Portfolio
from interlock.terms.stage import RolloutStage


def _whole() -> Portfolio:
    organisation = replace(
        portfolio_made.organisation(), responsibilities=(Responsibility("vendors", ("Iva Kos",)),)
    )  # fmt: skip
    return portfolio_made.portfolio(
        organisation=organisation, standings=(portfolio_made.live("triage", RolloutStage.OPERATION),)
    )


def test_the_phases_are_0_to_30_30_to_90_days_3_to_6_and_6_to_12_months() -> None:
    phases = position(_whole()).phases
    assert [(one.from_day, one.to_day) for one in phases] == [(0, 30), (30, 90), (90, 180), (180, 365)]


def test_all_is_done_where_all_is_on_record_and_every_step_cites_it() -> None:
    found = position(_whole())
    assert (found.day, found.stands, found.is_behind) == (152, None, False)
    assert found.planned is not None
    assert found.planned.to_day == 180
    assert all(step.evidence for phase in found.phases for step in phase.steps)


def test_an_empty_portfolio_has_done_nothing_and_none_of_nothing_is_not_done() -> None:
    found = position(Portfolio("2026-10-31T18:00:00.000000Z", None, ()))
    assert (found.day, found.planned, found.is_behind) == (None, None, False)
    assert not any(step.is_done for phase in found.phases for step in phase.steps)


def test_what_is_missing_first_is_where_it_stands_and_late_is_said_to_be_behind() -> None:
    found = position(portfolio_made.portfolio())
    assert found.stands is not None
    open_steps = {step.name: (step.done, step.of) for phase in found.phases for step in phase.steps if not step.is_done}
    assert (found.stands.to_day, found.is_behind) == (30, True)
    assert open_steps["each responsibility has one owner"] == (9, 11)
    assert open_steps["each initiative has a value and a safety owner"] == (9, 12)
    assert open_steps["none is live without a grant"] == (11, 12)


def test_a_drill_90_days_old_counts_and_91_days_do_not() -> None:
    whole = _whole()
    for drilled, done in (("2026-08-02", 1), ("2026-08-01", 0)):
        standing = replace(whole.standings[0], drilled_at=f"{drilled}T18:00:00.000000Z")
        steps = position(replace(whole, standings=(standing,))).phases[3].steps
        assert [step.done for step in steps if "drilled" in step.name] == [done]


def test_an_incident_open_for_7_days_is_open_and_for_6_is_not_late() -> None:
    whole = _whole()
    incident = next(one.incidents for one in portfolio_made.standings() if one.incidents)
    for opened, done in (("2026-10-24", 0), ("2026-10-25", 1)):
        made = [replace(one, opened_at=f"{opened}T18:00:00.000000Z", closed_at=None) for one in incident]
        standing = replace(whole.standings[0], incidents=tuple(made))
        steps = position(replace(whole, standings=(standing,))).phases[3].steps
        assert [step.done for step in steps if "incident" in step.name] == [done]
