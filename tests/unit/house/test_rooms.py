"""The house stays simple: no rooms without a meaning, no file that nobody can hold in the head."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src" / "interlock"
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base"}
LINES_MAX = 300


def test_no_room_without_a_meaning_in_its_name() -> None:
    assert [path for path in SOURCE.rglob("*.py") if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    long = {
        str(p.relative_to(SOURCE)): n
        for p in SOURCE.rglob("*.py")
        if (n := len(p.read_text().splitlines())) > LINES_MAX
    }
    assert long == {}


def test_nothing_unfinished_is_marked_in_the_source() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")
    found = [(path.name, mark) for path in SOURCE.rglob("*.py") for mark in marks if mark in path.read_text()]
    assert found == []


def test_no_data_set_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    endings = (".parquet", ".npz", ".csv.gz", ".jsonl.gz", ".zip", ".db")
    assert [name for name in listed.split("\0") if name.endswith(endings)] == []
    assert [name for name in listed.split("\0") if name.endswith(".csv")] in (
        [],
        ["src/interlock/packs/samples/support_messages.csv"],
    )
