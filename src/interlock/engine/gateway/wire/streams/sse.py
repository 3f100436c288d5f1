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

    __slots__ = ("_at_start", "_bytes_max", "_has_returns", "_scanned", "rest")

    def __init__(self, bytes_max: int = EVENT_BYTES_MAX) -> None:
        self.rest = bytearray()
        self._scanned = 0
        self._bytes_max = bytes_max
        self._at_start = True
        self._has_returns = False

    def feed(self, chunk: bytes) -> list[SentEvent]:
        """The events that this chunk completes. Raises BrokenStream for one that is larger than the bound."""
        self._has_returns = self._has_returns or b"\r" in chunk
        rest, begin, events = self.rest, 0, []
        text: bytes | bytearray = chunk
        if rest:
            rest += chunk
            text = rest
        while (end := self._end_of_event(text, max(begin, self._scanned))) > 0:
            events.append(self._event(bytes(text[begin:end])))
            begin = self._scanned = end
        if text is rest:
            del rest[:begin]
        else:
            rest += chunk[begin:]
        self._scanned = max(0, len(rest) - 3)  # a line end of two bytes may be cut, with one before it
        if len(rest) > self._bytes_max:
            raise BrokenStream("an event is larger than what is held of a stream")
        return events

    def _end_of_event(self, text: bytes | bytearray, start: int) -> int:
        if not self._has_returns:  # nearly always, and many times as fast
            at = text.find(b"\n\n", start)
            return 0 if at < 0 else at + 2
        found = _BLANK_LINE.search(text, start)
        return 0 if found is None else found.end()

    def _event(self, raw: bytes) -> SentEvent:
        text = raw
        if self._at_start:
            self._at_start = False
            text = raw.removeprefix(_BOM)
        if text[:6] == b"data: " and not self._has_returns and text.find(b"\n") == len(text) - 2:
            return SentEvent(raw, "", text[6:-2])  # one line of data, as in nearly every event of a chat
        name, data = "", None
        for line in text.splitlines():
            field, _, value = line.partition(b":")
            if field == b"data":
                value = value[1:] if value[:1] == b" " else value
                data = value if data is None else data + b"\n" + value
            elif field == b"event":
                name = value.strip().decode("ascii", "replace")
        return SentEvent(raw, name, data)
