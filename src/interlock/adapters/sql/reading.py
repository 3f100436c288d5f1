"""Reading a store: named queries that return terms, the same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interlock.adapters.sql.allowances import SqlAllowances
from interlock.adapters.sql.cases import SqlCases
from interlock.adapters.sql.contents import SqlContents
from interlock.adapters.sql.entries import SqlEntries
from interlock.adapters.sql.evidences import SqlEvidences
from interlock.adapters.sql.queues import SqlQueues
from interlock.adapters.sql.rows import (
    DECISION,
    ENTRY,
    EVIDENCE,
    INTENT,
    WORKFLOW,
    Row,
    decision_of,
    entry_of,
    evidence_of,
    intent_of,
    workflow_of,
)
from interlock.adapters.sql.segments import SqlSegments
from interlock.adapters.sql.traffic import SqlTraffic
from interlock.ports.store import DecisionRow, WorkflowRow
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evidence import Evidence
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import BatchRoot, LedgerEntry, TreeHead

HASH_BYTES = 32
UNSETTLED = frozenset({IntentState.EXECUTING, IntentState.IN_DOUBT, IntentState.UNDOING})
IN_UNSETTLED = "('executing', 'in_doubt', 'undoing')"  # written out, as the schema has them
SCOPE_KINDS = ("tenant", "workflow", "action", "segment")


class SqlReading(SqlAllowances, SqlCases, SqlContents, SqlEntries, SqlEvidences, SqlQueues, SqlSegments, SqlTraffic):
    """interlock.ports.store.Reading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters, streamed."""
        ...

    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """As `rows`, for results that may be long: never held in memory as a whole."""
        return self.rows(query, values)

    def first(self, query: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        return next(self.rows(query, values), None)

    def head(self) -> TreeHead:
        row = self.first("SELECT size, peaks, last FROM ledger_head")
        return tree_head(*(row or (-1, b"", -1)))

    def batch_roots(self) -> Iterator[BatchRoot]:
        for size, last, root in self.stream("SELECT size, last, root FROM ledger_root ORDER BY size", {}):
            yield BatchRoot(size, last, bytes(root))

    def last_entry(self) -> int:
        row = self.first("SELECT max(entry) FROM ledger")
        return -1 if row is None or row[0] is None else int(row[0])

    def newest_at(self) -> str | None:
        row = self.first("SELECT at FROM ledger ORDER BY entry DESC LIMIT 1")
        return str(row[0]) if row else None

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LedgerEntry]:
        end = self.last_entry() + 1 if stop is None else stop
        query = f"{ENTRY} WHERE entry >= :start AND entry < :stop ORDER BY entry"
        return map(entry_of, self.stream(query, {"start": start, "stop": end}))

    def entries_of(self, kind: str, workflow: str | None = None, *, since: int = 0) -> Iterator[LedgerEntry]:
        condition = _of_kind(kind) if workflow is None else f"{_of_kind(kind)} AND workflow = :workflow"
        values = {"kind": kind, "workflow": workflow, "since": since}
        return map(entry_of, self.stream(f"{ENTRY} WHERE {condition} AND entry >= :since ORDER BY entry", values))

    def newest_of(self, kind: str, workflow: str) -> LedgerEntry | None:
        query = f"{ENTRY} WHERE {_of_kind(kind)} AND workflow = :workflow ORDER BY entry DESC LIMIT 1"
        row = self.first(query, kind=kind, workflow=workflow)
        return entry_of(row) if row else None

    def workflows(self) -> tuple[WorkflowRow, ...]:
        return tuple(map(workflow_of, self.rows(f"{WORKFLOW} ORDER BY name", {})))

    def workflow(self, name: str) -> WorkflowRow | None:
        row = self.first(f"{WORKFLOW} WHERE name = :name", name=name)
        return workflow_of(row) if row else None

    def evidence(self, workflow: str) -> tuple[Evidence, ...]:
        query = f"SELECT {EVIDENCE} FROM evidence WHERE workflow = :workflow ORDER BY entry"
        return tuple(map(evidence_of, self.rows(query, {"workflow": workflow})))

    def verdict(self, workflow: str) -> Mapping[str, Any] | None:
        entry = self.newest_of("gate.judged", workflow)
        return None if entry is None else {**entry.body, "entry": entry.index, "at": entry.at}

    def authority_version(self) -> int:
        row = self.first("SELECT version FROM authority")
        if row is None:
            raise Unavailable("the store's authority version is missing: run `interlock ledger verify`")
        return int(row[0])

    def scopes(self) -> Mapping[str, tuple[int, bool]]:
        query = "SELECT name, epoch, halted FROM scope"
        return {name: (epoch, bool(halted)) for name, epoch, halted in self.rows(query, {})}

    def halted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        known = self.scopes()
        return tuple(scope for scope in scopes if known.get(scope, (0, False))[1])

    def epoch(self, scope: str) -> int:
        return self.scopes().get(scope, (0, False))[0]

    def intent(self, key: str) -> Intent | None:
        row = self.first(f"{INTENT} WHERE d.key = :key", key=key)
        return intent_of(row) if row else None

    def intent_state(self, key: str) -> IntentState | None:
        row = self.first("SELECT state FROM decision WHERE key = :key", key=key)
        return IntentState(row[0]) if row and row[0] else None

    def intents(self, scope: str, *, state: str | None = None, since_entry: int = 0) -> Iterator[Intent]:
        condition, values = under_scope(scope)
        values["since"] = since_entry
        if state is not None and state not in set(IntentState):
            return iter(())
        if state in UNSETTLED:
            few, of_few = self.unsettled()
            # By these few, not by the workflow, which has all that was ever decided: IS TRUE hides a condition.
            condition, values = f"({condition}) IS TRUE AND {few}", {**values, **of_few}
        if state is not None:
            condition += f" AND d.state = '{state}'"
        return map(intent_of, self.stream(f"{INTENT} WHERE d.entry >= :since AND {condition} ORDER BY d.entry", values))

    def unsettled(self) -> tuple[str, Mapping[str, Any]]:
        """The condition on decisions `d`, with its parameters, that finds the few unsettled without a look at others.

        Here in the words of the index that holds only these.
        """
        return f"d.state IN {IN_UNSETTLED}", {}

    def decision(self, key: str) -> DecisionRow | None:
        row = self.first(f"{DECISION} WHERE d.key = :key", key=key)
        return decision_of(row) if row else None

    def decisions(
        self, workflow: str, *, since_entry: int = 0, until_entry: int | None = None
    ) -> Iterator[DecisionRow]:
        end = self.last_entry() + 1 if until_entry is None else until_entry
        query = f"{DECISION} WHERE d.workflow = :workflow AND d.entry >= :start AND d.entry < :stop ORDER BY d.entry"
        return map(decision_of, self.stream(query, {"workflow": workflow, "start": since_entry, "stop": end}))

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        query = "SELECT used FROM counter WHERE workflow = :workflow AND name = :name"
        rows = {name: self.first(query, workflow=workflow, name=name) for name in counters}
        return {name: int(row[0]) if row else 0 for name, row in rows.items()}

    def secret(self, name: str) -> bytes | None:
        row = self.first("SELECT value FROM secret WHERE name = :name", name=name)
        return bytes(row[0]) if row else None


def _of_kind(kind: str) -> str:
    """The condition, in the words of the index over the kinds that are found by it."""
    hot = kind in {"decision.made", "intent.completed"}
    return "kind = :kind" if hot else "kind = :kind AND kind NOT IN ('decision.made', 'intent.completed')"


def tree_head(size: int, peaks: bytes, last: int) -> TreeHead:
    """A head as it is stored; raises Unavailable where it cannot be one."""
    if size < 0 or len(peaks) != HASH_BYTES * size.bit_count():
        raise Unavailable("the ledger's tree head is damaged: run `interlock ledger verify`, restore a backup")
    return TreeHead(size, tuple(bytes(peaks[i : i + HASH_BYTES]) for i in range(0, len(peaks), HASH_BYTES)), last)


def under_scope(scope: str) -> tuple[str, dict[str, Any]]:
    """The condition on decisions `d` that a kill scope stands for, with its parameters. Raises BadInput for none."""
    if scope == "global":
        return "1 = 1", {}
    kind, _, name = scope.partition(":")
    if kind not in SCOPE_KINDS or not name:
        raise BadInput(f"'{scope}' is no scope: say 'global' or {', '.join(f'{k}:NAME' for k in SCOPE_KINDS)}")
    return f"d.{kind} = :scope_name", {"scope_name": name}
