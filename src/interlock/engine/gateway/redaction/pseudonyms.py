"""Pseudonyms of one request: given out, and put back into the answer, whole or as it streams."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from interlock.terms.gateway.content import PersonalKind

LITERAL = "literal"
RESTORED_CHARS_MAX = 4_000_000  # an answer of a million tokens in which every fourth is a pseudonym of an address
_TAGS = {PersonalKind.CREDIT_CARD: "CARD", PersonalKind.US_SSN: "SSN", PersonalKind.IP_ADDRESS: "IP"}
_SHAPE = re.compile(r"\[[A-Z][A-Z\-]*-[0-9]+\]")  # each bracket is read once: linear


def tag(kind: str) -> str:
    """What pseudonyms of a kind are called: `EMAIL` in `[EMAIL-1]`."""
    return _TAGS.get(kind) or kind.upper().replace("_", "-")  # type: ignore[call-overload]  # labels are plain strings


def lookalikes(labels: Iterable[str]) -> str:
    """A pattern for what reads as a pseudonym. In a client's text it is a value like others, so it comes back."""
    tags = sorted({*map(tag, PersonalKind), *map(tag, labels), tag(LITERAL)})
    return rf"\[(?:{'|'.join(tags)})-[0-9]+\]"


@dataclass(slots=True)
class Room:
    """How many characters may still be put back into the answer to one request."""

    chars: int = RESTORED_CHARS_MAX


class Pseudonyms:
    """The same value has the same pseudonym throughout one request, and no text of the client can be one."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self.values: dict[str, str] = {}
        self._room = Room()

    def of(self, kind: str, value: str) -> str:
        """`[EMAIL-1]`: ASCII that JSON, HTML, Markdown and a URL's path leave alone, whole words to a model."""
        name = tag(kind)
        pseudonym = self._given.get((name, value))
        if pseudonym is None:
            self._count[name] = number = self._count.get(name, 0) + 1
            pseudonym = self._given[name, value] = f"[{name}-{number}]"
            self.values[pseudonym] = value
        return pseudonym

    def restorer(self) -> "Restorer":
        """For one text of an answer: what it says, not as JSON writes it."""
        return Restorer(self.values, self._room)


class Restorer:
    """Puts values back where their pseudonyms stand. Only pseudonyms that this request gave out are touched.

    Of a stream only what may become a pseudonym is held back: from its bracket on, never longer than the longest. Where
    no `room` is left pseudonyms stay: a model that says one a thousand times must not make an answer of gigabytes.
    """

    def __init__(self, values: dict[str, str], room: Room | None = None) -> None:
        self._values = dict(values)
        self._room = room or Room()
        self._longest = max(map(len, self._values), default=0)
        self._held = ""

    def restore(self, text: str) -> str:
        """A whole text."""
        if not self._values or "[" not in text:
            return text
        return _SHAPE.sub(self._value, text)

    def feed(self, chunk: str) -> str:
        """The next piece of a stream; what comes back may be empty."""
        text = self._held + chunk
        cut = self._cut(text)
        self._held = text[cut:]
        return self.restore(text[:cut])

    def finish(self) -> str:
        """What was held back, at the end of the stream."""
        text, self._held = self._held, ""
        return text

    def _value(self, match: re.Match[str]) -> str:
        pseudonym = match.group()
        value = self._values.get(pseudonym)
        if value is None or len(value) > self._room.chars:
            return pseudonym
        self._room.chars -= len(value)
        return value

    def _cut(self, text: str) -> int:
        at = text.rfind("[", max(0, len(text) - self._longest + 1)) if self._longest else -1
        if at < 0:
            return len(text)
        tail = text[at:]
        return at if any(pseudonym.startswith(tail) for pseudonym in self._values) else len(text)
