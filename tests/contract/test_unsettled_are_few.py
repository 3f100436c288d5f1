"""What a kill and a recovery look for among all that was ever decided is found without a look at the rest."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contract.test_store_contract import LATER, admitted
from interlock.adapters.postgres.store import PostgresStore
from interlock.adapters.sql.rows import Row
from interlock.adapters.sqlite.connection import open_store_file, open_to_read
from interlock.adapters.sqlite.views import SqliteReading
from interlock.engine.ledger import merkle
from interlock.flows.ledger.record import record
from interlock.terms.intent import IntentState
from postgres_server import Databases
from runtime.governed import opened, promoted
from runtime.journaled import journal_only, made_ready

MUCH_LATER = "2026-03-05T10:00:00.000000Z"


class Planning(SqliteReading):
    """Asks SQLite how it would answer, and answers nothing."""

    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        self.plan = " / ".join(str(row[3]) for row in self.db.execute(f"EXPLAIN QUERY PLAN {query}", values))
        return iter(())


@pytest.fixture
def planning(tmp_path: Path) -> Iterator[Planning]:
    open_store_file(tmp_path / "store.db").close()
    connection = open_to_read(tmp_path / "store.db")
    yield Planning(connection)
    connection.close()


@pytest.mark.parametrize("scope", ["global", "workflow:triage", "tenant:north", "action:mail", "segment:retail"])
@pytest.mark.parametrize("state", [IntentState.EXECUTING, IntentState.UNDOING, IntentState.IN_DOUBT])
def test_unsettled_intents_are_found_by_their_own_index(planning: Planning, scope: str, state: IntentState) -> None:
    assert list(planning.intents(scope, state=state)) == []
    assert planning.plan.startswith("SEARCH d USING INDEX decision_unsettled (entry>?)"), planning.plan


@pytest.mark.parametrize("state", [None, IntentState.DONE, IntentState.FAILED])
def test_settled_ones_by_their_workflow(planning: Planning, state: IntentState | None) -> None:
    assert list(planning.intents("workflow:triage", state=state, since_entry=3)) == []
    assert planning.plan.startswith("SEARCH d USING INDEX decision_by_workflow (workflow=? AND entry>?)"), planning.plan


# Where no index names the state: on PostgreSQL


@pytest.fixture
def shared(postgres: Databases) -> Iterator[PostgresStore]:
    store = PostgresStore(postgres.new_database(), merkle)
    yield store
    store.close()


def keys(store: PostgresStore, state: IntentState) -> list[str]:
    with store.reading() as reading:
        return [intent.key for intent in reading.intents("global", state=state)]


def kept(store: PostgresStore) -> list[str]:
    with store.reading() as reading:
        return [key for (key,) in reading.rows("SELECT key FROM unsettled ORDER BY key", {})]


def happened(store: PostgresStore, what: str, key: str, **body: Any) -> None:
    with store.transaction() as tx:
        record(tx, what, {"workflow": "triage", "key": key, **body}, at=LATER)


def test_unsettled_ones_are_found_before_and_after_they_are_sealed(shared: PostgresStore) -> None:
    with shared.transaction() as tx:
        for key in ("done", "doubt", "works", "late"):
            admitted(tx, key)
    for _ in ("unsealed", "sealed"):
        assert keys(shared, IntentState.EXECUTING) == ["done", "doubt", "works", "late"]
        shared.seal()
    assert kept(shared) == ["done", "doubt", "late", "works"]
    happened(shared, "intent.completed", "done")
    happened(shared, "intent.in_doubt", "doubt")
    happened(shared, "intent.failed", "late")
    assert (keys(shared, IntentState.EXECUTING), keys(shared, IntentState.IN_DOUBT)) == (["works"], ["doubt"])
    shared.seal()
    assert kept(shared) == ["doubt", "works"]
    assert (keys(shared, IntentState.EXECUTING), keys(shared, IntentState.IN_DOUBT)) == (["works"], ["doubt"])
    with shared.reading() as reading:
        assert reading.state_faults() == ()


def test_an_old_case_that_becomes_unsettled_again_is_found(shared: PostgresStore) -> None:
    with shared.transaction() as tx:
        for key in ("undone", "approved"):
            admitted(tx, key)
    happened(shared, "intent.completed", "undone")
    happened(shared, "intent.failed", "approved", review_due_at=LATER)
    shared.seal()
    shared.seal()
    assert kept(shared) == []
    happened(shared, "undo.admitted", "undone")
    happened(shared, "review.closed", "approved", kind="decision", reviewer="Ana", label="x", approved_until=MUCH_LATER)
    happened(shared, "intent.approved", "approved", epoch=1, owner="test", lease_until=LATER, action=None)
    for _ in ("unsealed", "sealed"):
        assert (keys(shared, IntentState.UNDOING), keys(shared, IntentState.EXECUTING)) == (["undone"], ["approved"])
        shared.seal()
    assert kept(shared) == ["approved", "undone"]


def test_an_unsettled_case_that_somebody_hid_is_a_fault(shared: PostgresStore) -> None:
    with shared.transaction() as tx:
        admitted(tx, "hidden")
    shared.seal()
    with shared.transaction() as tx:
        tx.db.execute("DELETE FROM unsettled")
    with shared.reading() as reading:
        assert reading.state_faults() == ("unsettled hidden is missing",)


def test_a_case_that_somebody_made_up_is_a_fault(shared: PostgresStore) -> None:
    with shared.transaction() as tx:
        tx.db.execute("INSERT INTO unsettled VALUES ('made up')")
    with shared.reading() as reading:
        assert reading.state_faults() == ("unsettled made up is in no ledger entry",)


def updates(address: str) -> tuple[int, int]:
    """Of decisions: all, and those that changed no index. The sessions that made them have ended."""
    query = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'decision'"
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(query).fetchone() or (0, 0)


def test_a_settlement_changes_no_index(postgres: Databases) -> None:
    address = postgres.new_database()
    with opened(address) as rt:
        release = promoted(rt)
    before = updates(address)
    with opened(address) as rt:
        for one in made_ready(rt, release, map(str, range(50))):
            journal_only(rt, one)
    changed, heap_only = (after - then for after, then in zip(updates(address), before, strict=True))
    assert changed == 50
    assert heap_only >= 45  # the new row of one at the end of a full page is elsewhere


def test_the_few_are_found_without_a_look_at_all(shared: PostgresStore) -> None:
    with shared.transaction() as tx:
        admitted(tx, "works")
        shared_rows = """
        INSERT INTO ledger SELECT n, '', 'decision.made', 'triage', '', '', NULL FROM generate_series(10, 60000) n;
        INSERT INTO decision (key, workflow, release, verb, audited, at, entry, state)
          SELECT 'k' || n, 'triage', '', 'apply', 0, '', n, 'done' FROM generate_series(10, 60000) n;
        UPDATE ledger_head SET last = 59990;
        INSERT INTO unsettled VALUES ('works');
        ANALYZE ledger; ANALYZE decision;
        """
        tx.db.execute(shared_rows)
    with shared.reading() as reading:
        few, values = reading.unsettled()
        plan = reading.rows(f"EXPLAIN SELECT d.key FROM decision d WHERE {few} AND d.state = 'executing'", values)
        words = "\n".join(str(line) for (line,) in plan)
    assert "Seq Scan on decision" not in words, words
    assert "Seq Scan on ledger" not in words, words
    assert keys(shared, IntentState.EXECUTING) == ["works"]
