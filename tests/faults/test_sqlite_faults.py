"""An embedded store that fails under an action: full, not to be written, locked by somebody else, or gone."""

import os
import resource
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from faults.aftermath import DONE, WAITS, Case, aftermath, later
from faults.full_disk import FullDisk, Means, full_disk
from governed import DEFINITION, NAME
from interlock.adapters.sqlite import connection as connecting
from interlock.flows.action.act import Acted, act
from interlock.flows.action.runtime import RunTime
from interlock.terms.decision import Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import TargetKind
from trials.children import in_child
from trials.effects import FileTarget
from trials.places import Place, place

KEPT = "it is kept on this host, and goes to the queue when the store is back"
NO_AUDITS = replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=0.0))
NOBODY = 65_534
LATE = (
    r"^the effect of case 'k' ended as done, and that could not be recorded: the store .* cannot be used: database is "
    r"locked. .* It stands as executing until its lease ends; then `interlock recover` finds it.$"
)


@pytest.fixture(autouse=True)
def _state_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))


@pytest.fixture
def at(tmp_path: Path) -> Place:
    return place(tmp_path / "at", NO_AUDITS)


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


def told(acted: Acted) -> tuple[Verb, bool, tuple[str, ...]]:
    return acted.decision.verb, acted.recorded, acted.decision.reasons


def after(at: Place, target: FileTarget, *keys: str) -> dict[str, Case]:
    """What is left once the fault is over, for a process that starts then."""
    with at.opened(later(at.now)) as rt:
        return aftermath(rt, target, keys)


# A full disk


@contextmanager
def on_a_disk(means: Means) -> Iterator[FullDisk]:
    try:
        with full_disk(size_kib=4096, means=means) as disk:
            yield disk
    except PermissionError as exc:
        pytest.skip(f"platform: {exc}")


def fill(disk: FullDisk, *, leave_bytes: int = 0) -> None:
    """From here on the disk is full for this process."""
    disk.fill(leave_bytes=leave_bytes)
    if disk.means is Means.FILE_LIMIT:
        longest = max(file.stat().st_size for file in disk.path.rglob("*") if file.is_file())
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest, longest))


@pytest.mark.parametrize("means", Means)
def test_a_full_disk_makes_it_a_suggestion_elsewhere(tmp_path: Path, means: Means) -> None:
    with on_a_disk(means) as disk:
        at = place(disk.path / "at", NO_AUDITS)
        target = FileTarget(tmp_path, TargetKind.IDEMPOTENT)

        def full() -> list[Acted | str]:
            with at.opened() as rt:
                fill(disk)
                return [acted_or_raised(rt, f"k{number}") for number in range(40)]

        def acted_or_raised(rt: RunTime, key: str) -> Acted | str:
            try:
                return act(rt, target, NAME, case(at, key))
            except Unavailable as exc:  # the room was enough for the intent and not for the receipt
                return str(exc)

        acted = in_child(full)
        disk.free()
        last = acted[-1]
        assert isinstance(last, Acted)
        verb, recorded, (because, kept) = told(last)
        assert (verb, recorded, kept) == (Verb.REVIEW, False, KEPT)
        assert because.startswith(f"a person decides, because the store {at.address} cannot be used: ")
        if means is Means.TMPFS:
            assert because.endswith("database or disk is full. Free disk space and try again; nothing was written.")
        refused = {f"k{number}" for number, one in enumerate(acted) if isinstance(one, Acted) and not one.recorded}
        left = after(at, target, *(f"k{number}" for number in range(40)))
        assert left == {key: WAITS if key in refused else DONE for key in left}


def test_a_disk_that_fills_up_somewhere_in_an_action_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with on_a_disk(Means.TMPFS) as disk:
        at = place(disk.path / "at", NO_AUDITS)
        target = FileTarget(tmp_path, TargetKind.IDEMPOTENT)
        keys = [f"k{number}" for number in range(24)]

        def nearly_full(key: str, leave_bytes: int) -> str:
            with at.opened() as rt:
                fill(disk, leave_bytes=leave_bytes)
                try:
                    acted = act(rt, target, NAME, case(at, key))
                except Unavailable:
                    return "not recorded"
                finally:
                    disk.free()
                return "done" if acted.state is IntentState.DONE else "refused"

        said = [in_child(partial(nearly_full, key, 4096 * number)) for number, key in enumerate(keys)]
        left = after(at, target, *keys)
    assert (said[0], said[-1]) == ("refused", "done")
    expected = {"done": DONE, "refused": WAITS, "not recorded": DONE}
    assert left == {key: expected[words] for key, words in zip(keys, said, strict=True)}


# A store that cannot be written


def test_a_store_that_turned_read_only_makes_it_a_suggestion(at: Place) -> None:
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with at.opened() as rt:
        rt.store._writer.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]
        verb, recorded, (because, kept) = told(act(rt, target, NAME, case(at, "k")))
        assert (verb, recorded, kept) == (Verb.REVIEW, False, KEPT)
        assert "attempt to write a readonly database. Make the file and its folder writable." in because
        rt.store._writer.execute("PRAGMA query_only = OFF")  # type: ignore[attr-defined]
        assert act(rt, target, NAME, case(at, "next")).state is IntentState.DONE
    assert after(at, target, "k", "next") == {"k": WAITS, "next": DONE}


