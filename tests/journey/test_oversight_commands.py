"""`interlock oversight plan`, `certify`, `simulate` and `backtest` as a person uses them."""

import csv
import gzip
import html
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from commandline import DEFINITION, Ended, Here, Run
from governed import BEN, CARLA
from interlock import __version__
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.attest import attest
from interlock.terms.evidence import EvidenceClass

OUT = "interlock-oversight"
STEPS = """steps:
  - {name: sort, cost_wrong_usd: 20.0, cost_slow_usd: 0.5, cases_per_day: 400}
  - {name: refund, cost_wrong_usd: 900.0, cases_per_day: 20}
"""


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """1,500 cases: right where the AI was sure, but for one in 150, and wrong in half of the others."""
    rows = []
    for i in range(1500):
        sure = (i * 37 % 1000) / 1000
        wrong = i % 150 == 7 if sure > 0.4 else i % 2 == 0
        team = ("cards", "loans")[i % 2]
        other = ("loans", "cards")[i % 2]
        day = f"2026-{1 + i // 150:02d}-{1 + i % 28:02d}"
        rows.append((sure, int(wrong), team, other if wrong else team, day, ("de", "fr")[i // 3 % 2], f"c{i // 2}"))
    return write(tmp_path / "past.csv", ("sure", "bad", "ai", "human", "day", "market", "client"), rows)


def title_of(page: Path) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", found[1])).replace("\u00a0", " ").split())


def reported(kind: str, ended: Ended, *, status: int = 0) -> dict[str, Any]:
    """The figures; the page says the same conclusion as the terminal."""
    assert ended.status == status, ended.err
    content: dict[str, Any] = json.loads((Path(OUT) / f"{kind}.json").read_text(encoding="utf-8"))
    assert (content["kind"], content["schema_version"]) == (kind, 1)
    assert title_of(Path(OUT) / f"{kind}.html") == content["title"]
    assert " ".join(ended.out.split()).startswith(content["title"])
    assert f"Report: {OUT}/{kind}.html" in ended.out
    return content


def test_a_plan_of_a_definition(run: Run, tmp_path: Path) -> None:
    (tmp_path / "steps.yaml").write_text(DEFINITION + STEPS, encoding="utf-8")
    content = reported("plan", run("oversight", "plan", "steps.yaml"))
    sort, refund = content["plan"]["steps"]
    assert (sort["lane"], refund["lane"]) == ("automatic above a threshold, with audits", "a person for everything")
    assert refund["reasons"][0].startswith("Being wrong costs more than being slow, so people stay in the loop")
    assert content["simulated"] is False
    page = (tmp_path / OUT / "plan.html").read_text(encoding="utf-8")
    assert page.count('<svg class="chart wide"') == 3
    assert "stays with people entirely" in content["title"]


def test_a_plan_of_options_and_what_would_change_it(run: Run) -> None:
    one = run("oversight", "plan", "--cost-wrong", "20", "--cases-per-day", "400", "--budget", "2%", "--json").json
    other = run("oversight", "plan", "--cost-wrong", "20", "--cases-per-day", "40", "--budget", "2%", "--json").json
    (step,), (smaller,) = one["plan"]["steps"], other["plan"]["steps"]
    assert step["audit"]["share"] < smaller["audit"]["share"]  # the square-root rule
    origins = {figure["name"]: figure["origin"] for figure in step["figures"]}
    assert (origins["cost_wrong_usd"], origins["cost_review_usd"]) == ("given", "assumed")


def test_a_plan_of_a_stored_workflow_measures_what_it_can(run: Run, live: Here) -> None:
    content = reported("plan", run("oversight", "plan", "triage"))
    figures = {figure["name"]: figure for figure in content["plan"]["steps"][0]["figures"]}
    assert figures["error_share"]["origin"].startswith("measured: at most")
    assert "0 wrong of 60 shadow cases" in figures["error_share"]["origin"]
    assert figures["cases_per_day"]["origin"] == "assumed"  # less than a day was seen


def test_a_certificate_from_a_column_that_says_what_was_wrong(run: Run, past: Path) -> None:
    ended = run("oversight", "certify", "past.csv", "--confidence", "sure", "--wrong", "bad")
    content = reported("certify", ended)
    certificate = content["certificate"]
    assert 0.38 <= certificate["threshold"] <= 0.42
    assert certificate["bound"] <= certificate["budget"] == 0.02
    assert content["other"]["promise"] == "joint"
    assert [labels for _, labels in content["labels_needed"]] == [149, 236, 313, 386]
    assert content["offending"]


def test_the_same_certificate_from_proposals_and_decisions(run: Run, past: Path) -> None:
    by_wrong = run("oversight", "certify", "past.csv", "--confidence", "sure", "--wrong", "bad", "--json").json
    compared = run(
        *("oversight", "certify", "past.csv", "--confidence", "sure", "--prediction", "ai", "--label", "human"),
        *("--group", "-", "--json"),
    ).json
    assert by_wrong["certificate"] == compared["certificate"]
    assert compared["offending"][0]["proposed"]


def test_one_case_a_customer_and_a_threshold_a_segment(run: Run, past: Path) -> None:
    columns = ("oversight", "certify", "past.csv", "--confidence", "sure", "--wrong", "bad", "--json")
    assert run(*columns, "--group", "client").json["certificate"]["n_labelled"] == 750
    segments = run(*columns, "--segment", "market", "--budget", "5%").json["certificate"]["segments"]
    assert [name for name, _ in segments] == ["de", "fr"]
    assert sum(one["n_labelled"] for _, one in segments) == 1500
    later = run(*columns, "--recalibration", "2").json["certificate"]
    assert later["delta_spent"] == pytest.approx(0.05 / 6)


def test_overconfident_mistakes_are_shown_where_nothing_is_certified(run: Run, tmp_path: Path) -> None:
    rows = [(0.999 - i / 1e5, 1) for i in range(5)] + [(0.5 + i / 10_000, 0) for i in range(160)]
    write(tmp_path / "past.csv", ("confidence", "wrong"), rows)
    content = reported("certify", run("oversight", "certify", "past.csv"), status=1)
    assert content["certificate"]["threshold"] is None
    assert content["alone"] is True
    assert [case["line"] for case in content["offending"]] == [2, 3, 4, 5, 6]
    assert "Without its five most confident mistakes" in (tmp_path / OUT / "certify.html").read_text(encoding="utf-8")


def test_labels_that_are_missing_are_counted(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "past.csv", ("confidence", "wrong"), [(0.9, 0)] * 100)
    content = reported("certify", run("oversight", "certify", "past.csv"), status=1)
    assert content["title"] == "Nothing can be certified at 2 % yet: 49 more labelled cases are needed"


def test_unknown_outcomes_are_never_right(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "past.csv", ("confidence", "wrong"), [(0.9, 0)] * 149 + [(0.95, "")] * 20)
    ended = run("oversight", "certify", "past.csv", "--json")
    assert ended.json["certificate"]["n_labelled"] == 149
    assert "20 rows" in " ".join(ended.json["notes"])


def test_a_certificate_of_a_stored_workflow(run: Run, house: Here) -> None:
    house.shadow(200, wrong=1)
    content = reported("certify", run("oversight", "certify", "triage"))
    assert content["certificate"]["n_labelled"] == 261
    assert content["certificate"]["budget"] == 0.05  # the workflow's own certify_at
    assert content["source"] == "shadow cases of workflow triage"
    ended = run("oversight", "certify", "triage", "--wrong", "bad")
    assert (ended.status, "'triage' is no file, so it has no columns" in ended.said) == (2, True)


def test_where_only_audits_are_known_the_certificate_says_so(run: Run, tmp_path: Path) -> None:
    house = Here(tmp_path / ".interlock")
    house.define(read_definition(tmp_path / "triage.yaml"), by=CARLA, code=__version__)
    house.certificate()
    attest_shadow(house)
    house.judge()
    house.promote()
    for _ in range(70):
        acted = house.proposal()
        house.act(acted)
        close_review(house.store, "triage", acted.key, "audit", label="billing", by=BEN, clock=house.clock)
    content = reported("certify", run("oversight", "certify", "triage"))
    assert (content["source"], content["certificate"]["n_labelled"]) == ("audited cases of workflow triage", 70)
    assert content["notes"][0].startswith("Only audited cases are known")


def attest_shadow(house: Here) -> None:
    """Shadow evidence from elsewhere, so that the store has no shadow case of its own."""
    body = {"n": 200, "n_wrong": 0, "wealth": 1e6, "decided": True, "low": 0.0, "high": 0.02, "more_labels": 0}
    attest(
        house.store,
        "triage",
        release=house.release,
        kind="shadow",
        evidence_class=EvidenceClass.HUMAN,
        source="people",
        body=body,
        clock=house.clock,
    )


def test_a_backtest_of_a_stored_workflow_goes_by_its_own_terms(run: Run, house: Here) -> None:
    house.shadow(400)
    content = reported("backtest", run("oversight", "backtest", "triage"))
    assert (content["terms"]["budget"], content["terms"]["certify"]["budget"]) == (0.1, 0.05)
    assert content["terms"]["audit_share"] == 1.0
    assert content["rehearsed"]["promoted_at"] is not None
    assert "and kept its authority" in content["title"]


def test_a_simulation_is_marked_as_one(run: Run) -> None:
    content = reported("simulate", run("oversight", "simulate", "--runs", "40", "--healthy-days", "5"))
    assert content["simulated"] is True
    assert content["title"].startswith("SIMULATED: promotion after ")
    assert content["labels"]["n"] == 40
    assert content["labels_median_exact"] == 327
    again = run("oversight", "simulate", "--runs", "40", "--healthy-days", "5", "--json").json
    assert {**again, "created_at": ""} == {**content, "created_at": ""}


def test_a_backtest_promotes_and_demotes_in_time(run: Run, tmp_path: Path) -> None:
    rows = [(i, 0.9, int(i % 100 == 3 or i >= 1200)) for i in range(1500)]
    write(tmp_path / "past.csv", ("n", "confidence", "wrong"), rows)
    content = reported(
        "backtest",
        run("oversight", "backtest", "past.csv", "--budget", "6%", "--certify-at", "4%", "--audit-share", "50%"),
    )
    rehearsed = content["rehearsed"]
    assert content["n_certify"] == 450
    assert rehearsed["promoted_at"] < 750 < rehearsed["demoted_at"] < 800
    assert "then been demoted" in content["title"]
    own, review, automatic = content["policies"]
    assert [one["name"] for one in (own, review, automatic)] == ["as rehearsed", "always review", "always automatic"]
    assert own["looks"] == rehearsed["n_reviewed"] + rehearsed["audited"]["n"]
    assert review["cost_usd"] == 2.0 * content["n_rest"]
    assert automatic["cost_usd"] == 50.0 * content["n_rest_wrong"]
    assert own["cost_usd"] == 2.0 * own["looks"] + 50.0 * rehearsed["applied"]["n_wrong"]


def test_a_backtest_goes_by_time_where_there_are_times(run: Run, past: Path) -> None:
    lines = past.read_text(encoding="utf-8").splitlines()
    past.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    columns = (
        "oversight",
        "backtest",
        "past.csv",
        "--confidence",
        "sure",
        "--wrong",
        "bad",
        "--budget",
        "8%",
        "--json",
    )
    timed = run(*columns, "--time", "day").json
    assert timed["promoted_when"].startswith("case ")
    assert ", 2026-" in timed["promoted_when"]
    assert any("order of the file" in note for note in run(*columns).json["notes"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan",), "name a definition or a workflow, or describe a step"),
        (("plan", "nothing.yaml"), "there is no file nothing.yaml"),
        (("plan", "past.csv"), "past.csv is no definition"),
        (("plan", "--novelty", "120%"), "120% is not a share"),
        (("certify",), "name a file of past cases or a workflow"),
        (("certify", "triage.yaml"), "is a definition and holds no past cases"),
        (("certify", "past.csv", "--wrong", "day", "--confidence", "sure"), "'day' must be 1 (wrong) or 0 (right)"),
        (("certify", "past.csv", "--wrong", "bad"), "--confidence 'confidence' is not a column"),
        (
            ("certify", "past.csv", "--wrong", "bad", "--confidence", "sure", "--loss", "day"),
            "must be a share from 0 to 1",
        ),
        (("certify", "past.csv", "--wrong", "bad", "--confidence", "sure", "--segment", "x"), "--segment 'x' is not a"),
        (("certify", "past.csv", "--label", "human", "--prediction", "-"), "what an AI proposed and how sure it was"),
        (("backtest", "gone.csv", "--wrong", "bad"), "gone.csv"),
        (("simulate", "--audit-share", "0"), "audit_share is 0.0: give a share over 0"),
        (("simulate", "--automatic-per-day", "1000000"), "ask for fewer --runs"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, run: Run, past: Path, tmp_path: Path
) -> None:
    ended = run("oversight", *arguments)
    assert ended.status == 2
    assert said in ended.said
    assert not (tmp_path / OUT).exists()


@pytest.mark.parametrize("kind", ["plan", "simulate"])
def test_somebody_elses_report_is_left_alone(kind: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / OUT).mkdir()
    (tmp_path / OUT / f"{kind}.html").write_text("mine", encoding="utf-8")
    given = ("--cost-wrong", "5") if kind == "plan" else ("--runs", "1")
    ended = run("oversight", kind, *given)
    assert (ended.status, "that Interlock did not write" in ended.said) == (2, True)
    assert (tmp_path / OUT / f"{kind}.html").read_text(encoding="utf-8") == "mine"


def test_ctrl_c_writes_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "interlock.wiring.cli", "oversight", "simulate", "--runs", "1500"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        # A process that was started in the background ignores it, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as running:
        assert running.stderr is not None
        assert "Simulating" in running.stderr.readline()
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert (running.returncode, said) == (130, "interlock: stopped; nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_budget_of_losses_is_not_told_as_one_of_errors(run: Run, tmp_path: Path) -> None:
    rows = [(1 - i / 2000, int(i % 40 == 3), 0.1) for i in range(1000)]
    write(tmp_path / "past.csv", ("confidence", "wrong", "loss"), rows)
    content = reported("certify", run("oversight", "certify", "past.csv", "--loss", "loss"))
    assert "of what is automatic, the mean loss is at most 2 % of the worst" in content["title"]
    assert content["certificate"]["mean_loss_above"] == pytest.approx(0.0025, abs=1e-4)
    assert "at most 2 % is wrong" not in (tmp_path / OUT / "certify.html").read_text(encoding="utf-8")


def test_a_silent_change_of_a_vendors_model_is_found(run: Run, data_dir: Path, tmp_path: Path) -> None:
    """GPT-4 of March and then of June 2023 on the same 500 primes: 2 % wrong, then 98 % (Chen, Zaharia, Zou 2023)."""
    with gzip.open(data_dir / "drift_llm_versions" / "prime_full_eval.csv.gz", "rt", encoding="utf-8") as file:
        calls = [row for row in csv.DictReader(file) if row["ref_answer"] == "yes"]
    rows = [
        (1.0, int(re.findall(r"yes|no", row["answer"].lower())[-1:] != ["yes"]))
        for version in ("openaichat/gpt-4-0314", "openaichat/gpt-4-0613")
        for row in calls
        if row["model"] == version
    ]
    write(tmp_path / "past.csv", ("confidence", "wrong"), rows)
    budgets = ("--budget", "10%", "--certify-at", "6%", "--certify-share", "25%", "--audit-share", "20%")
    rehearsed = reported("backtest", run("oversight", "backtest", "past.csv", *budgets))["rehearsed"]
    assert (rehearsed["promoted_at"] or 999) < 250 < (rehearsed["demoted_at"] or 0) < 300
    assert rehearsed["after_demotion"]["n_wrong"] > 0.9 * rehearsed["after_demotion"]["n"]
