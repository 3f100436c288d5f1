"""Entries found from the newest one back, or by the case that they are about. The same on both engines."""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from interlock.adapters.sql.rows import ENTRY, Row, entry_of
from interlock.terms.ledger import LedgerEntry

PAGE = 128
_NOT_HOT = "kind NOT IN ('decision.made', 'intent.completed')"  # what is in the index over the kinds, in its words
_BACK = f"""
{ENTRY} WHERE kind = :kind AND {_NOT_HOT} AND workflow = :workflow AND entry < :before
ORDER BY entry DESC LIMIT :page
"""
_END = 2**62


class SqlEntries:
    """interlock.ports.entries.EntryReading over `rows`, which an engine's store supplies."""

    HOLDS: str  # the condition that the bytes `record` hold the bytes :needle, in the engine's words

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    @abstractmethod
    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """As `rows`, for results that may be long."""
        ...

    def newest_first(self, kind: str, workflow: str, *, before: int | None = None) -> Iterator[LedgerEntry]:
        end = _END if before is None else before
        while True:
            values = {"kind": kind, "workflow": workflow, "before": end, "page": PAGE}
            found = [entry_of(row) for row in self.rows(_BACK, values)]
            yield from found
            if len(found) < PAGE:
                return
            end = found[-1].index

    def about_case(self, key: str, workflow: str, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        named = {f"kind_{n}": kind for n, kind in enumerate(kinds)}
        try:
            needle = b'"key":' + orjson.dumps(key)
        except TypeError:  # half of a character: nothing on record can say it
            return iter(())
        query = (
            f"{ENTRY} WHERE kind IN ({', '.join(f':{name}' for name in named)}) AND {_NOT_HOT} "
            f"AND workflow = :workflow AND entry >= :since AND {self.HOLDS} ORDER BY entry"
        )
        values = {**named, "workflow": workflow, "since": since, "needle": needle}
        found = map(entry_of, self.stream(query, values))
        # The same bytes may stand deeper in a record, or in a text that it quotes.
        return (entry for entry in found if entry.body.get("key") == key)
