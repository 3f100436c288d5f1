"""Whoever dies where: the table of crash.py, on both engines. `benchmarks/promises.py` has more trials of the same."""

import random
from collections import Counter
from pathlib import Path

import pytest

from interlock.flows.action import lost
from interlock.terms.workflow import TargetKind
from trials.children import ChildFailed, dies
from trials.crash import Point, crash_place, crash_trials
from trials.crash_elsewhere import UNDO_POINTS, commit_trials, killed_from_outside, recovery_trials, undo_trials
from trials.places import Made

KINDS = list(TargetKind)


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_point_of_an_action(tmp_path: Path, database: Made | None, kind: TargetKind) -> None:
    found = crash_trials(crash_place(tmp_path / "at", kind, database=database), kind, trials=2)
    assert found == Counter({f"{point}: as expected": 2 for point in Point})


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_point_of_a_recovery(tmp_path: Path, database: Made | None, kind: TargetKind) -> None:
    found = recovery_trials(crash_place(tmp_path / "at", kind, database=database), kind, trials=1)
    assert {name.partition(": ")[2] for name in found} == {"as expected"}, found
    assert found.total() == {TargetKind.IDEMPOTENT: 10, TargetKind.PROBE: 7, TargetKind.BLIND: 4}[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_point_of_an_undo(tmp_path: Path, database: Made | None, kind: TargetKind) -> None:
    found = undo_trials(crash_place(tmp_path / "at", kind, database=database), kind, trials=1)
    assert found == Counter({f"{name}: undone (1, 'undone')": 1 for name in UNDO_POINTS})


@pytest.mark.parametrize("kind", [TargetKind.BLIND])
def test_around_and_inside_a_commit(tmp_path: Path, database: Made | None, kind: TargetKind) -> None:
    found = commit_trials(crash_place(tmp_path / "at", kind, database=database), kind, trials=2)
    assert {name.partition(": ")[2] for name in found} == {"as expected"}, found
    assert found.total() == (8 if database is None else 4)


@pytest.mark.parametrize(("kind", "threads"), [(TargetKind.PROBE, 1), (TargetKind.BLIND, 6)])
def test_wherever_a_kill_finds_it(tmp_path: Path, database: Made | None, kind: TargetKind, threads: int) -> None:
    chance = random.Random(7)
    delays_s = [chance.uniform(0.0, 0.06) for _ in range(4)]
    at = crash_place(tmp_path / "at", kind, database=database)
    found = killed_from_outside(at, kind, delays_s=delays_s, threads=threads)
    assert set(found) == {"as allowed"}, found
    assert found.total() >= 4


# These suites must be able to fail


def test_a_target_that_is_not_what_it_says_is_found_out(tmp_path: Path) -> None:
    at = crash_place(tmp_path / "at", TargetKind.IDEMPOTENT)
    found = crash_trials(at, TargetKind.IDEMPOTENT, trials=1, really=TargetKind.BLIND)
    twice = [name for name in found if "Left(effects=2" in name]
    assert [name.partition(":")[0] for name in twice] == [Point.REPLY_UNREAD, Point.NOT_RECORDED]


def test_a_recovery_that_sends_to_blind_targets_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "target_kind", lambda reading, intent: TargetKind.IDEMPOTENT)
    found = crash_trials(crash_place(tmp_path / "at", TargetKind.BLIND), TargetKind.BLIND, trials=1)
    assert [name.partition(":")[0] for name in found if "as expected" not in name] == [
        Point.NOT_SENT,
        Point.REPLY_UNREAD,
        Point.NOT_RECORDED,
    ]


def test_a_process_that_lives_where_it_was_to_die_is_found_out() -> None:
    with pytest.raises(ChildFailed, match="it was to die, and lived"):
        dies(lambda: None)
    with pytest.raises(ChildFailed, match="ZeroDivisionError"):
        dies(lambda: 1 // 0)
