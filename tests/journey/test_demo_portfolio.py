"""`interlock demo portfolio`: the trouble that was planted is what agenda and portfolio find, and nothing else."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from commandline import Run
from interlock.adapters.packs.sample_portfolio import read_sample_portfolio
from interlock.surfaces.cli.reports import command
from interlock.terms.sample import SamplePortfolio
from interlock.wiring import toolbox

SAMPLE = read_sample_portfolio(dt.date(2026, 11, 26))
TO_DECIDE = {
    "meeting-notes/drift",
    "credit-check/incident",
    "demand-notes/spend",
    "demand-notes/bucket",
    "returns-triage/waiver",
    "contract-summary/pilot",
    "supplier-mail/vendor",
    "credit-check/action",
}
KEPT = {"stock-questions", "shelf-photos", "warranty-answers"}
ON_THE_PORTFOLIO = {"price-hints": "name its safety owner", "shelf-photos": "measure the baseline of"}


def test_there_are_twelve_initiatives_and_eight_in_trouble() -> None:
    names = [one.definition.name for one in SAMPLE.initiatives]
    assert len(set(names)) == 12
    troubled = {one.definition.name for one in SAMPLE.initiatives if one.trouble}
    assert troubled == {item.partition("/")[0] for item in TO_DECIDE} | set(ON_THE_PORTFOLIO)


def safety(run: Run) -> str:
    """What the board is told of the ledger."""
    passages = json.loads(run("report", "board", "--store", "sample.db", "--json").out)["passages"]
    line: str = next(each["lines"][0] for each in passages if each["part"] == "Safety")
    return line


def test_the_planted_trouble_is_found_and_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run("demo", "portfolio", "--store", "sample.db")
    assert made.status == 0
    assert "authored sample" in made.out
    items = json.loads(run("council", "agenda", "--store", "sample.db", "--json").out)
    assert {"/".join(item["id"].split("/")[:2]) for item in items} == TO_DECIDE
    portfolio = json.loads(run("portfolio", "--store", "sample.db", "--json").out)
    assert portfolio["authored_sample"] is True
    rows = {row["workflow"]: row for row in portfolio["workflows"]}
    for name, needed in ON_THE_PORTFOLIO.items():
        assert rows[name]["figures"]["needed"].startswith(needed)
    stages = [row["stage"] for row in rows.values()]
    assert set(stages) == {"exploration", "pilot", "controlled rollout", "scale", "operation"}
    briefing = json.loads(run("report", "monthly", "--store", "sample.db", "--json").out)
    assert briefing["authored_sample"] is True
    dossier = json.loads(run("report", "vendors", "--store", "sample.db", "--json").out)
    scored = next(each for each in dossier["passages"] if each["part"] == "Brevio Text: evaluation")
    assert [len(grid["rows"]) for grid in scored["grids"]] == [12, 2, 8]  # areas, sheets over time, questions
    assert "entries, root " in safety(run)
    monkeypatch.setattr(command, "VERIFIED_ENTRIES_MAX", 10)
    assert "was not verified in this report: `interlock ledger verify` does" in safety(run)
    minutes = json.loads(run("council", "minutes", "--store", "sample.db", "--json").out)
    assert [one["workflow"] for one in minutes] == ["ticket-routing"]
    assert run("ledger", "verify", "--store", "sample.db").status == 0
    again = run("demo", "portfolio", "--store", "sample.db")
    assert again.status == 2
    assert "holds records already" in again.err


def test_a_sample_made_again_within_the_hour_has_the_same_root(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def few(now: dt.datetime) -> SamplePortfolio:
        whole = read_sample_portfolio(now.date())
        return replace(whole, initiatives=tuple(one for one in whole.initiatives if one.definition.name in KEPT))

    monkeypatch.setattr(toolbox, "_read_sample_portfolio", few)
    roots = []
    for made, minute in (("one.db", 0), ("two.db", 59)):
        now = dt.datetime(2026, 11, 26, 9, minute, tzinfo=dt.UTC)
        monkeypatch.setattr(toolbox, "machine_time", lambda now=now: now)
        assert run("demo", "portfolio", "--store", made).status == 0
        roots.append(run("ledger", "verify", "--store", made).out.splitlines()[0])
    assert roots[0] == roots[1]
    assert "entries, root " in roots[0]


@pytest.mark.parametrize("named", [("portfolio.csv",), ("--out", "x", "nothing.csv")])
def test_what_names_no_demonstration_is_meant_for_the_life_of_a_workflow(run: Run, named: tuple[str, ...]) -> None:
    ended = run("demo", *named)
    assert ended.status == 2
    assert ".csv" in ended.err
