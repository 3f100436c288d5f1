"""Known things in a text: addresses, amounts, dates, numbers of orders. By fixed rules, in time linear in its length.

A mark helps the eye and decides nothing. What looks like one of them but fails its check digit or its calendar is left
unmarked.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from interlock.engine.review.entity_checks import (
    is_card,
    is_clock_time,
    is_date,
    is_iban,
    is_reference,
    is_telephone,
    is_web_address,
)

MARKS_MAX = 500  # a text of nothing but numbers is not made clearer by more


@dataclass(frozen=True, slots=True)
class Entity:
    """A known thing: where it stands in the text, and a word for what it is."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `word` says what it is, "" for plain text."""

    text: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    word: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_NUMBER = r"[0-9]{1,3}+(?:[.,' ]?[0-9]{3}){0,4}(?:[.,][0-9]{1,2})?(?![0-9])"
_CURRENCY = r"(?:[€$£¥]|(?:usd|eur|gbp|chf|jpy|cad|aud|sek|nok|dkk|pln|inr)(?!\w)|(?:euros?|dollars?|pounds?)(?!\w))"
_NAMED = (
    "order|invoice|ticket|case|reference|ref|booking|account|customer|contract|policy|parcel|tracking|transaction"
    "|receipt|claim|shipment"
)


def _rule(word: str, pattern: str, holds: Callable[[str], bool] = bool) -> _Rule:
    return _Rule(word, re.compile(pattern, re.ASCII | re.IGNORECASE), holds)


# The first rule that claims a stretch of text has it. Each begins at the edge of a word and repeats a bounded number of
# times without trying again (possessive), so that no text takes more than a constant number of steps a character.
_RULES = (
    _rule("web address", r"(?<!\w)https?://[^\s<>\"']{1,2000}+", is_web_address),
    _rule(
        "e-mail address",
        r"(?<![\w.%+@-])[a-z0-9_.%+-]{1,64}+@[a-z0-9](?:[a-z0-9-]{0,61}+)(?:\.[a-z0-9-]{1,63}+){1,5}+(?![\w@])",
    ),
    _rule("bank account (IBAN)", r"(?<!\w)[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?!\w)", is_iban),
    _rule("card number", r"(?<![\w-])[0-9](?:[ -]?[0-9]){12,18}+(?!\w)", is_card),
    _rule("date", r"(?<![\w.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])", is_date),
    _rule("date", r"(?<![\w./-])[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![\w/-])", is_date),
    _rule("date", rf"(?<!\w)[0-9]{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}\.?(?:,? [0-9]{{4}})?(?!\w)", is_date),
    _rule("date", rf"(?<!\w){_MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?(?:,? [0-9]{{4}})?(?!\w)", is_date),
    _rule("time", r"(?<![\w:])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[ap]m)?(?![\w:])", is_clock_time),
    _rule("amount", rf"(?<!\w){_CURRENCY} ?{_NUMBER}"),
    _rule("amount", rf"(?<![\w.,']){_NUMBER} ?{_CURRENCY}"),
    _rule(
        "{} number",
        rf"(?<!\w)(?P<what>{_NAMED})(?: (?:number|no\.?|nr\.?|id))? ?[:#]? ?#?(?P<it>[a-z0-9][a-z0-9-]{{2,30}}+)(?!\w)",
        is_reference,
    ),
    _rule("reference number", r"(?<![\w#-])#[a-z0-9][a-z0-9-]{2,30}+(?!\w)", is_reference),
    _rule("reference number", r"(?<![\w-])[a-z]{2,6}-[0-9]{3,14}+(?![\w-])"),
    _rule("telephone number", r"(?<![\w+.-])\+?[(0-9][0-9 ()/.-]{5,24}+", is_telephone),
)
_FULL_NAME = {"ref": "reference"}


def entities_in(text: str) -> tuple[Entity, ...]:
    """What is known in the text, in order; none overlaps another. At most the first 500 of each kind."""
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []
    for rule in _RULES:
        for number, entity in enumerate(_matches(rule, text)):
            if number == MARKS_MAX:
                break
            place = bisect_right(taken, (entity.start, entity.start))
            behind, ahead = taken[max(place - 1, 0) : place], taken[place : place + 1]
            if any(end > entity.start for _, end in behind) or any(start < entity.end for start, _ in ahead):
                continue
            taken.insert(place, (entity.start, entity.end))
            found.append(entity)
    return tuple(sorted(found, key=lambda one: one.start))


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The text in parts, the known ones with their word; joined they are the text."""
    return tuple(_pieces(text, entities_in(text)))


def _pieces(text: str, entities: tuple[Entity, ...]) -> Iterator[Piece]:
    done = 0
    for one in entities:
        if one.start > done:
            yield Piece(text[done : one.start])
        yield Piece(text[one.start : one.end], one.word)
        done = one.end
    if done < len(text):
        yield Piece(text[done:])


def _matches(rule: _Rule, text: str) -> Iterator[Entity]:
    for match in rule.pattern.finditer(text):
        named = match.groupdict()
        part = "it" if "it" in named else 0
        said = match.group(part).rstrip(" .,;:!?()/-")
        if not rule.holds(said):
            continue
        what = (named.get("what") or "").lower()
        start = match.start(part)
        yield Entity(start, start + len(said), rule.word.format(_FULL_NAME.get(what, what)))
