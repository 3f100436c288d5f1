"""Running limits: which counters an effect takes from. Windows are clock windows in UTC."""

from interlock.terms.policy import EdgeFacts, Reservation
from interlock.terms.workflow import Limits

# How much of an RFC 3339 time names the window that it is in: its day, its hour or its minute.
_DAY, _HOUR, _MINUTE = len("2026-11-26"), len("2026-11-26T09"), len("2026-11-26T09:30")
_WINDOWS = {
    "applied_per_day": _DAY,
    "applied_per_hour": _HOUR,
    "applied_per_minute": _MINUTE,
    "amount_per_day": _DAY,
    "amount_per_hour": _HOUR,
}


def counter_of(limit: str, at: str) -> str:
    """The counter of a running limit such as 'amount_per_day' at the time `at`."""
    return f"{limit}:{at[: _WINDOWS[limit]]}"


def applied_per_day(at: str) -> str:
    """The counter of the cases applied on the day of `at`."""
    return counter_of("applied_per_day", at)


def counters(limits: Limits, at: str) -> tuple[str, ...]:
    """The counters that must be known before a case is decided at the time `at`."""
    return tuple(counter_of(name, at) for name in (*_cases(limits), *_amounts(limits)))


def ruled(limits: Limits) -> tuple[str, ...]:
    """The running limits that rules decide on: all but the cases a day, which the decision itself counts."""
    return tuple(name for name in (*_cases(limits), *_amounts(limits)) if name != "applied_per_day")


def reservations(limits: Limits, facts: EdgeFacts) -> tuple[Reservation, ...]:
    """What an effect with these facts takes from the running limits before it begins.

    An amount that nobody knows, or that would give something back, takes more than there is: it has no room anywhere.
    """
    at, amount = facts.at, facts.amount_cents
    odd = amount is None or amount < 0
    return (
        *(Reservation(counter_of(name, at), 1, limit) for name, limit in _cases(limits).items()),
        *(
            Reservation(counter_of(name, at), limit + 1 if odd else amount or 0, limit)
            for name, limit in _amounts(limits).items()
        ),
    )


def _cases(limits: Limits) -> dict[str, int]:
    named = {
        "applied_per_day": limits.applied_per_day,
        "applied_per_hour": limits.applied_per_hour,
        "applied_per_minute": limits.applied_per_minute,
    }
    return {name: limit for name, limit in named.items() if limit is not None}


def _amounts(limits: Limits) -> dict[str, int]:
    named = {"amount_per_day": limits.amount_per_day_cents, "amount_per_hour": limits.amount_per_hour_cents}
    return {name: limit for name, limit in named.items() if limit is not None}
