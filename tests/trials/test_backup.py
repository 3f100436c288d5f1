"""Backups while four processes write, and while the one that makes it is killed, on both engines."""

import datetime as dt
import itertools
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from faults.clock_jump import MORNING, Stepping
from governed import ANA, BEN, DEFINITION, NAME
from interlock.flows.action.act import act
from interlock.flows.action.kill import resume
from interlock.flows.gateway.evidence.rows import kept_row
from interlock.flows.ledger.verify import verify
from interlock.ports.gateway.allowances import Allowance
from interlock.ports.gateway.traffic import SumBy, TrafficFilter, TrafficRow
from interlock.ports.upkeep import Rules
from interlock.terms.decision import Proposal, Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.upkeep import BackedUp
from interlock.terms.workflow import TargetKind
from interlock.wiring.run_time import open_address
from interlock.wiring.upkeep import StoreUpkeep
from postgres_server import Databases
from trials.children import Child, die, dies, wait_for
from trials.effects import FileTarget
from trials.places import Made, Place, place

PROCESSES = 4
SECONDS = 1.0


def writer(at: Place, number: int) -> int:
    """Acts until it is told to stop; writes down each case once it is recorded."""
    target, done = FileTarget(at.folder, TargetKind.IDEMPOTENT), at.folder / f"done-{number}"
    with at.opened(owner=f"writer:{number}") as rt:
        for count in itertools.count():
            key = f"{number}-{count}"
            assert act(rt, target, NAME, case(at, key)).recorded
            with done.open("a") as file:
                file.write(f"{key}\n")
            if count == 0:  # on a server a repeated key leaves a number out
                act(rt, target, NAME, case(at, key))
            if (at.folder / "stop").exists():
                return count
    raise AssertionError


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:x")


def recorded(at: Place) -> set[str]:
    files = [file.read_text().split("\n")[:-1] for file in at.folder.glob("done-*")]
    return {key for lines in files for key in lines}


def upkeep(at: Place) -> StoreUpkeep:
    return StoreUpkeep(Stepping(at.now + dt.timedelta(hours=1)))


def test_a_backup_under_four_writers_is_whole_and_comes_back_on_either_engine(
    tmp_path: Path, database: Made | None, postgres: Databases
) -> None:
    at = place(tmp_path / "at", DEFINITION, database=database)
    writers = [Child(partial(writer, at, number)) for number in range(PROCESSES)]
    wait_for([at.folder / f"done-{number}" for number in range(PROCESSES)])
    give_up, known = time.monotonic() + SECONDS, list[set[str]]()
    backups: list[tuple[Path, BackedUp]] = []
    while time.monotonic() < give_up or not backups:
        known.append(recorded(at))
        file = tmp_path / f"{len(backups)}.backup"
        backups.append((file, upkeep(at).back_up(at.address, file)))
    (at.folder / "stop").touch()
    assert all(child.result() > 0 for child in writers)
    assert len(recorded(at)) > len(known[-1]), "nobody wrote meanwhile"
    (file, made), before = backups[-1], known[-1]
    assert file.stat().st_mode & 0o777 == 0o600
    for address in (str(tmp_path / "new.db"), postgres.new_database()):
        done = upkeep(at).restore(file, address, by=BEN, reason="a drill")
        assert done.entries == made.entries + 2
        back = Place(tmp_path, address, at.release, at.now + dt.timedelta(hours=2))
        with back.opened() as rt:
            assert verify(rt.store).holds
            with rt.store.reading() as reading:
                assert before <= {row.key for row in reading.decisions(NAME)}
                assert reading.halted(("global",)) == ("global",)
            goes_on(back)


def test_what_the_gateway_counted_and_traced_comes_back_on_either_engine(
    tmp_path: Path, database: Made | None, postgres: Databases
) -> None:
    at, file = place(tmp_path / "at", DEFINITION, database=database), tmp_path / "one.backup"
    counter = Allowance("month/2026-03/gateway/everything//micro_usd/", 100, "2026-04-01T00:00:00.000000Z")
    whole = TrafficRow(
        "1", "2026-03-04T09:00:00.000000Z", "triage", "desk", "chat", "small", {"release": "r"}, "one", status=200,
        streams=True, latency_ms=51.25, first_chunk_ms=1.5, cost_micro_usd=2**40, outcome={"attempts": []},
    )  # fmt: skip
    doubt = replace(whole, id="2", status=None, outcome=None, latency_ms=None, first_chunk_ms=None)

    def kept(address: str) -> tuple[object, ...]:
        opened = open_address(address)
        with opened.store.reading() as reading:
            found = reading.traffic(TrafficFilter(), limit=9), reading.traffic_sums([SumBy.CLIENT])
            counted = reading.allowances(open_at="2026-03")
        opened.close()
        return *found, counted

    opened = open_address(at.address)
    opened.allowances.lease(counter, 42, 42)
    with opened.store.transaction() as tx:
        tx.load_traffic([kept_row(whole), kept_row(doubt)])
    opened.close()
    before = kept(at.address)
    assert before[0] == (doubt, whole)
    upkeep(at).back_up(at.address, file)
    for address in (str(tmp_path / "new.db"), postgres.new_database()):
        upkeep(at).restore(file, address, by=BEN, reason="a drill")
        assert kept(address) == before


