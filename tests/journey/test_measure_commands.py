"""Measuring, reporting incidents and looking at the portfolio, as people do it."""

from pathlib import Path

import pytest

import portfolio_made
from commandline import DEFINITION, Run
from interlock.engine.economics.glance import glance
from interlock.surfaces.cli.portfolio import show
from interlock.terms.stage import RolloutStage

KPI = "kpis:\n  - {name: first answer, unit: hours, direction: down, baseline: 4.0, target: 1.0}\n"
MARCH = ("--from", "2025-03-01", "--to", "2025-03-31", "--source", "desk", "--as", "Ana Ruiz")
COUNTED = (*MARCH[:4], *MARCH[-2:])


@pytest.fixture
def applied(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "triage.yaml").write_text(DEFINITION + KPI, encoding="utf-8")
    run("apply", "-f", "triage.yaml", "--as", "Carla Nunes")
    return run


@pytest.mark.parametrize("command", [("portfolio",), ("incident", "list"), ("measure", "period", "triage", *COUNTED)])
def test_without_a_store_each_says_how_to_make_one(run: Run, command: tuple[str, ...]) -> None:
    ended = run(*command)
    assert (ended.status, ended.out) == (2, "")
    assert "`interlock apply -f FILE` makes one" in ended.said


def test_from_a_measurement_to_the_portfolio(applied: Run) -> None:
    assert "next: measure 'first answer'" in applied("portfolio").out
    said = applied("measure", "kpi", "triage", "--kpi", "first answer", "--value", "2.5", "--n", "40", *MARCH)
    assert (said.status, said.out.splitlines()[0]) == (0, "triage: 1 KPI value")
    applied("measure", "expense", "triage", "--bucket", "compute", "--usd", "120", *MARCH)
    assert "0 cases" in applied("measure", "period", "triage", *COUNTED).out
    listed = applied("portfolio", "triage", "--position").out
    assert ("  done  each KPI has its baseline: 1 of 1" in listed, "each initiative on" in listed) == (True, False)
    assert "triage: Day 0: what is open first is" in applied("portfolio", "--position").out
    shown = applied("portfolio").out
    assert "exploration (1 of 1)" in shown
    assert "first answer in hours: baseline 4, now 2.5, target 1" in shown
    assert "cost of a success not known" in shown
    (row,) = applied("portfolio", "--json").json["workflows"]
    figures = row["figures"]
    assert (row["stage"], figures["gains"][0]["gained"], figures["gains"][0]["reached"]) == (
        RolloutStage.EXPLORATION, 1.5, 0.5,
    )  # fmt: skip
    assert figures["gains"][0]["evidence"] == [said.out.split()[-1]]
    assert figures["cost"]["missing"] == "no case ended in success yet"


def test_the_cost_of_a_success_says_that_it_is_over_all_on_record() -> None:
    one = next(each for each in portfolio_made.portfolio().standings if each.definition.name == "message-triage")
    seen = glance(one)
    assert seen.cost.successes == sum(run.successes for run in one.runs) > one.runs[-1].successes
    assert show._money(seen).endswith(f" USD, over all {seen.cost.successes:,} on record")


def test_a_file_of_values_is_recorded_whole_or_not_at_all(applied: Run, tmp_path: Path) -> None:
    kpis = tmp_path / "kpis.csv"
    kpis.write_text(
        "kpi,value,from,to,n\nfirst answer,abc,2025-03-01,2025-03-31,40\nfirst answer,2.5,,2025-04-30,4.5\n"
    )
    refused = applied("measure", "kpi", "triage", "--file", "kpis.csv", "--source", "desk", "--as", "Ana Ruiz")
    assert refused.status == 2
    assert "kpis.csv:2: value: 'abc' is no number; write it with digits and a point" in refused.said
    assert "kpis.csv:3: n: '4.5' is no number" in refused.said
    assert "kpis.csv:3: from: is empty; fill it in" in refused.said
    kpis.write_text(
        "kpi,value,from,to\nfirst answer,2.5,2025-03-01,2025-03-31\nfirst answer,nan,2025-04-01,2025-04-30\n"
    )
    refused = applied("measure", "kpi", "triage", "--file", "kpis.csv", "--source", "desk", "--as", "Ana Ruiz")
    assert (refused.status, "kpis.csv:3: the value of 'first answer' is no number" in refused.said) == (2, True)
    assert applied("portfolio", "--json").json["workflows"][0]["figures"]["gains"][0]["newest"] is None
    kpis.write_text("kpi,value,from,to\nfirst answer,2.5,2025-03-01,2025-03-31\nfirst answer,2,2025-04-01,2025-04-30\n")
    done = applied("measure", "kpi", "triage", "--file", "kpis.csv", "--source", "desk", "--as", "Ana Ruiz")
    assert (done.status, done.out.splitlines()[0]) == (0, "triage: 2 KPI values")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"kpi,value\n", "kpis.csv:1: from is missing; to is missing; columns are kpi, value, from, to"),
        (b"kpi,value,from,to,colour\n", "'colour' is no column"),
        (b"kpi,value,from,to\n", "holds no rows under its header"),
        (b"kpi,value,from,to\na,1\n", "has more or fewer cells than the header"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"", "kpi is missing"),
    ],
)
def test_files_that_are_none(applied: Run, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "kpis.csv").write_bytes(content)
    ended = applied("measure", "kpi", "triage", "--file", "kpis.csv", "--source", "desk", "--as", "Ana Ruiz")
    assert (ended.status, said in ended.said) == (2, True)


def test_incidents_come_first_in_what_is_needed(applied: Run) -> None:
    assert "No incident is open" in applied("incident", "list").out
    opened = applied(
        "incident", "open", "triage", "--title", "wrong refunds", "--severity", "high", "--owner", "Ben Okafor",
        "--redline", "--as", "Ana Ruiz", "--json",
    ).json[0]  # fmt: skip
    assert f"next: close incident {opened['entry']}: wrong refunds (Ben Okafor)" in applied("portfolio").out
    applied("incident", "close", str(opened["entry"]), "--lesson", "check the account", "--as", "Ben Okafor")
    assert applied("incident", "list", "--json").json == []
    assert "learned: check the account" in applied("incident", "list", "triage", "--all").out
