"""`interlock oversight close-period` and `recheck` as an operator and an auditor use them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commandline import Here, Run

CLOSE = ("oversight", "close-period")
RECHECK = ("oversight", "recheck")
SAMPLE = "message-triage"


@pytest.fixture(scope="module")
def sample_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the demonstration on the authored sample."""
    folder = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-c", "from interlock.wiring.cli import main; main()"]
    subprocess.run([*command, "demo", "--sample", "--out", "demo"], cwd=folder, check=True, capture_output=True)
    return folder / "demo" / "store.db"


@pytest.fixture
def sample(sample_once: Path, run: Run, tmp_path: Path) -> Path:
    (tmp_path / ".interlock").mkdir()
    return Path(shutil.copy(sample_once, tmp_path / ".interlock" / "store.db"))


@pytest.mark.usefixtures("sample")
def test_a_period_of_the_sample_is_closed_exported_and_rechecked_by_somebody_else(run: Run, tmp_path: Path) -> None:
    before = run(*RECHECK, SAMPLE)
    assert before.status == 1
    assert "no period is closed yet, so 0 of" in before.out
    assert f"interlock oversight close-period {SAMPLE} --as NAME" in before.out
    closed = run(*CLOSE, SAMPLE, "--as", "Dev Patel")
    assert (closed.status, closed.err) == (0, "")
    assert closed.out.startswith(f"{SAMPLE}: the audit period is closed; published in the ledger:")
    run("ledger", "export", "ledger.jsonl")
    assert run("ledger", "verify").status == 0
    (tmp_path / ".interlock" / "store.db").unlink()
    found = run(*RECHECK, "ledger.jsonl", "--json")
    (one,) = found.json["workflows"]
    assert (found.status, found.json["found_wrong"], one["faults"]) == (0, 0, [])
    decided = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").count('"kind":"decision.made"')
    assert one["right"] == one["checked"] == one["decisions"] == decided > 0
    told = run(*RECHECK, "ledger.jsonl").out
    assert told.startswith(f"{SAMPLE}: {one['right']} of {one['checked']} decisions of 1 closed period have the draws")
    assert "by Dev Patel" in told


@pytest.mark.usefixtures("sample")
def test_planted_faults_in_an_exported_ledger_are_named_with_their_cases(run: Run, tmp_path: Path) -> None:
    run(*CLOSE, SAMPLE, "--as", "Dev Patel")
    run("ledger", "export", "ledger.jsonl")
    header, *lines = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    written = [line["entry"] for line in entries if "entry" in line]
    applied = [entry["body"] for entry in written if entry["body"].get("verb") == "apply"]
    drawn, flipped, sent = applied[0], next(body for body in applied[1:] if body["audited"]), written[-2]
    drawn["inputs"]["audit_draw"] = 0.999
    flipped["audited"] = 0
    assert sent["kind"] == "salt.published"
    cases = "\n".join([header, *map(json.dumps, entries)]) + "\n"
    (tmp_path / "cases.jsonl").write_text(cases, encoding="utf-8")
    sent["body"]["salt_hex"] = "00" * 32
    salt = "\n".join([header, *map(json.dumps, entries)]) + "\n"
    (tmp_path / "salt.jsonl").write_text(salt, encoding="utf-8")

    ended = run(*RECHECK, "cases.jsonl")
    assert ended.status == run("ledger", "verify", "cases.jsonl").status == 1
    assert ended.out.startswith("FAILED: the ledger itself does not hold")
    assert f"{SAMPLE}: FAILED: 2 faults" in ended.out
    assert f"case {drawn['key']}: its audit draw is recorded as 0.999, the salt gives 0." in ended.out
    assert f"case {flipped['key']}: it is recorded as not audited; by the salt and the grant's audit share" in ended.out
    wrong = run(*RECHECK, "salt.jsonl")
    assert wrong.status == 1
    assert "is not the one that entry" in wrong.out
    assert "can never be checked; the faults say why" in wrong.out


def test_what_is_decided_after_a_close_waits_for_the_next(run: Run, live: Here) -> None:
    closed = run(*CLOSE, "triage", "--as", "Ana Ruiz", "--json").json
    assert [salt["salt"] for salt in closed["published"]] == [closed["next_salt"].removesuffix(":2")]
    live.act(live.proposal(key="later"))
    ended = run(*RECHECK, "triage")
    assert ended.status == 0
    assert "  open period: 1 decision, not yet checkable; 1 of 1 applied are audited" in ended.out
    assert [row["key"] for row in run("get", "reviews", "--json").json] == ["later"]
    assert run(*CLOSE, "triage", "--as", "Ana Ruiz").status == 0
    assert run(*RECHECK, ".interlock/store.db").out.startswith("triage: 61 of 61 decisions of 2 closed periods have")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*CLOSE, "triage"), "Missing option '--as'"),
        ((*CLOSE, "triage", "--as", "  "), "say who you are: --as NAME"),
        ((*CLOSE, "triagge", "--as", "Ana Ruiz"), "did you mean 'triage'?"),
        ((*RECHECK,), "Missing argument"),
        ((*RECHECK, "triagge"), "did you mean 'triage'?"),
        ((*RECHECK, "none.jsonl"), "there is no file none.jsonl; `interlock ledger export none.jsonl` writes one"),
        ((*RECHECK, "triage.yaml"), "this is no exported ledger; `interlock ledger export FILE` writes one"),
        ((*RECHECK, "triage", "--store", "else.db"), "there is no store else.db yet"),
    ],
)
def test_wrong_input_ends_with_2_and_writes_nothing(
    run: Run, house: Here, arguments: tuple[str, ...], words: str
) -> None:
    before = house.kinds()
    ended = run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.said
    assert house.kinds() == before


@pytest.mark.parametrize("command", ["close-period", "recheck"])
def test_help_shows_examples_and_exit_statuses(run: Run, command: str) -> None:
    words = " ".join(run("oversight", command, "--help").out.replace("│", " ").split())
    assert f"interlock oversight {command} triage" in words
    assert "Exit status: 0" in words
