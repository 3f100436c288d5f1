"""Bad input gets a clear error and nothing is lost: each case through the command line, as a person meets it."""

import csv
import gzip
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from commandline import Ended, Replies, serving

POSIX = pytest.mark.skipif(os.name == "nt", reason="platform: signals, limits and devices of POSIX")
HEADER = ("message", "team", "ai_team", "confidence")
TEAMS = ("cards", "loans", "fees")
RECORDED = ("--prediction", "ai_team", "--confidence", "confidence")
FITTED = ("--text", "message", "--label", "team", "--prediction", "-", "--confidence", "-")
MIB = 1024 * 1024
NOT_SHOWN = "what was to be shown could not be written: No space left on device"


# A new process begins with the peak of the one that it came from, which here has run hundreds of tests: one in between
# has next to none, and tells the peak of its child in KiB on the last line of its output.
MEASURED = (
    "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(status)"
)


def start(folder: Path, *arguments: str, before: tuple[str, ...] = (), **options: Any) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    environment |= {"COLUMNS": "80", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [*before, sys.executable, "-m", "interlock.wiring.cli", "try", *arguments],
        cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )  # fmt: skip


def run(folder: Path, *arguments: str, **options: Any) -> Ended:
    process = start(folder, *arguments, **options)
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out or "", err or "")


def refused(folder: Path, *arguments: str, **options: Any) -> Ended:
    """Run what must be refused: no traceback, no output, and the folder as it was."""
    before = everything(folder)
    ended = run(folder, *arguments, **options)
    assert ended.status != 0
    assert "Traceback" not in ended.err
    assert ended.out == ""
    assert everything(folder) == before
    return ended


def everything(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path.relative_to(folder)), path.stat().st_size) for path in folder.rglob("*"))


def rows_of(count: int, *, wrong_every: int = 200) -> list[list[str]]:
    """Cases with a model's recorded answers, wrong in one of `wrong_every`."""
    return [
        [
            f"please help with my {TEAMS[i % 3]} case {i}",
            TEAMS[i % 3],
            TEAMS[(i + (i % wrong_every == 7)) % 3],
            f"{0.5 + (i * 7 % 500) / 1000:.3f}",
        ]
        for i in range(count)
    ]


