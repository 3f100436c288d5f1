"""Which limits a request counts on, in which window, and what a client is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.limits import words
from interlock.engine.gateway.limits.counted import GATEWAY, OWN, Counted, counters_of, parts_of, within
from interlock.engine.gateway.limits.uses import uses
from interlock.engine.gateway.limits.windows import window_at
from interlock.engine.timestamp import stamp
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.refusal import RefusalKind
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, Unit

NOW = dt.datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)
NEXT = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
DESK = Client("desk", "triage", "acme")
DAILY = TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 10_000_000)
MONEY = Counted(GATEWAY, Of.CLIENT, "desk", Unit.MICRO_USD, Per.DAY, None, 10_000_000)


@pytest.mark.parametrize(
    ("per", "label", "next_label"),
    [
        (Per.MINUTE, "2026-12-31T23:59", "2027-01-01T00:00"),
        (Per.DAY, "2026-12-31", "2027-01-01"),
        (Per.MONTH, "2026-12", "2027-01"),
    ],
)
def test_a_window_ends_where_the_next_one_begins(per: Per, label: str, next_label: str) -> None:
    window = window_at(per, NOW)
    assert (window.label, window.ends) == (label, NEXT)
    assert window_at(per, NEXT).label == next_label


@given(st.datetimes(timezones=st.just(dt.UTC)).filter(lambda now: 1 < now.year < 9999), st.sampled_from(Per))
def test_every_moment_is_in_the_window_that_it_names(now: dt.datetime, per: Per) -> None:
    window = window_at(per, now)
    last = window.ends - dt.timedelta(microseconds=1)
    assert now < window.ends
    assert window_at(per, last) == window
    assert window_at(per, window.ends).label > window.label


TEXTS = st.text(st.sampled_from("ab/%25F "), max_size=8)


@given(TEXTS, st.sampled_from(Of), TEXTS, st.sampled_from(Unit), st.sampled_from(Per), st.none() | TEXTS.filter(bool))
def test_a_key_says_what_it_counts(where: str, of: Of, name: str, unit: Unit, per: Per, model: str | None) -> None:
    counted = Counted(where, of, name, unit, per, model, 7)
    assert parts_of(counted.key(window_at(per, NOW).label)) == (where, of, name, unit, per, model)


def names(client: Client, model: str, *gateway: TrafficLimit, plan: tuple[TrafficLimit, ...] = ()) -> list[str]:
    found = counters_of(client, model, gateway=gateway, plan=plan)
    return [f"{one.where} {one.of.value} {one.name} {one.model} {one.most}" for one in found]


def limit(of: Of, most: int = 5, name: str | None = None, model: str | None = None) -> TrafficLimit:
    return TrafficLimit(of, Unit.REQUESTS, Per.MINUTE, most, name, model)


def test_each_of_a_kind_and_the_one_of_that_name() -> None:
    assert names(DESK, "small", limit(Of.CLIENT), limit(Of.TENANT), limit(Of.WORKFLOW), limit(Of.EVERYTHING)) == [
        "gateway client desk None 5", "gateway tenant acme None 5", "gateway workflow triage None 5",
        "gateway everything  None 5",
    ]  # fmt: skip
    assert names(DESK, "small", limit(Of.CLIENT, name="bot"), limit(Of.TENANT, name="other")) == []
    assert names(DESK, "small", limit(Of.CLIENT, name="desk")) == ["gateway client desk None 5"]


def test_a_limit_of_a_model_counts_that_model_only() -> None:
    both = (limit(Of.CLIENT, model="small"), limit(Of.CLIENT, 9))
    assert names(DESK, "small", *both) == ["gateway client desk small 5", "gateway client desk None 9"]
    assert names(DESK, "large", *both) == ["gateway client desk None 9"]


def test_of_several_on_one_counter_the_lowest_holds() -> None:
    some = (limit(Of.CLIENT, 9), limit(Of.CLIENT, 4, name="desk"), limit(Of.CLIENT, 6))
    assert names(DESK, "small", *some) == ["gateway client desk None 4"]


def test_limits_of_gateway_workflow_and_client_count_each_by_itself() -> None:
    own = Client("desk", "triage", "acme", limits=(limit(Of.CLIENT, 1),))
    assert names(own, "small", limit(Of.CLIENT, 9), plan=(limit(Of.CLIENT, 7), limit(Of.EVERYTHING, 8))) == [
        "gateway client desk None 9", "workflow:triage client desk None 7", "workflow:triage everything  None 8",
        "client client desk None 1",
    ]  # fmt: skip


def test_who_has_no_tenant_counts_with_all_who_have_none() -> None:
    assert names(Client("bot", "triage"), "small", limit(Of.TENANT)) == ["gateway tenant  None 5"]
    assert names(Client("bot", "triage"), "small", limit(Of.TENANT, name="acme")) == []


def test_a_spent_budget_says_whose_how_much_and_until_when() -> None:
    ends = window_at(Per.DAY, NOW).ends
    refusal = words.spent(MONEY, amount=50_000, used=9_980_000, now=NOW - dt.timedelta(seconds=9.5), ends=ends)
    assert (refusal.kind, refusal.retry_after_s) == (RefusalKind.BUDGET, 10)
    assert refusal.rule == "limit gateway client micro_usd/day"
    assert refusal.words == (
        "the client 'desk' may use 10.00 USD a day: 9.98 USD of it used or reserved today (UTC), and this request may "
        "use 0.05 USD. The window ends at 2027-01-01T00:00:00Z, in 10 s; wait for that, or ask an operator for a "
        "higher limit"
    )


def test_a_request_that_never_fits_is_not_told_to_wait() -> None:
    refusal = words.spent(MONEY, amount=10_000_001, used=0, now=NOW, ends=NEXT)
    assert refusal.retry_after_s is None
    assert "this request may use 10.000001 USD" in refusal.words


@pytest.mark.parametrize(("of", "name"), [(Of.EVERYTHING, ""), (Of.WORKFLOW, "triage")])
def test_what_others_used_is_not_said(of: Of, name: str) -> None:
    one = Counted(GATEWAY, of, name, Unit.REQUESTS, Per.MINUTE, None, 100)
    refusal = words.spent(one, amount=1, used=97, now=NOW, ends=NEXT)
    assert (refusal.kind, "97" in refusal.words, "it is used up" in refusal.words) == (RefusalKind.LIMITED, False, True)


def test_uses_are_counters_beside_the_limits_in_force() -> None:
    day, minute = (window_at(per, NOW) for per in (Per.DAY, Per.MINUTE))
    tokens = Counted(within("triage"), Of.CLIENT, "bot", Unit.TOKENS, Per.MINUTE, "small", 0)
    rows = [
        (MONEY.key(day.label), 42, stamp(day.ends)),
        (tokens.key(minute.label), 3, stamp(minute.ends)),
        (MONEY.key("2026-12-30"), 77, "2026-12-31T00:00:00.000000Z"),
        ("no counter", 1, stamp(day.ends)),
    ]  # fmt: skip
    limits = {
        GATEWAY: (DAILY, limit(Of.EVERYTHING, 8), limit(Of.CLIENT, 9)),
        within("triage"): (limit(Of.WORKFLOW, 6),),
        OWN: (limit(Of.CLIENT, 2, name="desk"),),
    }
    ends = stamp(NEXT)
    assert uses(rows, limits, now=NOW) == (
        LimitUse(OWN, Of.CLIENT, "desk", Unit.REQUESTS, Per.MINUTE, None, 0, 2, ends),
        LimitUse(GATEWAY, Of.CLIENT, "desk", Unit.MICRO_USD, Per.DAY, None, 42, 10_000_000, ends),
        LimitUse(GATEWAY, Of.EVERYTHING, "", Unit.REQUESTS, Per.MINUTE, None, 0, 8, ends),
        LimitUse(within("triage"), Of.CLIENT, "bot", Unit.TOKENS, Per.MINUTE, "small", 3, None, ends),
        LimitUse(within("triage"), Of.WORKFLOW, "triage", Unit.REQUESTS, Per.MINUTE, None, 0, 6, ends),
    )
