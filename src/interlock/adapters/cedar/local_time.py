"""The clock of the zone in which hours are meant."""

import datetime as dt
import zoneinfo
from collections.abc import Callable

from interlock.terms.policy import WEEKDAYS, LocalTime

UTC = "UTC"


def zone_named(name: str) -> dt.tzinfo:
    """The IANA zone. Raises ValueError where this machine does not know it."""
    if name == UTC:  # known where no zones are installed
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError(
            f"this machine knows no time zone '{name}'; write an IANA name such as Europe/Berlin, and where zones are "
            "missing altogether: pip install tzdata"
        ) from exc


def clock_in(name: str) -> Callable[[str], LocalTime]:
    """Reads RFC 3339 times on the clock of a zone. Raises ValueError as `zone_named`."""
    zone = zone_named(name)

    def local(at: str) -> LocalTime:
        moment = dt.datetime.fromisoformat(at).astimezone(zone)
        return LocalTime(WEEKDAYS[moment.weekday()], moment.hour * 60 + moment.minute)

    return local
