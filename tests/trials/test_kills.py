"""Kills of processes at work, on both engines; `benchmarks/promises.py` has 200 of them on each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest

from interlock.adapters.sqlite import journal as sqlite_journal
from interlock.adapters.sqlite.drain import FileDrain
from interlock.engine.timestamp import stamp
from interlock.flows.action import kill as killing
from interlock.terms.intent import KillReport
from interlock.terms.kill import Fenced
from trials.kills import SCOPES, Stopped, kill_place, kill_trials, stopped_holder
from trials.places import Made

FENCE = "FROM authority WHERE version = wanted_version"


def test_nothing_is_admitted_begins_or_lands_once_a_scope_is_killed(tmp_path: Path, database: Made | None) -> None:
    watched = kill_trials(kill_place(tmp_path / "at", database=database), kills=2 * len(SCOPES), processes=8)
    assert watched.holds, watched
    assert (watched.kills, len(watched.waits_ms)) == (10, 10)
    assert watched.effects >= 20  # there was work between the kills


def test_a_holder_that_stands_still_is_named_and_nothing_is_assumed(tmp_path: Path, database: Made | None) -> None:
    stopped = stopped_holder(kill_place(tmp_path / "at", database=database))
    assert stopped == Stopped(
        stopped.holder,
        while_stopped=((False, (stopped.holder,), 1), (False, (stopped.holder,), 2)),
        afterwards=(True, (), 3),
    )


# These suites must be able to fail


def test_an_unfenced_journal_is_found_out(
    tmp_path: Path, database: Made | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not compare the version under which a case was decided with the present one."""
    at = kill_place(tmp_path / "at", database=database)
    if database is None:
        monkeypatch.setattr(sqlite_journal, "_refused", lambda *_: None)
    else:
        functions = files("interlock.adapters.postgres").joinpath("functions.sql").read_text()
        assert functions.count(FENCE) == 1
        unfenced = functions.replace(FENCE, "FROM authority").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        with psycopg.connect(at.address) as connection:
            connection.execute(unfenced)
    watched = kill_trials(at, kills=5, processes=4)
    assert watched.admitted_after_fence != []


def test_effects_without_a_drain_lock_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their leases still tell that they are in flight: such a kill must not call itself quiet."""
    admit = sqlite_journal.SqliteJournal.admit

    def unlocked(self: Any, wishes: Sequence[Any]) -> Any:
        return admit(self, [replace(wish, scopes=()) for wish in wishes])

    monkeypatch.setattr(sqlite_journal.SqliteJournal, "admit", unlocked)
    watched = kill_trials(kill_place(tmp_path / "at"), kills=5, processes=4)
    assert watched.not_quiet != []


def test_a_kill_that_does_not_wait_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It calls itself quiet whatever is in flight."""

    def quiet_at_once(reading: Any, fenced: Fenced, *, emptied: bool, now: dt.datetime) -> KillReport:
        return KillReport(fenced.scope, fenced.epoch, fenced.at, stamp(now), (), ())

    monkeypatch.setattr(FileDrain, "emptied", lambda self, scope, timeout_s: True)
    monkeypatch.setattr(killing, "report_of", quiet_at_once)
    watched = kill_trials(kill_place(tmp_path / "at"), kills=5, processes=4)
    assert watched.landed_after_quiet != []
