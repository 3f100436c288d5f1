"""The calendar and retention on the command line, as people do it."""

import json
from pathlib import Path

import pytest

from commandline import DEFINITION, Run

ANA = ("--as", "Ana Ruiz")


@pytest.fixture
def applied(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "triage.yaml").write_text(DEFINITION, encoding="utf-8")
    assert run("apply", "-f", "triage.yaml", "--as", "Carla Nunes").status == 0
    return run


def test_a_calendar_is_set_part_by_part(applied: Run) -> None:
    first = applied("calendar", "show").out.splitlines()
    assert first[0] == "UTC, mon, tue, wed, thu, fri (nobody set it: UTC from Monday to Friday)"
    applied(
        "calendar", "set", "--zone", "Europe/Berlin", "--work", "mon,tue", "--holiday", "2026-12-25 Christmas", *ANA
    )
    told = applied("calendar", "set", "--stand-up", "tue 09:30 20", "--holiday", "2027-01-01 New Year", *ANA)
    lines = told.out.splitlines()
    assert lines[0] == "Europe/Berlin, mon, tue (set by Ana Ruiz)"
    assert lines[1].startswith("  stand-up: tue 09:30, 20 minutes; next on ")
    assert lines[3:] == ["  holiday: 2026-12-25 Christmas", "  holiday: 2027-01-01 New Year"]
    applied("calendar", "set", "--no-holiday", "2026-12-25", *ANA)
    kept = json.loads(applied("calendar", "show", "--json").out)["calendar"]
    assert [one["date"] for one in kept["holidays"]] == ["2027-01-01"]
    for wrong, words in (
        (("--stand-up", "tuesday at nine"), "--stand-up 'tuesday at nine': write \"DAY HH:MM MINUTES\""),
        (("--no-holiday", "2030-01-01"), "--no-holiday 2030-01-01: is none now; there are: 2027-01-01"),
        (("--zone", "Mars"), "this machine knows no time zone 'Mars'"),
    ):
        refused = applied("calendar", "set", *wrong, *ANA)
        assert (refused.status, words in refused.err) == (2, True), refused.err


def test_retention_is_tried_set_and_ended(applied: Run) -> None:
    assert applied("retention", "list").out == "triage: kept until somebody erases it\n"
    why = ("--reason", "data policy 4.2", *ANA)
    tried = applied("retention", "set", "triage", "--days", "90", "--dry-run", *why)
    assert tried.out == "would be erased at once: what was kept of 0 cases; 0 older stay\n"
    assert applied("retention", "list").out == "triage: kept until somebody erases it\n"
    done = applied("retention", "set", "triage", "--days", "90", *why)
    assert done.out.startswith("triage: from now on content is erased after 90 days (entry ")
    assert applied("retention", "list").out == "triage: erased after 90 days (Ana Ruiz: data policy 4.2)\n"
    assert applied("retention", "list", "--json").json[0]["erased_after_days"] == 90
    applied("retention", "set", "triage", "--never", *why)
    assert applied("retention", "list").out.startswith("triage: kept until somebody erases it")
    for wrong in ((), ("--days", "5"), ("--days", "90", "--never"), ("--never", "--dry-run")):
        assert applied("retention", "set", "triage", *wrong, *why).status == 2
