"""The form of the monthly update: six parts, and which of the ten areas stands in which."""

import datetime as dt
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.reporting import board, monthly, ninety_days
from interlock.engine.reporting.priorities import LEAST, MOST, priorities
from interlock.engine.timestamp import moment, stamp
from interlock.terms.stage import Waiver

UPDATE = monthly.monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())


def test_the_six_part_editorial_form_holds_each_of_the_ten_areas_once() -> None:
    held = [(each.chapter, each.part) for each in UPDATE.passages if each.chapter in monthly.SIX_PARTS]
    assert held == [
        ("Decide", "Decisions required"),
        ("Do next", "Next priorities"),
        ("Where it stands", "Portfolio by stage"),
        ("Where it stands", "Readiness to scale"),
        ("What it brings", "Value"),
        ("What it brings", "Progress"),
        ("What can go wrong", "Risks"),
        ("What can go wrong", "Incidents"),
        ("What it takes", "Resourcing"),
        ("What it takes", "Alignment between functions"),
    ]


def test_executives_read_a_month_a_board_a_quarter_and_a_result_90_days() -> None:
    assert (monthly.DAYS, board.DAYS, ninety_days.DAYS) == (31, 91, 90)


@pytest.mark.parametrize(("decisions", "shown"), [(0, 5), (3, 5), (4, 4), (5, 3), (9, 3)])
def test_priorities_are_three_to_five_and_eight_rows_with_the_decisions(decisions: int, shown: int) -> None:
    asked = tuple(replace(portfolio_made.agenda()[0], id=str(i)) for i in range(decisions))
    assert len(priorities(portfolio_made.portfolio(), asked)) == shown
    assert (LEAST, MOST) == (3, 5)


@pytest.mark.parametrize(("days", "soon"), [(30, True), (31, False)])
def test_a_waiver_that_ends_within_30_days_is_a_priority(days: int, *, soon: bool) -> None:
    made = portfolio_made.live("w")
    ends = stamp(moment(portfolio_made.AS_OF) + dt.timedelta(days=days))
    waiver = Waiver("w", made.release, "decide", "bias", "Sami Noor", "later", made.defined_at, ends, 5)
    found = priorities(portfolio_made.portfolio(standings=(replace(made, waivers=(waiver,)),)), ())
    assert any("before its waiver ends" in each.work for each in found) is soon


def test_each_area_concludes_in_its_title() -> None:
    assert all(passage.title and passage.title != passage.part for passage in UPDATE.passages)
