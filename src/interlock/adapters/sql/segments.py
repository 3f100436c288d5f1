"""Segments of the trace that are loaded, and counts of callers nobody knows. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interlock.adapters.sql.rows import Row
from interlock.adapters.sql.traffic import AMISS, ROW, traffic_row
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.traffic import TrafficRow
from interlock.terms.gateway.ungoverned import Ungoverned

KINDS_A_DAY_MAX = 2_000  # strangers choose what they ask for: their rows must not grow without end
OTHERS = "others"
_SEGMENT = "SELECT name, worker, number, last, entry, at, exported_at FROM traffic_segment"
_STRANGER = "SELECT network, wire, model, rule, requests, first_at, last_at FROM traffic_stranger"
_NOTE = """
INSERT INTO traffic_segment (name, worker, number, last, entry, at, exported_at)
VALUES (:name, :worker, :number, :last, :entry, :at, :exported_at)
"""
_ADD = """
INSERT INTO traffic_stranger (day, network, wire, model, rule, requests, first_at, last_at)
VALUES (:day, :network, :wire, :model, :rule, :requests, :first_at, :last_at)
ON CONFLICT (day, network, wire, model, rule) DO UPDATE SET
  requests = traffic_stranger.requests + excluded.requests,
  first_at = CASE WHEN excluded.first_at < traffic_stranger.first_at THEN excluded.first_at
                  ELSE traffic_stranger.first_at END,
  last_at = CASE WHEN excluded.last_at > traffic_stranger.last_at THEN excluded.last_at
                 ELSE traffic_stranger.last_at END
"""


class SqlSegments:
    """interlock.ports.gateway.loaded.LoadedReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    def loaded_segment(self, name: str) -> LoadedSegment | None:
        row = next(iter(self.rows(f"{_SEGMENT} WHERE name = :name", {"name": name})), None)
        return LoadedSegment(*row) if row else None

    def not_exported(self, *, limit: int, after: int = -1) -> tuple[LoadedSegment, ...]:
        query = f"{_SEGMENT} WHERE exported_at IS NULL AND entry > :after ORDER BY entry LIMIT :limit"
        return tuple(LoadedSegment(*row) for row in self.rows(query, {"limit": limit, "after": after}))

    def unfinished(self, worker: str, *, since: str) -> tuple[TrafficRow, ...]:
        # By the index that holds only what went amiss.
        query = f"{ROW} WHERE {AMISS} AND outcome IS NULL AND at >= :since AND segment > :low AND segment < :high"
        values = {"since": since, "low": f"{worker}.", "high": f"{worker}/"}
        return tuple(map(traffic_row, self.rows(f"{query} ORDER BY at, id", values)))

    def rows_by_segment(self) -> Mapping[str, int]:
        rows = self.rows("SELECT segment, count(*) FROM traffic GROUP BY segment", {})
        return {str(name): int(n) for name, n in rows}

    def requests_of_segment(self, name: str) -> tuple[str, ...]:
        rows = self.rows("SELECT id FROM traffic WHERE segment = :name ORDER BY at, id", {"name": name})
        return tuple(str(row[0]) for row in rows)

    def ungoverned(self, *, since: str, limit: int) -> tuple[Ungoverned, ...]:
        query = f"{_STRANGER} WHERE day >= :day ORDER BY day DESC, requests DESC, network, model LIMIT :limit"
        return tuple(Ungoverned(*row) for row in self.rows(query, {"day": since[:10], "limit": limit}))


class SqlSegmentWriting(SqlSegments):
    """interlock.ports.gateway.loaded.LoadedWriting, in a transaction beside which nobody else loads."""

    @abstractmethod
    def change_all(self, query: str, values: Sequence[Mapping[str, Any]]) -> int:
        """Run a statement with :named parameters for each of `values`; how many rows it changed."""
        ...

    def note_loaded(self, segment: LoadedSegment) -> None:
        names = ("name", "worker", "number", "last", "entry", "at", "exported_at")
        self.change_all(_NOTE, [{name: getattr(segment, name) for name in names}])

    def note_exported(self, name: str, at: str) -> None:
        self.change_all("UPDATE traffic_segment SET exported_at = :at WHERE name = :name", [{"name": name, "at": at}])

    def count_ungoverned(self, counts: Sequence[Ungoverned]) -> None:
        known: dict[str, set[tuple[str, ...]]] = {}
        for one in counts:
            model = one.model.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL keeps no NUL in a text
            day, kind = one.first_at[:10], (one.network, one.wire, model, one.rule)
            kinds = known.setdefault(day, set()) or known[day].union(self._kinds(day))
            if kind not in kinds and len(kinds) >= KINDS_A_DAY_MAX:
                kind = (OTHERS, OTHERS, OTHERS, one.rule)
            known[day] = kinds | {kind}
            named = dict(zip(("network", "wire", "model", "rule"), kind, strict=True))
            counted = {"day": day, "requests": one.requests, "first_at": one.first_at, "last_at": one.last_at}
            self.change_all(_ADD, [{**named, **counted}])

    def forget_loaded(self, *, before: str) -> int:
        self.change_all("DELETE FROM traffic_stranger WHERE day < :day", [{"day": before[:10]}])
        query = "DELETE FROM traffic_segment WHERE at < :before AND exported_at IS NOT NULL"
        return self.change_all(query, [{"before": before}])

    def _kinds(self, day: str) -> set[tuple[str, ...]]:
        query = "SELECT network, wire, model, rule FROM traffic_stranger WHERE day = :day"
        return {tuple(row) for row in self.rows(query, {"day": day})}
