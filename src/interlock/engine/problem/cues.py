"""Finding words, figures and dates in what people wrote."""

import re
from collections.abc import Iterator
from functools import lru_cache

_PRONOUN = "is|was|has|are|that|which|who|whom|by|after|and|or|another"  # "the wrong one is ground" counts nothing
_WORDS = (
    rf"one(?! (?:{_PRONOUN})\b)|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|half|third|"
    "zero|everybody"
)
_YEAR = r"(?:19|20)\d\d"
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_A_DAY = rf"(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b"  # the 30 of "30 June" counts nothing
NUMBER = rf"(?:(?<![\w.,])(?!{_YEAR}\b)(?!\d\d?{_A_DAY})\d[\d.,]{{0,15}}(?!\w{{0,15}}[-/]\d)|\b(?:{_WORDS})\b)"
_TIME = (
    rf"{_YEAR}|{_MONTH}|q[1-4]|easter|christmas|whitsun|spring|summer|autumn|winter|season|"
    r"year[- ]end|end of the (?:year|quarter)"
)
_DATE = re.compile(
    r"\b(?:by|until|till|before|from|no later than|end of|half of|mid|effective|starting|beginning|commencing)\b"
    rf"[^.;:,]{{0,35}}?(?:{_TIME})\b"
    rf"|\bwithin {NUMBER} (?:weeks|months|quarters)\b|\bdate\b[^.;]{{0,15}}{_YEAR}|\byear[- ]end\b",
    re.IGNORECASE,
)
_IN_YEAR = re.compile(rf"\b(?:in|for|during|season|course|year)\b[^.;,]{{0,25}}{_YEAR}", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“]*“")
_SENTENCE = re.compile(r"[^.!?;]+(?:\.(?=\d)[^.!?;]+)*")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern between borders of words, whatever the capitals."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)", re.IGNORECASE)


def unquoted(text: str) -> str:
    """The text with what is quoted blanked out, so that places stay."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def figures(text: str) -> tuple[re.Match[str], ...]:
    """Numbers in a text, those of years left out."""
    return tuple(re.finditer(NUMBER, text, re.IGNORECASE))


def sentences(text: str) -> Iterator[str]:
    """Its sentences; a decimal point ends none."""
    return (match[0] for match in _SENTENCE.finditer(text))


def in_year(text: str) -> bool:
    """Whether a year is named in which something is, was or is to be so."""
    return _IN_YEAR.search(text) is not None


def dated(text: str) -> bool:
    """Whether a day, or a season or year, is named by which something is to be so.

    A year alone ("in 2028") is one where two figures stand before it, or an earlier year does.
    """
    if _DATE.search(text):
        return True
    years = [match.start() for match in _IN_YEAR.finditer(text)]
    return bool(years) and (len(years) > 1 or len(figures(text[: years[-1]])) > 1)
