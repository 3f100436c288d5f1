"""The clock of the zone in which hours are meant."""

import datetime as dt
from collections.abc import Callable

from interlock.terms.policy import WEEKDAYS, LocalTime
from interlock.terms.zones import zone_named


def clock_in(name: str) -> Callable[[str], LocalTime]:
    """Reads RFC 3339 times on the clock of a zone. Raises ValueError as `zone_named`."""
    zone = zone_named(name)

    def local(at: str) -> LocalTime:
        moment = dt.datetime.fromisoformat(at).astimezone(zone)
        return LocalTime(WEEKDAYS[moment.weekday()], moment.hour * 60 + moment.minute)

    return local
