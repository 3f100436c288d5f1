"""Counts of callers that nobody knows, until the segment is sealed."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from interlock.terms.gateway.ungoverned import Ungoverned

KINDS_MAX = 200
OTHERS = "others"


class Strays:
    """Counts by network, wire format, model and rule. What is beyond `KINDS_MAX` kinds is counted together by rule.

    Safe for threads.
    """

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._counts: dict[tuple[str, str, str, str], Ungoverned] = {}
        self._lock = threading.Lock()

    @property
    def any(self) -> bool:
        """Whether something was counted."""
        return bool(self._counts)

    def count(self, network: str, wire: str, model: str, rule: str) -> None:
        """One more."""
        at, key = self._now(), (network, wire, model, rule)
        with self._lock:
            if key not in self._counts and len(self._counts) >= KINDS_MAX:
                key = (OTHERS, OTHERS, OTHERS, rule)
            known = self._counts.get(key)
            self._counts[key] = (
                Ungoverned(*key, 1, at, at)
                if known is None
                else replace(known, requests=known.requests + 1, last_at=at)
            )

    def taken(self) -> Iterator[Ungoverned]:
        """Each of the counts, forgotten once the caller asks for the next one: one that could not be written stays."""
        with self._lock:
            keys = list(self._counts)
        for key in keys:
            with self._lock:
                one = self._counts[key]
            yield one
            with self._lock:
                later = self._counts[key].requests - one.requests
                if later:
                    self._counts[key] = replace(self._counts[key], requests=later)
                else:
                    del self._counts[key]
