"""Evidence and queues of all workflows at once, each with one statement. The same on both engines."""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter
from typing import Any

import orjson

from interlock.adapters.sql.rows import EVIDENCE, Row, body_of, entry_of, evidence_of
from interlock.ports.evidences import MeasuredRow, QueueLength, Touched
from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry

_NEWEST = """
SELECT l.entry, l.at, l.kind, l.record, l.leaf, l.payload
FROM (SELECT max(entry) AS newest FROM ledger
      WHERE kind = :kind AND kind NOT IN ('decision.made', 'intent.completed') AND {of}
      GROUP BY workflow) AS found
JOIN ledger l ON l.entry = found.newest ORDER BY l.workflow
"""
_MEASURED = "SELECT workflow, digest, release, source, body FROM evidence WHERE kind = :kind{of} ORDER BY entry"
_OF_EACH = """
SELECT entry, at, kind, record, leaf, payload, workflow FROM ledger
WHERE kind = :kind AND kind NOT IN ('decision.made', 'intent.completed') AND {of}
ORDER BY workflow DESC, entry DESC
"""  # as the index has them: nothing is sorted
_OF_ALL, _OF_ONE = "workflow IS NOT NULL", "workflow = :workflow"
_TOUCHED = (
    "SELECT entry, kind, workflow FROM ledger WHERE {found} AND kind NOT IN ('decision.made', 'intent.completed')"
)
# A few entries are looked through one by one; of many, only those of these kinds, in their index. What has something
# added to it is found by no index, so the choice is not left to the engine, which knows nothing of how many there are.
_FEW = 4_000
_BY_ENTRY = "entry >= :since AND kind || '' IN ({kinds})"
_BY_KIND = "entry + 0 >= :since AND kind IN ({kinds})"
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
FROM review WHERE closed_at IS NULL AND {of} GROUP BY workflow
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

    def newest_each(self, kind: str, workflow: str | None = None) -> Iterator[LedgerEntry]:
        return map(entry_of, self.stream(_NEWEST.format(of=_of(workflow)), {"kind": kind, "workflow": workflow}))

    def measured(self, kind: str, workflow: str | None = None) -> Iterator[MeasuredRow]:
        read, of = orjson.loads, "" if workflow is None else f" AND {_OF_ONE}"
        for row in self.stream(_MEASURED.format(of=of), {"kind": kind, "workflow": workflow}):
            name, digest, release, source, body = row
            yield name, digest, release, source, read(body)

    def newest_by(self, kind: str, member: str, workflow: str | None = None) -> Iterator[LedgerEntry]:
        newest: dict[tuple[str, Any], Row] = {}
        for row in self.stream(_OF_EACH.format(of=_of(workflow)), {"kind": kind, "workflow": workflow}):
            newest.setdefault((row[6], body_of(row[3]).get(member)), row[:6])
        return map(entry_of, sorted(newest.values(), key=itemgetter(0)))

    def touched(self, kinds: Collection[str], *, since: int) -> Iterator[Touched]:
        named = {f"kind_{n}": kind for n, kind in enumerate(kinds)}
        (last,) = next(iter(self.rows("SELECT coalesce(max(entry), -1) FROM ledger", {})))
        found = (_BY_ENTRY if last - since < _FEW else _BY_KIND).format(kinds=", ".join(f":{name}" for name in named))
        return (Touched(*row) for row in self.stream(_TOUCHED.format(found=found), {**named, "since": since}))

    def decided_since(self, entry: int) -> frozenset[str]:
        return frozenset(str(name) for (name,) in self.rows(_DECIDED, {"since": entry}))

    def case_count(self, workflow: str, *, since: int) -> int:
        return next((int(n) for (n,) in self.rows(_COUNT, {"workflow": workflow, "since": since})), 0)

    def newest_releases(self, workflow: str, *, since: int, limit: int) -> Iterator[tuple[str, str]]:
        for (record,) in self.rows(_NEWEST_CASES, {"workflow": workflow, "since": since, "limit": limit}):
            inputs = body_of(record).get("inputs") or {}
            yield str(inputs.get("proposal", {}).get("release")), str(inputs.get("current_release"))

    def queue_lengths(self, at: str, workflow: str | None = None) -> Mapping[str, QueueLength]:
        found = self.rows(_QUEUES.format(of=_of(workflow)), {"at": at, "workflow": workflow})
        return {str(name): QueueLength(int(n), int(late)) for name, n, late in found}


def _of(workflow: str | None) -> str:
    return _OF_ALL if workflow is None else _OF_ONE
