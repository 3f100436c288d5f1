"""What somebody sees at a stand-up: functions, actions and what moved, of the workflows within their reach."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.access.permissions import covers
from interlock.engine.access.reach import TenantOf, within
from interlock.engine.standup.functions import Moved, conclusion, moved
from interlock.engine.standup.lights import RULE
from interlock.flows.standup.actions import actions, today
from interlock.flows.standup.hold import last_day, lights
from interlock.ports.store import Reading
from interlock.terms.access import Scope
from interlock.terms.portfolio import Portfolio
from interlock.terms.standup import Action, FunctionLight


@dataclass(frozen=True, slots=True)
class Seen:
    """The whole page: `title` is its conclusion, `day` today and `since` the last stand-up, as dates."""

    title: str
    functions: tuple[FunctionLight, ...]
    actions: tuple[Action, ...]
    moved: tuple[Moved, ...]
    day: str
    since: str
    rule: str = RULE


def seen(
    reading: Reading, portfolio: Portfolio, held: Sequence[Scope], tenant_of: TenantOf, *, now: dt.datetime
) -> Seen:
    """Of a portfolio of everything, what lies within the scopes that somebody holds."""
    part = within(portfolio, held, tenant_of)
    functions, every = lights(reading, part, now), seen_actions(reading, held, tenant_of)
    day, since = today(reading, now).isoformat(), last_day(reading, now)
    news = moved(part, functions, since=since)
    return Seen(conclusion(functions, every, today=day), functions, every, news, day, since.isoformat())


def seen_actions(reading: Reading, held: Sequence[Scope], tenant_of: TenantOf) -> tuple[Action, ...]:
    """Actions about workflows within reach; those about none are everybody's, for who sees everything."""

    def is_seen(one: Action) -> bool:
        tenant = tenant_of(one.workflow) if one.workflow else None
        return any(covers(scope, one.workflow, tenant) for scope in held)

    return tuple(one for one in actions(reading) if is_seen(one))
