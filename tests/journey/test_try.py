"""`interlock try` as a person uses it."""

import csv
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from commandline import Ended, Replies, Run, serving
from interlock.wiring.cli import main

WORDS = [f"{start}{end}" for start in ("ba", "ke", "lo", "mi", "nu", "so") for end in ("la", "ter", "nik", "ro", "dum")]
TEAMS = ("cards", "loans", "fees")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("INTERLOCK_CANDIDATE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["interlock", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        return Ended(int(end.value.code or 0), shown.out, shown.err)

    return run


def write_cases(path: Path, rows: int, *, labels: tuple[str, ...] = TEAMS, noise: float = 0.02) -> Path:
    """Messages with a word that gives the team away, most of the time."""
    rng = np.random.default_rng(5)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["message", "team", "client", "day", "channel", "ai_team", "ai_sure"])
        for number in range(rows):
            label = labels[number % len(labels)]
            hint = label if rng.random() > noise else str(rng.choice(labels))
            words = [*rng.choice(WORDS, size=8), hint, f"n{number}"]
            day = f"2024-{1 + number * 12 // rows:02d}-{1 + number % 28:02d}"
            sure = round(0.5 + 0.5 * rng.random(), 6)
            guess = label if rng.random() < sure**0.05 else "other"
            writer.writerow([" ".join(words), label, f"c{number // 2}", day, ("mail", "chat")[number % 2], guess, sure])
    return path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write_cases(tmp_path / "past.csv", 1500)


PLAIN = (
    "--text",
    "message",
    "--label",
    "team",
    "--prediction",
    "-",
    "--confidence",
    "-",
    "--group",
    "-",
    "--time",
    "-",
)


