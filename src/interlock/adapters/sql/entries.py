"""Entries found from the newest one back, or by the case that they are about. The same on both engines."""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from interlock.adapters.sql.projections import CHANGES
from interlock.adapters.sql.rows import ENTRY, Row, entry_of
from interlock.ports.entries import Looking, Sought
from interlock.terms.ledger import LedgerEntry

PAGE = 128
FEW = 20_000  # entries that are looked at, one by one, in a small part of a second
DECIDED, COMPLETED = "decision.made", "intent.completed"  # not in the index over the kinds: found by their case
_NOT_HOT = "kind NOT IN ('decision.made', 'intent.completed')"  # what is in it, in its words
_INDEXED = tuple(sorted(CHANGES.keys() - {DECIDED, COMPLETED}))
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

    def looking_back(self, sought: Sought) -> Looking:
        newest = next((int(n) for (n,) in self.rows("SELECT max(entry) FROM ledger", {}) if n is not None), -1)
        stop = newest + 1 if sought.before is None else min(sought.before, newest + 1)
        where, values = self._conditions(sought)
        found = self._few(sought, stop)
        if found is not None:
            return Looking(self._named(found, where, values), sought.since)
        floor = max(sought.since, stop - FEW)
        return Looking(self._back(f"entry >= :floor AND {where}", {**values, "floor": floor}, stop), floor)

    def about_no_workflow(self, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        among, values = _among("kind", kinds)
        where = f"{among} AND {_NOT_HOT} AND workflow IS NULL AND entry >= :since"
        return map(entry_of, self.stream(f"{ENTRY} WHERE {where} ORDER BY entry", {**values, "since": since}))

    def newest_first(self, kind: str, workflow: str, *, before: int | None = None) -> Iterator[LedgerEntry]:
        where = f"kind = :kind AND {_NOT_HOT} AND workflow = :workflow"
        return self._back(where, {"kind": kind, "workflow": workflow}, _END if before is None else before)

    def about_case(self, key: str, workflow: str, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        among, named = _among("kind", kinds)
        needle = _json_bytes(key)
        if needle is None:
            return iter(())
        query = (
            f"{ENTRY} WHERE {among} AND {_NOT_HOT} AND workflow = :workflow AND entry >= :since "
            f"AND {self.HOLDS} ORDER BY entry"
        )
        values = {**named, "workflow": workflow, "since": since, "needle": b'"key":"' + needle + b'"'}
        found = map(entry_of, self.stream(query, values))
        # The same bytes may stand deeper in a record, or in a text that it quotes.
        return (entry for entry in found if entry.body.get("key") == key)

    def entry_from(self, at: str) -> int:
        low, high = 0, next((int(n) + 1 for (n,) in self.rows("SELECT max(entry) FROM ledger", {}) if n is not None), 0)
        while low < high:
            middle = (low + high) // 2
            query = "SELECT entry, at FROM ledger WHERE entry >= :middle ORDER BY entry LIMIT 1"
            index, found = next(self.rows(query, {"middle": middle}))
            if found < at:
                low = int(index) + 1
            else:
                high = middle
        return low

    def evidence_places(self, beginning: str, *, limit: int) -> tuple[tuple[str, str, int], ...]:
        query = """
        SELECT digest, workflow, entry FROM evidence WHERE digest >= :beginning AND digest < :end
        ORDER BY digest LIMIT :limit
        """
        found = self.rows(query, {"beginning": beginning, "end": f"{beginning}g", "limit": limit})
        return tuple((str(digest), str(workflow), int(entry)) for digest, workflow, entry in found)

    def leaves(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        query = "SELECT entry, leaf FROM ledger WHERE entry >= :start AND entry < :stop ORDER BY entry"
        return ((int(entry), bytes(leaf)) for entry, leaf in self.stream(query, {"start": start, "stop": stop}))

    def _conditions(self, sought: Sought) -> tuple[str, dict[str, Any]]:
        parts, values = ["1 = 1"], dict[str, Any]()
        for column, wanted in (("kind", sought.kinds), ("workflow", sought.workflows)):
            if wanted:
                among, named = _among(column, wanted)
                parts.append(among)
                values |= named
        for condition, name, at in (
            ("at >= :since_at", "since_at", sought.since_at),
            ("at < :until_at", "until_at", sought.until_at),
        ):
            if at is not None:
                parts.append(condition)
                values[name] = at
        for number, text in enumerate(sought.texts):
            parts.append(self.HOLDS.replace(":needle", f":needle_{number}"))
            values[f"needle_{number}"] = _json_bytes(text) or b"\0"  # no record holds that byte
        return " AND ".join(parts), values

    def _few(self, sought: Sought, stop: int) -> list[int] | None:
        """The entries that an index leads to, newest first; None where it leads to very many, or there is none."""
        kinds = set(sought.kinds or (*_INDEXED, DECIDED, COMPLETED))
        if not sought.workflows and (not sought.kinds or kinds & {DECIDED, COMPLETED}):
            return None
        values: dict[str, Any] = {"since": sought.since, "stop": stop, "few": FEW + 1}
        at, named = _among("workflow", sought.workflows) if sought.workflows else ("1 = 1", {})
        values |= named
        parts, counted = [], []
        if indexed := kinds - {DECIDED, COMPLETED}:
            among, named = _among("kind", sorted(indexed))
            values |= named
            within = "entry >= :since AND entry < :stop"
            parts.append(f"SELECT entry FROM ledger WHERE {among} AND {_NOT_HOT} AND {at} AND {within}")
            counted.append(parts[-1])
        for kind, column in ((DECIDED, "entry"), (COMPLETED, "settled_entry")):
            if kind in kinds:
                decided = f"SELECT {column} AS entry FROM decision WHERE {at} AND entry < :stop"
                parts.append(f"{decided} AND {column} >= :since AND {column} < :stop")
                counted.append(decided)
        most = " UNION ALL ".join(
            f"SELECT entry FROM ({part} LIMIT :few) AS part_{n}" for n, part in enumerate(counted)
        )
        count = next(self.rows(f"SELECT count(*) FROM ({most}) AS counted", values))[0]
        if count > FEW:
            return None
        found = f"SELECT entry FROM ({' UNION '.join(parts)}) AS found ORDER BY entry DESC"
        return [int(entry) for (entry,) in self.rows(found, values)]

    def _named(self, entries: Sequence[int], where: str, values: Mapping[str, Any]) -> Iterator[LedgerEntry]:
        for start in range(0, len(entries), PAGE):
            among, named = _among("entry", entries[start : start + PAGE])
            yield from map(
                entry_of, self.rows(f"{ENTRY} WHERE {among} AND {where} ORDER BY entry DESC", {**values, **named})
            )

    def _back(self, where: str, values: Mapping[str, Any], stop: int) -> Iterator[LedgerEntry]:
        query = f"{ENTRY} WHERE {where} AND entry < :stop ORDER BY entry DESC LIMIT :page"
        while True:
            found = [entry_of(row) for row in self.rows(query, {**values, "stop": stop, "page": PAGE})]
            yield from found
            if len(found) < PAGE:
                return
            stop = found[-1].index


def _among(column: str, wanted: Collection[Any]) -> tuple[str, dict[str, Any]]:
    """The condition that a column holds one of these, with its parameters."""
    named = {f"{column}_{number}": value for number, value in enumerate(wanted)}
    return f"{column} IN ({', '.join(f':{name}' for name in named)})", named


def _json_bytes(text: str) -> bytes | None:
    """Text as a record holds it, without the marks around it; None for half of a character: no record holds that."""
    try:
        return orjson.dumps(text)[1:-1]
    except TypeError:
        return None
