"""Cases by key, and from the newest one back. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.adapters.sql.rows import Row
from interlock.ports.cases import CaseRow

PAGE = 128
_CASE = "SELECT key, workflow, tenant, segment, verb, at, entry, state, outcome, wrong, erased_entry FROM decision"
_LAST = "\U0010ffff"  # behind every sign that a key may go on with
_END = 2**62


class SqlCases:
    """interlock.ports.cases.CaseReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    def case(self, key: str) -> CaseRow | None:
        return next(iter(self._cases("WHERE key = :key", {"key": key})), None)

    def cases_by_key(self, beginning: str, *, behind: str = "") -> Iterator[CaseRow]:
        query = "WHERE key >= :beginning AND key < :end AND key > :behind ORDER BY key LIMIT :page"
        while True:
            values = {"beginning": beginning, "end": beginning + _LAST, "behind": behind, "page": PAGE}
            found = self._cases(query, values)
            yield from found
            if len(found) < PAGE:
                return
            behind = found[-1].key

    def cases_back(self, workflow: str, *, since: int = 0, before: int | None = None) -> Iterator[CaseRow]:
        stop = _END if before is None else before
        query = "WHERE workflow = :workflow AND entry >= :since AND entry < :stop ORDER BY entry DESC LIMIT :page"
        while True:
            found = self._cases(query, {"workflow": workflow, "since": since, "stop": stop, "page": PAGE})
            yield from found
            if len(found) < PAGE:
                return
            stop = found[-1].entry

    def _cases(self, where: str, values: Mapping[str, Any]) -> list[CaseRow]:
        return [_case_of(row) for row in self.rows(f"{_CASE} {where}", values)]


def _case_of(row: Row) -> CaseRow:
    wrong = row[9]
    return CaseRow(*(*row[:9], None if wrong is None else bool(wrong), row[10]))
