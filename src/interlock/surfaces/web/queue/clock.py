"""Service-level clocks in words, the same as `static/queue.js` ticks them on an open page."""

import datetime as dt

from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, State, said

SOON_MINUTES = 60


def due_words(due_at: str, now: dt.datetime) -> str:
    """How long is left until a time, or how late it is by now: "due in 3 h 12 min", "late by 2 d 1 h"."""
    minutes = minutes_left(due_at, now)
    return f"due in {length(minutes)}" if minutes >= 0 else f"late by {length(-minutes)}"


def due_state(due_at: str, now: dt.datetime) -> State:
    """The same as a state: late, due within the hour, or in time."""
    minutes, words = minutes_left(due_at, now), due_words(due_at, now)
    return said(FAILED if minutes < 0 else INCONCLUSIVE if minutes < SOON_MINUTES else NOTED, words)


def minutes_left(due_at: str, now: dt.datetime) -> int:
    """Whole minutes until a time; under 0 once it is over."""
    return int((dt.datetime.fromisoformat(due_at) - now).total_seconds() // 60)


def length(minutes: int) -> str:
    """A length of time in its two largest units."""
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // (24 * 60)} d {minutes // 60 % 24} h"
