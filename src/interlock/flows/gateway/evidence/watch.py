"""Look at loaded traffic again and again, and put on record what is unlike itself; notices tell of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from interlock.engine.gateway.unusual import (
    PAST_MAX,
    ClientDay,
    Past,
    above_all_before,
    first_models,
    risen,
    without_gaps,
)
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.gateway.traffic import SumBy, TrafficSum
from interlock.ports.store import Reading, Store
from interlock.terms.gateway.segment import SegmentTexts
from interlock.terms.gateway.unusual import Unusual, UnusualRule
from interlock.terms.ledger import LedgerEntry

KIND = "traffic.unusual"
EVERY_S = 60.0
INJECTION = "injection"
STRANGERS_MAX = 10_000
Key = tuple[str, str, str]  # workflow, tenant, client


class TrafficWatch:
    """What it told is in the ledger: a restart, or another server on the store, tells nothing twice.

    Findings of detectors are counted in this process since the day began or the process did, whichever is later.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._injections: dict[tuple[str, Key], int] = defaultdict(int)

    def look_at(self, segment: SegmentTexts) -> None:
        """A segment that is loaded now (flows.gateway.evidence.load, `after`)."""
        refused = {end.id for end, _ in segment.outcomes if end.refused == INJECTION}
        for begun, _ in segment.accepted:
            if INJECTION in begun.found or begun.id in refused:
                self._injections[begun.at[:10], (begun.workflow, begun.tenant or "", begun.client)] += 1

    def go(self) -> tuple[LedgerEntry, ...]:
        """Record what is unusual and was not told yet; the entries. Raises Unavailable."""
        now = self._clock()
        day = stamp(now)[:10]
        for old in [key for key in self._injections if key[0] != day]:
            del self._injections[old]
        with self._store.reading() as reading:
            found = _untold(reading, tuple(self._found(reading, now, day)))
        if not found:
            return ()
        with self._store.transaction() as tx:
            return tuple(record(tx, KIND, plain(one), at=stamp(now)) for one in _untold(tx, found))

    def _found(self, reading: Reading, now: dt.datetime, day: str) -> Iterator[Unusual]:
        for past, models in pasts(reading, now):
            yield from above_all_before(past)
            yield from first_models(past, models)
        for (_, (workflow, tenant, client)), n in list(self._injections.items()):
            one = risen(UnusualRule.INJECTION, n, day=day, of=client, workflow=workflow, tenant=tenant or None)
            if one is not None:
                yield one
        strangers = sum(one.requests for one in reading.ungoverned(since=day, limit=STRANGERS_MAX))
        one = risen(UnusualRule.STRANGERS, strangers, day=day)
        if one is not None:
            yield one


def pasts(reading: Reading, now: dt.datetime) -> Iterator[tuple[Past, Mapping[str, set[str]]]]:
    """Every client that did something today: its days, and the models of each."""
    all_days = [stamp(now - dt.timedelta(days=back))[:10] for back in range(PAST_MAX, -1, -1)]
    by = (SumBy.DAY, SumBy.WORKFLOW, SumBy.TENANT, SumBy.CLIENT, SumBy.MODEL)
    sums: dict[Key, list[TrafficSum]] = defaultdict(list)
    for one in reading.traffic_sums(by, since=all_days[0]):
        sums[one.by[1], one.by[2], one.by[3]].append(one)
    for (workflow, tenant, client), theirs in sorted(sums.items()):
        models: dict[str, set[str]] = defaultdict(set)
        for one in theirs:
            models[one.by[0]].add(one.by[4])
        if all_days[-1] in models and client:
            yield Past(client, workflow, tenant or None, without_gaps(_days(theirs), all_days)), models


def _days(sums: Sequence[TrafficSum]) -> list[ClientDay]:
    days: dict[str, ClientDay] = {}
    for one in sums:
        day = days.get(one.by[0], ClientDay(one.by[0], 0, 0, 0))
        days[day.day] = ClientDay(
            day.day,
            day.cost_micro_usd + one.cost_micro_usd,
            day.failed + one.failed,
            day.refused + one.refused,
        )
    return list(days.values())


def _untold(reading: Reading, found: Sequence[Unusual]) -> tuple[Unusual, ...]:
    if not found:
        return ()
    told = {
        (entry.body["rule"], entry.body["subject"], entry.body["day"], entry.body["workflow"])
        for entry in reading.entries_of(KIND)
    }
    return tuple(one for one in found if (one.rule.value, one.subject, one.day, one.workflow) not in told)
