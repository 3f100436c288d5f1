"""How many requests may wait for effects in flight at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

WAITING_MAX = 24


class Waits:
    """Each that waits keeps a thread, which others need for their answers: pages, and the next stop."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(WAITING_MAX)

    @contextmanager
    def patience_s(self, asked_s: float) -> Iterator[float]:
        """How long a request may wait: as long as it asked, and not at all while as many wait already."""
        has_place = asked_s > 0 and self._places.acquire(blocking=False)
        try:
            yield asked_s if has_place else 0.0
        finally:
            if has_place:
                self._places.release()
