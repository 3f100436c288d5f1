"""Who has used how much of which limit until now, everywhere together: read from the store."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from interlock.engine.gateway.limits.counted import GATEWAY, OWN, within
from interlock.engine.gateway.limits.uses import uses
from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.access.keys import keys
from interlock.flows.gateway.define import gateway_in_force
from interlock.ports.store import Reading
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.traffic import TrafficLimit


def limit_uses(reading: Reading, now: dt.datetime) -> tuple[LimitUse, ...]:
    """Every limit that names whom it is of, and of those for each one who used something, in the present windows.

    Sorted by where it stands and whose it is. Raises Unavailable.
    """
    rows = ((row.key, row.taken, row.window_ends) for row in reading.allowances(open_at=stamp(now)))
    return uses(rows, _in_force(reading), now=now)


def _in_force(reading: Reading) -> Mapping[str, list[TrafficLimit]]:
    found: dict[str, list[TrafficLimit]] = defaultdict(list)
    gateway = gateway_in_force(reading)
    found[GATEWAY] += gateway.limits if gateway else ()
    for row in reading.workflows():
        found[within(row.name)] += definition_of(row.definition).traffic.limits
    for key in keys(reading):
        if key.revoked_at is None:
            found[OWN] += (replace(limit, name=key.client.name) for limit in key.client.limits)
    return found
