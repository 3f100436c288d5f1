"""`interlock demo` as a person meets it: the whole life of a workflow, told, kept and checked again."""

import csv
import html
import json
import os
import re
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from made_ledger import entries_of

STEPS = [
    "Problem",
    "Definition",
    "Bake-off",
    "Certificate",
    "Gate, early look",
    "Shadow",
    "Gate",
    "Promotion",
    "Limited live",
    "Planted change",
    "Demotion",
    "Kill switch",
    "Undo",
    "Replay",
    "Ledger",
]
FILES = [
    ".interlock-demo",
    "bake-off.html",
    "demo.html",
    "history.csv",
    "ledger-one-byte-changed.jsonl",
    "ledger.jsonl",
    "store.db",
    "store.db.drain",
    "store.db.halting",
]
WORKFLOW = "message-triage"
POSIX = pytest.mark.skipif(os.name == "nt", reason="platform: signals and limits of POSIX")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def start(folder: Path, *arguments: str, data: Path | None = None, **options: Any) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INTERLOCK_")}
    environment |= {"COLUMNS": "4000", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"INTERLOCK_DATA": str(data)} if data else {}
    return subprocess.Popen(
        [sys.executable, "-m", "interlock.wiring.cli", *arguments],
        cwd=folder, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def run(folder: Path, *arguments: str, **options: Any) -> Ended:
    process = start(folder, *arguments, **options)
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err
    return Ended(process.returncode, out, err)


@dataclass(frozen=True)
class Told:
    """A demonstration that ran: its folder, what it said, and its ledger."""

    folder: Path
    ended: Ended

    @property
    def titles(self) -> dict[str, str]:
        """Step -> title, in the order told."""
        lines = re.findall(r"^ ?\d+\. . ([^:]+): (.*)$", self.ended.out, re.MULTILINE)
        return dict(lines)

    def said(self, step: str) -> str:
        """The lines told under a step's title."""
        after = re.split(rf"^ ?\d+\. . {re.escape(step)}: .*\n", self.ended.out, flags=re.MULTILINE)[1]
        return re.split(r"^ ?\d+\. |^$", after, maxsplit=1, flags=re.MULTILINE)[0]

    def entries(self) -> list[dict[str, Any]]:
        """The entries of the exported ledger."""
        lines = (self.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
        return entries_of(lines)

    def page(self) -> str:
        return html.unescape((self.folder / "demo.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("demo")
    return Told(folder / "made" / "here", run(folder, "demo", "--sample", "--out", "made/here"))


def kinds(told: Told) -> list[str]:
    return [entry["kind"] for entry in told.entries()]


def test_the_sample_lives_its_whole_life(told: Told) -> None:
    assert (told.ended.status, told.ended.err) == (0, "")
    assert told.ended.out.startswith("Authored sample: invented support messages that ship with Interlock, not real")
    assert list(told.titles) == STEPS
    assert "✗" not in told.ended.out
    assert sorted(path.name for path in told.folder.iterdir()) == FILES


def test_a_draft_holds_no_authority(told: Told) -> None:
    assert re.fullmatch(r"Applied as release [0-9a-f]{12}, which holds no authority", told.titles["Definition"])
    assert kinds(told)[0] == "release.defined"


def test_the_bake_off_is_certified_before_the_shadow(told: Told) -> None:
    assert re.match(r"At an error budget of 8 %, the .* may handle \d+ % of these cases", told.titles["Bake-off"])
    assert "at most 8.0 % of what is applied is wrong, with 97.5 % confidence" in told.titles["Certificate"]
    order = kinds(told)
    assert order.index("evidence.recorded") < order.index("decision.made")


def test_an_early_look_is_inconclusive_and_costs_nothing(told: Told) -> None:
    assert re.fullmatch(
        r"After \d+ shadow cases the gate is inconclusive: it may be judged on any day", told.titles["Gate, early look"]
    )
    verdicts = [entry["body"]["verdict"] for entry in told.entries() if entry["kind"] == "gate.judged"]
    assert verdicts == ["inconclusive", "passed"]


def test_proposer_and_stale_release_are_refused_before_the_promotion(told: Told) -> None:
    entries = told.entries()
    refused = [entry["body"] for entry in entries if entry["kind"] == "promotion.refused"]
    assert [(body["by"], body["reasons"][0]) for body in refused] == [
        ("Carla Nunes", "Carla Nunes proposed this release and cannot promote it"),
        ("Ana Ruiz", f"release {refused[1]['release'][:19]} is stale: {refused[0]['release'][:19]} is in force"),
    ]
    story = [entry["kind"] for entry in entries if entry["kind"] in {"promotion.refused", "grant.given"}]
    assert story == ["promotion.refused", "promotion.refused", "grant.given"]
    granted = next(entry["body"] for entry in entries if entry["kind"] == "grant.given")
    assert (granted["approver"], granted["authenticated"]) == ("Ana Ruiz", False)
    assert told.titles["Promotion"].endswith("to agent, after two refusals")
    assert "Carla Nunes proposed this release and cannot promote it" in told.page()


def test_the_run_time_demotes_after_the_change_by_itself(told: Told) -> None:
    audits = int(re.findall(r"Demoted by the run time (\d+) audits after the change", told.titles["Demotion"])[0])
    entries = told.entries()
    ended = next(i for i, entry in enumerate(entries) if entry["kind"] == "grant.ended")
    since = [entry for entry in entries[:ended] if entry["kind"] == "monitor.updated"]
    assert 0 < audits <= len(since)
    assert (entries[ended]["body"]["cause"], entries[ended]["body"]["by"]) == ("demoted", "run time")
    # in the transaction of the outcome: nothing lies between the two but the monitor's own state
    assert [entry["kind"] for entry in entries[ended - 2 : ended]] == ["outcome.observed", "monitor.updated"]


def test_the_kill_contract_is_kept(told: Told) -> None:
    assert told.titles["Kill switch"] == "Ben Okafor halted the workflow: fenced, quiesced"
    assert f"'review': workflow:{WORKFLOW} is halted by the kill switch" in told.said("Kill switch")
    entries = told.entries()
    fenced = next(i for i, entry in enumerate(entries) if entry["kind"] == "kill.fenced")
    quiesced = next(entry["body"]["report"] for entry in entries if entry["kind"] == "kill.quiesced")
    assert (quiesced["in_flight"], quiesced["in_doubt"], quiesced["epoch"]) == ([], [], 1)
    assert not {"intent.admitted", "intent.completed"} & {entry["kind"] for entry in entries[fenced:]}
    assert [entry["body"]["verb"] for entry in entries[fenced:] if entry["kind"] == "decision.made"] == ["review"]


def test_undone_is_what_was_applied_since_the_change(told: Told) -> None:
    applied = int(re.findall(r"(\d+) messages had been applied since the change", told.said("Demotion"))[0])
    assert told.titles["Undo"] == f"{applied} messages applied since the change were put back in the inbox"
    assert f"{applied} of {applied} are in the inbox again; 0 wait for a person." in told.said("Undo")


def test_replay_reproduces_all(told: Told) -> None:
    same, decisions = re.findall(r"([\d,]+) of ([\d,]+) decisions came out the same", told.titles["Replay"])[0]
    assert same == decisions
    replayed = run(told.folder, "replay", WORKFLOW, "--store", "store.db", "--json")
    found = json.loads(replayed.out)
    assert (replayed.status, found["differing"]) == (0, [])
    assert found["reproduced"] == found["decisions"] > int(decisions.replace(",", ""))


def test_the_ledger_verifies_and_its_copy_names_the_entry(told: Told) -> None:
    whole = run(told.folder, "ledger", "verify", "ledger.jsonl", "--json")
    stored = run(told.folder, "ledger", "verify", "--store", "store.db", "--json")
    broken = run(told.folder, "ledger", "verify", "ledger-one-byte-changed.jsonl", "--json")
    assert (whole.status, stored.status, broken.status) == (0, 0, 1)
    assert json.loads(whole.out)["root"] == json.loads(stored.out)["root"]
    assert json.loads(whole.out)["entries"] == len(told.entries())
    granted = kinds(told).index("grant.given")
    assert json.loads(broken.out)["faults"][0]["index"] == granted
    assert told.titles["Ledger"].endswith(f"after one byte was changed in a copy, entry {granted} was named")


def test_the_report_opens_and_says_that_it_is_authored(told: Told) -> None:
    page = told.page()
    assert page.startswith("<!doctype html>")
    assert "<title>Authored sample: The workflow earned limited authority" in page
    assert page.count("Authored sample") >= 2
    assert all(f">{step}<" in page for step in STEPS)
    assert "Authored sample" in (told.folder / "bake-off.html").read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file of past decisions of one's own: two columns of text, easy to tell apart."""
    teams = ("cards", "loans", "fees", "fraud desk")
    with (tmp_path / "own file.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "body", "queue"])
        writer.writerows(
            [
                f"about my {teams[i % 4]}",
                f"hello {i * 7919 % 5003}, please see to my {teams[i % 4]} today",
                teams[i % 4],
            ]
            for i in range(1500)
        )
    return tmp_path


def test_on_a_file_of_ones_own(own: Path) -> None:
    columns = ("--text", "subject", "--text", "body", "--label", "queue", "--budget", "10%")
    ended = run(own, "demo", "own file.csv", *columns)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Past decisions of own file.csv; 1,500 cases\n")
    assert list(Told(own, ended).titles) == STEPS
    assert "<title>The workflow earned" in (own / "interlock-demo" / "demo.html").read_text(encoding="utf-8")


def test_a_file_with_which_nothing_can_be_proved(tmp_path: Path) -> None:
    rows = "".join(f"case number {i} of the day,team {i % 3}\n" for i in range(90))
    (tmp_path / "few.csv").write_text(f"message,team\n{rows}", encoding="utf-8")
    ended = run(tmp_path, "demo", "few.csv")
    assert ended.status == 2
    assert "too few labelled rows" in ended.err
    assert "the first 64 % of the cases are the history" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few.csv"]


def test_a_mistyped_column_costs_no_earlier_demonstration(own: Path) -> None:
    (own / "out").mkdir()
    for name in (".interlock-demo", "demo.html"):
        (own / "out" / name).write_text("earlier")
    ended = run(own, "demo", "own file.csv", "--label", "queu", "--out", "out")
    assert (ended.status, ended.out) == (2, "")
    assert "Did you mean 'queue'?" in ended.err
    assert (own / "out" / "demo.html").read_text() == "earlier"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--sample", "--out", "foreign"), "--out foreign: is not empty and not from an earlier demonstration"),
        (("--sample", "--out", "foreign/x.txt"), "--out foreign/x.txt: is a file; name a folder"),
        (("--data", "foreign"), "foreign holds no triage_banking77/train.csv.gz and test.csv.gz."),
        (("--data", "nowhere"), "nowhere holds no triage_banking77/train.csv.gz and test.csv.gz."),
        (("--sample", "--data", "foreign"), "name one of FILE, --data and --sample"),
        (("--sample", "--text", "body"), "--text and --label name columns of FILE"),
        (("nowhere.csv",), "nowhere.csv"),
        (("--sample", "--budget", "4"), "0.02 or 2%"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_touched(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "x.txt").write_text("mine")
    ended = run(tmp_path, "demo", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["foreign", "foreign/x.txt"]


def test_interlock_data_without_the_set_is_told(tmp_path: Path) -> None:
    ended = run(tmp_path, "demo", data=tmp_path)
    assert ended.status == 2
    assert "leave --data and INTERLOCK_DATA away to use the authored sample" in ended.err


@POSIX
def test_ctrl_c_in_the_middle_leaves_nothing_and_the_next_run_works(tmp_path: Path) -> None:
    process = start(
        tmp_path, "demo", "--sample", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    )
    assert process.stdout is not None
    for line in process.stdout:
        if " Promotion: " in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "interlock: stopped; nothing was written.\n")
    assert list(tmp_path.iterdir()) == []
    out = tmp_path / "out"
    out.mkdir()
    for name, content in ((".interlock-demo", "made by interlock demo\n"), ("notes.txt", "mine"), ("store.db", "half")):
        (out / name).write_text(content)  # as a run leaves it that was killed outright
    assert run(tmp_path, "demo", "--sample", "--out", "out").status == 0
    assert (out / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "notes.txt"])


@POSIX
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    ended = run(
        tmp_path, "demo", "--sample", "--out", "made/here",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)),
    )  # fmt: skip
    assert ended.status == 3
    assert "store.db cannot be used" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_on_banking77(data_dir: Path, tmp_path: Path) -> None:
    ended = run(tmp_path, "demo", data=data_dir)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Banking77: questions of online-banking customers")
    told = Told(tmp_path / "interlock-demo", ended)
    assert list(told.titles) == STEPS
    assert "Demoted by the run time" in told.titles["Demotion"]
    assert "<title>The workflow earned" in told.page()
