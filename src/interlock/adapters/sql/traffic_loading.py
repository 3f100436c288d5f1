"""Taking traffic in: each request once, and what it adds to the sums of its day."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from interlock.adapters.sql.traffic import COUNTS, DELETE, NAMES, SqlTraffic
from interlock.ports.gateway.traffic import StoredRequest
from interlock.terms.gateway.trace import GIVEN_AGAIN

CHUNK = 256
FAILED_FROM = 400  # the HTTP status

_COMPLETE = (
    "UPDATE traffic SET "
    + ", ".join(f"{name} = :{name}" for name in NAMES if name not in {"id", "at"})
    + " WHERE id = :id AND outcome IS NULL"
)
_PLACES = tuple(f"id_{number}" for number in range(CHUNK))
_KNOWN = f"""
SELECT id, outcome IS NOT NULL, at, workflow, tenant, client, model_used, input_tokens, output_tokens, cost_micro_usd
FROM traffic WHERE id IN ({", ".join(f":{place}" for place in _PLACES)})
"""
_DAY = ("day", "workflow", "tenant", "client", "model")
_ADD = f"""
INSERT INTO traffic_day ({", ".join((*_DAY, *COUNTS))})
VALUES ({", ".join(f":{name}" for name in (*_DAY, *COUNTS))})
ON CONFLICT ({", ".join(_DAY)}) DO UPDATE SET
  {", ".join(f"{name} = traffic_day.{name} + excluded.{name}" for name in COUNTS)}
"""

Key = tuple[str, ...]
Sums = dict[Key, list[float]]


class SqlTrafficWriting(SqlTraffic):
    """interlock.ports.gateway.traffic.TrafficWriting, in a transaction beside which nobody else loads."""

    @abstractmethod
    def change_all(self, query: str, values: Sequence[Mapping[str, Any]]) -> int:
        """Run a statement with :named parameters for each of `values`; how many rows it changed."""
        ...

    @abstractmethod
    def insert_all(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Put new rows into a table; `names` are the columns of their values."""
        ...

    def load_traffic(self, rows: Sequence[StoredRequest]) -> int:
        sums: Sums = {}
        n = sum(self._load(rows[start : start + CHUNK], sums) for start in range(0, len(rows), CHUNK))
        if sums:
            added = [dict(zip((*_DAY, *COUNTS), (*key, *counts), strict=True)) for key, counts in sorted(sums.items())]
            self.change_all(_ADD, added)
        return n

    def delete_traffic(self, *, before: str, workflow: str | None = None, limit: int) -> int:
        values = {"before": before, "limit": limit} | ({} if workflow is None else {"workflow": workflow})
        of_one = "" if workflow is None else "AND workflow = :workflow"
        return self.change_all(DELETE.format(of_one=of_one), [values])

    def _load(self, rows: Sequence[StoredRequest], sums: Sums) -> int:
        new, completed = {row.id: row for row in rows}, dict[str, StoredRequest]()
        there, doubted = self._known(new)
        if there or len(new) < len(rows):
            new, completed = _apart(rows, there, doubted)
        for row in (*new.values(), *completed.values()):
            _count(sums, row)
        for id_ in completed:
            key, counts = doubted[id_]
            _add(sums, key, [-count for count in counts])
        if new:
            self.insert_all("traffic", NAMES, tuple(new.values()))
        if completed:
            self.change_all(_COMPLETE, [row._asdict() for row in completed.values()])
        return len(new) + len(completed)

    def _known(self, ids: Iterable[str]) -> tuple[set[str], dict[str, tuple[Key, list[float]]]]:
        """Which are there, and what those without an outcome added to the sums."""
        places = dict(zip_longest(_PLACES, ids, fillvalue=""))
        there: set[str] = set()
        doubted: dict[str, tuple[Key, list[float]]] = {}
        for id_, is_complete, at, workflow, tenant, client, model, tokens_in, tokens_out, cost in self.rows(
            _KNOWN, places
        ):
            there.add(id_)
            if not is_complete:
                doubted[id_] = ((at[:10], workflow, tenant, client, model), _doubt(tokens_in, tokens_out, cost))
        return there, doubted


def _apart(
    rows: Sequence[StoredRequest], there: set[str], doubted: Mapping[str, Any]
) -> tuple[dict[str, StoredRequest], dict[str, StoredRequest]]:
    """What is new, and what gives its outcome to one that is there without."""
    new: dict[str, StoredRequest] = {}
    completed: dict[str, StoredRequest] = {}
    for row in rows:
        if row.id in there:
            if row.id in doubted and row.outcome is not None:
                completed.setdefault(row.id, row)
        elif row.id not in new or (new[row.id].outcome is None and row.outcome is not None):
            new[row.id] = row
    return new, completed


def _doubt(input_tokens: int, output_tokens: int, cost_micro_usd: int) -> list[float]:
    return [1, 0, 0, 1, 0, input_tokens, output_tokens, cost_micro_usd, 0.0]


def _count(sums: Sums, row: StoredRequest) -> None:
    """Add one request, in the order of COUNTS; of nothing else there is as much to do in a second."""
    key = (row.at[:10], row.workflow, row.tenant, row.client, row.model_used)
    counts = sums.get(key)
    if counts is None:
        counts = sums[key] = [0] * len(COUNTS)
    if row.outcome is None:
        counts[3] += 1
    elif row.refused is not None:
        counts[1] += 1
    elif (row.status or 0) >= FAILED_FROM:
        counts[2] += 1
    counts[0] += 1
    counts[4] += row.cache in GIVEN_AGAIN and row.outcome is not None
    counts[5] += row.input_tokens
    counts[6] += row.output_tokens
    counts[7] += row.cost_micro_usd
    counts[8] += row.latency_ms or 0.0


def _add(sums: Sums, key: Key, counts: Iterable[float]) -> None:
    sums[key] = [one + other for one, other in zip(sums.get(key, [0] * len(COUNTS)), counts, strict=True)]
