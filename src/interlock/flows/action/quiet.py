"""Wait until a stop is quiet, without keeping others waiting meanwhile."""

from collections.abc import Callable

from interlock.flows.action.kill import report_of, settled
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.store import Reading, Store
from interlock.terms.intent import KillReport
from interlock.terms.kill import Fenced

LOOK_S = 0.5
# While a drain is waited for, effects of other scopes are held up too: so it is asked shortly, and only when it may be
# empty.
PULSE_S = 0.1


def wait_until_quiet(
    store: Store, drain: Drain, fenced: Fenced, *, clock: Clock, pause: Callable[[float], object], wait_s: float
) -> KillReport | None:
    """Put on record what is known when nothing is in flight any more, or when `wait_s` have passed.

    `pause` waits for so many seconds. None where the scope was resumed or killed again meanwhile: then the record is
    another's. Raises Unavailable where it cannot be told.
    """
    for _ in range(max(1, round(wait_s / LOOK_S))):
        with store.reading() as reading:
            if not _is_newest(reading, fenced):
                return None
            at_work = report_of(reading, fenced, emptied=False, now=clock()).in_flight
        if not at_work and drain.emptied(fenced.scope, timeout_s=PULSE_S):
            break
        pause(LOOK_S)
    return settled(store, drain, fenced, clock=clock, wait_s=PULSE_S)


def _is_newest(reading: Reading, fenced: Fenced) -> bool:
    return reading.scopes().get(fenced.scope) == (fenced.epoch, True)
