"""Text that stands in a JSON string, read as what it says: a line break before an address is no letter of it."""

import re
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|[^u])", re.DOTALL)  # each backslash is read once: linear
_CUT_OFF = re.compile(r"\\(?:u[0-9A-Fa-f]{0,3})?\Z")
_SAYS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says, and where in it each character is written; `starts` has one more, where the next will be."""

    plain: str
    starts: list[int] | None = None

    def written(self, plain: int) -> int:
        """The offset in the text as it was written."""
        return plain if self.starts is None else self.starts[plain]


def as_written(text: str) -> Read:
    """Text that says what it is."""
    return Read(text)


def unescaped(text: str) -> Read:
    """Text from a JSON string; an escape that the end cuts off is left for the next time."""
    if "\\" not in text:
        return Read(text)
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(text):
        pieces += [text[at : match.start()], _said(match.group())]
        starts += range(at, match.start() + 1)
        at = match.end()
    cut = _CUT_OFF.search(text, at)
    end = cut.start() if cut else len(text)
    pieces.append(text[at:end])
    return Read("".join(pieces), [*starts, *range(at, end + 1)])


def _said(escape: str) -> str:
    code = escape.removeprefix(r"\u")
    return chr(int(code, 16)) if code != escape else _SAYS.get(escape[1], escape[1])
