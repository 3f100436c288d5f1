"""What shadow traffic tells: each request with its own shadow, counted once, and never more than was compared."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from governed import House
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence import bake_off as module
from interlock.flows.gateway.evidence.bake_off import EVERYTHING, Compared, bake_off
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.flows.gateway.evidence.seen import traffic_reach
from interlock.terms.access import Scope
from interlock.terms.gateway.trace import Attempt
from made_traffic import SEGMENT, accepted, outcome

NOW = dt.datetime(2026, 11, 26, 23, 0, tzinfo=dt.UTC)
ANSWERED = (Attempt("eu", "candidate", "eu", 100.0, status=200),)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.store.close()


def put(house: House, id_: str, *, workflow: str = "triage", minutes: int = 5, **shadow: Any) -> None:
    """A request that took 640 ms and cost 1,310 micro-dollars, and its shadow with half of both."""
    at, after = stamp(NOW - dt.timedelta(minutes=minutes)), stamp(NOW - dt.timedelta(minutes=minutes - 1))
    first = {name[6:]: shadow.pop(name) for name in list(shadow) if name.startswith("first_")}
    told = {"latency_ms": 320.0, "cost_micro_usd": 655, "attempts": ANSWERED, "shadow_of": id_, "shadow_agrees": True}
    rows = [
        row_of(accepted(id_, at, workflow, None), outcome(id_, after, **first), SEGMENT),
        row_of(
            accepted(f"{id_}-shadow", after, workflow, None, model="candidate"),
            outcome(f"{id_}-shadow", after, **{**told, **shadow}),
            SEGMENT,
        ),
    ]
    with house.store.transaction() as tx:
        tx.load_traffic([kept_row(row) for row in rows])


def compared(house: House, workflow: str | None = None, *, days: int = 1) -> tuple[Compared, ...]:
    with house.store.reading() as reading:
        return bake_off(reading, EVERYTHING, days=days, now=NOW, workflow=workflow).compared


def test_agreement_has_its_exact_interval_and_its_denominator(house: House) -> None:
    for number in range(20):
        put(house, f"a{number}", shadow_agrees=number != 0)
    (one,) = compared(house)
    assert (one.workflow, one.model, one.shadow_model) == ("triage", "small", "candidate")
    assert (one.asked, one.failed, one.compared, one.agreed) == (20, 0, 20, 19)
    assert one.agreement.n == 20
    # Clopper and Pearson, 19 of 20 at 95 %: as tables print it.
    assert (round(one.agreement.low or 0, 4), round(one.agreement.high or 0, 4)) == (0.7513, 0.9987)
    assert not one.tells
    assert (one.measured, one.first.cost_micro_usd, one.shadow.cost_micro_usd) == (20, 26_200, 13_100)
    assert (one.first.latency_p50_ms, one.shadow.latency_p50_ms, one.shadow.latency_p95_ms) == (640.0, 320.0, 320.0)


def test_what_cannot_be_compared_is_not_counted_as_agreement(house: House) -> None:
    put(house, "streamed", shadow_agrees=None)
    put(house, "failed", status=502, attempts=(), shadow_agrees=None)
    (one,) = compared(house)
    assert (one.asked, one.failed, one.compared, one.agreement.value) == (2, 1, 0, None)
    assert (one.tells, one.measured) == (False, 1)


@pytest.mark.parametrize("kept_one", [{"first_cache": "hit"}, {"first_cache": "semantic"}, {"cache": "hit"}])
def test_an_answer_that_was_kept_says_nothing_of_cost_and_latency(house: House, kept_one: dict[str, str]) -> None:
    put(house, "kept", minutes=5, **kept_one)
    (one,) = compared(house)
    assert (one.compared, one.measured, one.first.latency_p50_ms) == (1, 0, None)


def test_latencies_are_ranked_and_too_few_have_no_tail(house: House) -> None:
    for number in range(19):
        put(house, f"l{number}", latency_ms=float(number + 1))
    (few,) = compared(house)
    assert (few.shadow.latency_p50_ms, few.shadow.latency_p95_ms) == (10.0, None)
    put(house, "l19", latency_ms=20.0)
    (enough,) = compared(house)
    assert (enough.shadow.latency_p50_ms, enough.shadow.latency_p95_ms) == (10.0, 19.0)


def test_many_that_agree_tell_something(house: House) -> None:
    for number in range(80):
        put(house, f"m{number}")
    assert compared(house)[0].tells


def test_workflows_are_told_apart_and_only_those_within_reach_are_seen(house: House) -> None:
    put(house, "a")
    put(house, "b", workflow="mail")
    assert [one.workflow for one in compared(house)] == ["mail", "triage"]
    assert [one.workflow for one in compared(house, "mail")] == ["mail"]
    reach = traffic_reach((Scope(workflow="mail"),), lambda _: (), lambda _: None)
    with house.store.reading() as reading:
        seen = bake_off(reading, reach, days=1, now=NOW)
    assert ([one.workflow for one in seen.compared], seen.looked) == (["mail"], 2)


def test_a_shadow_whose_request_is_not_there_is_left_out_and_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, "old", minutes=30)
    put(house, "new", minutes=5)
    monkeypatch.setattr(module, "PAGE", 3)
    with house.store.reading() as reading:
        found = bake_off(reading, EVERYTHING, days=1, now=NOW, looked_max=3)
    assert (found.looked, found.all_looked, found.alone) == (3, False, 1)
    assert [one.asked for one in found.compared] == [1]
