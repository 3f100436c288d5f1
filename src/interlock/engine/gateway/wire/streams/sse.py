"""Server-sent events, in whatever chunks they come (HTML standard, 9.2.6)."""

import re

from msgspec import Struct

EVENT_BYTES_MAX = 16_000_000

# An atomic group: the two bytes of one line end are never taken for two line ends.
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_BOM = b"\xef\xbb\xbf"


class BrokenStream(ValueError):
    """A stream that cannot be read on. `str` of it says why, without any of its content."""


class SentEvent(Struct):
    """One event: `raw` are its very bytes with the blank line, `data` its data lines joined (None: a comment)."""

    raw: bytes
    name: str
    data: bytes | None


class EventParser:
    """Cuts a stream into events. The raw bytes of all of them, and `rest`, are together what was fed."""

    __slots__ = ("_at_start", "_bytes_max", "_scanned", "rest")

    def __init__(self, bytes_max: int = EVENT_BYTES_MAX) -> None:
        self.rest = bytearray()
        self._scanned = 0
        self._bytes_max = bytes_max
        self._at_start = True

    def feed(self, chunk: bytes) -> list[SentEvent]:
        """The events that this chunk completes. Raises BrokenStream for one that is larger than the bound."""
        rest, begin, events = self.rest, 0, []
        rest += chunk
        while (end := _BLANK_LINE.search(rest, self._scanned)) is not None:
            events.append(self._event(bytes(rest[begin : end.end()])))
            begin = self._scanned = end.end()
        del rest[:begin]
        self._scanned = max(0, len(rest) - 3)  # a line end of two bytes may be cut, with one before it
        if len(rest) > self._bytes_max:
            raise BrokenStream("an event is larger than what is held of a stream")
        return events

    def _event(self, raw: bytes) -> SentEvent:
        text = raw
        if self._at_start:
            self._at_start = False
            text = raw.removeprefix(_BOM)
        name, data = "", None
        for line in text.splitlines():
            field, _, value = line.partition(b":")
            if field == b"data":
                value = value[1:] if value[:1] == b" " else value
                data = value if data is None else data + b"\n" + value
            elif field == b"event":
                name = value.strip().decode("ascii", "replace")
        return SentEvent(raw, name, data)
