"""What a dossier says of money agrees with the council's questions; the gate that leads on comes first."""

from dataclasses import replace

import portfolio_made
from interlock.engine.council.agenda import agenda
from interlock.engine.economics.row import rows
from interlock.surfaces.web.workflow import view
from interlock.surfaces.web.workflow.money import money_of, title
from interlock.surfaces.web.workflow.view import gates, gates_page_title
from interlock.terms.council import CouncilDecision
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.measured import Bucket, Expense
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage


def _spent(standing: Standing, compute_usd: float) -> Standing:
    last = Expense("w", Bucket.COMPUTE, compute_usd, "2026-11-01", "2026-11-30", "finance", "sha256:new")
    return replace(standing, expenses=(*standing.expenses, last))


def test_a_bucket_that_the_council_is_asked_about_is_over_on_the_page_too() -> None:
    for compute_usd, word in ((3_000.0, "Within"), (3_001.0, "Over in the newest period")):
        portfolio = portfolio_made.portfolio(standings=(_spent(portfolio_made.live("w"), compute_usd),))
        (row,) = rows(portfolio)
        shown = money_of(row, lambda *_: "")
        (compute,) = (one for one in shown.buckets if one.name == "compute")
        asked = any("/bucket/compute/" in one.id for one in agenda(portfolio))
        assert (compute.state.word, asked) == (word, word != "Within")
        assert (
            any("took USD\u00a03,001.00 of compute; USD\u00a03,000.00 was planned" in one for one in shown.alarms)
            is asked
        )


def test_the_title_does_not_say_that_all_moved_where_spend_rises_and_the_newest_period_did_not_move() -> None:
    spent = portfolio_made.spent("w", compute=(900.0, 950.0, 2_000.0))
    moving = replace(portfolio_made.live("w"), expenses=spent)
    newest = moving.measurements[-1]
    before = [one for one in moving.measurements if one.kpi == newest.kpi and not one.control][-2]
    still = replace(newest, value=before.value, low=before.low, high=before.high)
    stalled = replace(moving, measurements=(*moving.measurements[:-1], still))
    (first,), (second,) = (rows(portfolio_made.portfolio(standings=(one,))) for one in (moving, stalled))
    assert " moved or is at its target; " in title(first)
    assert title(second).startswith(f"Spend rises and '{newest.kpi}' does not move; a success costs ")


def test_of_shut_gates_the_one_that_leads_on_comes_first_and_then_what_failed() -> None:
    made = portfolio_made.live("w", RolloutStage.SCALE)

    def judged(name: str, verdict: Verdict) -> GateVerdict:
        one = portfolio_made.verdict("w", made.release, name, passed=verdict is Verdict.PASSED)
        return replace(one, verdict=verdict)

    told = {
        "data fitness": Verdict.INCONCLUSIVE,
        "decide": Verdict.FAILED,
        "leave scale": Verdict.INCONCLUSIVE,
        "a passed one": Verdict.PASSED,
    }
    standing = replace(made, gates={name: judged(name, verdict) for name, verdict in told.items()})
    assert [one.name for one in gates(standing)] == ["leave scale", "decide", "data fitness", "a passed one"]
    assert gates_page_title(standing).startswith("'leave scale' was inconclusive: ")
    assert gates_page_title(standing).endswith("; 1 of 4\u00a0gates passed")


def test_what_the_council_stopped_waits_for_nobody_until_it_is_moved_again() -> None:
    idle = portfolio_made.idea("w", "Sales")
    retire = CouncilDecision(
        "w/pilot", "w", "Is w scaled or stopped?", "retire", "no owner", "Ana Ruiz", "2026-10-30T09:00:00.000000Z", 900
    )
    (row,) = rows(portfolio_made.portfolio(standings=(idle,), decisions=(retire,)))
    assert (row.seen.needed, row.seen.needed_from) == ("nothing: Ana Ruiz stopped it on 2026-10-30", ())
    assert view.title(row, stopped=retire) == "w only watches: the initiative was stopped on 30 October 2026"
    begun = portfolio_made.moved("w", idle.release, RolloutStage.EXPLORATION, RolloutStage.PILOT, idle.defined_at, 901)
    (again,) = rows(portfolio_made.portfolio(standings=(replace(idle, moves=(begun,)),), decisions=(retire,)))
    assert not again.seen.needed.startswith("nothing")
