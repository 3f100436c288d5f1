"""How often somebody may try to sign in: after some failures there is a wait, which doubles with each further one."""

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.ports.clock import Clock

REMEMBERED_MAX = 20_000
FORGOTTEN_AFTER = dt.timedelta(hours=1)
WAIT_S_MAX = 900.0
FREE_BY_NAME, FREE_BY_ADDRESS = 5, 20  # several people come from one address


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether somebody may try now: in `wait_s` seconds (0: at once). `closes`: from here on there is a wait.

    `failures` counts this attempt, which is taken for one until it has succeeded.
    """

    wait_s: float
    failures: int
    closes: bool


@dataclass(slots=True)
class _Tried:
    failures: int
    at: dt.datetime
    until: dt.datetime


class Throttle:
    """Failures by name and by address, in this process's memory; the oldest are forgotten where there are very many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tried: OrderedDict[bytes, _Tried] = OrderedDict()

    def begin(self, name: str, address: str) -> Turn:
        """Ask for a turn. It is counted before the attempt, so that many at once are not one."""
        now, keys = self._clock(), _keys(name, address)
        with self._lock:
            until = max(self._found(key, now).until for key, _ in keys)
            if until > now:
                return Turn((until - now).total_seconds(), 0, closes=False)
            counts = [(self._counted(key, free, now), free) for key, free in keys]
        return Turn(0.0, max(n for n, _ in counts), closes=any(n == free for n, free in counts))

    def succeeded(self, name: str, address: str) -> None:
        """The attempt was none of a stranger. What others did from that address stays counted."""
        (by_name, _), (by_address, free) = _keys(name, address)
        with self._lock:
            self._tried.pop(by_name, None)
            if (tried := self._tried.get(by_address)) is not None:
                tried.failures -= 1
                if tried.failures < free:
                    tried.until = tried.at

    def _found(self, key: bytes, now: dt.datetime) -> _Tried:
        found = self._tried.get(key)
        return _Tried(0, now, now) if found is None or now - found.at > FORGOTTEN_AFTER else found

    def _counted(self, key: bytes, free: int, now: dt.datetime) -> int:
        failures = self._found(key, now).failures + 1
        wait_s = 0.0 if failures < free else min(2.0 ** min(failures - free, 30), WAIT_S_MAX)
        self._tried[key] = _Tried(failures, now, now + dt.timedelta(seconds=wait_s))
        self._tried.move_to_end(key)
        while len(self._tried) > REMEMBERED_MAX:
            self._tried.popitem(last=False)
        return failures


def _keys(name: str, address: str) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    """What is counted, and how often each is free. Digests: what was typed may be long, or a password."""
    told = f"name {known_as(name)}", f"address {address}"
    by_name, by_address = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in told)
    return (by_name, FREE_BY_NAME), (by_address, FREE_BY_ADDRESS)