def figures(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def timeless(document: dict[str, Any]) -> str:
    """The document without what a clock measured."""
    measured = ("fit_seconds", "latency_p50_ms", "latency_p95_ms")
    candidates = [{**one, **dict.fromkeys(measured)} for one in document["candidates"]]
    return json.dumps({**document, "created_at": None, "candidates": candidates})


def test_a_file_becomes_a_report(run: Run, cases: Path, tmp_path: Path) -> None:
    ended = run("try", str(cases), *PLAIN)
    assert ended.status == 0
    assert "At an error budget of 2 %, the nearest centroid may handle " in " ".join(ended.out.split())
    assert "label: team (given)" in ended.err
    assert "pip install" in ended.err
    assert max(map(len, ended.out.splitlines())) <= 80
    folder = tmp_path / "interlock-report"
    assert sorted(path.name for path in folder.iterdir()) == ["evaluation.json", "report.html"]
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")
    found = figures(folder)
    assert (found["schema_version"], found["promise"], found["budget"]) == (1, "joint", 0.02)
    assert [one["name"] for one in found["candidates"]] == ["nearest centroid", "small model", "MiniLM embeddings"]


def test_every_option_is_heard(run: Run, cases: Path, tmp_path: Path) -> None:
    options = (
        "--text", "message", "--label", "team", "--group", "client", "--time", "day",
        "--prediction", "-", "--confidence", "-",
        "--budget", "3%", "--promise", "selective", "--min-gain", "10%", "--cost-wrong", "80", "--cost-review", "4",
        "--seed", "9", "--rows-max", "1400", "--skip-broken", "--candidate-cases", "50", "--out", "deep/er",
    )  # fmt: skip
    assert run("try", str(cases), *options, "--quiet").status == 0
    found = figures(tmp_path / "deep" / "er")
    assert [found[name] for name in ("budget", "promise", "seed")] == [0.03, "selective", 9]
    assert [found[name] for name in ("cost_wrong_usd", "cost_review_usd", "costs_assumed")] == [80.0, 4.0, False]
    assert (found["source"]["rows_used"], found["source"]["rows_not_sampled"]) == (1400, 100)
    assert (found["split"]["by"], found["split"]["n_groups"] > 0) == ("time", True)


def test_quiet_says_the_recommendation_and_where_the_report_is(run: Run, cases: Path) -> None:
    ended = run("try", str(cases), *PLAIN, "--quiet")
    assert ended.err == ""
    words = " ".join(ended.out.split())
    assert words.startswith("At an error budget of 2 %, ")
    assert words.endswith(f"Report: {Path('interlock-report') / 'report.html'}")


def test_json_prints_the_figures_and_nothing_else(run: Run, cases: Path, tmp_path: Path) -> None:
    ended = run("try", str(cases), *PLAIN, "--json")
    assert json.loads(ended.out) == figures(tmp_path / "interlock-report")


def test_same_seed_same_figures(run: Run, cases: Path, tmp_path: Path) -> None:
    for folder, seed in (("one", "1"), ("again", "1"), ("two", "2")):
        run("try", str(cases), *PLAIN, "--seed", seed, "--out", folder, "--quiet")
    one, again, two = (timeless(figures(tmp_path / folder)) for folder in ("one", "again", "two"))
    assert one == again
    assert one != two


def test_the_sample(run: Run, tmp_path: Path) -> None:
    ended = run("try", "--sample")
    assert ended.status == 0
    assert "Authored sample" in ended.out
    assert figures(tmp_path / "interlock-report")["authored_sample"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("try",), "name a FILE of past cases"),
        (("try", "--sample", "past.csv"), "not both"),
        (("try", "nowhere.csv"), "nowhere.csv"),
        (("try", "past.csv", "--label", "tea"), "Did you mean"),
        (("try", "past.csv", "--budget", "2"), "0.02 or 2%"),
        (("try", "past.csv", "--budget", "nan"), "0.02 or 2%"),
        (("try", "past.csv", "--cost-wrong", "much"), "USD"),
        (("try", "past.csv", "--promise", "hope"), "selective"),
        (("try", "past.csv", "--candidate", "localhost"), "--candidate"),
        (("try", "past.csv", "--candidate", "http://h#m", "--prediction", "ai_team"), "leave one of them out"),
        (("try", "past.csv", "--candidate", "http://h#m", "--candidate", "http://h#m"), "named twice"),
        (("try", "past.csv", "--out", "past.csv"), "name a folder"),
        (("try", "past.csv", "--no-such-option"), "--no-such-option"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_mend(
    run: Run, cases: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert not (cases.parent / "interlock-report").exists()


def test_too_few_labels(run: Run, tmp_path: Path) -> None:
    ended = run("try", str(write_cases(tmp_path / "few.csv", 90)), *PLAIN)
    assert ended.status == 2
    assert "too few labelled rows. 27 of them would calibrate" in ended.err


def test_other_peoples_files_are_left_alone(run: Run, cases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "interlock-report"
    folder.mkdir()
    (folder / "report.html").write_text("mine")
    ended = run("try", str(cases), *PLAIN)
    assert ended.status == 2
    assert "that Interlock did not write" in ended.err
    assert (folder / "report.html").read_text() == "mine"


def test_its_own_files_are_replaced_and_others_stay(run: Run, cases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "interlock-report"
    recorded = ("--label", "team", "--prediction", "ai_team", "--confidence", "ai_sure", "--group", "-", "--time", "-")
    assert run("try", str(cases), *recorded).status == 0
    (folder / "notes.txt").write_text("mine")
    assert run("try", str(cases), *recorded, "--seed", "3").status == 0
    assert sorted(path.name for path in folder.iterdir()) == ["evaluation.json", "notes.txt", "report.html"]
    assert figures(folder)["seed"] == 3


class Model(Replies):
    """Knows the word that gives the team away; every third answer is no JSON."""

    count = 0
    keys: ClassVar[set[str | None]] = set()

    def reply(self, body: Any) -> Any:
        type(self).count += 1
        self.keys.add(self.headers["Authorization"])
        text = body["messages"][1]["content"]
        label = next((team for team in TEAMS if team in text), "fees")
        content = json.dumps({"label": label, "confidence": 0.9})
        if int(text.rpartition("n")[2]) % 3 == 0 and type(self).count > 1:
            content = f"It is {label}."
        return {
            "choices": [{"message": {"content": content}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 10},
        }


@pytest.fixture
def model_address() -> Iterator[str]:
    with serving(Model) as address:
        yield address


def test_an_outside_candidate_whose_answers_are_broken(
    run: Run, cases: Path, tmp_path: Path, model_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_CANDIDATE_API_KEY", "key-of-mine")
    address = f"{model_address}#far-model?in=1&out=10"
    ended = run("try", str(cases), "--text", "message", "--label", "team", "--group", "-", "--time", "-",
                "--candidate", address, "--candidate-cases", "100")  # fmt: skip
    assert ended.status == 0
    assert "far-model: up to 160 texts and the examples of its prompt leave this machine" in " ".join(ended.err.split())
    far = figures(tmp_path / "interlock-report")["candidates"][-1]
    assert (far["name"], far["kind"], far["unavailable"]) == ("far-model", "external model", None)
    assert far["accuracy"]["n"] == 60
    assert far["cost_per_case_usd"] == pytest.approx(0.0011)
    notes = " ".join(far["notes"])
    assert "answers could not be used" in notes
    assert "times: the answer was not the schema" in notes
    assert Model.keys == {"Bearer key-of-mine"}
    for path in (tmp_path / "interlock-report").iterdir():
        assert "key-of-mine" not in path.read_text(encoding="utf-8")
    assert "key-of-mine" not in ended.out + ended.err


def test_an_unreachable_candidate_is_said_and_the_others_go_on(run: Run, cases: Path, tmp_path: Path) -> None:
    closed = "http://127.0.0.1:1/v1#far-model"  # nobody listens on the first port
    ended = run("try", str(cases), "--text", "message", "--label", "team", "--group", "-", "--time", "-",
                "--candidate", closed)  # fmt: skip
    assert ended.status == 0
    assert "unavailable: far-model: http://127.0.0.1:1/v1 cannot be used: ConnectError" in " ".join(ended.out.split())
    far = figures(tmp_path / "interlock-report")["candidates"][-1]
    assert far["accuracy"] is None
    assert "ConnectError" in far["unavailable"]


def test_version_help_and_nothing_at_all(run: Run) -> None:
    assert run("--version").out.startswith("interlock ")
    assert "interlock try --sample" in run("try", "--help").out
    ended = run()
    assert "try" in ended.out + ended.err


def command(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "interlock.wiring.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        **options,
    )


def test_recorded_predictions_need_no_library_that_learns(cases: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from interlock.wiring.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: status = end.code\n"
        "print(sorted({'sklearn', 'httpx', 'torch'} & set(sys.modules)), status)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "try", str(cases), "--label", "team", "--prediction", "ai_team",
         "--confidence", "ai_sure", "--group", "-", "--time", "-", "--quiet"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "[] 0"
    found = figures(tmp_path / "interlock-report")
    assert [one["kind"] for one in found["candidates"]] == ["recorded predictions"]
    assert found["split"]["n_calibration"] == 1500
    assert found["candidates"][0]["certificates"][0]["evaluation_risk"] is None


def test_the_command_starts_without_heavy_libraries() -> None:
    heavy = "{'numpy', 'scipy', 'sklearn', 'duckdb', 'httpx', 'jinja2', 'pydantic'}"
    program = f"import sys, interlock.wiring.cli, interlock.surfaces.cli.try_; print({heavy} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"


def test_a_missing_extra_is_named(cases: Path, tmp_path: Path) -> None:
    program = "import sys; sys.modules['sklearn'] = None\nfrom interlock.wiring.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "try", str(cases), *PLAIN],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[-1] == "interlock: sklearn is not installed: pip install 'interlock[try]'"
    assert not (tmp_path / "interlock-report").exists()


@pytest.mark.skipif(os.name == "nt", reason="platform: signals of a POSIX terminal")
def test_ctrl_c_while_fitting_leaves_nothing(tmp_path: Path) -> None:
    labels = tuple(f"{start}{end}" for start in WORDS for end in ("x", "y"))
    file = write_cases(tmp_path / "long.csv", 9000, labels=labels)
    process = command(
        "try", str(file), *PLAIN, cwd=tmp_path, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("small model: learns"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interlock: stopped; nothing was written.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["long.csv"]


@pytest.mark.skipif(os.name == "nt", reason="platform: limits of a POSIX process")
def test_a_full_disk_leaves_nothing(cases: Path, tmp_path: Path) -> None:
    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    process = command("try", str(cases), *PLAIN, "--out", "made/here", cwd=tmp_path, preexec_fn=small_files_only)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, "")
    assert "could not be written (File too large)" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["past.csv"]


@pytest.mark.skipif(os.name == "nt", reason="platform: pipes of POSIX")
def test_a_reader_who_has_seen_enough(cases: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "interlock.wiring.cli", "try", str(cases), "--label", "team", "--prediction", "ai_team",
         "--confidence", "ai_sure", "--group", "-", "--time", "-", "--json"],
        cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 141
    assert "Traceback" not in err
    assert "Exception" not in err


def test_banking77(run: Run, data_dir: Path, tmp_path: Path) -> None:
    joined = tmp_path / "banking77.csv"
    with joined.open("wb") as out:
        for part, skipped in (("train", 0), ("test", 1)):
            with gzip.open(data_dir / "triage_banking77" / f"{part}.csv.gz") as file:
                out.writelines(file.readlines()[skipped:])
    assert run("try", str(joined), "--quiet").status == 0
    small = figures(tmp_path / "interlock-report")["candidates"][1]
    assert small["accuracy"]["value"] >= 0.88
    joint = next(
        shown["certificate"]
        for shown in small["certificates"]
        if (shown["certificate"]["budget"], shown["certificate"]["promise"]) == (0.02, "joint")
    )
    assert joint["share"] >= 0.60
