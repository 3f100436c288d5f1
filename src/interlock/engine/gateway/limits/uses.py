"""Who has used how much of which limit: counters of the store beside the limits in force."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from interlock.engine.gateway.limits.counted import Counted, named_counters, parts_of
from interlock.engine.gateway.limits.windows import window_at
from interlock.engine.timestamp import stamp
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, Unit

Identity = tuple[str, Of, str, Unit, Per, str | None]


def uses(
    rows: Iterable[tuple[str, int, str]], limits: Mapping[str, Sequence[TrafficLimit]], *, now: dt.datetime
) -> tuple[LimitUse, ...]:
    """What is used in the present windows, sorted by where the limit stands, of whom it is and what it counts.

    `rows` are (key, taken, end of the window) as the store has them; keys that name no counter are left out. `limits`
    are those in force by where they stand: those that name whom they are of are listed unused too, those that are of
    each client, tenant or workflow only where they were used.
    """
    found: dict[Identity, LimitUse] = {}
    for where, some in limits.items():
        for one in named_counters(where, some):
            found[_identity(one)] = _use(one, limits, used=0, ends=stamp(window_at(one.per, now).ends))
    for key, taken, window_ends in rows:
        try:
            where, of, name, unit, per, model = parts_of(key)
        except ValueError:
            continue
        one = Counted(where, of, name, unit, per, model, 0)
        if window_ends == stamp(window_at(per, now).ends):
            found[_identity(one)] = _use(one, limits, used=taken, ends=window_ends)
    return tuple(sorted(found.values(), key=_order))


def _identity(one: Counted) -> Identity:
    return one.where, one.of, one.name, one.unit, one.per, one.model


def _use(one: Counted, limits: Mapping[str, Sequence[TrafficLimit]], *, used: int, ends: str) -> LimitUse:
    fitting = (
        limit.most
        for limit in limits.get(one.where, ())
        if (limit.of, limit.unit, limit.per, limit.model) == (one.of, one.unit, one.per, one.model)
        and limit.name in (None, one.name)
    )
    return LimitUse(*_identity(one), used=used, most=min(fitting, default=None), window_ends=ends)


def _order(use: LimitUse) -> tuple[str, ...]:
    return use.where, use.of.value, use.name, use.unit.value, use.per.value, use.model or ""
