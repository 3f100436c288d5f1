"""What is unlike itself is told, and how often that is wrong is as stated."""

import random
from collections.abc import Callable

import pytest

from interlock.engine.gateway.unusual import (
    PAST_MIN,
    ClientDay,
    Past,
    above_all_before,
    first_models,
    of_segment,
    risen,
    without_gaps,
)
from interlock.terms.gateway.unusual import UnusualRule

DOLLAR = 1_000_000


def past(*costs: int, failed: tuple[int, ...] = (), refused: tuple[int, ...] = ()) -> Past:
    n = max(len(costs), len(failed), len(refused))
    padded = [(*values, *[0] * (n - len(values))) for values in (costs, failed, refused)]
    days = (ClientDay(f"2026-{number:04d}", *of_day) for number, of_day in enumerate(zip(*padded, strict=True)))
    return Past("shop", "claims", "acme", tuple(days))


def test_a_day_above_all_before_is_told_with_its_figures() -> None:
    (told,) = above_all_before(past(*[5 * DOLLAR] * PAST_MIN, 6 * DOLLAR))
    assert (told.rule, told.subject, told.workflow, told.tenant) == (UnusualRule.SPEND, "shop", "claims", "acme")
    assert told.facts == {
        "today_micro_usd": 6 * DOLLAR,
        "highest_before_micro_usd": 5 * DOLLAR,
        "highest_same_weekday_micro_usd": 5 * DOLLAR,
        "days_before": PAST_MIN,
    }
    assert "spent USD\u00a06.00 today" in told.words
    assert "one day in 21 at most" in told.words


@pytest.mark.parametrize(
    "quiet",
    [
        past(*[5 * DOLLAR] * PAST_MIN, 5 * DOLLAR),
        past(*[5 * DOLLAR] * (PAST_MIN - 1), 6 * DOLLAR),
        past(*[0] * PAST_MIN, DOLLAR - 1),
        past(failed=(*[0] * PAST_MIN, 4)),
    ],
)
def test_what_is_not_above_them_or_too_little_is_not(quiet: Past) -> None:
    assert not list(above_all_before(quiet))


def test_failures_and_refusals_are_told_apart() -> None:
    told = above_all_before(past(failed=(*[3] * PAST_MIN, 9), refused=(*[1] * PAST_MIN, 7)))
    assert [(one.rule, one.facts["days_before"]) for one in told] == [
        (UnusualRule.FAILURES, PAST_MIN),
        (UnusualRule.REFUSALS, PAST_MIN),
    ]


def lognormal(draw: random.Random) -> int:
    return int(10 * DOLLAR * draw.lognormvariate(0, 1.5))


def few(draw: random.Random) -> int:
    return DOLLAR * draw.randint(1, 50)


@pytest.mark.parametrize("of_day", [lognormal, few])
def test_alike_days_are_told_no_oftener_than_stated(of_day: Callable[[random.Random], int]) -> None:
    """3,000 clients a case. The bound and three standard deviations of it: it fails for a rule that is wrong twice as
    often as it says."""
    draw, clients, n = random.Random(7), 3_000, PAST_MIN
    told = sum(any(above_all_before(past(*(of_day(draw) for _ in range(n + 1))))) for _ in range(clients))
    stated = 1 / (n + 1)
    assert told / clients <= stated + 3 * (stated * (1 - stated) / clients) ** 0.5


WORKING = [5 * DOLLAR] * 5 + [DOLLAR] * 2


def test_a_day_is_compared_with_what_its_weekday_has() -> None:
    """On a Sunday less than on any Monday can be a lot, and as much as on other Mondays is not."""
    (told,) = above_all_before(past(*(WORKING * 4)[:-1], 3 * DOLLAR))
    highest = (told.facts["highest_before_micro_usd"], told.facts["highest_same_weekday_micro_usd"])
    assert highest == (5 * DOLLAR, DOLLAR)
    assert "on it before" in told.words
    peaks = [9 * DOLLAR, *WORKING[1:]]
    assert not list(above_all_before(past(*peaks * 3, 9 * DOLLAR)))
    (told,) = above_all_before(past(*peaks * 3, 9 * DOLLAR + 1, *peaks[1:], 10 * DOLLAR))
    assert told.facts["days_before"] == 4 * 7 - 1, "whole weeks, today among them"


