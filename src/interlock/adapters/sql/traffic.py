"""The gateway's traffic: rows, and sums by day that are kept as rows are loaded. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import Any

import orjson

from interlock.adapters.sql.rows import Row
from interlock.ports.gateway.traffic import StoredRequest, SumBy, TrafficFilter, TrafficRow, TrafficSum
from interlock.terms.gateway.trace import GIVEN_AGAIN


def _counted(condition: str) -> str:
    return f"CAST(sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)"


NAMES = StoredRequest._fields
COUNTS = (
    *("requests", "refused", "failed", "in_doubt", "cached"),
    *("input_tokens", "output_tokens", "cost_micro_usd", "latency_ms"),
)
DELETE = """
DELETE FROM traffic WHERE id IN (
  SELECT id FROM traffic WHERE at < :before {of_one} ORDER BY at, id LIMIT :limit)
"""
_GIVEN_AGAIN = ", ".join(f"'{one}'" for one in sorted(GIVEN_AGAIN))
# As rows are counted when they are loaded (traffic_loading), and said once more: what is checked may not check itself.
_OF_ROWS = f"""
SELECT substr(at, 1, 10), workflow, tenant, client, model_used, count(*),
  {_counted("outcome IS NOT NULL AND refused IS NOT NULL")},
  {_counted("outcome IS NOT NULL AND refused IS NULL AND status >= 400")},
  {_counted("outcome IS NULL")},
  {_counted(f"outcome IS NOT NULL AND cache IN ({_GIVEN_AGAIN})")},
  CAST(sum(input_tokens) AS BIGINT), CAST(sum(output_tokens) AS BIGINT), CAST(sum(cost_micro_usd) AS BIGINT),
  CAST(sum(coalesce(latency_ms, 0.0)) AS DOUBLE PRECISION)
FROM traffic WHERE at >= :since
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
ROW = f"SELECT {', '.join(NAMES)} FROM traffic"
# In the words of the index that holds only these. A stream that is refused in the middle has the status 200.
AMISS = "(status IS NULL OR status >= 400 OR refused IS NOT NULL)"


class SqlTraffic:
    """interlock.ports.gateway.traffic.TrafficReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    def traffic(
        self, wanted: TrafficFilter, *, limit: int, after: tuple[str, str] | None = None
    ) -> tuple[TrafficRow, ...]:
        if wanted.workflows is None:
            return tuple(self._newest(wanted, None, limit, after))
        # One look into the index for each: over several at once it would sort all that they ever sent. What is older
        # than a whole page that was found by then is not looked at.
        found: list[TrafficRow] = []
        for name in wanted.workflows:
            since = found[-1].at if found and len(found) == limit else wanted.since
            some = self._newest(replace(wanted, since=since), name, limit, after)
            found = list(islice(merge(found, some, key=lambda row: (row.at, row.id), reverse=True), limit))
        return tuple(found)

    def traffic_of(self, id_: str) -> TrafficRow | None:
        row = next(iter(self.rows(f"{ROW} WHERE id = :id", {"id": id_})), None)
        return None if row is None else traffic_row(row)

    def traffic_sums(
        self,
        by: Sequence[SumBy],
        *,
        since: str | None = None,
        until: str | None = None,
        workflows: tuple[str, ...] | None = None,
        tenant: str | None = None,
        client: str | None = None,
    ) -> tuple[TrafficSum, ...]:
        named = [SumBy(one).value for one in by]
        given = {"since": since and since[:10], "until": until and until[:10], "tenant": tenant, "client": client}
        values = {name: value for name, value in given.items() if value is not None}
        tests = {"since": "day >= :since", "until": "day < :until"}
        where = ["1 = 1", *(tests.get(name, f"{name} = :{name}") for name in values)]
        if workflows is not None:
            places = {f"workflow_{number}": name for number, name in enumerate(workflows)}
            where.append(f"workflow IN ({', '.join(f':{place}' for place in places)})" if places else "1 = 0")
            values |= places
        group = f"GROUP BY {', '.join(named)} ORDER BY {', '.join(named)}" if named else "HAVING count(*) > 0"
        # Sums of whole numbers are wider than whole numbers on PostgreSQL.
        sums = ", ".join(f"CAST(sum({name}) AS {_kind(name)})" for name in COUNTS)
        query = f"SELECT {', '.join([*named, sums])} FROM traffic_day WHERE {' AND '.join(where)} {group}"
        return tuple(TrafficSum(tuple(row[: len(named)]), *row[len(named) :]) for row in self.rows(query, values))

    def row_sums(self, *, since: str) -> tuple[TrafficSum, ...]:
        rows = self.rows(_OF_ROWS, {"since": since[:10]})
        return tuple(TrafficSum(tuple(row[: len(SumBy)]), *row[len(SumBy) :]) for row in rows)

    def _newest(
        self, wanted: TrafficFilter, workflow: str | None, limit: int, after: tuple[str, str] | None
    ) -> Iterator[TrafficRow]:
        given = {"workflow": workflow, "tenant": wanted.tenant, "client": wanted.client}
        given |= {"since": wanted.since, "until": wanted.until, "refused": wanted.refused}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        tests = {"since": "at >= :since", "until": "at < :until"}
        where = ["1 = 1", *(tests.get(name, f"{name} = :{name}") for name in values)]
        if wanted.amiss or wanted.refused is not None:
            where.append(AMISS)
        if after is not None:
            where.append("(at, id) < (:at, :id)")
            values |= {"at": after[0], "id": after[1]}
        query = f"{ROW} WHERE {' AND '.join(where)} ORDER BY at DESC, id DESC LIMIT :limit"
        return map(traffic_row, self.rows(query, {**values, "limit": limit}))


def traffic_row(row: Row) -> TrafficRow:
    """A row of the table."""
    named: dict[str, Any] = dict(zip(NAMES, row, strict=True))
    outcome = named["outcome"]
    named |= {
        "streams": bool(named["streams"]),
        "accepted": orjson.loads(named["accepted"]),
        "outcome": None if outcome is None else orjson.loads(outcome),
    }
    return TrafficRow(**named)


def _kind(name: str) -> str:
    return "DOUBLE PRECISION" if name == "latency_ms" else "BIGINT"
