"""Content that may be erased: where it is, and the statements that erase it. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.adapters.sql.rows import ENTRY, Row, entry_of
from interlock.ports.contents import CaseContent
from interlock.terms.ledger import LedgerEntry

NOBODY = ""  # the key of texts that were kept before each case kept its own
ERASE_ENTRY = "UPDATE ledger SET payload = NULL WHERE entry = :entry"
ERASE_TEXT = "DELETE FROM payload WHERE key = :key"

_TEXT = "SELECT text FROM payload WHERE digest = :digest AND key IN (:key, :nobody)"
_OWN_ENTRIES = """
SELECT l.entry FROM decision d JOIN ledger l ON l.entry IN (d.entry, d.intent_entry, d.settled_entry)
WHERE d.key = :key AND l.payload IS NOT NULL ORDER BY l.entry
"""
# Found by their case alone, so not by any column of it: few, and in the index over the kinds.
_BESIDE = ("intent.approved", "intent.answered_late", "intent.undone", "review.closed")
_NO_CASE = """
SELECT DISTINCT p.key FROM payload p
WHERE p.at < :before AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.key = p.key)
  AND NOT EXISTS (SELECT 1 FROM review r WHERE r.key = p.key AND r.closed_at IS NULL)
ORDER BY p.key LIMIT :limit
"""


class SqlContents:
    """interlock.ports.contents.ContentReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    @abstractmethod
    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """As `rows`, for results that may be long."""
        ...

    def payload(self, key: str, digest: str) -> str | None:
        values = {"key": key, "nobody": NOBODY, "digest": digest}
        row = next(iter(self.rows(f"{_TEXT} ORDER BY key DESC LIMIT 1", values)), None)
        return str(row[0]) if row else None

    def content_of(self, key: str) -> CaseContent:
        entries = tuple(int(row[0]) for row in self.rows(_OWN_ENTRIES, {"key": key}))
        query = "SELECT digest FROM payload WHERE key = :key ORDER BY digest"
        return CaseContent(entries, tuple(str(row[0]) for row in self.rows(query, {"key": key})))

    def content_beside(self, workflow: str, *, before: str, since: int = 0) -> Iterator[LedgerEntry]:
        kinds = ", ".join(f"'{kind}'" for kind in _BESIDE)
        query = (
            f"{ENTRY} WHERE kind IN ({kinds}) AND kind NOT IN ('decision.made', 'intent.completed') "
            "AND workflow = :workflow AND entry >= :since AND at < :before AND payload IS NOT NULL ORDER BY entry"
        )
        return map(entry_of, self.stream(query, {"workflow": workflow, "since": since, "before": before}))

    def cases_with_content(self, workflow: str, *, before: str, since: int, limit: int) -> tuple[tuple[str, int], ...]:
        query = """
        SELECT d.key, d.entry FROM decision d
        WHERE d.workflow = :workflow AND d.entry >= :since AND d.at < :before AND d.erased_entry IS NULL AND (
          EXISTS (SELECT 1 FROM ledger l
                  WHERE l.entry IN (d.entry, d.intent_entry, d.settled_entry) AND l.payload IS NOT NULL)
          OR EXISTS (SELECT 1 FROM payload p WHERE p.key = d.key))
        ORDER BY d.entry LIMIT :limit
        """
        values = {"workflow": workflow, "since": since, "before": before, "limit": limit}
        return tuple((str(key), int(entry)) for key, entry in self.rows(query, values))

    def texts(self) -> Iterator[tuple[str, str, str]]:
        rows = self.stream("SELECT key, digest, text FROM payload ORDER BY key, digest", {})
        return ((str(key), str(digest), str(text)) for key, digest, text in rows)

    def texts_of_no_case(self, *, before: str, limit: int) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self.rows(_NO_CASE, {"before": before, "limit": limit}))
