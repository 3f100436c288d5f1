"""Text as the finders read it: one byte a character, look-alike digits and marks folded, invisible characters left out.

Only the finding is done on it; what is taken out is always the span of the original text.
"""

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

from interlock.engine.gateway.redaction.scanning import text_scanner

_IGNORED = frozenset({"Cf", "Mn", "Me"})  # zero-width characters, direction marks, combining marks, soft hyphens
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters of Hangul that nobody sees
_BLANK = "\u2800"  # a cell of Braille without a dot
_MINUS = "\u2212"  # mathematics to Unicode, a hyphen to who types it
_LETTER, _OTHER = 0xFF, ord("?")
# Whether there is anything to fold at all. Negated classes keep ASCII out of what they name.
_FOLDABLE = text_scanner(
    r"[^\x00-\x7f\P{Nd}]|[^\x00-\x7f\P{Zs}]|[^\x00-\x7f\P{Pd}]|[\p{Cf}\p{Mn}\p{Me}\x{2212}\x{115f}\x{1160}\x{3164}\x{ffa0}\x{2800}]"
    r"|[\x{2100}-\x{214f}\x{fe50}-\x{fe6b}\x{ff01}-\x{ff5e}\x{1d400}-\x{1d7ff}]"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`data` has one byte for each character of `text`; `starts` are their offsets in the original, None where equal.

    In `data`, letters of other alphabets that set words apart are 0xff; what is neither they nor Latin-1 is "?".
    """

    data: bytes
    text: str
    starts: list[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text, with the ignored characters inside it."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end - 1] + 1

    def position(self, original: int) -> int:
        """The place in the folded text of what stands at `original`, or of what is seen first after it."""
        return original if self.starts is None else bisect_left(self.starts, original)


class _Folding(dict[int, str | None]):
    """What each character reads as: worked out once, when it is first seen."""

    def __missing__(self, code: int) -> str | None:
        self[code] = seen = _seen_as(chr(code))
        return seen


def _seen_as(char: str) -> str | None:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category in _IGNORED or char in _FILLERS:
        return None
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == _MINUS:
        return "-"
    if category in {"Zs", "Cs"} or char == _BLANK:  # half a character (Cs) is nothing that an encoder takes
        return " "
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() and category != "No" else char


def _byte(char: str) -> int:
    code = ord(char)
    return code if code < 0x80 else _OTHER if not char.isalpha() else code if code < 0x100 else _LETTER


_FOLDING = _Folding()
# Western text at the speed of a table: dashes, spaces, quotation marks, accented letters.
_WESTERN = bytes(_byte(_FOLDING[ord(bytes([n]).decode("cp1252", "replace"))] or "?") for n in range(256))
_SOFT_HYPHEN = b"\xad"
_LATIN = bytes(_byte(chr(n)) for n in range(255)) + bytes([_LETTER])
# By the second byte of a character: what Latin-1 has; Latin, Greek, Cyrillic, Hebrew, Arabic and their neighbours.
_SPACED = frozenset({*range(0x01, 0x07), 0x1E, 0x1F})
_IN_LATIN = bytes([0xFF] + [0] * 255)
_BY_BLOCK = bytes([0] + [_LETTER if n in _SPACED else _OTHER for n in range(1, 256)])
_BY_PLANE = bytes([0] + [_OTHER] * 255)


def folded(text: str) -> Folded:
    """A microsecond or less for a KB of ASCII, a few for other scripts, tens where something has to be folded."""
    if text.isascii():
        return Folded(text.encode("ascii"), text)
    try:
        western = text.encode("cp1252")
        if _SOFT_HYPHEN not in western:
            return Folded(western.translate(_WESTERN), text)
        foldable = True
    except UnicodeEncodeError:
        foldable = _foldable(text)
    if not foldable:
        return Folded(_one_byte_each(text), text)
    seen = text.translate(_FOLDING)
    if len(seen) == len(text):
        return Folded(_one_byte_each(seen), seen)
    return Folded(_one_byte_each(seen), seen, [at for at, char in enumerate(text) if _FOLDING[ord(char)] is not None])


def _foldable(text: str) -> bool:
    try:
        return _FOLDABLE.search(text) is not None
    except UnicodeEncodeError:
        return True


def _one_byte_each(text: str) -> bytes:
    """Chosen for all characters at once, by arithmetic on whole texts: a loop over them costs thirty times that."""
    wide = text.encode("utf-32-le")
    low, block, plane = wide[0::4], wide[1::4], wide[2::4]
    first_plane = _number(plane.translate(_IN_LATIN))
    kept = _number(low) & _number(block.translate(_IN_LATIN)) & first_plane
    chosen = kept | (_number(block.translate(_BY_BLOCK)) & first_plane) | _number(plane.translate(_BY_PLANE))
    return chosen.to_bytes(len(low), "little").translate(_LATIN)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
