"""Two models on the same requests: how often they said the same, what both cost, how long both took."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from interlock.engine.reporting.figures import exact_limits
from interlock.flows.gateway.evidence.seen import TrafficReach, first_day, requests_seen
from interlock.ports.gateway.traffic import TrafficFilter, TrafficRow
from interlock.ports.store import Reading
from interlock.terms.access import EVERYWHERE
from interlock.terms.estimate import Estimate
from interlock.terms.gateway.trace import GIVEN_AGAIN

LOOKED_MAX = 50_000
PAGE = 1_000
WIDTH_MAX = 0.1  # of an interval that tells something
P95_LEAST = 20  # with fewer, the slowest one is all that 95 of 100 says
EVERYTHING = TrafficReach((TrafficFilter(),), (EVERYWHERE,), lambda _: "")
_EXACT = "exact (Clopper-Pearson)"
_OK = 200


@dataclass(frozen=True, slots=True)
class Took:
    """What the requests of one model cost together, and how long they took to the last byte (nearest rank).

    None where there are too few to say.
    """

    cost_micro_usd: int
    latency_p50_ms: float | None
    latency_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A model and its shadow on the requests of one workflow.

    Of `asked`, the shadow did not answer `failed`; of `compared` both answers can be compared, and `agreement` is the
    share that said the same with its exact 95 % interval. Costs and latencies are of the `measured`, where both answers
    came from their models and neither was kept from before. `tells`: the interval is narrower than `WIDTH_MAX`.
    """

    workflow: str
    model: str
    shadow_model: str
    asked: int
    failed: int
    compared: int
    agreed: int
    agreement: Estimate
    measured: int
    first: Took
    shadow: Took
    tells: bool


@dataclass(frozen=True, slots=True)
class BakeOff:
    """Since the beginning of a day in UTC. `looked` requests were looked at, the newest; `all_looked`: those were all.

    `alone` are shadows whose request is not among them.
    """

    since: str
    looked: int
    all_looked: bool
    alone: int
    compared: tuple[Compared, ...]


@dataclass(slots=True)
class _Tally:
    asked: int = 0
    failed: int = 0
    agrees: list[bool] = field(default_factory=list)
    costs: list[tuple[int, int]] = field(default_factory=list)
    latencies_ms: list[tuple[float, float]] = field(default_factory=list)


def bake_off(
    reading: Reading,
    reach: TrafficReach,
    *,
    days: int,
    now: dt.datetime,
    workflow: str | None = None,
    looked_max: int = LOOKED_MAX,
) -> BakeOff:
    """What shadow traffic of the last days tells, within reach; pairs with the most requests first. Raises Unavailable.

    Requests are looked at newest first, `looked_max` of them, and a shadow is asked after its request: so it is met
    before it.
    """
    since = first_day(days, now)
    wanted = TrafficFilter(workflows=None if workflow is None else (workflow,), since=since)
    tallies: dict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
    waiting: dict[str, TrafficRow] = {}
    looked = 0
    for row in _newest(reading, reach, wanted, looked_max):
        looked += 1
        of = None if row.outcome is None else row.outcome.get("shadow_of")
        if of is not None:
            waiting[of] = row
        elif (shadow := waiting.pop(row.id, None)) is not None:
            _take(tallies[row.workflow, row.model_used, shadow.model_asked], row, shadow)
    found = [_compared(names, tally) for names, tally in tallies.items()]
    found.sort(key=lambda one: (-one.asked, one.workflow, one.model, one.shadow_model))
    return BakeOff(since, looked, looked < looked_max, len(waiting), tuple(found))


def _newest(reading: Reading, reach: TrafficReach, wanted: TrafficFilter, looked_max: int) -> Iterator[TrafficRow]:
    after = None
    for _ in range(0, looked_max, PAGE):
        rows = requests_seen(reading, reach, wanted, limit=PAGE, after=after)
        yield from rows
        if len(rows) < PAGE:
            return
        after = (rows[-1].at, rows[-1].id)


def _take(tally: _Tally, first: TrafficRow, shadow: TrafficRow) -> None:
    tally.asked += 1
    if shadow.status != _OK or shadow.outcome is None:
        tally.failed += 1
        return
    agrees = shadow.outcome.get("shadow_agrees")
    if agrees is not None:
        tally.agrees.append(bool(agrees))
    if first.status != _OK or {first.cache, shadow.cache} & GIVEN_AGAIN:
        return
    if first.latency_ms is not None and shadow.latency_ms is not None:
        tally.costs.append((first.cost_micro_usd, shadow.cost_micro_usd))
        tally.latencies_ms.append((first.latency_ms, shadow.latency_ms))


def _compared(names: tuple[str, str, str], tally: _Tally) -> Compared:
    n, agreed = len(tally.agrees), sum(tally.agrees)
    low, high = exact_limits(agreed, n) if n else (None, None)
    first, shadow = (
        _took([cost[at] for cost in tally.costs], sorted(one[at] for one in tally.latencies_ms)) for at in (0, 1)
    )
    return Compared(
        *names,
        asked=tally.asked,
        failed=tally.failed,
        compared=n,
        agreed=agreed,
        agreement=Estimate(agreed / n if n else None, low, high, n, _EXACT),
        measured=len(tally.costs),
        first=first,
        shadow=shadow,
        tells=low is not None and high is not None and high - low < WIDTH_MAX,
    )


def _took(costs: Sequence[int], latencies_ms: Sequence[float]) -> Took:
    n = len(latencies_ms)
    p50 = latencies_ms[math.ceil(0.50 * n) - 1] if n else None
    p95 = latencies_ms[math.ceil(0.95 * n) - 1] if n >= P95_LEAST else None
    return Took(sum(costs), p50, p95)