def test_a_flood_after_none_at_all_is_told_on_any_weekday() -> None:
    """Also where another weekday had its only ones on one day."""
    for other in range(PAST_MIN):
        failed = [0] * PAST_MIN
        failed[other] = 4
        (told,) = above_all_before(past(failed=(*failed, 40)))
        assert told.rule is UnusualRule.FAILURES


@pytest.mark.parametrize("peak", [1.0, 1.6])
def test_days_with_a_weekly_rhythm_are_told_no_oftener_than_stated(peak: float) -> None:
    """As benchmarks/unusual_traffic.py does it at length: 1,000 clients, each day of a week as the last one."""
    draw, clients, told = random.Random(8), 1_000, [0] * 7
    shape = (peak, 1.0, 1.0, 1.0, 1.0, 0.2, 0.1)
    for number in range(clients):
        days = [int(20 * DOLLAR * draw.lognormvariate(0, 0.15) * shape[day % 7]) for day in range(21 + number % 7)]
        told[(len(days) - 1) % 7] += any(above_all_before(past(*days[-21:])))
    stated = 1 / 21
    assert sum(told) / clients <= stated + 3 * (stated * (1 - stated) / clients) ** 0.5
    each = clients / 7
    assert max(told) / each <= 2 * stated + 3 * (2 * stated * (1 - 2 * stated) / each) ** 0.5


def test_a_model_is_new_once_and_not_on_the_first_day() -> None:
    here = past(1, 2, 3)
    days = [day.day for day in here.days]
    models = {days[0]: ["small"], days[2]: ["small", "large", ""]}
    assert [one.facts["model"] for one in first_models(here, models)] == ["large"]
    assert not list(first_models(past(1), {"2026-0000": ["small"]}))
    assert not list(first_models(here, {days[1]: ["large"], days[2]: ["large"]}))


def test_what_should_not_be_there_is_told_at_each_tenfold() -> None:
    subjects = [
        one.subject
        for n in range(1, 1_200)
        if (one := risen(UnusualRule.INJECTION, n, day="2026-11-26", of="shop")) is not None
    ]
    assert list(dict.fromkeys(subjects)) == ["shop: 1", "shop: 10", "shop: 100", "shop: 1000"]
    assert risen(UnusualRule.STRANGERS, 0, day="2026-11-26") is None


def test_days_without_traffic_count_as_such_from_the_first_one_on() -> None:
    days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    seen = [ClientDay("2026-11-21", 5, 0, 0), ClientDay("2026-11-23", 7, 0, 0)]
    assert [day.cost_micro_usd for day in without_gaps(seen, days)] == [5, 0, 7]


def test_a_count_of_one_is_one() -> None:
    (told,) = above_all_before(past(refused=(*[1] * PAST_MIN, 8)))
    assert "had 8\u00a0refusals today" in told.words
    assert "at most 1\u00a0refusal on any" in told.words
    (told,) = above_all_before(past(failed=(*[0] * PAST_MIN, 8)))
    assert "none at all on any" in told.words
    (told,) = of_segment("w.1", "2026-11-26", in_doubt=1, reserved_micro_usd=2_100, flaws=0, lost=0)
    assert told.words.endswith("what became of it, and the USD\u00a00.0021 that it reserved stay charged")
    (told,) = of_segment("w.1", "2026-11-26", in_doubt=2, reserved_micro_usd=2_100, flaws=0, lost=0)
    assert told.words.endswith("what became of them, and the USD\u00a00.0021 that they reserved stay charged")
