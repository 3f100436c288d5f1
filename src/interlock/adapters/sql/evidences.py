"""Evidence and queues of all workflows at once, each with one statement. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

import orjson

from interlock.adapters.sql.rows import EVIDENCE, Row, body_of, entry_of, evidence_of
from interlock.ports.evidences import MeasuredRow, QueueLength
from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry

_NEWEST = """
SELECT l.entry, l.at, l.kind, l.record, l.leaf, l.payload
FROM (SELECT max(entry) AS newest FROM ledger
      WHERE kind = :kind AND kind NOT IN ('decision.made', 'intent.completed') AND workflow IS NOT NULL
      GROUP BY workflow) AS found
JOIN ledger l ON l.entry = found.newest ORDER BY l.workflow
"""
_MEASURED = "SELECT workflow, digest, release, source, body FROM evidence WHERE kind = :kind ORDER BY entry"
_OF_EACH = """
SELECT entry, at, kind, record, leaf, payload, workflow FROM ledger
WHERE kind = :kind AND kind NOT IN ('decision.made', 'intent.completed') AND workflow IS NOT NULL
ORDER BY workflow DESC, entry DESC
"""  # as the index has them: nothing is sorted
# One look into the index for each workflow: nothing that was decided is counted.
_DECIDED = """
SELECT name FROM workflow w WHERE EXISTS (SELECT 1 FROM decision d WHERE d.workflow = w.name AND d.entry >= :since)
"""
_COUNT = "SELECT count(*) FROM decision WHERE workflow = :workflow AND entry >= :since"
_NEWEST_CASES = """
SELECT l.record FROM (SELECT entry FROM decision WHERE workflow = :workflow AND entry >= :since
                      ORDER BY entry DESC LIMIT :limit) AS d
JOIN ledger l ON l.entry = d.entry
"""
_QUEUES = """
SELECT workflow, count(*), sum(CASE WHEN due_at < :at THEN 1 ELSE 0 END)
FROM review WHERE closed_at IS NULL GROUP BY workflow
"""


class SqlEvidences:
    """interlock.ports.evidences.EvidenceReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    @abstractmethod
    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """As `rows`, for results that may be long."""
        ...

    def evidence_by_digest(self, digest: str) -> Evidence | None:
        row = next(iter(self.rows(f"SELECT {EVIDENCE} FROM evidence WHERE digest = :digest", {"digest": digest})), None)
        return evidence_of(row) if row else None

    def newest_each(self, kind: str) -> Iterator[LedgerEntry]:
        return map(entry_of, self.stream(_NEWEST, {"kind": kind}))

    def measured(self, kind: str) -> Iterator[MeasuredRow]:
        read = orjson.loads
        for workflow, digest, release, source, body in self.stream(_MEASURED, {"kind": kind}):
            yield workflow, digest, release, source, read(body)

    def newest_by(self, kind: str, member: str) -> Iterator[LedgerEntry]:
        newest: dict[tuple[str, Any], Row] = {}
        for row in self.stream(_OF_EACH, {"kind": kind}):
            newest.setdefault((row[6], body_of(row[3]).get(member)), row[:6])
        return map(entry_of, sorted(newest.values(), key=itemgetter(0)))

    def decided_since(self, entry: int) -> frozenset[str]:
        return frozenset(str(name) for (name,) in self.rows(_DECIDED, {"since": entry}))

    def case_count(self, workflow: str, *, since: int) -> int:
        return next((int(n) for (n,) in self.rows(_COUNT, {"workflow": workflow, "since": since})), 0)

    def newest_releases(self, workflow: str, *, since: int, limit: int) -> Iterator[tuple[str, str]]:
        for (record,) in self.rows(_NEWEST_CASES, {"workflow": workflow, "since": since, "limit": limit}):
            inputs = body_of(record).get("inputs") or {}
            yield str(inputs.get("proposal", {}).get("release")), str(inputs.get("current_release"))

    def queue_lengths(self, at: str) -> Mapping[str, QueueLength]:
        return {str(name): QueueLength(int(n), int(late)) for name, n, late in self.rows(_QUEUES, {"at": at})}
