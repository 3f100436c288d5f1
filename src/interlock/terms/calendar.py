"""When an organisation works and meets, by the clock of its own zone."""

from dataclasses import dataclass, field

from interlock.terms.policy import WEEKDAYS

WORKING = WEEKDAYS[:5]
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Meeting:
    """It begins each week on a day of WEEKDAYS, at a minute of the day (540 is 09:00), and lasts so many minutes."""

    weekday: str
    begin_minute: int
    minutes: int

    @property
    def begins(self) -> str:
        """Its time of day, such as 09:00."""
        return f"{self.begin_minute // 60:02}:{self.begin_minute % 60:02}"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A date (2026-12-25) on which nobody works, and its name."""

    date: str
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """`zone` is an IANA name; `working_days` are of WEEKDAYS, in that order; holidays by date.

    `entry` is where it is on record, -1 for the one that counts until somebody says otherwise; `by` whom and `at` when.
    """

    zone: str = "UTC"
    working_days: tuple[str, ...] = WORKING
    holidays: tuple[Holiday, ...] = ()
    stand_up: Meeting = field(default=Meeting("mon", 9 * 60, 15))
    council: Meeting = field(default=Meeting("tue", 10 * 60, 60))
    entry: int = -1
    by: str = ""
    at: str = ""
