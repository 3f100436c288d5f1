"""The form of the monthly update: six parts, and which of the ten areas stands in which."""

import portfolio_made
from interlock.engine.reporting import board, monthly, ninety_days
from interlock.engine.reporting.priorities import LEAST, MOST

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


def test_priorities_are_three_to_five() -> None:
    assert (LEAST, MOST) == (3, 5)


def test_each_area_concludes_in_its_title() -> None:
    assert all(passage.title and passage.title != passage.part for passage in UPDATE.passages)
