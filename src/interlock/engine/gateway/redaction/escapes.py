r"""Characters that a text spells by an escape (`\u00fc`), as JSON in a prompt does: read as what they stand for."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# One backslash or more: JSON in a string of JSON has two. A pair of surrogates is one character.
_RUN = r"(?<!\\)\\++"  # each is read once: linear
_CODE = r"u(?:(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\++u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|(?P<one>[0-9a-fA-F]{4}))"
_CODES = re.compile(rf"{_RUN}{_CODE}")
# Where there is a quote there may be JSON; elsewhere `\n` is rather the beginning of a name behind a backslash.
_ESCAPES = re.compile(rf"{_RUN}(?:{_CODE}|(?P<blank>[nrt]))")
_QUOTE, _BACKSLASH = '"', "\\"
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Unescaped:
    """`text` is what is read. Behind each escape is a place in it, and one in the original."""

    text: str
    places: Sequence[int] = ()
    originals: Sequence[int] = ()

    def original(self, at: int) -> int:
        """Where in the original a place between two characters is."""
        behind = bisect_right(self.places, at) - 1
        return at if behind < 0 else self.originals[behind] + at - self.places[behind]


def unescaped(text: str) -> Unescaped:
    """A text as it is read. Half a pair of surrogates stands for nothing, and stays as it is spelt."""
    if _BACKSLASH not in text:
        return Unescaped(text)
    pieces, places, originals = [], [], []
    at = length = 0
    for match in (_ESCAPES if _QUOTE in text else _CODES).finditer(text):
        char = _char(match)
        if "\ud800" <= char <= "\udfff":
            continue
        start, end = match.span()
        pieces += [text[at:start], char]
        length += start - at + 1
        at = end
        places.append(length)
        originals.append(at)
    pieces.append(text[at:])
    return Unescaped("".join(pieces), places, originals)


def _char(match: re.Match[str]) -> str:
    if blank := match.groupdict().get("blank"):
        return _BLANKS[blank]
    if match["one"]:
        return chr(int(match["one"], 16))
    return chr(0x10000 + ((int(match["high"], 16) - 0xD800) << 10) + int(match["low"], 16) - 0xDC00)
