"""Planted faults, by the commands: each keeps a gate or a grant shut, and the same case without the fault opens it."""

import datetime as dt
import itertools
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from commandline import Ended, Here, Run
from governed import BEN
from interlock.flows.rollout.waive import waive
from staged import PACKS, SIGNING

EXAMPLE = (Path(__file__).parents[2] / "workflows" / "message-triage.yaml").read_text(encoding="utf-8")
W, KPI = "triage", "time until a message is in its queue"
FLOW = EXAMPLE.replace("workflow: message-triage", f"workflow: {W}").replace("certify_at: 0.02", "certify_at: 0.05")
FLOW = FLOW.replace("error: 0.04", "error: 0.10")
ADD = ("evidence", "add", "--workflow", W, "--as", "Pia Lund")
TODAY = dt.datetime.now(dt.UTC)
OWN = """\
pack: own
version: "1"
title: What this house asks beside the others
gates:
  - id: own
    title: Tests ran, and the run was measured
    question: Did it run?
    prevents: a release that nobody ran
    decided_by: delivery owner
    checks:
      - {id: tests, asks: "Did tests run?", probe: recorded, kind: tests, next_step: run the tests}
      - {id: run, asks: "Was it measured?", probe: recorded, kind: run, next_step: measure it}
"""


@pytest.fixture
def applied(run: Run, tmp_path: Path) -> Callable[..., str]:
    """Applies the workflow with a change as Carla Nunes; the release."""
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")

    def applied(old: str = "", new: str = "") -> str:
        assert old in FLOW
        (tmp_path / "flow.yaml").write_text(FLOW.replace(old, new) if old else FLOW, encoding="utf-8")
        made = run("apply", "-f", "flow.yaml", "--as", "Carla Nunes", "--json")
        assert made.status == 0, made.said
        return str(made.json[0]["release"])

    return applied


def check(run: Run, gate: str, name: str) -> tuple[str, str]:
    """(verdict, reason) of one check today."""
    verdicts = {one["gate"]: one for one in run("gates", W, "--pack", "own.yaml", "--json").json}
    found = next(one for one in verdicts[gate]["findings"] if one["check"] == name)
    return found["verdict"], found["reason"]


def labels(folder: Path, *, at: dt.datetime, n: int = 60) -> None:
    rows = "".join(f"c{i},a,{'b' if i == 7 else 'a'},Pia Lund,{at:%Y-%m-%dT%H:%M:%SZ},{i % 9 == 0}\n" for i in range(n))
    (folder / "labels.csv").write_text(f"case,ai,person,by,at,edge\n{rows}", encoding="utf-8")


def mlflow(folder: Path, **metrics: float) -> None:
    info = {"run_id": "r7", "status": "FINISHED", "end_time": int((TODAY.timestamp() - 3600) * 1000)}
    held = {"metrics": [{"key": key, "value": value} for key, value in metrics.items()]}
    (folder / "run.json").write_text(json.dumps({"run": {"info": info, "data": held}}), encoding="utf-8")


def proven(folder: Path, release: str) -> None:
    """Certificate and shadow outcomes of the release, as an application records them."""
    house = Here(folder / ".interlock")
    house.now, house.release = dt.datetime.now(dt.UTC), release
    house.keys = (f"{release[7:15]}-{n}" for n in itertools.count())
    house.certificate()
    house.shadow(60)
    house.store.close()


def promoted(run: Run, release: str, by: str = "Ana Ruiz") -> Ended:
    return run("promote", W, "--release", release, "--as", by)


