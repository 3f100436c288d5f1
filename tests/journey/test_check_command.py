"""`interlock check` and `interlock schema` as people use and misuse them."""

import json
import os
import sys
from pathlib import Path

import pytest

from commandline import Run
from interlock.adapters.definitions.json_schema import definition_schema
from interlock.engine.ledger.canonical import plain

EXAMPLE = Path(__file__).parents[2] / "workflows" / "message-triage.yaml"


def test_errors_and_gaps_have_their_lines_reasons_and_mends(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("workflow: idea\nowners: {value: Ana, safty: Ben}\nbudget:\n  error: 2\n")
    (tmp_path / "idea.yaml").write_text("workflow: idea\nkpis:\n  - name: wait\n    unit: hours\n    direction: down\n")
    ended = run("check", "bad.yaml", "idea.yaml")
    assert ended.status == 1
    lines = ended.out.splitlines()
    assert lines[0] == "bad.yaml: cannot be applied; 2 errors"
    assert "  bad.yaml:2: error: owners.safty: is not a field of a definition" in lines
    assert "    mend: did you mean `safety`?" in lines
    assert "  bad.yaml:4: error: budget.error: Input should be less than 1" in lines
    assert "  idea.yaml:3: gap: kpis.0.baseline: the KPI 'wait' has no baseline" in lines
    assert "    why: without it nobody can say that it moved" in lines


def test_a_problem_statement_is_read_as_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / "idea.yaml").write_text("workflow: idea\nproblem:\n  friction: we need a chatbot\n")
    lines = run("check", "idea.yaml").out.splitlines()
    assert "  idea.yaml:3: gap: problem.friction: a solution stands for the problem: 'chatbot'" in lines
    assert "  idea.yaml:2: gap: problem.who: no user is told" in lines


def test_gaps_are_no_errors_unless_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "idea.yaml").write_text("workflow: idea\n")
    assert run("check", "idea.yaml").status == 0
    assert run("check", "idea.yaml", "--strict").status == 1
    found = run("check", "idea.yaml", "--json")
    assert found.status == 0
    assert {flaw["severity"] for flaw in found.json} == {"gap"}
    assert "owners.safety" in [flaw["field"] for flaw in found.json]


def test_a_whole_definition_has_nothing_missing(run: Run) -> None:
    ended = run("check", str(EXAMPLE), "--strict")
    assert (ended.status, ended.out) == (0, f"{EXAMPLE}: can be applied; nothing is missing\n")


def test_files_that_are_none(run: Run, tmp_path: Path) -> None:
    missing = run("check", "nope.yaml")
    assert (missing.status, missing.out) == (2, "")
    assert "nope.yaml" in missing.said
    (tmp_path / "tab.yaml").write_text("workflow: a\nowners:\n\tvalue: b\n")
    ended = run("check", "tab.yaml", "--json")
    assert (ended.status, ended.json[0]["line"], ended.json[0]["severity"]) == (1, 3, "error")
    (tmp_path / "list.yaml").write_text("- a\n")
    assert "a definition is a mapping" in run("check", "list.yaml").out


def test_a_reader_who_went_away_is_no_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`interlock check FILE | head -1`: 1 would mean that the file has an error."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as closed:  # noqa: PTH123 - a pipe has no path
        monkeypatch.setattr(sys, "stdout", closed)
        assert run("check", str(EXAMPLE)).status == 141


def test_the_schema_is_printed(run: Run) -> None:
    assert json.loads(run("schema").out) == plain(definition_schema())
