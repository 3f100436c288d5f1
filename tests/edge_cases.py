"""A workflow with every limit at the edge, a case within all of them, and strategies that go to each boundary."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from governed import DEFINITION
from interlock.engine.policy.running import counter_of
from interlock.terms.policy import WEEKDAYS, EdgeFacts, FactKind, OpenHours
from interlock.terms.workflow import EffectPlan, Limits, TargetKind, WorkflowDefinition

AT = "2026-11-26T09:20:04.000000Z"  # a Thursday, 10:20 in Berlin
STAFF = """\
// Staff do not pay themselves back.
@id("no refund to staff")
forbid (principal, action == Action::"refund", resource)
when { context.facts.staff };
"""
LIMITS = Limits(
    amount_max_cents=25_000,
    amount_per_day_cents=100_000,
    amount_per_hour_cents=50_000,
    applied_per_hour=20,
    applied_per_minute=3,
    items_max=10,
    targets=("account 1", "account 2"),
    segments=("retail", "online"),
    hours=OpenHours(8 * 60, 18 * 60, WEEKDAYS[:5], "Europe/Berlin"),
    policy=(STAFF,),
    facts={"staff": FactKind.BOOLEAN},
)
USED = {
    "amount_per_day": 70_000,
    "amount_per_hour": 20_000,
    "applied_per_hour": 19,
    "applied_per_minute": 2,
}
CASE = EdgeFacts(
    workflow=DEFINITION.name,
    action="refund",
    label="goods",
    at=AT,
    confidence_permille=930,
    tenant="north",
    segment="retail",
    target="account 1",
    amount_cents=25_000,
    items=10,
    used={counter_of(name, AT): used for name, used in USED.items()},
    extra={"staff": False},
)


def limited(limits: Limits) -> WorkflowDefinition:
    """A workflow that pays refunds within limits."""
    effect = EffectPlan("pay back", TargetKind.IDEMPOTENT, "claim back", action_class="refund")
    return replace(DEFINITION, limits=limits, effect=effect)


def case(**changed: Any) -> EdgeFacts:
    """The case within all limits, with some facts changed; `used` is by the name of a running limit."""
    at = changed.get("at", AT)
    used = {**USED, **changed.pop("used", {})}
    return replace(CASE, **{**changed, "used": {counter_of(name, at): amount for name, amount in used.items()}})


SIZES = st.one_of(st.integers(0, 5), st.integers(0, 100_000), st.just(2**62), st.just(2**63 - 2))
NAMES = st.sampled_from(["a", "b", "ä ö", 'quo"ted', "back\\slash", "new\nline", "\u202e\x07", "*", "\U0001f600"])
_MAYBE = st.one_of(st.none(), SIZES)


@st.composite
def hours(draw: st.DrawFn) -> OpenHours:
    """Any hours, also over midnight and up to its end."""
    begin = draw(st.integers(0, 1439))
    end = draw(st.integers(0, 1440).filter(lambda minute: minute != begin))
    days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
    return OpenHours(
        begin, end, tuple(day for day in WEEKDAYS if day in days), draw(st.sampled_from(["UTC", "Asia/Kolkata"]))
    )


LIMITS_DRAWN = st.builds(
    Limits,
    amount_max_cents=_MAYBE,
    amount_per_day_cents=_MAYBE,
    amount_per_hour_cents=_MAYBE,
    applied_per_hour=_MAYBE,
    applied_per_minute=_MAYBE,
    items_max=st.one_of(st.none(), st.integers(1, 5)),
    targets=st.lists(NAMES, max_size=3, unique=True).map(tuple),
    segments=st.lists(NAMES, max_size=3, unique=True).map(tuple),
    hours=st.one_of(st.none(), hours()),
)


@st.composite
def cases(draw: st.DrawFn, limits: Limits) -> EdgeFacts:
    """Facts that lie on, just under and just over each limit as often as not."""

    def near(limit: int | None) -> st.SearchStrategy[int]:
        around = st.integers(-1, 1).map(lambda off: max(0, min(2**63 - 1, (limit or 0) + off)))
        return st.one_of(around, SIZES)

    at = draw(times(limits.hours))
    used = {
        "amount_per_day": draw(near(limits.amount_per_day_cents)),
        "amount_per_hour": draw(near(limits.amount_per_hour_cents)),
        "applied_per_hour": draw(near(limits.applied_per_hour)),
        "applied_per_minute": draw(near(limits.applied_per_minute)),
    }
    room = (limits.amount_per_day_cents or 0) - used["amount_per_day"]
    amounts = st.one_of(st.none(), st.integers(-2, 2), near(limits.amount_max_cents), near(max(0, room)))
    return case(
        at=at,
        amount_cents=draw(amounts),
        items=draw(st.one_of(st.integers(-1, 6), near(limits.items_max))),
        target=draw(st.one_of(st.none(), st.just(""), NAMES)),
        segment=draw(st.one_of(st.none(), st.just(""), NAMES)),
        used=used,
        extra={"staff": draw(st.booleans())},
    )


def times(hours: OpenHours | None) -> st.SearchStrategy[str]:
    """Moments of a month, on the bounds of these hours as often as not."""
    minutes = (
        [0, 1439] if hours is None else [m + off for m in (hours.begin_minute, hours.end_minute) for off in (-1, 0)]
    )
    ahead = 330 if hours is not None and hours.zone != "UTC" else 0  # Kolkata's minutes, all year
    on_the_edge = st.sampled_from([(minute - ahead) % 1440 for minute in minutes])
    minute = st.one_of(on_the_edge, st.integers(0, 1439))
    return st.builds(
        lambda day, m, second: f"2026-11-{day:02}T{m // 60:02}:{m % 60:02}:{second}.000000Z",
        st.integers(1, 28),
        minute,
        st.sampled_from(["00", "59"]),
    )
