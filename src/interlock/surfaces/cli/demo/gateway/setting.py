"""Before the first request and after the last one: definitions, keys, a gateway that runs; then what is on record."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interlock.engine.timestamp import stamp
from interlock.flows.action.runtime import RunTime
from interlock.flows.gateway.access.keys import create_key
from interlock.flows.gateway.define import define_gateway
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.flows.gateway.limits.used import limit_uses
from interlock.flows.ledger.verify import verify
from interlock.flows.rollout.define import define
from interlock.surfaces.cli.demo.cast import VALUE_OWNER
from interlock.surfaces.cli.demo.gateway.cast import KEYS, PLANS, definition, gateway
from interlock.surfaces.cli.demo.gateway.scene import Scene
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.traffic_check import TrafficCheck

STRANGERS_MAX = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """What is on record when the gateway has stopped; `strangers` are requests of callers whom nobody knows."""

    strangers: int
    limits: tuple[LimitUse, ...]
    traffic: TrafficCheck
    ledger_holds: bool

    @property
    def holds(self) -> bool:
        """Whether requests and ledger are what was recorded."""
        return self.ledger_holds and not self.traffic.faults


@contextmanager
def set_up(box: Toolbox, run_time: RunTime, store: Path, traces: Path) -> Iterator[Scene]:
    """A gateway that runs over the store, and applications with keys; both servers end with the context."""
    rehearsal, heard = box.rehearsal(), list[str]()
    with rehearsal.stand_in(heard.append) as base_url:
        define_gateway(run_time.store, gateway(base_url), by=VALUE_OWNER, clock=run_time.clock)
        for name, plan in PLANS.items():
            define(
                run_time.store, definition(name, plan), by=VALUE_OWNER, code_version=box.version,
                clock=run_time.clock, randomness=run_time.randomness,
            )  # fmt: skip
        keys = {
            one.workflow: create_key(
                run_time.store, one, by=VALUE_OWNER, clock=run_time.clock, randomness=run_time.randomness
            )
            for one in KEYS
        }
        with rehearsal.gateway(str(store), traces) as address:
            yield Scene(rehearsal, address, keys, heard)


def kept(box: Toolbox, run_time: RunTime, store: Path, traces: Path) -> Kept:
    """What a gateway that has stopped left on record, checked."""
    now = run_time.clock()
    ledger = verify(run_time.store)
    with run_time.store.reading() as reading:
        strangers = reading.ungoverned(since=stamp(now - dt.timedelta(days=1)), limit=STRANGERS_MAX)
        return Kept(
            sum(one.requests for one in strangers),
            limit_uses(reading, now),
            verify_traffic(reading, box.segments(str(store), traces)),
            ledger.holds,
        )
