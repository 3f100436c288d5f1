"""Times as text: RFC 3339 in UTC with microseconds, so that text order is time order."""

import datetime as dt


def stamp(now: dt.datetime) -> str:
    """Raises ValueError for a naive time."""
    if now.tzinfo is not dt.UTC:
        if now.tzinfo is None:
            raise ValueError("a time without a zone cannot be recorded")
        now = now.astimezone(dt.UTC)
    # Without its zone: to ask that for its offset costs more than all the rest, and three are on every effect's way.
    return now.replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def moment(text: str) -> dt.datetime:
    """The aware time that `stamp` wrote."""
    return dt.datetime.fromisoformat(text)
