"""Controls at the last day on which they are in force, and on the day after."""

import datetime as dt
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.compliance.controls import look
from interlock.engine.timestamp import moment, stamp
from interlock.terms.compliance import InForce
from interlock.terms.portfolio import Portfolio, Standing

LIVE = portfolio_made.live("w")


def before(days: int) -> str:
    return stamp(moment(portfolio_made.AS_OF) - dt.timedelta(days=days))


def whole(standing: Standing = LIVE) -> Portfolio:
    return portfolio_made.portfolio(standings=(standing,))


def is_in_force(control: str, portfolio: Portfolio) -> bool:
    return look(control, portfolio).state is InForce.IN_FORCE


@pytest.mark.parametrize(("days", "held"), [(90, True), (91, False)])
def test_without_a_schedule_a_drill_is_good_for_90_days(days: int, *, held: bool) -> None:
    unscheduled = replace(LIVE.definition, rollout=replace(LIVE.definition.rollout, drill_every_days=None))
    assert is_in_force("kill-drilled", whole(replace(LIVE, definition=unscheduled, drilled_at=before(days)))) is held


@pytest.mark.parametrize(("days", "held"), [(183, False), (184, True)])
def test_six_months_of_logs_are_184_days(days: int, *, held: bool) -> None:
    kept = replace(LIVE, definition=replace(LIVE.definition, retention_days=days))
    assert is_in_force("logs-six-months", whole(kept)) is held


@pytest.mark.parametrize(("days", "held"), [(31, True), (32, False)])
def test_a_council_at_work_decided_something_within_31_days(days: int, *, held: bool) -> None:
    made = whole()
    decided = replace(made, decisions=tuple(replace(one, at=before(days)) for one in made.decisions))
    assert is_in_force("council-decides", decided) is held
