"""The reviews: what waits for a person and what was decided. The same on both engines."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interlock.adapters.sql.rows import REVIEW, Row, review_of
from interlock.ports.queue import EVERYTHING, Place, Reach, ReviewRow, Waiting, Wanted

URGENCY = "escalations DESC, due_at, key, kind"
_OPEN = "closed_at IS NULL"
_TENANT = "(SELECT d.tenant FROM decision d WHERE d.key = review.key)"
# One that was due before is not looked at: the index over due times begins at the place.
_BEHIND = "due_at >= :due_at AND (due_at > :due_at OR key > :key OR (key = :key AND kind > :kind_behind))"


class SqlQueues:
    """interlock.ports.queue.QueueReading over `rows`, which an engine's store supplies."""

    @abstractmethod
    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query with :named parameters."""
        ...

    @abstractmethod
    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """As `rows`, for results that may be long."""
        ...

    def reviews(self, workflow: str, *, open_only: bool = True) -> tuple[ReviewRow, ...]:
        condition = f"workflow = :workflow AND {_OPEN}" if open_only else "workflow = :workflow"
        query = f"{REVIEW} WHERE {condition} ORDER BY {URGENCY}"
        return self._found(query, {"workflow": workflow})

    def review(self, key: str, kind: str) -> ReviewRow | None:
        found = self._found(f"{REVIEW} WHERE key = :key AND kind = :kind", {"key": key, "kind": kind})
        return found[0] if found else None

    def case_reviews(self, key: str) -> tuple[ReviewRow, ...]:
        return self._found(f"{REVIEW} WHERE key = :key ORDER BY kind", {"key": key})

    def queue(
        self,
        workflow: str | None = None,
        *,
        due_before: str | None = None,
        limit: int,
        reach: tuple[Reach, ...] = EVERYTHING,
    ) -> tuple[ReviewRow, ...]:
        where, values = _where(Wanted(workflow, due_before=due_before), reach)
        return self._found(f"{REVIEW} WHERE {where} ORDER BY {URGENCY} LIMIT :limit", {**values, "limit": limit})

    def queue_page(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, reach: tuple[Reach, ...] = EVERYTHING
    ) -> tuple[ReviewRow, ...]:
        where, values = _where(wanted, reach)
        if after is not None:
            where = f"{where} AND {_BEHIND}"
            values |= {"due_at": after.due_at, "key": after.key, "kind_behind": after.kind}
        query = f"{REVIEW} WHERE {where} ORDER BY due_at, key, kind LIMIT :limit"
        return self._found(query, {**values, "limit": limit})

    def waiting(self, wanted: Wanted, at: str, *, most: int, reach: tuple[Reach, ...] = EVERYTHING) -> Waiting:
        where, values = _where(wanted, EVERYTHING)
        within, reached = _within(reach)
        looked_at = f"""
        SELECT due_at, CASE WHEN {within} THEN 1 ELSE 0 END AS inside
        FROM review WHERE {where} ORDER BY due_at LIMIT :limit
        """
        query = f"""
        SELECT count(*), sum(inside), sum(CASE WHEN due_at < :at THEN inside ELSE 0 END) FROM ({looked_at}) AS looked_at
        """
        rows, count, late = next(self.rows(query, {**values, **reached, "limit": most + 1, "at": at}))
        return Waiting(min(count or 0, most), min(late or 0, most), at_least=rows > most)

    def in_reach(self, key: str, kind: str, reach: tuple[Reach, ...]) -> bool:
        within, values = _within(reach)
        query = f"SELECT 1 FROM review WHERE key = :key AND kind = :kind AND {within}"
        return next(self.rows(query, {**values, "key": key, "kind": kind}), None) is not None

    def reviews_since(self, opened_since: str, workflow: str | None = None) -> Iterator[ReviewRow]:
        where = "opened_at >= :since" + ("" if workflow is None else " AND workflow = :workflow")
        values = {"since": opened_since, "workflow": workflow}
        return map(review_of, self.stream(f"{REVIEW} WHERE {where} ORDER BY opened_at", values))

    def in_hand(self, at: str, *, reach: tuple[Reach, ...] = EVERYTHING) -> tuple[ReviewRow, ...]:
        within, values = _within(reach)
        query = f"{REVIEW} WHERE claimed_until > :at AND {_OPEN} AND {within} ORDER BY {URGENCY}"
        return self._found(query, {**values, "at": at})

    def approved(self, at: str) -> tuple[ReviewRow, ...]:
        return self._found(f"{REVIEW} WHERE approved_until > :at ORDER BY approved_until, key", {"at": at})

    def _found(self, query: str, values: Mapping[str, Any]) -> tuple[ReviewRow, ...]:
        return tuple(map(review_of, self.rows(query, values)))


def _where(wanted: Wanted, reach: Sequence[Reach]) -> tuple[str, dict[str, Any]]:
    """The condition that an open review is one of those wanted, within the reach, with its parameters."""
    given = {
        "workflow = :workflow": ("workflow", wanted.workflow),
        "kind = :kind": ("kind", wanted.kind),
        "replace(key, :key_part, '') <> key": ("key_part", wanted.key_part or None),
        "due_at < :due_before": ("due_before", wanted.due_before),
        "escalations > 0": ("", True if wanted.escalated else None),
    }
    asked = {condition: pair for condition, pair in given.items() if pair[1] is not None}
    within, values = _within(reach)
    values |= {name: value for name, value in asked.values() if name}
    return " AND ".join((_OPEN, *asked, within)), values


def _within(reach: Sequence[Reach]) -> tuple[str, dict[str, Any]]:
    """The condition that a review lies in any part of the reach, with its parameters."""
    if any(part == Reach() for part in reach):
        return "1 = 1", {}
    values: dict[str, Any] = {}
    parts = [_part(part, f"reach_{number}", values) for number, part in enumerate(reach)]
    return (f"({' OR '.join(parts)})" if parts else "1 = 0"), values


def _part(part: Reach, name: str, values: dict[str, Any]) -> str:
    conditions = []
    if part.workflow is not None:
        values[f"{name}_workflow"] = part.workflow
        conditions.append(f"workflow = :{name}_workflow")
    if part.tenant is not None:
        values[f"{name}_tenant"] = part.tenant
        own = f"{_TENANT} = :{name}_tenant"
        given = {f"{name}_{number}": workflow for number, workflow in enumerate(part.given)}
        values |= given
        names = ", ".join(f":{one}" for one in given)
        conditions.append(f"({own} OR (workflow IN ({names}) AND {_TENANT} IS NULL))" if given else own)
    return f"({' AND '.join(conditions)})" if conditions else "1 = 1"
