"""Taking traffic in: each request once, and what it adds to the sums of its day."""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from interlock.adapters.sql.traffic import COUNTS, DELETE, NAMES, SqlTraffic
from interlock.ports.gateway.traffic import TrafficRow
from interlock.terms.gateway.trace import GIVEN_AGAIN

CHUNK = 256
FAILED_FROM = 400  # the HTTP status

_INSERT = f"INSERT INTO traffic ({', '.join(NAMES)}) VALUES ({', '.join(f':{name}' for name in NAMES)})"
_COMPLETE = (
    "UPDATE traffic SET "
    + ", ".join(f"{name} = :{name}" for name in NAMES if name not in {"id", "at"})
    + " WHERE id = :id AND outcome IS NULL"
)
_KNOWN = f"""
SELECT id, outcome IS NOT NULL, at, workflow, tenant, client, model_used, input_tokens, output_tokens, cost_micro_usd
FROM traffic WHERE id IN ({", ".join(f":id_{number}" for number in range(CHUNK))})
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

    def load_traffic(self, rows: Sequence[TrafficRow]) -> int:
        return sum(self._load(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK))

    def delete_traffic(self, *, before: str, workflow: str | None = None, limit: int) -> int:
        values = {"before": before, "limit": limit} | ({} if workflow is None else {"workflow": workflow})
        of_one = "" if workflow is None else "AND workflow = :workflow"
        return self.change_all(DELETE.format(of_one=of_one), [values])

    def _load(self, rows: Sequence[TrafficRow]) -> int:
        sums: Sums = defaultdict(lambda: [0] * len(COUNTS))
        there, doubted = self._known(row.id for row in rows)
        new: dict[str, TrafficRow] = {}
        completed: dict[str, TrafficRow] = {}
        for row in rows:
            if row.id in there:
                if row.id in doubted and row.outcome is not None:
                    completed.setdefault(row.id, row)
            elif row.id not in new or (new[row.id].outcome is None and row.outcome is not None):
                new[row.id] = row
        for row in (*new.values(), *completed.values()):
            _add(sums, _key(row), _counts(row))
        for id_ in completed:
            key, counts = doubted[id_]
            _add(sums, key, [-count for count in counts])
        if new:
            self.change_all(_INSERT, [_values(row) for row in new.values()])
        if completed:
            self.change_all(_COMPLETE, [_values(row) for row in completed.values()])
        if sums:
            added = [dict(zip((*_DAY, *COUNTS), (*key, *counts), strict=True)) for key, counts in sorted(sums.items())]
            self.change_all(_ADD, added)
        return len(new) + len(completed)

    def _known(self, ids: Iterable[str]) -> tuple[set[str], dict[str, tuple[Key, list[float]]]]:
        """Which are there, and what those without an outcome added to the sums."""
        places = dict.fromkeys((f"id_{number}" for number in range(CHUNK)), "")
        places.update(zip(places, ids, strict=False))
        there: set[str] = set()
        doubted: dict[str, tuple[Key, list[float]]] = {}
        for id_, is_complete, at, workflow, tenant, client, model, tokens_in, tokens_out, cost in self.rows(
            _KNOWN, places
        ):
            there.add(id_)
            if not is_complete:
                doubted[id_] = ((at[:10], workflow, tenant, client, model), _doubt(tokens_in, tokens_out, cost))
        return there, doubted


def _key(row: TrafficRow) -> Key:
    return row.at[:10], row.workflow, row.tenant, row.client, row.model_used


def _doubt(input_tokens: int, output_tokens: int, cost_micro_usd: int) -> list[float]:
    return [1, 0, 0, 1, 0, input_tokens, output_tokens, cost_micro_usd, 0.0]


def _counts(row: TrafficRow) -> list[float]:
    """In the order of COUNTS."""
    if row.outcome is None:
        return _doubt(row.input_tokens, row.output_tokens, row.cost_micro_usd)
    refused = row.refused is not None
    failed = not refused and (row.status or 0) >= FAILED_FROM
    used = (row.input_tokens, row.output_tokens, row.cost_micro_usd)
    return [1, int(refused), int(failed), 0, int(row.cache in GIVEN_AGAIN), *used, row.latency_ms or 0.0]


def _add(sums: Sums, key: Key, counts: Iterable[float]) -> None:
    sums[key] = [one + other for one, other in zip(sums[key], counts, strict=True)]


def _values(row: TrafficRow) -> dict[str, Any]:
    named: dict[str, Any] = {name: getattr(row, name) for name in NAMES}
    outcome = None if row.outcome is None else orjson.dumps(row.outcome).decode()
    return named | {"streams": int(row.streams), "accepted": orjson.dumps(row.accepted).decode(), "outcome": outcome}
