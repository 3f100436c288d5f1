"""A workflow as a row of the portfolio."""

from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.economics.glance import glance
from interlock.engine.economics.row import Row, Status, portfolio_content, row_content, rows
from interlock.engine.ledger.canonical import plain
from interlock.terms.grant import AutonomyLevel
from interlock.terms.initiative import Risk
from interlock.terms.portfolio import Standing

OPEN = next(one.incidents for one in portfolio_made.standings() if one.definition.name == "collections")


def _row(standing: Standing) -> Row:
    return Row(standing, glance(standing))


@pytest.mark.parametrize(
    ("changes", "status", "may_act"),
    [
        ({}, Status.MAY_ACT, True),
        ({"level": AutonomyLevel.SHADOW}, Status.WATCHES, False),
        ({"incidents": OPEN}, Status.INCIDENT, True),
        (
            {"live_by_drift": True, "incidents": OPEN},
            Status.DRIFTING,
            True,
        ),
        ({"halted": True, "live_by_drift": True}, Status.STOPPED, False),
    ],
)
def test_the_status_is_what_presses_most(changes: dict[str, object], status: Status, *, may_act: bool) -> None:
    row = _row(replace(portfolio_made.live("triage"), **changes))  # type: ignore[arg-type]
    assert (row.status, row.may_act) == (status, may_act)


def test_what_is_left_of_the_error_budget_has_the_interval_of_the_errors() -> None:
    row = _row(portfolio_made.live("triage"))  # 2 wrong of 300 in October, 4 % allowed
    left, wrong = row.budget_left, row.seen.wrong
    shares = [1 - share / 0.04 for share in (wrong.value, wrong.high, wrong.low) if share is not None]
    assert [left.value, left.low, left.high, left.n] == [*shares, 300]
    assert left.value == pytest.approx(1 - (2 / 300) / 0.04)
    assert sorted(shares) == [shares[1], shares[0], shares[2]]
    nothing = _row(portfolio_made.idea("sales", "Sales")).budget_left
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)


def test_the_risk_is_that_of_the_most_harmful_step() -> None:
    live = portfolio_made.live("triage")
    assert _row(live).risk is Risk.HIGH
    lower = replace(live, definition=replace(live.definition, steps=live.definition.steps[:2]))
    assert _row(lower).risk is Risk.LOW
    assert _row(portfolio_made.idea("sales", "Sales")).risk is None


def test_rows_of_a_portfolio_for_programs() -> None:
    portfolio = portfolio_made.portfolio()
    found = rows(portfolio)
    assert [row.name for row in found] == [one.definition.name for one in portfolio.standings]
    assert rows(portfolio, {row.name: row.seen for row in found}) == found
    told = portfolio_content(portfolio, found)
    assert (told["as_of"], told["workflows"]) == (portfolio.as_of, [row_content(row) for row in found])
    one = plain(row_content(next(row for row in found if row.name == "collections")))
    shown = {name: one[name] for name in ("stage", "status", "risk", "function", "halted", "late_reviews")}
    assert shown == {
        "stage": "scale", "status": "stopped", "risk": "high", "function": "Finance", "halted": True, "late_reviews": 3,
    }  # fmt: skip
    assert one["figures"]["needed_from"] == ["Sami Noor"]
    assert one["certificate"] == portfolio_made.digest("certificate", "collections")


def test_whoever_can_do_what_is_needed_next_is_named() -> None:
    told = {row.name: (row.seen.needed.split(" ")[0], row.seen.needed_from) for row in rows(portfolio_made.portfolio())}
    assert told["collections"] == ("close", ("Sami Noor",))
    assert told["claims-notes"] == ("stop", ("Chris Ode",))
    assert told["sales-drafts"] == ("name", ("Ben Ruiz",))
    assert told["insight-brief"][1] == ("Vera Holt",)
    assert told["knowledge-base"] == ("collect", ("Dana Wirth",))
    assert told["message-triage"] == ("nothing", ())
