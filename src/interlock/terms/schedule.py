"""Documents that are sent again and again: which, when, to whom, and how each sending ended."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.access import Scope
from interlock.terms.document import Asked, Form


class Every(StrEnum):
    """How often."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cadence:
    """On a weekday (of WEEKDAYS) or a day of the month (1 to 31; in a shorter month its last day), at a minute of the
    organisation's day. Where nobody works on that day it is the next one on which people do.
    """

    every: Every
    minute: int
    weekday: str | None = None
    day: int | None = None

    def __str__(self) -> str:
        at = f"{self.minute // 60:02}:{self.minute % 60:02}"
        on = f"week on {self.weekday}" if self.every is Every.WEEK else f"month on day {self.day}"
        return f"every {on} at {at}"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where it goes, as far as it is shown: what kind of service ("e-mail", "webhook") and its host.

    `attaches` says whether files arrive there; else its words only. The address may hold a password and is kept beside
    the ledger.
    """

    kind: str
    host: str
    attaches: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule. `entry` is where it is on record; `ended_at` None while it is sent.

    `authenticated`: whether who set it was known by an account or a token.
    """

    id: str
    asked: Asked
    forms: tuple[Form, ...]
    cadence: Cadence
    destinations: tuple[Destination, ...]
    reach: tuple[Scope, ...]
    by: str
    authenticated: bool
    at: str
    entry: int
    ended_at: str | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """That a destination did not take it: how often, why, and when it is tried again (None: no more)."""

    tries: int
    reason: str
    at: str
    again_at: str | None
    entry: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One destination of one sending: sent, failed, or neither yet. `run` is the date on which it was due; "test ..."
    for one that somebody asked for.
    """

    run: str
    destination: int
    sent_at: str | None = None
    entry: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed to a destination: a title, words, and files by name."""

    title: str
    words: str
    files: tuple[tuple[str, str, bytes], ...] = ()  # name, media type, content
