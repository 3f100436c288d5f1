"""`interlock oversight compare`: a changed release beside the old one, as a person uses it."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from commandline import Run
from interlock.oversight import NonInferiorityTest

HEADER = ("v1", "v2", "human")
COLUMNS = ("--old", "v1", "--new", "v2", "--label", "human")


def write(path: Path, rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def answers(n: int, *, worse_every: int, better_every: int) -> list[tuple[str, str, str]]:
    rows = []
    for i in range(1, n + 1):
        if i % worse_every == 0:
            rows.append(("cards", "loans", "cards"))
        elif i % better_every == 0:
            rows.append(("loans", "cards", "cards"))
        else:
            rows.append(("cards", "cards", ""))  # alike: nobody had to say what is right
    return rows


def test_a_release_that_is_no_worse_is_proved_with_few_labels(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "both.csv", answers(2000, worse_every=250, better_every=125))
    ended = run("oversight", "compare", str(file), *COLUMNS, "--json", "--out", str(tmp_path / "out"))
    figures = ended.json
    assert ended.status == 0
    assert (figures["n"], figures["n_same"], figures["n_worse"], figures["n_better"]) == (2000, 1984, 8, 8)
    test = NonInferiorityTest(0.01)
    for old, new, human in answers(2000, worse_every=250, better_every=125):
        test.observe_same() if old == new else test.observe(int(old != human), int(new != human))
    assert figures["decided_at"] == test.decided_at
    assert figures["wealth"] == pytest.approx(test.wealth)
    assert figures["title"].startswith("The new release is worse by less than 1 %, if at all: proved after")
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "Evidence that the new release is worse by less than the margin" in page
    assert json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8")) == figures


def test_a_worse_release_is_not_proved_and_says_so_with_its_exit_status(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "both.csv", answers(1000, worse_every=20, better_every=1001))
    ended = run("oversight", "compare", str(file), *COLUMNS, "--out", str(tmp_path / "out"))
    assert ended.status == 1
    assert "Not proved yet that the new release is worse by less than 1 %" in ended.out
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "it will never be proved" in page


def test_a_case_that_nobody_judged_counts_as_worse(run: Run, tmp_path: Path) -> None:
    """Else whoever labels could leave out what speaks against the new release."""
    rows = [("cards", "loans", "")] * 5 + [("cards", "cards", "")] * 500
    worse = NonInferiorityTest(0.01)
    worse.observe_same(500)
    for _ in range(5):
        worse.observe(0, 1)
    ended = run("oversight", "compare", str(write(tmp_path / "a.csv", rows)), *COLUMNS, "--json")
    assert (ended.json["n_worse"], ended.json["n_unjudged"]) == (0, 5)
    assert ended.json["wealth"] == pytest.approx(worse.wealth)


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([("a", "", "a")], COLUMNS, "line 2: an answer is blank; both releases must answer every case"),
        (
            [("a", "a", "a")],
            ("--old", "v3", "--new", "v2", "--label", "human"),
            "'v3' is not a column. All",
        ),
        ([("a", "a", "a")], ("--old", "v1", "--new", "v1", "--label", "human"), "name the same column"),
        ([("a", "a", "a")], (*COLUMNS, "--margin", "2"), "2"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    run: Run, tmp_path: Path, rows: list[tuple[str, str, str]], options: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "out"
    ended = run("oversight", "compare", str(write(tmp_path / "a.csv", rows)), *options, "--out", str(out))
    assert ended.status == 2
    assert said in ended.said
    assert not out.exists()


def test_without_a_file_it_says_what_it_needs(run: Run) -> None:
    ended = run("oversight", "compare")
    assert ended.status == 2
    assert "name a file with the answers of both releases" in ended.said
