"""What the journeys on a store share: commands in this process, and a workflow on its way to authority."""

import sys
from pathlib import Path

import pytest

from commandline import DEFINITION, Ended, Here, Run
from governed import CARLA
from interlock import __version__
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.wiring.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("INTERLOCK_STORE", raising=False)
    (tmp_path / "triage.yaml").write_text(DEFINITION, encoding="utf-8")

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["interlock", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Ended(int(end.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture
def house(run: Run, tmp_path: Path) -> Here:
    """A store with the definition applied, and its certificate and shadow outcomes recorded; not judged yet."""
    house = Here(tmp_path / ".interlock")
    house.define(read_definition(tmp_path / "triage.yaml"), by=CARLA, code=__version__)
    house.certificate()
    house.shadow(60)
    return house


@pytest.fixture
def live(house: Here) -> Here:
    """Judged and promoted."""
    house.judge()
    house.promote()
    return house
