"""IANA time zones: their rules are tables of the machine, like those of its letters."""

import datetime as dt
import zoneinfo

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


def zone_names() -> tuple[str, ...]:
    """The names that people choose from, in order: places, and UTC first."""
    places = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(_NO_PLACE)}
    return (UTC, *sorted(places))


_NO_PLACE = ("Etc/", "SystemV/", "US/", "posix/", "right/")
