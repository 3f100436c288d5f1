"""The monthly executive update: ten areas, three to five priorities, nothing unknown left unsaid."""

import math
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.economics.value import gain
from interlock.engine.reporting.figures import exact_limits, figure
from interlock.engine.reporting.measures import kpi_state, unit_cost, window
from interlock.engine.reporting.monthly import SIX_PARTS, monthly_update
from interlock.engine.reporting.priorities import priorities
from interlock.engine.reporting.readiness import readiness
from interlock.engine.reporting.value_and_money import resourcing
from interlock.terms.briefing import APPENDIX, Figure
from interlock.terms.evidence import Verdict
from interlock.terms.initiative import Direction, Kpi, Spending
from interlock.terms.measured import Measurement
from interlock.terms.portfolio import Portfolio

AREAS = {
    "Portfolio by stage",
    "Value",
    "Progress",
    "Risks",
    "Decisions required",
    "Resourcing",
    "Readiness to scale",
    "Alignment between functions",
    "Incidents",
    "Next priorities",
}


def measured(value: float, low: float | None, high: float | None) -> Measurement:
    return Measurement("w", "k", value, "2026-10-01", "2026-10-31", "desk", "e", 40, low, high)


def test_the_executive_update_has_ten_areas_and_decisions_come_first() -> None:
    update = monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())
    assert update.passages[0].part == "Decisions required"
    areas = [passage.part for passage in update.passages if passage.chapter != APPENDIX]
    assert set(areas) == AREAS
    assert len(areas) == 10


def test_the_six_parts_hold_the_ten_areas_in_order_and_the_summary_says_each() -> None:
    update = monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())
    assert list(dict.fromkeys(passage.chapter for passage in update.passages)) == [*SIX_PARTS, APPENDIX]
    assert len(SIX_PARTS) == 6
    assert [line.split(":")[0] for line in update.summary] == list(SIX_PARTS)


def test_the_first_five_decisions_are_up_front_and_no_other_is_lost() -> None:
    made = portfolio_made.agenda()
    asked = tuple(replace(made[i % 3], id=str(i), question=f"Question {i}?") for i in range(8))
    update = monthly_update(portfolio_made.portfolio(), asked)
    front, last = update.passages[0].grids[0], update.passages[10].grids[0]
    assert [row[0] for row in (*front.rows, *last.rows)] == [item.question for item in asked]
    assert (len(front.rows), len(last.rows), update.front) == (5, 3, 2)
    assert update.summary[0].startswith("Decide: 8 decisions are required; the first 5 are here")
    assert update.passages[1].part == "Next priorities"


@pytest.mark.parametrize(("words", "held", "said"), [(10, 5, ""), (60, 3, "the first 3 are"), (400, 1, "the first is")])
def test_the_first_page_holds_as_many_decisions_as_their_four_options_leave_room_for(
    words: int, held: int, said: str
) -> None:
    asked = portfolio_made.agenda()[0]
    options = tuple(replace(asked.options[0], title="Stop", implication="x" * words) for _ in range(4))
    items = tuple(replace(asked, id=str(i), question=f"Question {i}?", options=options) for i in range(5))
    update = monthly_update(portfolio_made.portfolio(), items)
    rows = [row[0] for p in update.passages if "decisions" in p.part.lower() for row in p.grids[0].rows]
    assert rows == [item.question for item in items]
    assert (len(update.passages[0].grids[0].rows), said in update.passages[0].title) == (held, True)


def test_three_to_five_next_priorities_with_owner_and_date() -> None:
    chosen = priorities(portfolio_made.portfolio(), portfolio_made.agenda())
    assert 3 <= len(chosen) <= 5
    assert all(each.owner and each.due >= "2026-11-01" for each in chosen)


def test_every_decision_has_options_with_their_implications() -> None:
    rows = monthly_update(portfolio_made.portfolio(), portfolio_made.agenda()).passages[0].grids[0].rows
    assert [row[0] for row in rows] == [item.question for item in portfolio_made.agenda()]
    assert "Keep it halted: People send reminders: 3 more hours a day" in str(rows[0][2])


def test_every_known_figure_names_its_evidence_and_every_unknown_one_its_owner() -> None:
    update = monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())
    cells = [c for p in update.passages for g in p.grids for row in g.rows for c in row if isinstance(c, Figure)]
    assert len(cells) > 60
    assert [c.label for c in cells if c.value and not c.evidence] == []
    assert [c.label for c in cells if c.value is None and not c.owner] == []
    listed = " ".join(each.what for each in update.unknown)
    assert "sales-drafts: handling time baseline" in listed
    assert "code-review: who is its safety owner" in listed


def test_an_empty_portfolio_says_what_would_fill_it() -> None:
    update = monthly_update(Portfolio(portfolio_made.AS_OF, None, ()), ())
    assert update.title == "Nothing waits for a decision"
    assert "`risks` in a definition fill this table" in {g.empty for p in update.passages for g in p.grids}


