"""The compliance crosswalk as people write it: chosen frameworks, a ledger that is verified, answers to mistakes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commandline import DEFINITION, Run


@pytest.fixture
def applied(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "triage.yaml").write_text(DEFINITION, encoding="utf-8")
    run("apply", "-f", "triage.yaml", "--as", "Carla Nunes")
    return run


def ledger_row(run: Run) -> list[object]:
    page = run("report", "crosswalk", "--framework", "nist-ai-rmf", "--json").json
    (controls,) = [each for each in page["passages"] if each["part"] == "Controls"]
    (row,) = [row for row in controls["grids"][0]["rows"] if row[0] == "The ledger is verified"]
    return list(row)


def test_the_ledger_is_verified_for_the_document(applied: Run, tmp_path: Path) -> None:
    row = ledger_row(applied)
    assert row[1] == "in force"
    assert isinstance(row[2], dict)
    (root,) = row[2]["evidence"]
    assert f"root {root}" in applied("ledger", "verify").out
    with closing(sqlite3.connect(tmp_path / ".interlock" / "store.db")) as tampered, tampered:
        ((entry, record),) = tampered.execute("SELECT entry, record FROM ledger WHERE kind = 'salt.committed'")
        changed = record.replace(b"audit-salt", b"audit-sale")
        assert changed != record
        tampered.execute("UPDATE ledger SET record = ? WHERE entry = ?", (changed, entry))
    assert ledger_row(applied)[1] == "not in force"
    assert "The ledger does not hold" in applied("report", "crosswalk").out


def test_the_frameworks_are_chosen_and_the_page_is_written(applied: Run, tmp_path: Path) -> None:
    ended = applied("report", "crosswalk", "--framework", "eu-ai-act", "--out", "act.html", "--out", "act.md")
    assert (ended.status, ended.out.splitlines()[0][:9]) == (0, "34 lines:")
    assert "Article 26(5)" in (tmp_path / "act.html").read_text(encoding="utf-8")
    assert "GOVERN" not in (tmp_path / "act.md").read_text(encoding="utf-8")
    assert "171 lines:" in applied("report", "crosswalk").out
    assert "crosswalk" in {row["kind"] for row in applied("report", "list", "--json").json}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("crosswalk", "--framework", "iso"), "known: eu-ai-act, iso-42001, nist-ai-rmf"),
        (("monthly", "--framework", "iso-42001"), "'monthly' is about no framework; leave --framework out"),
        (("crosswalk", "--out", "page.txt"), "end the name with one of .html"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(applied: Run, arguments: tuple[str, ...], says: str) -> None:
    ended = applied("report", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert says in ended.said
