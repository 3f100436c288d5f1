"""Running limits: which counters an effect takes from. Windows are clock windows in UTC."""

from interlock.terms.policy import EdgeFacts, Reservation
from interlock.terms.workflow import Limits


def applied_per_day(at: str) -> str:
    """The counter of the cases applied on the day of `at`."""
    return f"applied_per_day:{at[:10]}"


def counters(limits: Limits, at: str) -> tuple[str, ...]:
    """The counters that must be known before a case is decided at the time `at`."""
    return () if limits.applied_per_day is None else (applied_per_day(at),)


def reservations(limits: Limits, facts: EdgeFacts) -> tuple[Reservation, ...]:
    """What an effect with these facts takes from the running limits before it begins."""
    if limits.applied_per_day is None:
        return ()
    return (Reservation(applied_per_day(facts.at), 1, limits.applied_per_day),)