def test_readiness_has_one_row_a_workflow_with_the_worst_first_and_the_appendix_every_open_gate() -> None:
    update = monthly_update(portfolio_made.portfolio(), ())
    area = next(passage for passage in update.passages if passage.part == "Readiness to scale")
    names = [row[0] for row in area.grids[0].rows]
    assert area.title == "7 of 12 workflows have passed every gate"
    assert names == ["contract-intake", "knowledge-base", "code-review", "sales-drafts", "shift-planning"]
    gates = [row[:2] for row in update.passages[-1].grids[0].rows]
    assert gates == [("contract-intake", "pilot: inconclusive"), ("knowledge-base", "scale: inconclusive")]


def test_a_failed_gate_comes_before_all_that_is_inconclusive() -> None:
    made = portfolio_made.live("w")
    verdict = replace((made.gates or {})["limited live"], verdict=Verdict.FAILED)
    failed = replace(made, gates={"scale": replace(verdict, gate="scale"), "pilot": (made.gates or {})["limited live"]})
    area = readiness(portfolio_made.portfolio(standings=(*portfolio_made.standings(), failed)))
    row = area.grids[0].rows[0]
    assert area.title == "7 of 13 workflows have passed every gate; 1 is held by a failed one"
    assert (row[0], row[2]) == ("w", "scale: failed")
    assert isinstance(row[1], Figure)
    assert row[1].shown == "1 of 2"


@pytest.mark.parametrize(
    ("baseline", "value", "high", "said"),
    [
        (None, 2.0, 2.2, "no baseline: nothing can be proved"),
        (4.0, 1.0, 1.2, "target reached"),
        (4.0, 3.0, 3.5, "moved"),
        (4.0, 3.0, 4.5, "not moved"),
        (4.0, 3.0, None, "no interval: a move is not proved"),
    ],
)
def test_a_kpi_has_moved_only_where_its_whole_interval_has(
    baseline: float | None, value: float, high: float | None, said: str
) -> None:
    kpi = Kpi("k", "hours", Direction.DOWN, baseline, None, 1.0)
    found = gain(kpi, [measured(value, None if high is None else 2 * value - high, high)])
    assert kpi_state(found)[0] == said


def test_a_kpi_that_nobody_measured_is_inconclusive() -> None:
    assert kpi_state(gain(Kpi("k", "hours", Direction.UP, 1.0, None, 2.0), ()))[0] == "not measured yet"


def test_a_control_segment_is_not_what_the_workflow_reached() -> None:
    control = portfolio_made.measured("w", "first answer", (9.9,), control=True)
    standing = portfolio_made.live("w", measurements=control)
    assert gain(standing.definition.initiative.kpis[0], standing.measurements).newest is None


def test_cost_per_success_leaves_the_learning_tax_out_and_is_unknown_without_money() -> None:
    within = window(portfolio_made.AS_OF, 31)
    found = unit_cost(portfolio_made.live("w"), within)
    assert found.value == pytest.approx((1000.0 + 4000.0 + 120.0) / 8300)
    assert found.denominator == "n 8,300"
    assert unit_cost(portfolio_made.live("w", expenses=()), within).shown == "not known"


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_what_is_no_number_is_not_known(value: float | None) -> None:
    assert figure("x", value, "USD", owner="Vera").value is None
    assert figure("x", value, "USD", owner="Vera").owner == "Vera"


def test_exact_limits_are_those_of_clopper_and_pearson() -> None:
    from interlock.engine.oversight.estimate import rate

    for wrong, n in ((0, 10), (2, 300), (10, 10), (150, 300)):
        exact = rate(wrong, n)
        assert exact_limits(wrong, n) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_what_the_council_is_asked_is_what_the_first_page_says() -> None:
    from interlock.engine.council.agenda import agenda

    portfolio = portfolio_made.portfolio()
    asked = agenda(portfolio)
    assert asked
    assert monthly_update(portfolio, asked).title == f"Decide first: {asked[0].question}"


def test_a_workflow_over_its_own_budget_is_named_though_all_buckets_together_are_not() -> None:
    small = Spending(compute_usd=10.0, unit_of_value="case")
    made = portfolio_made.live("w")
    initiative = replace(made.definition.initiative, spending=small)
    over = replace(made, definition=replace(made.definition, initiative=initiative))
    rich = replace(made.definition.initiative, spending=replace(small, compute_usd=90000.0))
    rest = replace(made, definition=replace(made.definition, name="v", initiative=rich), expenses=made.expenses)
    area = resourcing(portfolio_made.portfolio(standings=(rest, over)), window(portfolio_made.AS_OF, 31))
    assert area.title.endswith("; 1 workflow is over its own")
    row = area.grids[1].rows[0]
    assert row[:2] == ("w", "compute")
    assert isinstance(row[3], Figure)
    assert row[3].evidence


def test_a_count_stands_without_a_unit_as_its_name_says_what_is_counted() -> None:
    shown = figure("orders corrected a week", 27.0, "count", limits=(25.5, 28.5), n=200)
    assert (shown.shown, shown.interval, shown.denominator) == ("27", "(25.5 to 28.5)", "n 200")
