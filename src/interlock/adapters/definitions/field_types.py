"""The kinds of fields in definition files, and what each of them refuses."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

WORDS_MAX = 2_000
NUMBER_MAX = 1_000_000_000
KEPT_DAYS_MAX = 36_600  # 100 years
HOURS_MAX = 8_784  # 366 days


def _says_something(words: str) -> str:
    if not any(sign.isalnum() for sign in words):
        raise ValueError("says nothing: write a name or a sentence, or leave the field out")
    if not words.isprintable():
        raise ValueError("holds a line break or an invisible character; write it on one line")
    return words


def _on_one_line(words: object) -> object:
    # A folded or literal block is one sentence over several lines.
    return " ".join(words.split()) if isinstance(words, str) else words


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=WORDS_MAX),
    BeforeValidator(_on_one_line),
    AfterValidator(_says_something),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
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


class FilePart(BaseModel):
    """A part of a definition file; a field that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
