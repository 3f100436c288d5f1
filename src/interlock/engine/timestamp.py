"""Times as text: RFC 3339 in UTC with microseconds, so that text order is time order."""

import datetime as dt


def stamp(now: dt.datetime) -> str:
    """Raises ValueError for a naive time."""
    if now.tzinfo is None:
        raise ValueError("a time without a zone cannot be recorded")
    return now.astimezone(dt.UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def moment(text: str) -> dt.datetime:
    """The aware time that `stamp` wrote."""
    return dt.datetime.fromisoformat(text)
