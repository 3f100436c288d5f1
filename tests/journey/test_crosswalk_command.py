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
    for told in (["crosswalk"], ["monthly"], ["board"], ["vendors"], ["dpia", "--workflow", "triage"]):
        assert applied("report", *told).out.startswith("The ledger does not hold: no figure here can be relied on. ")
    ended = applied("ledger", "show", f"entry {entry}")
    assert (ended.status, "ALTERED since it was written" in ended.out) == (1, True)


def test_every_evidence_that_a_report_cites_is_shown_by_the_command_that_it_names(applied: Run, tmp_path: Path) -> None:
    page = applied("report", "monthly", "--out", "month.md", "--out", "month.html", "--json").json
    assert "interlock ledger show ID" in page["records"][1]
    for form in ("month.md", "month.html"):
        assert "interlock ledger show ID" in (tmp_path / form).read_text(encoding="utf-8")
    cells = [c for p in page["passages"] for g in p["grids"] for row in g["rows"] for c in row if isinstance(c, dict)]
    cited = {evidence for cell in cells for evidence in cell["evidence"]} | {"entry 0"}
    assert len(cited) > 1
    for evidence in cited:
        shown = applied("ledger", "show", evidence, "--json").json
        assert shown["intact"] is True
        assert evidence in (f"entry {shown['entry']}", shown["body"].get("release"), shown["body"].get("digest"))
    for wrong, says in (
        ("entry 999", "there is no entry 999"),
        ("ab", "at least 6 digits"),
        ("abcdef0", "no entries put"),
    ):
        ended = applied("ledger", "show", wrong)
        assert (ended.status, says in ended.said) == (2, True)


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
        (("monthly", "--framework", "iso-42001"), "'monthly' is about no framework; leave the framework out"),
        (("crosswalk", "--out", "page.txt"), "end the name with one of .html"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(applied: Run, arguments: tuple[str, ...], says: str) -> None:
    ended = applied("report", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert says in ended.said
