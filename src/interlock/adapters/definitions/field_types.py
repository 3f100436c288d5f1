"""The kinds of fields in definition files, and what each of them refuses."""

import datetime as dt
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

WORDS_MAX = 2_000
NUMBER_MAX = 1_000_000_000
KEPT_DAYS_MAX = 36_600  # 100 years
HOURS_MAX = 8_784  # 366 days
FIRST_YEAR, LAST_YEAR = 2000, 2100
NAMES_MAX = 100
SIGNS = frozenset("%‰€$£¥")  # units that are a sign only
NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
MODEL_NAME = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$"
SPELT = {  # what is told of a word that does not fit its pattern
    NAME: "write small letters, digits and hyphens, such as message-triage (at most 63)",
    MODEL_NAME: "write letters, digits and . _ : / - without blanks, such as gpt-5-mini (at most 128)",
}


def _says_something(words: str) -> str:
    if not any(sign.isalnum() for sign in words):
        raise ValueError("says nothing: write a name or a sentence, or leave the field out")
    if not words.isprintable():
        raise ValueError("holds a line break or an invisible character; write it on one line")
    return words


def _counts_something(unit: str) -> str:
    return unit if unit in SIGNS else _says_something(unit)


def _on_one_line(words: object) -> object:
    # A folded or literal block is one sentence over several lines.
    return " ".join(words.split()) if isinstance(words, str) else words


def _as_written(date: object) -> object:
    # YAML has made a date of 2026-03-02 already.
    return date.isoformat() if isinstance(date, dt.date) and not isinstance(date, dt.datetime) else date


def _of_our_time(date: str) -> str:
    try:
        year = dt.date.fromisoformat(date).year
    except ValueError:
        raise ValueError(f"'{date}' is no date; write one such as 2026-11-26") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"'{date}' is not between {FIRST_YEAR} and {LAST_YEAR}; write the year that is meant")
    return date


def first_twice(names: tuple[str, ...]) -> str | None:
    """The first name that is there a second time, whatever its capitals; None where each is there once."""
    folded = Counter(name.casefold() for name in names)
    return next((name for name in names if folded[name.casefold()] > 1), None)


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, where each is there once. Raises ValueError otherwise."""
    twice = first_twice(names)
    if twice is not None:
        raise ValueError(f"'{twice}' is there twice; keep one")
    return names


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=WORDS_MAX),
    BeforeValidator(_on_one_line),
    AfterValidator(_says_something),
]
Unit = Annotated[
    str,
    StringConstraints(min_length=1, max_length=WORDS_MAX),
    BeforeValidator(_on_one_line),
    AfterValidator(_counts_something),
]
Name = Annotated[str, StringConstraints(pattern=NAME)]
# Strict: YAML reads yes and no as booleans, and a share of "yes" must not become all of the traffic.
Share = Annotated[float, Field(gt=0, le=1, strict=True, allow_inf_nan=False)]
OpenShare = Annotated[float, Field(gt=0, lt=1, strict=True, allow_inf_nan=False)]
Usd = Annotated[float, Field(ge=0, le=NUMBER_MAX, strict=True, allow_inf_nan=False)]
SomeUsd = Annotated[float, Field(gt=0, le=NUMBER_MAX, strict=True, allow_inf_nan=False)]
Part = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
PerDay = Annotated[float, Field(gt=0, le=NUMBER_MAX, strict=True, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=366, strict=True)]
KeptDays = Annotated[int, Field(ge=1, le=KEPT_DAYS_MAX, strict=True)]
Hours = Annotated[float, Field(gt=0, le=HOURS_MAX, strict=True, allow_inf_nan=False)]
Figure = Annotated[float, Field(ge=-NUMBER_MAX, le=NUMBER_MAX, strict=True, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(gt=0, le=NUMBER_MAX, strict=True, allow_inf_nan=False)]
Date = Annotated[
    str,
    Field(json_schema_extra={"format": "date"}),
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    BeforeValidator(_as_written),
    AfterValidator(_of_our_time),
]
Names = Annotated[tuple[Words, ...], Field(max_length=NAMES_MAX), AfterValidator(each_once)]


class FilePart(BaseModel):
    """A part of a definition file; a field that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
