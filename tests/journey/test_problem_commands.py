"""`interlock problem` as people use and misuse it."""

import json
from pathlib import Path

import pytest

from commandline import DEFINITION, Run

STATED = """name: claims
owner: Ana Ruiz
who: Claims clerks in the Porto office
friction: They type every claim twice, 14 minutes each
cost: 9 hours a day
outcome: a claim is typed once
metric: minutes a claim from 14 to 5 by 30 June 2027
constraints: A clerk signs each claim
"""


def test_a_statement_of_which_nothing_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(STATED)
    done = run("problem", "lint", "claims.yaml")
    assert (done.status, "a use case: it may be scored" in done.out) == (0, True)


def test_what_is_missing_as_json_with_status_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(STATED.replace("A clerk signs each claim", "none"))
    done = run("problem", "lint", "claims.yaml", "--json")
    said = json.loads(done.out)
    assert done.status == 1
    assert [one["lack"] for one in said["missing"]] == ["constraint"]
    assert (said["use_case"], said["missing_of_use_case"], said["costs"]) == (False, ["constraints"], ["time"])


def test_a_definition_is_read_for_its_problem(run: Run, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(DEFINITION)
    assert run("problem", "lint", "flow.yaml").status == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("whoo: clerks\n", "bad.yaml:1: whoo: is not part of a problem statement"),
        ("who: clerks\ncost: 12\n", "bad.yaml:2: cost:"),
        ("text: a claim is typed twice\nwho: clerks\n", "keep one of them"),
        ("workflow: x\nproblem: 3\n", "bad.yaml:2: problem: write its parts below it"),
        ("- who\n", "bad.yaml: write `who:`"),
        ("who: a\nwho: b\n", "bad.yaml:2: who: is given twice (first in line 1); keep one"),
        ("who: &a [x]\ncause: *a\n", "bad.yaml:2: `*a` refers to another place"),
        ("who: a: b\n", "bad.yaml:1: this is not YAML"),
        ("kpis: [{name: a, unit: b, direction: down, baseline: .nan}]\n", "bad.yaml:1: kpis.0.baseline:"),
    ],
)
def test_a_bad_file_is_told_with_its_line_and_mend(run: Run, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    done = run("problem", "lint", "bad.yaml")
    assert (done.status, words in done.said) == (2, True)


def test_neither_file_nor_text(run: Run) -> None:
    assert run("problem", "lint").status == 2


def test_a_page_has_its_six_parts_in_order_and_says_who_finds_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(STATED.replace("cost: 9 hours a day\n", ""))
    assert run("problem", "page", "claims.yaml", "--out", "page.md").status == 0
    page = (tmp_path / "page.md").read_text()
    titles = [line[3:].partition(" (")[0] for line in page.splitlines() if line.startswith("## ")]
    assert titles == [
        "Who has the problem",
        "What is broken or slow today",
        "Why it matters",
        "What better looks like",
        "How success is measured",
        "Which constraints hold",
        "What is not known yet",
    ]
    assert "resulting in: \\[not known yet\\]" in page
    assert [line.endswith("| Ana Ruiz |") for line in page.splitlines() if line.startswith("| c")] == [True, True]
    assert page.startswith("# claims: 2 things are missing")
    assert run("problem", "page", "claims.yaml", "--out", "page.html").status == 0
    assert "What is broken or slow today" in (tmp_path / "page.html").read_text()
    assert run("problem", "page", "claims.yaml", "--out", "page.json").status == 0
    assert json.loads((tmp_path / "page.json").read_text())["kind"] == "problem statement"


def test_a_page_is_not_written_under_another_ending(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(STATED)
    assert run("problem", "page", "claims.yaml", "--out", "page.doc").status == 2
    assert not (tmp_path / "page.doc").exists()
