"""Where personal data stands in a text: one cheap look whether there can be any, then one pass for each kind."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from interlock.engine.gateway.redaction.folding import Folded
from interlock.engine.gateway.redaction.numbers import (
    NUMBER_CHARS_MAX,
    RUN,
    RUN_BEGUN,
    SEVEN_DIGITS,
    Found,
    numbers_in,
)
from interlock.engine.gateway.redaction.scanning import Scanner, scanner
from interlock.engine.gateway.redaction.validating import iban, iban_length, ip_address
from interlock.terms.gateway.content import PersonalKind

_LOCAL = r"[A-Za-z0-9._%+'\-\xc0-\xff]"
_DOMAIN = r"[A-Za-z0-9.\-\xc0-\xff]"
EMAIL_CHARS_MAX = 64 + 1 + 254  # RFC 5321: a local part of 64, a path of 254
IBAN_CHARS_MAX = 34 * 2
IP_CHARS_MAX = 45

_EMAIL = scanner(rf"{_LOCAL}{{1,64}}@{_DOMAIN}{{3,254}}")
_EMAIL_BEGUN = rf"{_LOCAL}{{1,64}}(?:@{_DOMAIN}{{0,254}})?"
_IBAN_TELLS = r"\b[A-Za-z]{2}[0-9]{2}[ \-]?[A-Za-z0-9]"
_IBAN_FORM = _IBAN_TELLS + r"(?:[ \-]?[A-Za-z0-9]){10,29}"
_IBAN = scanner(_IBAN_FORM)
_IBAN_BEGUN = r"\b[A-Za-z]{1,2}|\b[A-Za-z]{2}[0-9]{1,2}(?:[ \-]?[A-Za-z0-9]){0,31}[ \-]?"
_IP4_FORM, _IP6_FORM = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}"
_IP4, _IP6 = scanner(_IP4_FORM), scanner(_IP6_FORM)
_IP_BEGUN = r"[0-9]{1,3}(?:\.[0-9]{0,3}){0,3}\.?|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){0,7}:?"
_RUN = scanner(RUN)
_NAMED = re.compile(rb"(?:[A-Za-z0-9\-\xc0-\xff]+\.)+(?:xn--[A-Za-z0-9\-]{2,59}|[A-Za-z\xc0-\xff]{2,63})")

NUMBERS = frozenset({PersonalKind.PHONE, PersonalKind.CREDIT_CARD, PersonalKind.US_SSN})


def _emails(data: bytes, at: int, _: frozenset[str]) -> Iterator[Found]:
    for match in _EMAIL.finditer(data, at):
        start, end = match.span()
        sign = data.index(b"@", start)
        if named := _NAMED.match(data, sign + 1, end):
            yield Found(PersonalKind.EMAIL, start, named.end())


def _ibans(data: bytes, at: int, _: frozenset[str]) -> Iterator[Found]:
    while match := _IBAN.search(data, at):
        start, end = match.span()
        stop = _iban_end(data, start, end)
        if stop is None:
            at = start + 2
        else:
            yield Found(PersonalKind.IBAN, start, stop)
            at = stop


def _iban_end(data: bytes, start: int, end: int) -> int | None:
    length = iban_length(data[start : start + 2].decode("ascii"))
    if length is None:
        return None
    compact, stop = bytearray(), start
    while stop < end and len(compact) < length:
        if data[stop] not in b" -":
            compact.append(data[stop])
        stop += 1
    whole = len(compact) == length and not data[stop : stop + 1].isalnum()
    return stop if whole and iban(compact.decode("ascii")) else None


def _addresses(data: bytes, at: int, _: frozenset[str]) -> Iterator[Found]:
    if data.count(b".") >= 3:
        yield from _ip4(data, at)
    if data.count(b":") >= 2:
        yield from _ip6(data, at)


def _ip4(data: bytes, at: int) -> Iterator[Found]:
    for match in _IP4.finditer(data, at):
        start, end = match.span()
        if not _joined(data, start, end, b".") and ip_address(data[start:end].decode("ascii")):
            yield Found(PersonalKind.IP_ADDRESS, start, end)


def _ip6(data: bytes, at: int) -> Iterator[Found]:
    for match in _IP6.finditer(data, at):
        start, end = match.span()
        text = data[start:end].decode("ascii")
        if text.endswith(":") and not text.endswith("::"):
            text, end = text[:-1], end - 1
        # Code has `a::b` and slices have `1::2`; what is shortened has to begin as addresses do.
        like_one = text.count(":") == 7 or ("::" in text and text.index(":") == 4)
        if like_one and not _joined(data, start, end, b":") and ip_address(text):
            yield Found(PersonalKind.IP_ADDRESS, start, end)


def _joined(data: bytes, start: int, end: int, mark: bytes) -> bool:
    """Whether it is part of something longer: a version, a word, a longer row of groups."""
    before, after = data[max(0, start - 1) : start], data[end : end + 1]
    if before.isalnum() or after.isalnum() or before == b"_" or after == b"_":
        return True
    # A mark by itself, behind a blank or at the beginning, joins nothing.
    further = data[max(0, start - 2) : start - 1]
    joins = before == mark and (further.isalnum() or further == mark)
    return joins or (after == mark and data[end + 1 : end + 2].isalnum())


def _numbers(data: bytes, at: int, kinds: frozenset[str]) -> Iterator[Found]:
    for match in _RUN.finditer(data, at):
        yield from numbers_in(data, *match.span(), kinds)


_Pass = Callable[[bytes, int, frozenset[str]], Iterator[Found]]
# What has to be there, the pass that looks for it, what may go on where a text is cut, and how long it may be.
_FORMS: tuple[tuple[frozenset[str], str, _Pass, str, int], ...] = (
    (frozenset({PersonalKind.IBAN}), _IBAN_FORM, _ibans, _IBAN_BEGUN, IBAN_CHARS_MAX),
    (frozenset({PersonalKind.IP_ADDRESS}), f"{_IP4_FORM}|{_IP6_FORM}", _addresses, _IP_BEGUN, IP_CHARS_MAX),
    (NUMBERS, RUN, _numbers, RUN_BEGUN, NUMBER_CHARS_MAX),
)


def tells(kinds: frozenset[str]) -> Iterator[str]:
    """What every value of these kinds has in it, as patterns that are cheap to look for together with others."""
    if PersonalKind.EMAIL in kinds:
        yield "@"
    if PersonalKind.IBAN in kinds:
        yield _IBAN_TELLS
    if PersonalKind.IP_ADDRESS in kinds:
        yield from (_IP4_FORM, _IP6_FORM)
    if NUMBERS & kinds:
        yield SEVEN_DIGITS


def looks() -> tuple[str, ...]:
    """The patterns of the look whether there can be any."""
    return tuple(form[1] for form in _FORMS)


class Finder:
    """Finds the given kinds of personal data by their form."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._emails = PersonalKind.EMAIL in kinds
        used = [form for form in _FORMS if form[0] & kinds]
        self._passes = tuple(form[2] for form in used)
        self._any: Scanner | None = scanner("|".join(form[1] for form in used)) if used else None
        begun = [form[3] for form in used] + ([_EMAIL_BEGUN] if self._emails else [])
        self._begun = scanner(rf"(?:{'|'.join(begun)})\z") if begun else None
        self.chars_max = max([form[4] for form in used] + ([EMAIL_CHARS_MAX] if self._emails else []), default=0)

    def find(self, text: Folded, at: int = 0) -> list[Found]:
        """What begins at `at` or later, in no order; they may overlap. Offsets in the folded text."""
        data = text.data
        found = list(_emails(data, at, self._kinds)) if self._emails and b"@" in data else []
        if self._any is not None and self._any.search(data, at):
            for each in self._passes:
                found += each(data, at, self._kinds)
        return found

    def begun(self, data: bytes, at: int) -> int:
        """Where at `at` or later a value may begin that the end of the text cuts off: the text's length if none may."""
        if self._begun is None:
            return len(data)
        match = self._begun.search(data, max(at, len(data) - self.chars_max))
        return match.span()[0] if match else len(data)


@lru_cache(maxsize=64)
def finder(kinds: frozenset[str]) -> Finder:
    """One for each set of kinds: patterns are compiled once."""
    return Finder(kinds)