def as_csv(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        (tmp_path / "past.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def evaluation(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "interlock-report" / "evaluation.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


Write = Callable[[str | bytes], Path]


def test_a_missing_column_lists_the_columns_there_are(write: Write) -> None:
    ended = refused(write(as_csv(rows_of(90))), "past.csv", "--label", "zzz")
    assert ended.status == 2
    assert ended.err.splitlines()[-1] == (
        "interlock: past.csv: --label 'zzz' is not a column. All columns: 'message', 'team', 'ai_team', 'confidence'."
    )


def test_a_misnamed_column_gets_the_nearest_names(write: Write) -> None:
    ended = refused(write(as_csv(rows_of(90))), "past.csv", "--label", "Taem")
    assert ended.status == 2
    assert "--label 'Taem' is not a column. Did you mean 'team'?" in ended.said


def test_one_class_only(write: Write) -> None:
    rows = [[row[0], "cards", "cards", row[3]] for row in rows_of(400)]
    ended = refused(write(as_csv(rows)), "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert "past.csv: every case was decided 'cards': there is nothing to learn or to get wrong." in ended.said
    assert "at least two different decisions" in ended.said


def test_fewer_rows_than_any_certificate_needs_says_how_many(write: Write) -> None:
    folder = write(as_csv(rows_of(58)))
    ended = refused(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert ended.err.splitlines()[-1] == (
        "interlock: past.csv: too few labelled rows. 58 of them would calibrate; to prove an error budget of 2 % takes "
        "at least 149 calibration cases without a mistake, which is a file of at least 149 labelled rows. This file "
        "has 58 labelled rows with 58 different texts. Label more past cases, or ask for a larger --budget."
    )
    assert "a file of at least 677 labelled rows" in refused(folder, "past.csv", *FITTED).said


@pytest.mark.parametrize("cell", ["nan", "NaN", "", "inf", "high"])
def test_a_confidence_that_is_no_number(write: Write, cell: str) -> None:
    rows = rows_of(200)
    rows[6][3] = cell
    folder = write(as_csv(rows))
    ended = refused(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert "'confidence' must be a number from 0 to 1 in every row; not so in 1 of 200 rows:" in ended.said
    fault = f"'{cell}' is not a number" if cell else "blank"
    assert f"line 8: {fault}" in ended.said
    assert "--skip-broken" in ended.said


def test_confidences_outside_0_to_1(write: Write) -> None:
    rows = rows_of(200)
    rows[2][3], rows[9][3] = "1.2", "-0.1"
    folder = write(as_csv(rows))
    ended = refused(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert "not so in 2 of 200 rows: line 4: '1.2' is outside 0 to 1 line 11: '-0.1' is outside 0 to 1" in ended.said
    skipped = run(folder, "past.csv", "--label", "team", *RECORDED, "--skip-broken")
    assert skipped.status == 0
    assert "left out: 2 rows, confidence is not a number from 0 to 1; lines 4, 11" in skipped.said
    assert evaluation(folder)["source"]["rows_used"] == 198


def test_percentages_are_not_left_out_row_by_row(write: Write) -> None:
    rows = [[*row[:3], f"{100 * float(row[3]):.1f}"] for row in rows_of(200)]
    ended = refused(write(as_csv(rows)), "past.csv", "--label", "team", *RECORDED, "--skip-broken")
    assert ended.status == 2
    assert "These look like percentages: divide by 100." in ended.said


def test_mixed_encodings_are_read_and_told(write: Write) -> None:
    lines = as_csv(rows_of(200)).encode().splitlines(keepends=True)
    lines[4] = "Grüße aus Köln,cards,cards,0.9\n".encode("cp1252")
    lines[5] = "Grüße aus Zürich,loans,loans,0.9\n".encode()
    folder = write(b"".join(lines))
    ended = run(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 0
    assert "1 line is not UTF-8 and was read as Windows-1252; first: line 5" in ended.said
    assert evaluation(folder)["source"]["notes"] == ["1 line is not UTF-8 and was read as Windows-1252; first: line 5"]


def test_broken_csv_lines_are_named(write: Write) -> None:
    lines = as_csv(rows_of(200)).splitlines(keepends=True)
    lines[3] = "too,many,fields,in,this,row\n"
    lines[50] = '"never closed,cards,cards,0.9\n'
    folder = write("".join(lines))
    ended = refused(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert "past.csv: 2 rows of 200 cannot be read: line 4: 6 fields where the header has 4" in ended.said
    assert "line 51: the quote opened at line 51, column 1 is never closed" in ended.said
    skipped = run(folder, "past.csv", "--label", "team", *RECORDED, "--skip-broken")
    assert skipped.status == 0
    assert "left out: 1 row, wrong number of fields; line 4" in skipped.said
    assert evaluation(folder)["source"]["rows_used"] == 198


def test_duplicates_are_left_out_and_counted(write: Write) -> None:
    rows = rows_of(200)
    folder = write(as_csv([*rows, *rows[:50]]))
    ended = run(folder, "past.csv", "--text", "message", "--label", "team", *RECORDED)
    assert ended.status == 0
    assert "left out: 50 rows, duplicate of an earlier row; lines 202, 203, 204, 205, 206, ..." in ended.said
    source = evaluation(folder)["source"]
    assert (source["rows_read"], source["rows_used"]) == (250, 200)


def test_nothing_but_duplicates_says_so(write: Write) -> None:
    ended = refused(write(as_csv(rows_of(3) * 200)), "past.csv", *FITTED)
    assert ended.status == 2
    assert "This file has 3 labelled rows with 3 different texts; left out: 597 rows, duplicate of an" in ended.said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "past.csv: the file is empty."),
        (b"\n \n", "past.csv: the file is empty."),
        (b"message,team\n", "past.csv: only a header, no rows."),
        (b"just words\nno columns\n", "no comma, tab, semicolon or bar separates columns"),
    ],
)
def test_an_empty_file(write: Write, content: bytes, words: str) -> None:
    ended = refused(write(content), "past.csv")
    assert ended.status == 2
    assert words in ended.said


def test_a_directory(write: Write) -> None:
    ended = refused(write(as_csv(rows_of(3))), ".")
    assert ended.status == 2
    assert "this is a folder. Name one file of it: past.csv." in ended.said


@POSIX
def test_two_gigabytes_of_nothing(tmp_path: Path) -> None:
    with (tmp_path / "past.csv").open("wb") as file:
        file.truncate(2 * 1024 * MIB)
    ended = refused(tmp_path, "past.csv")
    assert ended.status == 2
    assert "it begins with nothing but NUL bytes: a damaged or unfinished copy. Copy it again." in ended.said


@POSIX
def test_two_gigabytes_with_a_hole_after_good_rows(tmp_path: Path) -> None:
    with (tmp_path / "past.csv").open("wb") as file:
        file.write(as_csv(rows_of(5000)).encode())
        file.truncate(2 * 1024 * MIB)
    ended = refused(tmp_path, "past.csv")
    assert ended.status == 2
    assert "past.csv: line 5002 is longer than 1,048,576 bytes." in ended.said


@POSIX
def test_a_large_file_is_sampled_in_bounded_memory(tmp_path: Path) -> None:
    # 100 MB: two gigabytes of real rows take the better part of a minute to read
    padding = "word " * 180
    with (tmp_path / "past.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(HEADER) + "\n")
        for message, *others in rows_of(100_000, wrong_every=300):
            file.write(f"{padding}{message},{','.join(others)}\n")
    process = start(
        tmp_path, "past.csv", "--label", "team", *RECORDED, "--rows-max", "3000",
        before=(sys.executable, "-c", MEASURED), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peak, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    source = evaluation(tmp_path)["source"]
    assert (source["rows_read"], source["rows_used"], source["rows_not_sampled"]) == (100_000, 3000, 97_000)
    assert source["notes"] == ["a uniform sample of 3,000 of 100,000 readable rows was used (seed 0)"]
    peak_mib = int(peak) / (MIB if sys.platform == "darwin" else 1024)
    assert 50 < peak_mib < 400


def test_an_unreachable_candidate_address(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    closed = "http://127.0.0.1:1/v1#far-model"  # nobody listens on the first port
    ended = run(folder, "past.csv", "--text", "message", "--label", "team", "--candidate", closed)
    assert ended.status == 0
    assert "unavailable: far-model: http://127.0.0.1:1/v1 cannot be used: ConnectError" in ended.said
    far = evaluation(folder)["candidates"][-1]
    assert (far["name"], far["accuracy"], far["certificates"]) == ("far-model", None, [])


class Prattle(Replies):
    """Answers in words and never as asked."""

    def reply(self, body: Any) -> Any:
        return {"choices": [{"message": {"content": "I think it is cards."}}]}


@pytest.fixture
def prattle() -> Iterator[str]:
    with serving(Prattle) as address:
        yield f"{address}#prattle"


def test_an_answer_that_is_not_the_schema(write: Write, prattle: str) -> None:
    folder = write(as_csv(rows_of(300)))
    ended = run(
        folder, "past.csv", "--text", "message", "--label", "team", "--candidate", prattle, "--candidate-cases", "20"
    )
    assert (ended.status, "Traceback" in ended.err) == (0, False)
    found = evaluation(folder)["candidates"][-1]
    assert found["name"] == "prattle"
    assert "the answer was not the schema" in (found["unavailable"] or " ".join(found["notes"]))
    assert evaluation(folder)["recommendation"]["candidate"] != "prattle"


@POSIX
def test_a_full_disk(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    ended = refused(
        folder, "past.csv", "--label", "team", *RECORDED, "--out", "made/here",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )  # fmt: skip
    assert ended.status == 3
    assert "could not be written (File too large). Make room" in ended.said


@POSIX
def test_a_full_disk_under_a_report_that_was_there(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    assert run(folder, "past.csv", "--label", "team", *RECORDED).status == 0
    before = {path.name: path.read_bytes() for path in (folder / "interlock-report").iterdir()}
    refused(
        folder, "past.csv", "--label", "team", *RECORDED, "--seed", "5",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )  # fmt: skip
    assert {path.name: path.read_bytes() for path in (folder / "interlock-report").iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="platform: no device that is always full")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--json", "--quiet"), f'{{"error": "{NOT_SHOWN}", "status": 3}}\n'),
     (("--quiet",), f"interlock: {NOT_SHOWN}\n"), (("--help",), f"interlock: {NOT_SHOWN}\n")],
)  # fmt: skip
def test_an_output_on_a_full_disk(write: Write, arguments: tuple[str, ...], told: str) -> None:
    folder = write(as_csv(rows_of(300)))
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = run(folder, "past.csv", "--label", "team", *RECORDED, *arguments, stdout=full)
    assert (ended.status, ended.err) == (3, told)


@POSIX
def test_ctrl_c(write: Write) -> None:
    folder = write(as_csv(rows_of(6000)))
    before = everything(folder)
    process = start(
        folder, "past.csv", *FITTED, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "learns from" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "interlock: stopped; nothing was written."
    assert "Traceback" not in err
    assert everything(folder) == before


# What else clumsy hands do


@pytest.mark.parametrize(
    ("out", "status", "words"),
    [
        ("past.csv", 2, "--out past.csv: is a file; name a folder"),
        ("past.csv/deep/er", 2, "past.csv is a file; name a folder"),
        ("x" * 300, 2, "is no name for a folder"),
    ],
)
def test_an_out_that_is_no_folder_is_told_before_any_work(write: Write, out: str, status: int, words: str) -> None:
    ended = refused(write(as_csv(rows_of(90))), "past.csv", "--out", out)
    assert ended.status == status
    assert words in ended.said
    assert "Reading" not in ended.err


def test_an_out_in_which_the_reports_name_is_a_folder(write: Write) -> None:
    folder = write(as_csv(rows_of(90)))
    (folder / "interlock-report" / "report.html").mkdir(parents=True)
    ended = refused(folder, "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 2
    assert "that Interlock did not write" in ended.said


def test_two_runs_at_once_leave_one_whole_report(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    both = [start(folder, "past.csv", "--label", "team", *RECORDED, "--quiet") for _ in range(2)]
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in both] == [("", 0), ("", 0)]
    found = sorted(path.name for path in (folder / "interlock-report").iterdir())
    assert found == ["evaluation.json", "report.html"]
    assert evaluation(folder)["source"]["rows_used"] == 300


@POSIX
def test_closed_streams(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    command = f"{sys.executable} -m interlock.wiring.cli try past.csv --label team {' '.join(RECORDED)} --quiet"
    for closed in (">&-", ">&- 2>&- <&-"):
        ended = subprocess.run(f"{command} {closed}", shell=True, cwd=folder, capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, b"")
        shutil.rmtree(folder / "interlock-report")


@pytest.mark.parametrize("name", ["-", "fi<le> \N{COLLISION SYMBOL} \u202ex.csv", "-x.csv"])
def test_awkward_file_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(as_csv(rows_of(300)), encoding="utf-8")
    ended = run(tmp_path, "--label", "team", *RECORDED, "--quiet", "--", name)
    assert (ended.status, ended.err) == (0, "")
    assert evaluation(tmp_path)["source"]["name"] == name


def test_markup_and_direction_marks_stay_text(tmp_path: Path) -> None:
    names = {"cards": "<b>cards</b>", "loans": "\u202esnaol", "fees": "[red]fees"}
    rows = [[f"<script>alert(1)</script> {row[0]}", names[row[1]], names[row[2]], row[3]] for row in rows_of(300)]
    header = ("<i>message</i>", "[bold]team", "ai_team", "confidence")
    (tmp_path / "past.csv").write_text(as_csv(rows, header), encoding="utf-8")
    ended = run(tmp_path, "past.csv", "--label", "[bold]team", *RECORDED)
    assert ended.status == 0
    assert "label: [bold]team (given)" in ended.said
    assert "\u202e" not in ended.out + ended.err
    report = (tmp_path / "interlock-report" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in report
    assert "<b>cards" not in report


def test_a_semicolon_file_from_a_spreadsheet(tmp_path: Path) -> None:
    rows = [[f'said "{row[0]}"\nand; left', *row[1:3], row[3].replace(".", ",")] for row in rows_of(300)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([(" message ", "team", "ai_team", "confidence"), *rows])
    with gzip.open(tmp_path / "past.txt", "wb") as file:
        file.write(b"\xef\xbb\xbf" + text.getvalue().encode())
    ended = run(tmp_path, "past.txt", "--label", "team", *RECORDED, "--quiet")
    assert (ended.status, ended.err) == (0, "")
    source = evaluation(tmp_path)["source"]
    assert (source["format"], source["rows_used"]) == ("CSV with semicolons, gzipped", 300)


def test_what_is_always_wrong_is_never_recommended(write: Write) -> None:
    rows = [[row[0], row[1], TEAMS[(TEAMS.index(row[1]) + 1) % 3], row[3]] for row in rows_of(1200)]
    ended = run(write(as_csv(rows)), "past.csv", "--label", "team", *RECORDED)
    assert ended.status == 0
    assert "Nothing may run by itself yet: where the AI that made the recorded predictions is surest, it is wrong" in (
        " ".join(ended.out.split())
    )


def test_figures_too_good_to_be_true_are_doubted(tmp_path: Path) -> None:
    rows = [[f"{row[0]} decided {row[1]}", row[1]] for row in rows_of(700)]
    (tmp_path / "past.csv").write_text(as_csv(rows, ("message", "team")), encoding="utf-8")
    ended = run(tmp_path, "past.csv")
    assert ended.status == 0
    assert "100 % right is rare for decisions that needed people: make sure that what was read" in " ".join(
        ended.out.split()
    )


def test_a_narrow_terminal_cuts_no_heading(write: Write) -> None:
    folder = write(as_csv(rows_of(300)))
    process = subprocess.run(
        [sys.executable, "-m", "interlock.wiring.cli", "try", "past.csv", "--label", "team", *RECORDED],
        cwd=folder, env={**os.environ, "COLUMNS": "40"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "  By itself at 2 %: " in process.stdout
    assert "…" not in process.stdout
    assert max(map(len, process.stdout.splitlines())) <= 40
