"""Pictures of one workflow hold the figures that they are made of, and say nothing where nothing was measured."""

from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage as curve_behind
from interlock.engine.reporting.workflow_pictures import budget_burn, kpi_over_time, monitor_path, risk_coverage
from interlock.terms.certificate import Promise
from interlock.terms.workflow import NO_BUDGET

CERTIFIED = plain(certify([0.9] * 200, [1, *([0] * 199)], budget=0.05))


def test_the_certified_point_stands_beside_what_was_measured_in_all_periods_in_which_it_acted() -> None:
    live = portfolio_made.live("triage")
    idle = replace(live.runs[0], applied=0, labelled=999, wrong=500)  # nothing was automatic: it proves nothing
    chart = risk_coverage(replace(live, runs=(idle, *live.runs)), {"certificate": CERTIFIED})
    assert chart is not None
    certified, measured = chart.marks
    assert (certified.label, certified.x, certified.y, certified.high) == (
        "certified", CERTIFIED["share"], 1 / 200, CERTIFIED["bound"],
    )  # fmt: skip
    wrong = rate(9, 900)
    assert (measured.label, measured.x, measured.y, measured.low, measured.high) == (
        "measured since", 0.5, 0.01, wrong.low, wrong.high,
    )  # fmt: skip
    assert chart.levels == ((0.04, "budget 4\u00a0%"),)
    assert "n 900 cases" in chart.note


def test_a_joint_bound_is_drawn_among_what_is_applied() -> None:
    live = replace(portfolio_made.live("triage"), runs=())
    joint = {**CERTIFIED, "promise": Promise.JOINT.value, "share": 0.5, "bound": 0.02}
    chart = risk_coverage(live, {"certificate": joint})
    assert chart is not None
    assert [mark.high for mark in chart.marks] == [0.04]


@pytest.mark.parametrize("certificate", [None, {**CERTIFIED, "threshold": None}, {**CERTIFIED, "n_above": 0}])
def test_without_a_proof_and_without_a_period_there_is_no_picture(certificate: dict[str, object] | None) -> None:
    idea = portfolio_made.idea("sales", "Sales")
    assert risk_coverage(idea, certificate and {"certificate": certificate}) is None
    assert budget_burn(idea) is None
    assert monitor_path((), 10_000.0) is None
    assert kpi_over_time(idea.definition.initiative.kpis[0], ()) is None


def test_the_budget_is_burned_period_by_period() -> None:
    live = portfolio_made.live("triage")
    chart = budget_burn(live)
    assert chart is not None
    (line,) = chart.series
    assert line.points == ((1.0, 4 / 300), (2.0, 3 / 300), (3.0, 2 / 300))
    assert [low < value < high for (_, value), (_, low, high) in zip(line.points, line.band, strict=True)] == [True] * 3
    assert chart.levels == ((0.04, "budget 4\u00a0%"),)
    unplanned = replace(live, definition=replace(live.definition, budget=NO_BUDGET))
    assert budget_burn(unplanned) is None


def test_a_monitor_that_fell_to_nothing_can_be_drawn_on_a_log_scale() -> None:
    chart = monitor_path(((1, 0.0), (2, 3.5)), 10_000.0)
    assert chart is not None
    assert [y for _, y in chart.series[0].points] == [1e-3, 3.5]
    assert chart.levels == ((10_000.0, "demoted at 10,000"),)


def test_a_kpi_stands_between_its_baseline_and_its_target_with_intervals_where_it_has_them() -> None:
    live = portfolio_made.live("triage")
    (kpi,) = live.definition.initiative.kpis
    measured = (*live.measurements[:2], replace(live.measurements[2], low=None, high=None))
    chart = kpi_over_time(kpi, measured[::-1])  # in the order of time whatever the order of the records
    assert chart is not None
    assert chart.series[0].points == ((1.0, 3.4), (2.0, 2.6), (3.0, 1.9))
    assert [x for x, _, _ in chart.series[0].band] == [1.0, 2.0]
    assert chart.levels == ((4.1, "baseline"), (1.0, "target"))
    assert chart.y_high == pytest.approx(1.08 * 4.1)


def test_the_curve_behind_a_certificate_is_drawn_where_its_evidence_holds_one() -> None:
    live = replace(portfolio_made.live("triage"), runs=())
    curve = plain(curve_behind([0.9, 0.8, 0.7, 0.6], [0, 0, 1, 1]))
    drawn = risk_coverage(live, {"certificate": CERTIFIED, "risk_coverage": curve})
    torn = risk_coverage(live, {"certificate": CERTIFIED, "risk_coverage": [{"share": "half"}]})
    assert drawn is not None
    assert torn is not None
    assert drawn.series[0].points == ((0.25, 0.0), (0.5, 0.0), (0.75, 1 / 3), (1.0, 0.5))
    assert [share for share, _, _ in drawn.series[0].band] == [0.25, 0.5, 0.75, 1.0]
    assert torn.series == ()
