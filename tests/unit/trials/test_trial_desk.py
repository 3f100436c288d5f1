"""Trials: a few at a time, each its owner's alone, honest about what ended them, and gone after their time."""

import datetime as dt
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.adapters.trials import files
from interlock.adapters.trials.desk import LASTS_MAX, OF_ONE_MAX, TrialDesk
from interlock.terms.errors import BadInput
from interlock.terms.trial import Trial, TrialAsked, TrialState

ASKED = TrialAsked(text=("message",), budget=0.02)
WORKER = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
asked = json.loads((folder / "asked.json").read_text())
cases = next((folder / "cases").iterdir()).read_text() if asked["sample"] is None else "sample"
(folder / "progress.json").write_text(json.dumps({"step": "Reading", "share": 0.25, "columns": {"message": "hello"}}))
if cases == "long":
    time.sleep(60)
if cases == "dies":
    sys.exit(7)
state = "refused" if cases == "bad" else "done"
(folder / "report.html").write_text(cases)
(folder / "outcome.json").write_text(json.dumps({"state": state, "words": "told", "headline": "half of it"}))
"""


class Time:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_(self, **long: float) -> None:
        self.now += dt.timedelta(**long)


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def desk(tmp_path: Path, clock: Time) -> Iterator[TrialDesk]:
    made = TrialDesk(
        [sys.executable, "-I", "-c", WORKER], environment={"INTERLOCK_STORE": "secret"}, sample=tmp_path / "sample.csv",
        parent=tmp_path, clock=clock, bytes_max=100, kept_minutes=60, at_once=1,
    )  # fmt: skip
    yield made
    made.close()


def begun(desk: TrialDesk, owner: str, content: str, name: str = "cases.csv") -> Trial:
    return desk.begin(owner, name, io.BytesIO(content.encode()), ASKED)


def reached(desk: TrialDesk, trial: Trial, holds: Callable[[Trial], bool]) -> Trial:
    for _ in range(400):
        seen = desk.find(trial.owner, trial.id)
        assert seen is not None
        if holds(seen):
            return seen
        time.sleep(0.01)
    raise AssertionError(seen)


def ended(desk: TrialDesk, trial: Trial) -> Trial:
    return reached(desk, trial, lambda seen: seen.state.ended)


def test_a_file_is_tried_and_its_report_is_its_owners_until_its_time_is_over(desk: TrialDesk, clock: Time) -> None:
    trial = ended(desk, begun(desk, "Ana", "fine"))
    report = desk.report(trial)

    assert (trial.state, trial.headline, trial.columns) == (TrialState.DONE, "half of it", {"message": "hello"})
    assert trial.kept_until == "2026-11-26T13:00:00+00:00"
    assert report is not None
    assert report.read_text() == "fine"
    assert desk.find("Ben", trial.id) is None
    assert desk.of("Ben") == ()
    assert desk.report(replace(trial, owner="Ben")) is None
    desk.forget(replace(trial, owner="Ben"))
    clock.pass_(minutes=59)
    assert desk.of("Ana") == (trial,)
    clock.pass_(minutes=1)
    assert (desk.of("Ana"), report.parent.exists()) == ((), False)


def test_one_at_a_time_and_the_next_begins_when_it_is_cancelled(desk: TrialDesk) -> None:
    first, second = begun(desk, "Ana", "long"), begun(desk, "Ben", "fine")
    running = reached(desk, first, lambda seen: seen.share > 0)

    assert (running.state, running.step, running.share) == (TrialState.RUNNING, "Reading", 0.25)
    assert (second.state, second.before) == (TrialState.WAITING, 1)
    with pytest.raises(BadInput, match="at work already"):
        begun(desk, "Ana", "fine")
    desk.cancel(replace(first, owner="Ben"))
    assert reached(desk, first, lambda _: True).state is TrialState.RUNNING
    desk.cancel(first)
    assert ended(desk, first).state is TrialState.CANCELLED
    assert ended(desk, second).state is TrialState.DONE


def test_a_killed_process_is_told_and_so_is_one_that_says_nothing_or_takes_too_long(
    desk: TrialDesk, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids: list[int] = []
    real = os.setpriority

    def noted(which: int, pid: int, value: int) -> None:
        pids.append(pid)
        real(which, pid, value)

    monkeypatch.setattr(os, "setpriority", noted)
    killed = begun(desk, "Ana", "long")
    reached(desk, killed, lambda seen: seen.share > 0)
    os.kill(pids[0], signal.SIGKILL)
    silent, endless = ended(desk, killed), ended(desk, begun(desk, "Ben", "dies"))

    assert silent.state is TrialState.FAILED
    assert "was killed, most often because memory ran out" in silent.words
    assert "without an answer (status 7)" in endless.words
    slow = begun(desk, "Cy", "long")
    reached(desk, slow, lambda seen: seen.share > 0)
    clock.pass_(seconds=LASTS_MAX.total_seconds() + 1)
    assert "ended after 15 minutes" in ended(desk, slow).words


def test_what_can_be_mended_is_tried_again_with_the_same_file(desk: TrialDesk) -> None:
    bad = ended(desk, begun(desk, "Ana", "bad"))
    again = desk.again(bad, TrialAsked(label="team"))

    assert (bad.state, bad.words) == (TrialState.REFUSED, "told")
    assert (again.id, again.asked.label, again.columns) == (bad.id, "team", {"message": "hello"})
    assert ended(desk, again).state is TrialState.REFUSED
    with pytest.raises(BadInput, match="the file is gone"):
        desk.again(replace(bad, owner="Ben"), ASKED)


def test_what_is_too_large_empty_or_too_many_is_refused_and_leaves_nothing(desk: TrialDesk, tmp_path: Path) -> None:
    for content, words in (("x" * 101, "larger than"), ("", "the file is empty")):
        with pytest.raises(BadInput, match=words):
            begun(desk, "Ana", content)
    assert desk.of("Ana") == ()
    for _ in range(OF_ONE_MAX):
        ended(desk, desk.begin_sample("Ana", ASKED))
    with pytest.raises(BadInput, match=f"{OF_ONE_MAX} trials of yours"):
        begun(desk, "Ana", "fine")
    desk.forget_all("Ana")
    assert desk.of("Ana") == ()


def test_a_name_leads_nowhere_else() -> None:
    assert files.plain_name("../../etc/passwd") == "passwd"
    assert files.plain_name("C:\\data\\ticke\nts<b>.csv") == "ticke_ts_b_.csv"
    assert files.plain_name("..") == "cases"
    assert len(files.plain_name("x" * 500 + ".csv")) == files.NAME_MAX


def test_folders_of_servers_that_were_killed_are_deleted(tmp_path: Path) -> None:
    dead, own = tmp_path / f"{files.PREFIX}999999999-x", tmp_path / f"{files.PREFIX}{os.getpid()}-x"
    dead.mkdir()
    own.mkdir()
    files.own_folder(tmp_path)

    assert (dead.exists(), own.exists()) == (False, True)
