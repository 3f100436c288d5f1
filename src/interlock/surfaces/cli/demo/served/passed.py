"""The traffic of the served sample goes on record as any other: traced, loaded, counted on limits, watched."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.gateway.limits.counted import GATEWAY as AT_GATEWAY
from interlock.engine.gateway.limits.counted import named_counters
from interlock.engine.gateway.limits.windows import window_at
from interlock.engine.timestamp import stamp
from interlock.flows.action.runtime import RunTime
from interlock.flows.gateway.evidence.load import KIND, TrafficLoading
from interlock.flows.gateway.evidence.watch import TrafficWatch
from interlock.ports.gateway.allowances import Allowance
from interlock.ports.gateway.trace_log import TraceLog
from interlock.ports.store import Reading
from interlock.surfaces.cli.demo.served.requests import Pair, day_of
from interlock.surfaces.cli.demo.served.senders import GATEWAY, SENDERS
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.gateway.traffic import Of, Unit

DAYS = 30
STRANGERS = (  # network, format, model, rule, requests today
    ("203.0.113.0/24", "chat", "large", "unknown key", 9),
    ("2001:db8:7::/48", "messages", "", "no credential", 2),
    ("10.20.4.0/24", "chat", "small", "expired key", 31),
)
LOST = ("agent-desktop", 1)  # whose request of how many days ago nobody knows the end of


def pass_traffic(box: Toolbox, rt: RunTime, address: str) -> None:
    """A month of requests, unless the store has some already."""
    with rt.store.reading() as reading:
        if next(iter(reading.entries_of(KIND)), None) is not None:
            return
        releases = {row.name: row.release for row in reading.workflows()}
    now = rt.clock()
    with box.rehearsal().backstage(address, lambda: stamp(now)) as stage:
        for begun, outcome in sorted(_month(releases, now), key=lambda pair: pair[0].at):
            stage.trace.accept(begun)
            if outcome is not None:
                stage.trace.outcome(outcome)
        _strangers(stage.trace)
        stage.trace.close()
        watch = TrafficWatch(rt.store, rt.clock)
        TrafficLoading(rt.store, stage.segments, rt.clock, after=watch.look_at).go()
        watch.go()
        with rt.store.reading() as reading:
            stage.allowances.charge(list(_used(reading, now)))


def _month(releases: dict[str, str], now: dt.datetime) -> Iterator[Pair]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for one in SENDERS:
        if one.workflow not in releases:
            continue
        for back in range(DAYS - 1, -1, -1):
            day = midnight - dt.timedelta(days=back)
            sent = list(day_of(one, releases[one.workflow], day, now, today=back == 0))
            if (one.client, back) == LOST and sent:
                sent[-1] = (sent[-1][0], None)
            yield from sent


def _strangers(trace: TraceLog) -> None:
    for network, wire, model, rule, requests in STRANGERS:
        for _ in range(requests):
            trace.ungoverned(network=network, wire=wire, model=model, rule=rule)


def _used(reading: Reading, now: dt.datetime) -> Iterator[tuple[Allowance, int]]:
    """What was used of each limit of the gateway in the window that is open now."""
    for one in named_counters(AT_GATEWAY, GATEWAY.limits):
        window = window_at(one.per, now)
        since = f"{window.label}-01"[:10]
        workflows = (one.name,) if one.of is Of.WORKFLOW else None
        client = one.name if one.of is Of.CLIENT else None
        for total in reading.traffic_sums((), since=since, client=client, workflows=workflows):
            used = total.cost_micro_usd if one.unit is Unit.MICRO_USD else total.requests
            yield Allowance(one.key(window.label), one.most, stamp(window.ends)), used