def test_planted_no_safety_owner(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    release = applied("  safety: Ben Okafor\n")
    proven(tmp_path, release)
    judged = run("judge", W)
    assert (judged.status, "owners: failed - no safety owner is named" in judged.out) == (1, True)
    refused = promoted(run, release)
    assert (refused.status, "no value owner or no safety owner is named" in refused.said) == (4, True)
    release = applied()
    proven(tmp_path, release)
    assert (run("judge", W).status, promoted(run, release).status) == (0, 0)


def test_planted_promoted_by_the_proposer_or_by_whoever_amended(run: Run, house: Here, tmp_path: Path) -> None:
    assert run("judge", W).status == 0
    refused = promoted(run, house.release, by="carla  NUNES")
    assert (refused.status, "proposed this release and cannot promote it" in refused.said) == (4, True)
    assert house.grant() is None
    words = (tmp_path / "triage.yaml").read_text("utf-8").replace("4 hours a day", "3 hours a day")
    (tmp_path / "triage.yaml").write_text(words, encoding="utf-8")
    assert "amended" in run("apply", "-f", "triage.yaml", "--as", "Dan Wirth").out
    assert promoted(run, house.release).status == 0


def test_planted_evidence_of_another_release(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    labels(tmp_path, at=TODAY - dt.timedelta(days=1))
    first = applied()
    assert run(*ADD, "labels.csv").status == 0
    assert check(run, "data fitness", "samples")[0] == "passed"
    second = applied("applied_per_day: 500", "applied_per_day: 400")
    told = check(run, "data fitness", "samples")
    assert told == ("inconclusive", "the set of labels on file belongs to another release")
    when = (
        "--until",
        f"{TODAY + dt.timedelta(days=9):%Y-%m-%d}",
        "--reason",
        "it hardly changed",
        "--as",
        "Ben Okafor",
    )
    waived = run("waive", W, "--gate", "data fitness", "--check", "samples", *when)
    assert (waived.status, "it cannot be waived by anybody" in waived.said) == (4, True)
    stale = run(*ADD, "labels.csv", "--release", first)
    assert (stale.status, f"it is {second[:19]}" in stale.said) == (2, True)
    assert run(*ADD, "labels.csv", "--release", second).status == 0
    assert check(run, "data fitness", "samples")[0] == "passed"


def test_planted_expired_and_future_evidence(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    applied()
    labels(tmp_path, at=TODAY + dt.timedelta(days=1))
    ahead = run(*ADD, "labels.csv")
    assert (ahead.status, "still to come" in ahead.said) == (2, True)
    labels(tmp_path, at=TODAY - dt.timedelta(days=91))
    run(*ADD, "labels.csv")
    assert "is older than 90 days" in check(run, "data fitness", "samples")[1]
    labels(tmp_path, at=TODAY - dt.timedelta(days=3))
    run(*ADD, "labels.csv", "--expires-days", "1")
    verdict, reason = check(run, "data fitness", "samples")
    assert (verdict, " expired " in reason) == ("inconclusive", True)
    assert "does not count: the set of labels of" in run("evidence", "list", W).out
    assert run(*ADD, "labels.csv").status == 0
    assert check(run, "data fitness", "samples")[0] == "passed"


def test_planted_model_only_evidence(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    applied()
    mlflow(tmp_path, answer_relevance=0.99)
    assert run(*ADD, "run.json").status == 0
    said = run(*ADD, "run.json", "--class", "human")
    assert (said.status, "a model measured answer_relevance; no --class changes that" in said.said) == (2, True)
    verdict, reason = check(run, "own", "run")
    assert (verdict, "a model does not verify a model" in reason) == ("inconclusive", True)
    mlflow(tmp_path, answer_relevance=0.99, accuracy=0.97)
    assert run(*ADD, "run.json").status == 0
    assert check(run, "own", "run")[0] == "passed"


def test_planted_a_gate_whose_metric_never_ran(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    applied()
    assert check(run, "own", "tests") == ("inconclusive", "no test report is on record")
    when = ("--measured-at", f"{TODAY:%Y-%m-%dT%H:%M:%SZ}")
    for inside, verdict in (
        ("", "inconclusive"),
        ("<testcase name='a'><skipped/></testcase>", "inconclusive"),
        ("<testcase name='a' status='notrun'/>", "inconclusive"),
        ("<testcase name='a'><failure/></testcase>", "failed"),
        ("<testcase name='a'/>", "passed"),
    ):
        (tmp_path / "tests.xml").write_text(f"<testsuite>{inside}</testsuite>", encoding="utf-8")
        assert run(*ADD, "tests.xml", *when).status == 0
        assert check(run, "own", "tests")[0] == verdict, inside


def test_planted_security_scored_two(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    proven(tmp_path, applied())  # what is measured contradicts no answer then
    labels(tmp_path, at=TODAY - dt.timedelta(days=1))
    (evidence,) = run(*ADD, "labels.csv", "--json").json
    run("evidence", "key", "Ben Okafor", "ben.key")
    for gate, name in (("data fitness", "representative"), ("privacy and legal", "impact assessment")):
        said = ("--statement", "it is so", "--as", "Ben Okafor", "--key", "ben.key")
        assert run("evidence", "attest", W, "--gate", gate, "--check", name, *said).status == 0
    assert run("stage", "move", W, "pilot", "--reason", "it is time", "--as", "Ana Ruiz").status == 0
    assert run("drill", f"workflow:{W}", "--as", "Ben Okafor").status == 0
    items = [one["id"] for one in run("instrument", "show", "readiness-scorecard", "--json").json["items"]]
    for security, verdict in ((2, "failed"), (4, "passed")):
        values = {name: security if name == "security" else 5 for name in items}
        score = {name: {"value": value, "evidence": [evidence["digest"]]} for name, value in values.items()}
        (tmp_path / "answers.yaml").write_text(json.dumps(score), encoding="utf-8")
        about = ("--subject", W, "-f", "answers.yaml", "--as", "Ana Ruiz")
        assert run("instrument", "answer", "readiness-scorecard", *about).status == 0
        found = check(run, "leave controlled rollout", "scorecard")
        assert (found[0], "Security is below 3" in found[1]) == (verdict, security == 2), found


def test_planted_a_nan_metric(run: Run, applied: Callable[..., str], tmp_path: Path) -> None:
    applied()
    mlflow(tmp_path, accuracy=float("nan"))
    refused = run(*ADD, "run.json")
    assert (refused.status, "is no finite number, so nothing was measured" in refused.said) == (2, True)
    day = TODAY.date() - dt.timedelta(days=2)
    when = ("--from", str(day - dt.timedelta(days=20)), "--to", str(day), "--source", "desk", "--as", "Ana Ruiz")
    kpi = ("measure", "kpi", W, "--kpi", KPI, "--n", "400", *when)
    for value, low, high in (("nan", "18", "22"), ("20", "nan", "22"), ("20", "18", "inf")):
        assert run(*kpi, "--value", value, "--low", low, "--high", high).status == 2
    assert (check(run, "own", "run")[0], check(run, "decide", "business proof")[0]) == ("inconclusive", "inconclusive")
    mlflow(tmp_path, accuracy=0.97)
    assert (run(*ADD, "run.json").status, run(*kpi, "--value", "20", "--low", "18", "--high", "22").status) == (0, 0)
    assert (check(run, "own", "run")[0], check(run, "decide", "business proof")[0]) == ("passed", "passed")


def test_planted_a_waiver_past_its_date(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    run("apply", "-f", "flow.yaml", "--as", "Carla Nunes")
    before = Here(tmp_path / ".interlock")
    with before.store.reading() as reading:
        row = reading.workflow(W)
        assert row is not None
    before.store.close()
    proven(tmp_path, row.release)  # what people decided is on record
    about = ("waive", W, "--gate", "human in the loop", "--check", "reviewer tools", "--reason", "comes in May")
    past = run(*about, "--until", f"{TODAY - dt.timedelta(days=1):%Y-%m-%d}", "--as", "Ben Okafor")
    assert (past.status, "its end is not in the future" in past.said) == (4, True)
    house = Here(tmp_path / ".interlock")
    house.now = dt.datetime.now(dt.UTC)
    ends = house.now + dt.timedelta(milliseconds=50)
    gate, name = "human in the loop", "reviewer tools"
    waive(
        house.store,
        W,
        PACKS,
        gate=gate,
        check=name,
        until=ends,
        reason="till noon",
        by=BEN,
        clock=house.clock,
        signing=SIGNING,
    )
    house.store.close()
    while dt.datetime.now(dt.UTC) <= ends:
        pass
    verdicts = {one["gate"]: one["verdict"] for one in run("gates", W, "--json").json}
    assert (verdicts[gate], "is over" in run("waivers", W).out) == ("inconclusive", True)
    assert run(*about, "--until", f"{TODAY + dt.timedelta(days=9):%Y-%m-%d}", "--as", "Ben Okafor").status == 0
    verdicts = {one["gate"]: one["verdict"] for one in run("gates", W, "--json").json}
    assert verdicts[gate] == "passed"


def test_planted_a_kpi_without_baseline(run: Run, applied: Callable[..., str]) -> None:
    applied("    baseline: 95\n    baseline_at: 2026-02-27\n")
    assert "has no baseline" in run("check", "flow.yaml").out
    assert check(run, "problem framing", "falsifiable outcome") == ("failed", f"{KPI} has no baseline")
    assert check(run, "decide", "business proof") == ("inconclusive", "no KPI has a baseline to move from")
    applied()
    assert check(run, "problem framing", "falsifiable outcome")[0] == "passed"


def test_planted_duplicates_other_files_and_altered_records(
    run: Run, applied: Callable[..., str], tmp_path: Path
) -> None:
    applied()
    labels(tmp_path, at=TODAY - dt.timedelta(days=1))
    first, again = run(*ADD, "labels.csv", "--json").json, run(*ADD, "labels.csv")
    assert "(on record since " in again.out
    assert [one["evidence"]["digest"] for one in run("evidence", "list", W, "--json").json] == [first[0]["digest"]]
    digest = first[0]["digest"]
    assert run("evidence", "verify", digest, "labels.csv").status == 0
    assert run("evidence", "verify", digest, "own.yaml").status == 1
    assert run("evidence", "show", "sha256:0000000").status == 2
    assert check(run, "data fitness", "samples")[0] == "passed"
    with sqlite3.connect(tmp_path / ".interlock" / "store.db") as db:
        db.execute("""UPDATE evidence SET body = replace(body, '"n":60', '"n":600')""")
    db.close()
    verdict, reason = check(run, "data fitness", "samples")
    assert (verdict, "its content does not match its digest" in reason) == ("error", True)
    assert run("evidence", "verify", digest, "labels.csv").status == 1