def test_a_file_that_may_not_be_written_says_so_when_it_is_opened() -> None:
    folder = Path(tempfile.mkdtemp(prefix="interlock-read-only-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        at = place(folder / "at", NO_AUDITS)

        def opened_by_somebody() -> str:
            if os.geteuid() == 0:  # whom no mode stops
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            try:
                with at.opened():
                    return "opened"
            except Unavailable as exc:
                return str(exc)

        for path in (at.folder, *at.folder.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        said = in_child(opened_by_somebody)
        assert said.startswith(f"the store {at.address} cannot be used: ")
        assert said.endswith("Make the file and its folder writable.")
        for path in (at.folder, *at.folder.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o000)
        if os.geteuid() == 0:
            assert "cannot be used" in in_child(opened_by_somebody)
    finally:
        shutil.rmtree(folder)


# A lock


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "BUSY_TIMEOUT_MS", 60)


@contextmanager
def locked(at: Place) -> Iterator[None]:
    other = sqlite3.connect(at.address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.usefixtures("impatient")
def test_a_locked_store_makes_it_a_suggestion(at: Place) -> None:
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with at.opened() as rt:
        with locked(at):
            verb, recorded, (because, kept) = told(act(rt, target, NAME, case(at, "k")))
        assert (verb, recorded, kept) == (Verb.REVIEW, False, KEPT)
        assert "database is locked. Another process holds it; try again when that is done." in because
        assert act(rt, target, NAME, case(at, "next")).state is IntentState.DONE
        with rt.store.reading() as reading:
            assert [review.key for review in reading.reviews(NAME)] == ["k"]
    assert after(at, target, "k", "next") == {"k": WAITS, "next": DONE}


class Locking(FileTarget):
    """While it is at it the store is locked, and stays so until `let_go`."""

    def __init__(self, at: Place, kind: TargetKind) -> None:
        super().__init__(at.folder, kind)
        self._lock = locked(at)

    def let_go(self) -> None:
        self._lock.__exit__(None, None, None)

    def apply(self, effect: Effect) -> Receipt:
        receipt = super().apply(effect)
        self._lock.__enter__()
        return receipt


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", TargetKind)
def test_a_receipt_that_cannot_be_written_is_found_later(tmp_path: Path, kind: TargetKind) -> None:
    signed = "Ben Okafor" if kind is TargetKind.BLIND else None
    plan = replace(DEFINITION.effect, target=kind, blind_signed_by=signed)
    at = place(tmp_path / "at", replace(NO_AUDITS, effect=plan))
    target = Locking(at, kind)
    with at.opened() as rt:
        with pytest.raises(Unavailable, match=LATE):
            act(rt, target, NAME, case(at, "k"))
        target.let_go()
        assert act(rt, target, NAME, case(at, "k")).state is IntentState.EXECUTING
    doubtful = Case(1, IntentState.IN_DOUBT, "decision")
    assert after(at, FileTarget(at.folder, kind), "k") == {"k": doubtful if kind is TargetKind.BLIND else DONE}


# A file that is gone, or damaged


def test_a_file_that_was_moved_away_makes_it_a_suggestion(at: Place) -> None:
    """What was written there would be lost, and a kill in the file that is there now would not be seen."""
    target, store = FileTarget(at.folder, TargetKind.IDEMPOTENT), Path(at.address)
    elsewhere = at.folder / "elsewhere.db"
    with at.opened() as rt:
        assert act(rt, target, NAME, case(at, "before")).state is IntentState.DONE
        store.rename(elsewhere)
        gone = told(act(rt, target, NAME, case(at, "k0")))
        with pytest.raises(Unavailable, match="was removed"), rt.store.reading():
            pytest.fail("what is there no more was read")
        shutil.copy(elsewhere, store)
        with pytest.raises(Unavailable, match="another file was put in its place"), rt.store.reading():
            pytest.fail("who was shown this would not see what is stopped in the new one")
        replaced = told(act(rt, target, NAME, case(at, "k1")))
        assert gone == replaced
        assert gone[:2] == (Verb.REVIEW, False)
        assert gone[2][0].startswith(
            f"a person decides, because the store {store} was removed, or another file was put"
        )
        elsewhere.rename(store)
        assert act(rt, target, NAME, case(at, "next")).state is IntentState.DONE
    left = after(at, target, "before", "k0", "k1", "next")
    assert left == {"before": DONE, "k0": WAITS, "k1": WAITS, "next": DONE}


def test_a_file_that_was_overwritten_makes_it_a_suggestion(at: Place) -> None:
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    whole = Path(at.address).read_bytes()

    def damaged(rt: RunTime) -> Acted:
        Path(at.address).write_bytes(b"not a database, but a text " * 200)
        return act(rt, target, NAME, case(at, "k"))

    with at.opened() as rt:
        verb, recorded, (because, kept) = told(damaged(rt))
    assert (verb, recorded, kept) == (Verb.REVIEW, False, KEPT)
    assert "file is not a database" in because or "malformed" in because, because
    for path in at.folder.glob("store.db-*"):
        path.unlink()
    Path(at.address).write_bytes(whole)
    assert after(at, target, "k") == {"k": WAITS}
