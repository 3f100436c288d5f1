"""Which messages of web hooks were heard already."""

import datetime as dt
import threading
from collections import OrderedDict

from interlock.engine.access.signature import WINDOW


class Heard:
    """Ids of messages that were obeyed already: who repeats one within the window halts nothing again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: OrderedDict[tuple[str, str], dt.datetime] = OrderedDict()

    def is_new(self, hook: str, message_id: str, now: dt.datetime) -> bool:
        """Whether it was not heard before; it is from here on."""
        with self._lock:
            while self._ids and next(iter(self._ids.values())) < now - 2 * WINDOW:
                self._ids.popitem(last=False)
            known = (hook, message_id) in self._ids
            self._ids.setdefault((hook, message_id), now)
            return not known

    def forget(self, hook: str, message_id: str) -> None:
        """It could not be obeyed: let it come again."""
        with self._lock:
            self._ids.pop((hook, message_id), None)
