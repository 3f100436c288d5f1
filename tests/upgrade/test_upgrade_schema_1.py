"""An embedded store of schema 1 becomes one of the newest: all of it is there, and what was proved stays proved."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, NAME, Desk, opened_run_time
from interlock.adapters.migrations.chain import Chain
from interlock.adapters.migrations.upgrade import upgrade_file
from interlock.adapters.postgres import connection as postgres
from interlock.adapters.sqlite import connection as sqlite
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import act
from interlock.flows.action.kill import resume
from interlock.flows.action.replay import Policy, replay
from interlock.flows.action.undo import undo
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.record import written
from interlock.flows.ledger.verify import verify, verify_store
from interlock.flows.review.show import show_review
from interlock.ports.upkeep import Rules
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.decision import Proposal
from interlock.terms.errors import Unavailable
from interlock.terms.intent import IntentState
from interlock.terms.upkeep import Upgraded

NOW = dt.datetime(2026, 3, 4, 9, 0, tzinfo=dt.UTC)
RULES = Rules(merkle, written, verify_store, stamp(NOW))
ENTRIES = 281  # that the fixture holds


def upgraded(path: Path) -> Upgraded:
    return upgrade_file(path, RULES, chain=Chain())


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute(statement).rowcount == 1


def clock() -> dt.datetime:
    return NOW + dt.timedelta(minutes=1)


def test_the_newest_version_is_the_one_that_stores_are_made_with() -> None:
    assert Chain().newest == sqlite.SCHEMA_VERSION == postgres.SCHEMA_VERSION


def test_nothing_is_lost(old_store: Path) -> None:
    queries = {
        "SELECT entry, at, kind, workflow, record, leaf FROM ledger ORDER BY entry": f"LIMIT {ENTRIES}",
        "SELECT key, workflow, release, verb, audited, at, outcome, wrong FROM decision ORDER BY key": "",
        "SELECT key, kind, opened_at, due_at, closed_at, reviewer, label FROM review ORDER BY key, kind": "",
        "SELECT name, release, proposed_by, at, definition, granted, monitor FROM workflow": "",
        "SELECT digest, class, body, entry FROM evidence ORDER BY entry": "",
        "SELECT name, epoch, halted FROM scope ORDER BY name": "",
        "SELECT name, value FROM secret ORDER BY name": "",
    }
    before = {query: rows(old_store, query) for query in queries}
    intents = rows(old_store, "SELECT key, state, epoch, owner, entry FROM intent ORDER BY key")
    texts = set(rows(old_store, "SELECT digest, text FROM payload"))
    assert {state for _, state, *_ in intents} == {state.value for state in IntentState}
    done = upgraded(old_store)
    assert done == Upgraded("1", "3", ENTRIES + 2, f"{old_store}.schema-1")
    for query, limit in queries.items():
        assert before[query] == rows(old_store, f"{query} {limit}"), query
        assert before[query], query
    query = "SELECT key, state, epoch, owner, intent_entry FROM decision WHERE state IS NOT NULL ORDER BY key"
    assert rows(old_store, query) == intents
    assert set(rows(old_store, "SELECT digest, text FROM payload")) == texts
    assert not rows(old_store, "SELECT name FROM sqlite_schema WHERE name LIKE 'old%' OR name = 'intent'")


def test_it_verifies_and_begins_with_what_checkpoints_saw(old_store: Path) -> None:
    ((root,),) = rows(old_store, f"SELECT root FROM ledger WHERE entry = {ENTRIES - 1}")
    ((middle,),) = rows(old_store, "SELECT root FROM ledger WHERE entry = 99")
    upgraded(old_store)
    with opened_run_time(old_store, clock=clock) as rt:
        checked = verify(rt.store, kept=Kept((Checkpoint(100, middle), Checkpoint(ENTRIES, root))))
        assert (checked.holds, checked.entries, checked.checkpoints) == (True, ENTRIES + 2, 2)
        with rt.store.reading() as reading:
            note, _ = reading.entries_of("store.upgraded")
            assert note.body["root"] == root.hex()
            assert [one.size for one in reading.batch_roots()] == [256]


def test_the_life_goes_on(old_store: Path) -> None:
    upgraded(old_store)
    desk = Desk()
    desk.queues = {f"mail-{number:02d}": "billing" for number in range(24)}
    with opened_run_time(old_store, clock=clock) as rt:
        with rt.store.reading() as reading:
            release = reading.workflows()[0].release
            assert show_review(reading, "mail-20", "audit").text == "My card was charged twice, é, 料金."
            assert show_review(reading, "mail-known", "audit").text == "A known case."
            again = replay(reading, NAME, Policy())
        assert (again.differing, again.reproduced) == ((), again.decisions)
        assert act(rt, desk, NAME, Proposal("new", release, "billing", 0.95, "sha256:x")).state is None
        resume(rt.store, f"workflow:{NAME}", by=BEN, reason="it was checked", clock=clock)
        assert act(rt, desk, NAME, Proposal("newer", release, "billing", 0.95, "sha256:x")).state is IntentState.DONE
        assert act(rt, desk, NAME, Proposal("mail-05", release, "billing", 0.95, "sha256:x")).state is IntentState.DONE
        undo(rt, desk, "mail-05", by=BEN)
        undo(rt, desk, "mail-02", by=ANA)  # was cut short under schema 1
        assert (desk.queues["mail-05"], desk.queues["mail-02"]) == ("inbox", "inbox")
        assert verify(rt.store).holds


def test_what_was_applied_on_the_day_of_the_upgrade_still_counts(old_store: Path) -> None:
    query = "SELECT count(*) FROM intent WHERE state <> 'failed' AND day = '2026-03-03'"
    ((applied,),) = rows(old_store, query)
    upgraded(old_store)
    with opened_run_time(old_store, clock=clock) as rt:
        assert rt.journal.used(NAME, ["applied_per_day:2026-03-03"]) == {"applied_per_day:2026-03-03": applied}


def test_each_case_has_its_own_text_afterwards(old_store: Path) -> None:
    upgraded(old_store)
    keys = rows(old_store, "SELECT key FROM payload WHERE text = 'Where is my bill?' ORDER BY key")
    assert [key for (key,) in keys] == [*(f"mail-{number:02d}" for number in range(0, 24, 3)), "mail-after"]
    assert rows(old_store, "SELECT key FROM payload WHERE text = 'A known case.'") == [("",)]


def test_the_copy_is_the_store_as_it_was(old_store: Path) -> None:
    before = dump(old_store)
    backup = Path(str(upgraded(old_store).backup))
    assert dump(backup) == before
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_copy_never_takes_the_place_of_an_earlier_one(old_store: Path) -> None:
    earlier = Path(f"{old_store}.schema-1")
    earlier.write_text("an earlier one")
    assert upgraded(old_store).backup == f"{old_store}.schema-1-2"
    assert earlier.read_text() == "an earlier one"


def test_upgrading_again_does_nothing(old_store: Path) -> None:
    upgraded(old_store)
    after = dump(old_store)
    assert upgraded(old_store) == Upgraded("3", "3", ENTRIES + 2, None)
    assert dump(old_store) == after


def test_a_dry_run_changes_nothing(old_store: Path) -> None:
    before = dump(old_store)
    assert upgrade_file(old_store, RULES, chain=Chain(), dry_run=True) == Upgraded("1", "3", ENTRIES + 2, None)
    assert dump(old_store) == before
    assert [path.name for path in old_store.parent.iterdir() if "schema" in path.name] == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger SET root = zeroblob(32) WHERE entry = 7", "entry 7 does not fit the ledger's tree"),
        ("UPDATE ledger SET leaf = zeroblob(32) WHERE entry = 7", "entry 7 does not fit the ledger's tree"),
        ("DELETE FROM ledger WHERE entry = 7", "entry 8 does not fit the ledger's tree"),
        (f"DELETE FROM ledger WHERE entry = {ENTRIES - 1}", f"has {ENTRIES - 1} entries, its head says {ENTRIES}"),
        ("DELETE FROM ledger_head", "the ledger's head is missing"),
        (
            "UPDATE ledger SET record = CAST(replace(record, 'over', 'odd!') AS BLOB) WHERE kind = 'scope.resumed'",
            "upgraded store would not verify",
        ),
        ("UPDATE decision SET verb = 'deny' WHERE key = 'mail-00'", "the decisions are not what the ledger adds up to"),
        ("UPDATE intent SET state = 'failed' WHERE key = 'mail-03'", "the intents are not what the ledger adds up to"),
        ("DELETE FROM review WHERE key = 'mail-20'", "the reviews are not what the ledger adds up to ('mail-20')"),
        ("UPDATE scope SET halted = 0 WHERE name = 'workflow:triage'", "the halts are not what the ledger adds up to"),
        ("UPDATE workflow SET granted = NULL", "the workflows are not what the ledger adds up to"),
        ("UPDATE intent SET lease_until = '2026-03-04T09:00:20Z' WHERE key = 'mail-died'", "may be under way"),
    ],
)
def test_a_damaged_store_is_not_upgraded_and_stays_as_it_is(old_store: Path, statement: str, words: str) -> None:
    change(old_store, statement)
    before = dump(old_store)
    with pytest.raises(Unavailable) as refused:
        upgraded(old_store)
    assert words in str(refused.value)
    assert dump(old_store) == before


def test_a_store_that_is_newer_or_no_store_is_refused(old_store: Path, tmp_path: Path) -> None:
    change(old_store, "UPDATE meta SET value = '9'")
    with pytest.raises(Unavailable, match=r"has schema 9, this Interlock knows 3\. Use the Interlock that made it"):
        upgraded(old_store)
    with pytest.raises(Unavailable, match="there is no store"):
        upgraded(tmp_path / "none.db")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE notes (text)")
    with pytest.raises(Unavailable, match="holds no Interlock store"):
        upgraded(other)
    other.write_text("not a database, but long enough to look like one")
    with pytest.raises(Unavailable, match="Name a store that Interlock made"):
        upgraded(other)


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import test_upgrade_schema_1 as suite
from interlock.adapters.migrations import replay

def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv[2]
if where == "check":
    rules = replace(suite.RULES, check=die)
else:
    rules = suite.RULES
    setattr(replay, where, die)
suite.upgrade_file(Path(sys.argv[1]), rules, chain=suite.Chain())
"""


@pytest.fixture
def environment() -> dict[str, str]:
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}


@pytest.mark.parametrize("where", ["_check_old_tree", "_take_texts", "_seal", "check"])
def test_killed_in_the_middle_the_old_store_is_whole(old_store: Path, where: str, environment: dict[str, str]) -> None:
    before = dump(old_store)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(old_store), where], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert dump(old_store) == before
    assert upgraded(old_store).entries == ENTRIES + 2
    with opened_run_time(old_store, clock=clock) as rt:
        assert verify(rt.store).holds
