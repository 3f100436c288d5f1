"""What a kill and a recovery look for among all that was ever decided is found by an index that holds only that."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.sql.rows import Row
from interlock.adapters.sqlite.connection import open_store_file, open_to_read
from interlock.adapters.sqlite.views import SqliteReading
from interlock.terms.intent import IntentState


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