def goes_on(at: Place) -> None:
    """Nothing is applied before a person resumes; then the store works, and numbers go on."""
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with at.opened() as rt:
        held = act(rt, target, NAME, case(at, "after"))
        assert held.decision.verb is not Verb.APPLY
        resume(rt.store, "global", by=BEN, reason="looked at", clock=rt.clock)
        assert act(rt, target, NAME, case(at, "later")).state is IntentState.DONE
        assert verify(rt.store).holds


def test_what_the_backup_does_not_know_is_not_taken_for_undone(tmp_path: Path, database: Made | None) -> None:
    """The holder of a live lease is not at work on the restored store, whose clock may be behind the backup's."""
    at = place(tmp_path / "at", DEFINITION, database=database)

    class Dying(FileTarget):
        def apply(self, effect: Effect) -> Receipt:
            die()
            raise AssertionError

    def work() -> None:
        with at.opened(owner="gone") as rt:
            act(
                rt,
                Dying(at.folder, TargetKind.IDEMPOTENT),
                NAME,
                case(at, "k"),
            )

    dies(work)
    file, to = tmp_path / "one.backup", str(tmp_path / "new.db")
    early = StoreUpkeep(Stepping(at.now - dt.timedelta(days=1)))
    early.back_up(at.address, file)
    early.restore(file, to, by=ANA, reason="a drill")
    with Place(tmp_path, to, at.release, at.now).opened() as rt, rt.store.reading() as reading:
        (intent,) = reading.intents("global", state="executing")
        (note,) = reading.entries_of("store.restored")
        assert intent.lease_until == note.at == reading.newest_at()
        assert reading.halted(("global",)) == ("global",)


@pytest.mark.parametrize("where", ["filling", "checking", "after"])
def test_a_backup_that_is_killed_leaves_none_and_the_next_one_works(
    tmp_path: Path, database: Made | None, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = place(tmp_path / "at", DEFINITION, database=database)
    file = tmp_path / "one.backup"

    def work() -> None:
        if where == "filling":
            monkeypatch.setattr("interlock.adapters.sqlite.archive.SqliteTransaction", lambda *given: die())
        elif where == "checking":
            monkeypatch.setattr(Rules, "checked", lambda *given: die())
        else:
            monkeypatch.setattr("interlock.adapters.sqlite.copies._named", lambda *given: die())
        upkeep(at).back_up(at.address, file)

    dies(work)
    assert not file.exists()
    made = upkeep(at).back_up(at.address, file)
    with at.opened() as rt:
        assert verify(rt.store).holds
        assert made.root == verify(rt.store).root


def test_nothing_is_ever_overwritten(tmp_path: Path, database: Made | None) -> None:
    at = place(tmp_path / "at", DEFINITION, database=database)
    file = tmp_path / "one.backup"
    upkeep(at).back_up(at.address, file)
    before = file.read_bytes()
    with pytest.raises(BadInput, match="is there already"):
        upkeep(at).back_up(at.address, file)
    assert file.read_bytes() == before
    with at.opened() as rt:
        root = verify(rt.store).root
    with pytest.raises(BadInput, match="name a new"):
        upkeep(at).restore(file, at.address, by=BEN, reason="a mistake")
    with at.opened() as rt:
        assert verify(rt.store).root == root


def test_a_database_without_a_store_is_not_made_one(tmp_path: Path, postgres: Databases) -> None:
    empty, keeper = postgres.new_database(), StoreUpkeep(Stepping(MORNING))
    with pytest.raises(BadInput, match="holds no Interlock store"):
        keeper.back_up(empty, tmp_path / "one.backup")
    with pytest.raises(Unavailable, match="holds no Interlock store"):
        keeper.upgrade(empty, dry_run=False)
    with psycopg.connect(empty) as db:
        assert db.execute("SELECT to_regclass('meta')").fetchone() == (None,)
    assert not list(tmp_path.iterdir())
