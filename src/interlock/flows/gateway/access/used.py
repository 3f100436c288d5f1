"""When a key was last used: what a person wants to know before ending it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.ports.gateway.traffic import TrafficFilter, TrafficRow
from interlock.ports.store import Reading
from interlock.terms.gateway.client import GatewayKeyRow

LOOKED_MAX = 100  # requests of an application, where it has more than one key
NAMED = "key"


@dataclass(frozen=True, slots=True)
class LastAsked:
    """`at` is the time (RFC 3339) of the newest request with a key; None: not among the newest `among` of its
    application, which are all where there are fewer than `LOOKED_MAX`.
    """

    at: str | None
    among: int


def last_asked(reading: Reading, rows: Sequence[GatewayKeyRow]) -> Mapping[str, LastAsked]:
    """When each key was last used for its workflow, by its name. Raises Unavailable.

    A refused request counts too, one of a stranger does not. Requests that were deleted since are not seen. What an
    application with one key only sent, came with that one.
    """
    keys_of = Counter((row.client.workflow, row.client.name) for row in rows)
    newest = {whose: _newest(reading, *whose, limit=1 if n == 1 else LOOKED_MAX) for whose, n in keys_of.items()}
    return {
        row.name: _of_key(row.name, newest[whose], alone=keys_of[whose] == 1)
        for row in rows
        for whose in [(row.client.workflow, row.client.name)]
    }


def _newest(reading: Reading, workflow: str, client: str, *, limit: int) -> tuple[TrafficRow, ...]:
    return reading.traffic(TrafficFilter(workflows=(workflow,), client=client), limit=limit)


def _of_key(name: str, newest: Sequence[TrafficRow], *, alone: bool) -> LastAsked:
    mine = (row.at for row in newest if alone or row.accepted.get(NAMED) == name)
    return LastAsked(next(mine, None), len(newest))
