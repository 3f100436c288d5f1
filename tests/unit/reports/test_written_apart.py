"""A form that is written in a process of its own is the same, and what goes wrong there is told here."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

import portfolio_made
from interlock.adapters.reports import apart
from interlock.adapters.reports.apart import written_apart
from interlock.adapters.reports.briefings.forms import written
from interlock.engine.reporting.monthly import monthly_update
from interlock.terms.errors import BadInput, Unavailable

BRIEFING = monthly_update(portfolio_made.portfolio(), ())


def test_it_is_what_this_process_would_write() -> None:
    assert written_apart(BRIEFING, ".md") == written(BRIEFING, ".md")


def test_what_is_refused_there_is_refused_here() -> None:
    with pytest.raises(BadInput, match=r"'\.txt' is no form of a report"):
        written_apart(BRIEFING, ".txt")


@pytest.mark.parametrize(
    ("seconds_max", "executable", "said"),
    [
        (0.01, None, "was not ready after"),
        (60, "/nowhere/python", "no process could be started"),
        (60, "/bin/false", r"the process ended with 1\); take another form"),
    ],
)
def test_a_process_that_does_not_end_well_is_told(
    monkeypatch: pytest.MonkeyPatch, seconds_max: float, executable: str | None, said: str
) -> None:
    monkeypatch.setattr(apart, "SECONDS_MAX", seconds_max)
    if executable is not None:
        monkeypatch.setattr("sys.executable", executable)
    with pytest.raises(Unavailable, match=said):
        written_apart(BRIEFING, ".md")


def test_a_library_that_is_missing_there_is_named_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = subprocess.run
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")

    def without_pango(command: Any, **more: Any) -> Any:
        return run(command, env={"PYTHONPATH": str(tmp_path)}, **more)

    monkeypatch.setattr("subprocess.run", without_pango)
    with pytest.raises(Unavailable, match="apt-get install libpango"):
        written_apart(BRIEFING, ".pdf")
