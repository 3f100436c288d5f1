"""The `limits` part of a definition file, in people's units: US dollars, times of the day, names of weekdays."""

import re
from collections import Counter
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from interlock.adapters.definitions.field_types import NUMBER_MAX, FilePart, OpenShare, Usd, Words
from interlock.terms.policy import WEEKDAYS, FactKind, OpenHours
from interlock.terms.workflow import Limits
from interlock.terms.zones import UTC, zone_named

TARGETS_MAX = 10_000
SEGMENTS_MAX = 100
TEXTS_MAX = 50
TEXT_MAX = 200_000
FACTS_MAX = 50
DAY_MINUTES = 24 * 60
CEDAR_WORDS = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "permit", "forbid"})


def cents_of(usd: float) -> int:
    """Whole cents. Raises ValueError for a fraction of one."""
    cents = Decimal(repr(usd)) * 100
    if cents != int(cents):
        raise ValueError(f"{usd} holds a fraction of a cent; write at most two digits behind the point")
    return int(cents)


def _in_cents(usd: float) -> float:
    cents_of(usd)
    return usd


def _minute_of(time: object) -> object:
    """A time of the day as a minute; YAML has made a number of 18:00 already, and one cannot know of which."""
    if isinstance(time, int) and not isinstance(time, bool):
        near = f"{time // 60:02}:{time % 60:02}" if 60 <= time <= DAY_MINUTES else "08:00"
        raise ValueError(f'is read as the number {time}; put the time in quotes, such as "{near}"')
    if not isinstance(time, str) or not re.fullmatch(r"\d{1,2}:[0-5]\d", time):
        raise ValueError('is no time of the day; write it in quotes, such as "08:00"')
    hours, minutes = time.split(":")
    minute = int(hours) * 60 + int(minutes)
    if minute > DAY_MINUTES:
        raise ValueError('is after the end of the day; the last one is "24:00"')
    return minute


def _known_zone(name: str) -> str:
    zone_named(name)
    return name


def _some_weekdays(names: tuple[str, ...]) -> tuple[str, ...]:
    odd = next((name for name in names if name not in WEEKDAYS), None)
    if odd is not None or not names:
        what = "names no day" if odd is None else f"'{odd}' is no weekday"
        raise ValueError(f"{what}; there are: {', '.join(WEEKDAYS)}")
    return _each_once(names)


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"'{twice}' is there twice; keep one")
    return names


def _no_word_of_cedar(name: str) -> str:
    if name in CEDAR_WORDS:
        raise ValueError(f"'{name}' is a word of Cedar; name the fact otherwise")
    return name


Money = Annotated[Usd, AfterValidator(_in_cents)]
Count = Annotated[int, Field(ge=0, le=NUMBER_MAX, strict=True)]
Minute = Annotated[int, BeforeValidator(_minute_of)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Weekdays = Annotated[tuple[str, ...], AfterValidator(_some_weekdays)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$"), AfterValidator(_no_word_of_cedar)]
# An empty list would read as "none is allowed" and mean "no limit", so it is refused.
Targets = Annotated[tuple[Words, ...], Field(min_length=1, max_length=TARGETS_MAX), AfterValidator(_each_once)]
Segments = Annotated[tuple[Words, ...], Field(min_length=1, max_length=SEGMENTS_MAX), AfterValidator(_each_once)]
PolicyText = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_MAX)]


class HoursPart(FilePart):
    """When effects may be applied, by the clock of a zone."""

    begin: Minute
    end: Minute
    weekdays: Weekdays = WEEKDAYS
    zone: Zone = UTC

    @model_validator(mode="after")
    def _some_time(self) -> "HoursPart":
        if self.begin in {self.end, DAY_MINUTES}:
            raise ValueError('holds no time at all; the whole day is "00:00" to "24:00"')
        return self

    def hours(self) -> OpenHours:
        """The term; weekdays in the order of the week."""
        days = tuple(day for day in WEEKDAYS if day in self.weekdays)
        return OpenHours(self.begin, self.end, days, self.zone)


class LimitsPart(FilePart):
    """Plain limits at the edge, and hand-written rules beside them."""

    always_review: tuple[Words, ...] = ()
    forbidden: tuple[Words, ...] = ()
    applied_per_day: Count | None = None
    applied_per_hour: Count | None = None
    applied_per_minute: Count | None = None
    novelty_review_below: OpenShare | None = None
    amount_max_usd: Money | None = None
    amount_per_day_usd: Money | None = None
    amount_per_hour_usd: Money | None = None
    items_max: Annotated[int, Field(ge=1, le=NUMBER_MAX, strict=True)] | None = None
    targets: Targets | None = None
    segments: Segments | None = None
    hours: HoursPart | None = None
    policy: Annotated[tuple[PolicyText, ...], Field(max_length=TEXTS_MAX)] = ()
    facts: Annotated[dict[FactName, FactKind], Field(max_length=FACTS_MAX)] | None = None

    def limits(self, texts: tuple[str, ...]) -> Limits:
        """The term, with the hand-written rules as texts."""
        return Limits(
            always_review=self.always_review,
            forbidden=self.forbidden,
            applied_per_day=self.applied_per_day,
            novelty_review_below=self.novelty_review_below,
            amount_max_cents=_cents(self.amount_max_usd),
            amount_per_day_cents=_cents(self.amount_per_day_usd),
            amount_per_hour_cents=_cents(self.amount_per_hour_usd),
            applied_per_hour=self.applied_per_hour,
            applied_per_minute=self.applied_per_minute,
            items_max=self.items_max,
            targets=self.targets or (),
            segments=self.segments or (),
            hours=self.hours.hours() if self.hours else None,
            policy=texts,
            facts=dict(self.facts or {}),
        )


def _cents(usd: float | None) -> int | None:
    return None if usd is None else cents_of(usd)
