"""Numbers that belong to a person, found in a run of digits and marks: social security, payment card, telephone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.gateway.redaction.validating import (
    CARD_DIGITS_MAX,
    CARD_DIGITS_MIN,
    card,
    counts_up,
    date_like,
    us_ssn,
)
from interlock.terms.gateway.content import PersonalKind

SEPARATORS = r"[ .\-()/]"
SEVEN_DIGITS = rf"[0-9](?:{SEPARATORS}{{0,4}}[0-9]){{6}}"
RUN = rf"[+(]{{0,2}}{SEVEN_DIGITS}(?:{SEPARATORS}{{0,4}}[0-9])*"
# How such a run may end where a text is cut: marks that may go on, or the beginning of an extension.
RUN_BEGUN = (
    rf"(?:[+(]{{1,2}}|[+(]{{0,2}}[0-9](?:{SEPARATORS}{{0,4}}[0-9])*"
    rf"(?:{SEPARATORS}{{0,4}}| ?(?i:x|e|ex|ext\.?) ?[0-9]{{0,6}}))"
)
NUMBER_CHARS_MAX = 96  # fifteen digits with four marks between them, a sign, an extension, and what stands after
CONTEXT_CHARS = 24

_PHONE_DIGITS_MIN, _PHONE_DIGITS_MAX = 7, 15  # ITU-T E.164: fifteen at most
_GROUPS = re.compile(rb"[0-9]+")  # on runs only, one class: linear
_DATE = re.compile(rb"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?: [0-2][0-9])?")  # what most runs in most texts are
_EXTENSION = re.compile(rb" ?(?:x|ext\.?) ?[0-9]{1,6}(?![0-9])", re.IGNORECASE)
_CALLED = re.compile(
    rb"(?:\b(?:tele)?phone|\btel|\bph|\bfax|\bmob(?:ile)?|\bcell|\bdesk|\bwhatsapp|\bsms"
    rb"|\bcall(?: (?:me|us))?(?: (?:at|on))?|\banswering at)(?: (?:no|nr|number|is))?[ .:#\-]{0,3}$",
    re.IGNORECASE,
)
# Ways in which numbers are written without a sign that says so: North America's, and national forms of Europe. These
# have to stand by themselves: four digits and four are also the half of a card.
_AMERICAN = frozenset({(3, 3, 4), (1, 3, 3, 4)})
_NATIONAL = frozenset({(3, 4), (4, 4), (2, 2, 2, 2), (2, 3, 3), (3, 3, 3), (3, 2, 3), (2, 6), (3, 5), (2, 3, 4)})
_ON_CARDS, _CARD_MARKS = ((4, 4, 4, 4), (4, 6, 5)), frozenset((b"-", b" ", b"  ", b" - "))
_TWO_YEARS = re.compile(r"(?:19|20)[0-9]{2}(?:19|20)[0-9]{2}")
_SIGNS, _SIGNS_MAX = b"+(", 2


@dataclass(frozen=True, slots=True)
class Found:
    """A span of the folded text and what kind of value it is."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    """The groups of digits of a run: where each begins and ends in the text, and its digits."""

    data: bytes
    starts: list[int]
    ends: list[int]
    digits: list[str]

    def between(self, first: int, last: int) -> set[bytes]:
        return {self.data[self.ends[n] : self.starts[n + 1]] for n in range(first, last)}


def numbers_in(data: bytes, start: int, end: int, kinds: frozenset[str]) -> Iterator[Found]:
    """Those of a run of digits and marks, from the left, none overlapping."""
    if _DATE.fullmatch(data, start, end):
        return
    starts, ends, digits = [], [], []
    for match in _GROUPS.finditer(data, start, end):
        group_start, group_end = match.span()
        starts.append(group_start)
        ends.append(group_end)
        digits.append(data[group_start:group_end].decode("ascii"))
    run, at = _Run(data, starts, ends, digits), 0
    while at < len(starts):
        found = _at(run, at, kinds)
        if found is None:
            at += 1
            continue
        yield found
        while at < len(starts) and starts[at] < found.end:
            at += 1


def _at(run: _Run, at: int, kinds: frozenset[str]) -> Found | None:
    start = _with_sign(run.data, run.starts[at])
    if not _begins(run.data, start):
        return None
    if PersonalKind.US_SSN in kinds and len(run.digits[at]) == 3 and (found := _ssn(run, at)):
        return found
    if PersonalKind.CREDIT_CARD in kinds and len(run.digits[at]) >= 3 and (found := _card(run, at)):
        return found
    return _phone(run, at, start) if PersonalKind.PHONE in kinds else None


def _with_sign(data: bytes, start: int) -> int:
    for _ in range(_SIGNS_MAX):
        if not start or data[start - 1] not in _SIGNS:
            break
        start -= 1
    return start


def _begins(data: bytes, start: int) -> bool:
    """Not in the middle of a word, an amount or a longer number."""
    if start == 0:
        return True
    before = data[start - 1 : start]
    if _in_word(before) or before in b"$#":
        return False
    return not (before in b".-/,+" and data[max(0, start - 2) : start - 1].isdigit())


def _ends(data: bytes, end: int) -> bool:
    after = data[end : end + 1]
    if not after:
        return True
    if _in_word(after) or after == b"%":
        return False
    return not (after in b".-/" and data[end + 1 : end + 2].isdigit())


def _in_word(char: bytes) -> bool:
    return char.isalnum() or char == b"_" or char >= b"\xc0"


def _ssn(run: _Run, at: int) -> Found | None:
    if [len(group) for group in run.digits[at : at + 3]] != [3, 2, 4] or not _ends(run.data, run.ends[at + 2]):
        return None
    if run.between(at, at + 2) not in ({b"-"}, {b" "}) or not us_ssn(*run.digits[at : at + 3]):
        return None
    return Found(PersonalKind.US_SSN, run.starts[at], run.ends[at + 2])


def _card(run: _Run, at: int) -> Found | None:
    """The longest, in groups of three digits or more with one kind of mark between them."""
    digits, best = "", None
    for last in range(at, len(run.digits)):
        digits += run.digits[last]
        if len(digits) > CARD_DIGITS_MAX:
            break
        whole = last == at or _card_marks(run, at, last)
        if whole and len(digits) >= CARD_DIGITS_MIN and card(digits) and _ends(run.data, run.ends[last]):
            best = Found(PersonalKind.CREDIT_CARD, run.starts[at], run.ends[last])
        if len(run.digits[last]) < 3:
            break
    return best


def _card_marks(run: _Run, at: int, last: int) -> bool:
    """One kind of mark; a dot only where no thousands could be meant: in groups as on the card."""
    marks = run.between(at, last)
    if marks == {b"."}:
        return tuple(map(len, run.digits[at : last + 1])) in _ON_CARDS
    return len(marks) == 1 and marks <= _CARD_MARKS


def _phone(run: _Run, at: int, start: int) -> Found | None:
    """The longest that reads as one."""
    stop, count = at, 0
    while stop < len(run.digits) and count + len(run.digits[stop]) <= _PHONE_DIGITS_MAX:
        count += len(run.digits[stop])
        stop += 1
    head, called = run.data[start : run.ends[at] + 1], None
    while stop > at and count >= _PHONE_DIGITS_MIN:
        end = _with_extension(run.data, run.ends[stop - 1])
        if _ends(run.data, end):
            if _dialled(head, run.digits[at:stop]) or _national(run, at, stop, start):
                return Found(PersonalKind.PHONE, start, end)
            called = _called(run.data, start) if called is None else called
            if called:
                return Found(PersonalKind.PHONE, start, end)
        stop -= 1
        count -= len(run.digits[stop])
    return None


def _with_extension(data: bytes, end: int) -> int:
    if data[end : end + 2].lstrip()[:1] not in (b"x", b"X", b"e", b"E"):
        return end
    extension = _EXTENSION.match(data, end)
    return extension.end() if extension else end


def _called(data: bytes, start: int) -> bool:
    """Whether the word before it says that it is a telephone number."""
    return _CALLED.search(data[max(0, start - CONTEXT_CHARS) : start]) is not None


def _dialled(head: bytes, groups: list[str]) -> bool:
    """Whether seven to fifteen digits are written as a telephone number is: by its sign or its form."""
    digits = "".join(groups)
    if head.startswith((b"+", b"(+")) or (digits.startswith("00") and len(digits) >= 10 and digits[2] != "0"):
        return len(digits) >= 8
    if len(groups) == 1 and counts_up(digits):
        return False
    if head.startswith(b"(") and head.endswith(b")"):
        return len(groups) > 1 and len(digits) <= 12
    if digits[0] == "0" and digits[1] != "0":
        return 9 <= len(digits) <= 11
    return tuple(map(len, groups)) in _AMERICAN


def _national(run: _Run, at: int, stop: int, start: int) -> bool:
    """Whether the groups have a national form, with blanks or hyphens between them and no other number next to them."""
    groups = run.digits[at:stop]
    if tuple(map(len, groups)) not in _NATIONAL or run.between(at, stop - 1) not in ({b" "}, {b"-"}):
        return False
    if date_like(groups) or _TWO_YEARS.fullmatch("".join(groups)):
        return False
    end = run.ends[stop - 1]
    return not (_number_apart(run.data, start - 1, start - 2) or _number_apart(run.data, end, end + 1))


def _number_apart(data: bytes, mark: int, digit: int) -> bool:
    """Whether only one mark is between here and another number."""
    return 0 <= digit < len(data) and data[mark] in b" .-/" and 0x30 <= data[digit] <= 0x39
