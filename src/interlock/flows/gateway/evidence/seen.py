"""The part of the gateway's traffic that somebody may see, and what it adds up to."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice

from interlock.engine.access.permissions import covers
from interlock.engine.access.reach import TenantOf
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.watch import KIND as UNUSUAL
from interlock.ports.entries import Sought
from interlock.ports.gateway.traffic import SumBy, TrafficFilter, TrafficRow, TrafficSum
from interlock.ports.store import Reading
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.traffic import Of
from interlock.terms.gateway.ungoverned import Ungoverned
from interlock.terms.ledger import LedgerEntry

LOOKED_MAX = 500  # requests whose latencies and rules are looked at one by one
STRANGERS_MAX = 2_000
CELL = (SumBy.WORKFLOW, SumBy.TENANT)  # what reach goes by: no cell is within it in part
NOTHING = TrafficSum((), 0, 0, 0, 0, 0, 0, 0, 0, 0.0)
Given = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TrafficReach:
    """What somebody may see: `filters` say it to the store, `held` and `tenant_of` of one request."""

    filters: tuple[TrafficFilter, ...]
    held: tuple[Scope, ...]
    tenant_of: TenantOf

    @property
    def everything(self) -> bool:
        """Whether nothing is out of reach."""
        return EVERYWHERE in self.held

    def sees(self, workflow: str, tenant: str) -> bool:
        """Whether a request of a workflow, and of a tenant ("": the workflow's own), is within it."""
        of = tenant or self.tenant_of(workflow)
        return any(covers(scope, workflow, of) for scope in self.held)


def traffic_reach(held: Sequence[Scope], given: Given, tenant_of: TenantOf) -> TrafficReach:
    """What the scopes reach in which somebody may read traffic. `given` are the workflows that a tenant has."""
    filters = [one for scope in held for one in _filters(scope, given)]
    return TrafficReach(tuple(dict.fromkeys(filters)), tuple(held), tenant_of)


def _filters(scope: Scope, given: Given) -> Iterator[TrafficFilter]:
    if scope.tenant is None:
        yield TrafficFilter(workflows=None if scope.workflow is None else (scope.workflow,))
        return
    named = None if scope.workflow is None else (scope.workflow,)
    yield TrafficFilter(workflows=named, tenant=scope.tenant)
    own = [name for name in given(scope.tenant) if scope.workflow in (None, name)]
    if own:  # what says no tenant of its own is its workflow's
        yield TrafficFilter(workflows=tuple(own), tenant="")


def requests_seen(
    reading: Reading, reach: TrafficReach, wanted: TrafficFilter, *, limit: int, after: tuple[str, str] | None = None
) -> tuple[TrafficRow, ...]:
    """Requests within reach, newest first; `after` is (at, id) of the last one that was seen."""
    each = [reading.traffic(one, limit=limit, after=after) for one in _narrowed(reach, wanted)]
    found = {row.id: row for row in merge(*each, key=lambda row: (row.at, row.id), reverse=True)}
    return tuple(islice(found.values(), limit))


def request_seen(reading: Reading, reach: TrafficReach, id_: str) -> TrafficRow | None:
    """One request, None where there is none within reach."""
    row = reading.traffic_of(id_)
    return row if row is not None and reach.sees(row.workflow, row.tenant) else None


def _narrowed(reach: TrafficReach, wanted: TrafficFilter) -> Iterator[TrafficFilter]:
    for one in reach.filters:
        if None not in (one.tenant, wanted.tenant) and one.tenant != wanted.tenant:
            continue
        workflows = one.workflows if wanted.workflows is None else wanted.workflows
        if one.workflows is not None and wanted.workflows is not None:
            workflows = tuple(name for name in wanted.workflows if name in one.workflows)
        yield replace(wanted, workflows=workflows, tenant=wanted.tenant if one.tenant is None else one.tenant)


def sums_seen(reading: Reading, reach: TrafficReach, by: SumBy, *, since: str) -> tuple[TrafficSum, ...]:
    """What is within reach, told apart by one thing, those with the most requests first."""
    cells: dict[tuple[str, ...], TrafficSum] = {}
    for one in reach.filters:
        asked = (*CELL, by)
        for found in reading.traffic_sums(asked, since=since, workflows=one.workflows, tenant=one.tenant):
            cells[found.by] = found  # the same whichever filter it came by
    groups: dict[str, list[TrafficSum]] = defaultdict(list)
    for key, found in cells.items():
        groups[key[-1]].append(found)
    sums = [added(inner, (name,)) for name, inner in groups.items()]
    return tuple(sorted(sums, key=lambda one: (-one.requests, one.by)))


def sum_of_workflow(reading: Reading, reach: TrafficReach, workflow: str, *, since: str) -> TrafficSum:
    """What of one workflow is within reach adds up to this, since the beginning of a day in UTC."""
    cells: dict[tuple[str, ...], TrafficSum] = {}
    for one in _narrowed(reach, TrafficFilter(workflows=(workflow,))):
        for found in reading.traffic_sums(CELL, since=since, workflows=one.workflows, tenant=one.tenant):
            cells[found.by] = found  # the same whichever filter it came by
    return added(tuple(cells.values()))


def added(sums: Sequence[TrafficSum], by: tuple[str, ...] = ()) -> TrafficSum:
    """What some sums add up to together."""
    total = NOTHING
    for one in sums:
        total = TrafficSum(
            by,
            total.requests + one.requests,
            total.refused + one.refused,
            total.failed + one.failed,
            total.in_doubt + one.in_doubt,
            total.cached + one.cached,
            total.input_tokens + one.input_tokens,
            total.output_tokens + one.output_tokens,
            total.cost_micro_usd + one.cost_micro_usd,
            total.latency_ms + one.latency_ms,
        )
    return replace(total, by=by)


@dataclass(frozen=True, slots=True)
class TrafficOverview:
    """Traffic since the beginning of a day in UTC. `days` has one sum for each day on which there was any, in order.

    `rules` count what refused, `latencies_ms` are those in order of size; both of the newest requests only, of which
    `looked` were looked at for latencies and `looked_amiss` for rules.
    """

    since: str
    total: TrafficSum
    groups: tuple[TrafficSum, ...]
    days: tuple[TrafficSum, ...]
    rules: tuple[tuple[str, int], ...]
    latencies_ms: tuple[float, ...]
    looked: int
    looked_amiss: int

    def latency_ms(self, share: float) -> float | None:
        """The latency that this share of the requests looked at does not exceed (nearest rank); None without any."""
        if not self.latencies_ms:
            return None
        return self.latencies_ms[max(-(-len(self.latencies_ms) * round(share * 100) // 100) - 1, 0)]


def traffic_overview(
    reading: Reading, reach: TrafficReach, by: SumBy, *, days: int, now: dt.datetime
) -> TrafficOverview:
    """What came within reach today and on the days before, `days` in all, told apart by one thing."""
    since = first_day(days, now)
    by_day = sums_seen(reading, reach, SumBy.DAY, since=since)
    newest = requests_seen(reading, reach, TrafficFilter(since=since), limit=LOOKED_MAX)
    amiss = requests_seen(reading, reach, TrafficFilter(since=since, amiss=True), limit=LOOKED_MAX)
    rules = Counter(row.refused for row in amiss if row.refused is not None)
    return TrafficOverview(
        since=since,
        total=added(by_day),
        groups=by_day if by is SumBy.DAY else sums_seen(reading, reach, by, since=since),
        days=tuple(sorted(by_day, key=lambda one: one.by)),
        rules=tuple(sorted(rules.items(), key=lambda item: (-item[1], item[0]))),
        latencies_ms=tuple(sorted(row.latency_ms for row in newest if row.latency_ms is not None)),
        looked=len(newest),
        looked_amiss=len(amiss),
    )


def first_day(days: int, now: dt.datetime) -> str:
    """The first of so many days in UTC, today among them."""
    return stamp(now - dt.timedelta(days=days - 1))[:10]


def strangers(reading: Reading, *, days: int, now: dt.datetime) -> tuple[Ungoverned, ...]:
    """Callers whom nobody knows, of today and the days before, the most requests first."""
    since = first_day(days, now)
    found = reading.ungoverned(since=since, limit=STRANGERS_MAX)
    return tuple(sorted(found, key=lambda one: (-one.requests, one.network, one.model)))


def unusual_seen(reading: Reading, reach: TrafficReach, *, since: str, limit: int) -> tuple[LedgerEntry, ...]:
    """What was unlike what it was before and is within reach, newest first."""

    def within(entry: LedgerEntry) -> bool:
        workflow = entry.body["workflow"]
        return reach.everything or (workflow is not None and reach.sees(workflow, entry.body["tenant"] or ""))

    newest = reading.looking_back(Sought(kinds=(UNUSUAL,), since_at=since)).entries
    return tuple(islice((entry for entry in newest if entry.body["day"] >= since and within(entry)), limit))


def limits_seen(uses: Sequence[LimitUse], reach: TrafficReach) -> tuple[LimitUse, ...]:
    """Of limits that are in force or were used, those of workflows and tenants within reach; all, for who sees all."""
    if reach.everything:
        return tuple(uses)
    tenants = {scope.tenant for scope in reach.held if scope.workflow is None}
    return tuple(
        one
        for one in uses
        if (one.of is Of.WORKFLOW and reach.sees(one.name, "")) or (one.of is Of.TENANT and one.name in tenants)
    )
