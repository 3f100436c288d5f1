"""Traffic in the store: loaded once, found newest first, summed by day whatever was deleted since."""

import random
from dataclasses import replace

import pytest

from interlock.flows.gateway.evidence.rows import kept_row
from interlock.ports.gateway.traffic import SumBy, TrafficFilter, TrafficRow, TrafficSum
from interlock.ports.store import Store

DAY = "2026-11-{day:02d}T10:{minute:02d}:00.000000Z"


def row(number: int, *, day: int = 1, **other: object) -> TrafficRow:
    at = DAY.format(day=day, minute=number % 60)
    first = TrafficRow(
        f"r{number:04d}", at, "triage", "desk", "chat", "small", {"n": number}, "one", model_used="small-1"
    )
    done = replace(first, status=200, input_tokens=10, output_tokens=5, cost_micro_usd=7, latency_ms=2.0, outcome={})
    return replace(done, **other)  # type: ignore[arg-type]


def load(store: Store, *rows: TrafficRow) -> int:
    with store.transaction() as tx:
        return tx.load_traffic([kept_row(one) for one in rows])


def found(store: Store, wanted: TrafficFilter, *, limit: int = 100, after: tuple[str, str] | None = None) -> list[str]:
    with store.reading() as reading:
        return [one.id for one in reading.traffic(wanted, limit=limit, after=after)]


def sums(store: Store, *by: SumBy, **where: object) -> tuple[TrafficSum, ...]:
    with store.reading() as reading:
        return reading.traffic_sums(by, **where)  # type: ignore[arg-type]


def test_a_row_comes_back_as_it_was_loaded(store: Store) -> None:
    given = row(1, outcome={"attempts": [{"latency_ms": 1.5}]}, streams=True, first_chunk_ms=0.25, cache="miss")
    assert load(store, given) == 1
    with store.reading() as reading:
        assert reading.traffic_of("r0001") == given
        assert reading.traffic_of("none") is None


def test_loading_again_changes_nothing(store: Store) -> None:
    rows = [row(number) for number in range(600)]
    assert load(store, *rows) == 600
    once = sums(store, SumBy.DAY)
    assert load(store, *rows, row(7, cost_micro_usd=999)) == 0
    assert sums(store, SumBy.DAY) == once
    assert (once[0].requests, once[0].cost_micro_usd, once[0].input_tokens) == (600, 4_200, 6_000)


def test_the_same_request_twice_in_one_load_counts_once(store: Store) -> None:
    assert load(store, row(1, outcome=None, status=None, cost_micro_usd=90), row(1)) == 1
    assert load(store, row(2), row(2, outcome=None, status=None, cost_micro_usd=90)) == 1
    (total,) = sums(store)
    assert (total.requests, total.in_doubt, total.cost_micro_usd) == (2, 0, 14)


def test_what_was_refused_is_found_by_its_rule_also_in_the_middle_of_a_stream(store: Store) -> None:
    refused = {"limit": 429, "forbidden output": 200}
    load(store, row(1), *(row(2 + n, refused=rule, status=status) for n, (rule, status) in enumerate(refused.items())))
    assert found(store, TrafficFilter(amiss=True)) == ["r0003", "r0002"]
    assert found(store, TrafficFilter(refused="forbidden output")) == ["r0003"]
    assert found(store, TrafficFilter(refused="limit", workflows=("triage",))) == ["r0002"]
    assert found(store, TrafficFilter(refused="limi")) == []


def test_what_was_in_doubt_gets_its_outcome(store: Store) -> None:
    doubt = row(1, outcome=None, status=None, model_used="", cost_micro_usd=90, latency_ms=None)
    assert load(store, doubt, row(2)) == 2
    assert load(store, doubt) == 0
    assert found(store, TrafficFilter(amiss=True)) == ["r0001"]
    assert [one.in_doubt for one in sums(store, SumBy.MODEL)] == [1, 0]
    assert load(store, row(1)) == 1
    assert found(store, TrafficFilter(amiss=True)) == []
    nothing, used = sums(store, SumBy.MODEL)
    assert (nothing.by, nothing.requests, nothing.cost_micro_usd, nothing.in_doubt) == (("",), 0, 0, 0)
    assert (used.by, used.requests, used.cost_micro_usd, used.latency_ms) == (("small-1",), 2, 14, 4.0)
    assert load(store, doubt) == 0  # and never loses it


def test_newest_first_page_by_page(store: Store) -> None:
    numbers = random.Random(1).sample(range(130), 130)  # loaded in no order, twenty at the same time each
    load(store, *(row(number, at=DAY.format(day=1, minute=number // 20)) for number in numbers))
    pages: list[list[str]] = []
    after = None
    for _ in range(4):
        with store.reading() as reading:
            page = reading.traffic(TrafficFilter(), limit=50, after=after)
        pages.append([one.id for one in page])
        after = (page[-1].at, page[-1].id) if page else after
    assert [len(page) for page in pages] == [50, 50, 30, 0]
    assert [id_ for page in pages for id_ in page] == [f"r{number:04d}" for number in reversed(range(130))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TrafficFilter(workflows=("triage",)), ["r0005", "r0004", "r0001"]),
        (TrafficFilter(workflows=("triage", "claims")), ["r0005", "r0004", "r0002", "r0001"]),
        (TrafficFilter(workflows=()), []),
        (TrafficFilter(tenant="acme"), ["r0003", "r0002"]),
        (TrafficFilter(tenant=""), ["r0005", "r0004", "r0001"]),
        (TrafficFilter(client="bot"), ["r0004"]),
        (TrafficFilter(amiss=True), ["r0005", "r0004"]),
        (TrafficFilter(workflows=("triage",), amiss=True, client="desk"), ["r0005"]),
        (TrafficFilter(since="2026-11-01T10:03:00.000000Z"), ["r0005", "r0004", "r0003"]),
        (TrafficFilter(until="2026-11-01T10:03:00.000000Z"), ["r0002", "r0001"]),
    ],
)
def test_filters(store: Store, wanted: TrafficFilter, expected: list[str]) -> None:
    load(
        store,
        row(1),
        row(2, workflow="claims", tenant="acme"),
        row(3, workflow="billing", tenant="acme"),
        row(4, client="bot", status=429, refused="limit"),
        row(5, status=502),
    )
    assert found(store, wanted) == expected


def test_pages_of_several_workflows_are_those_of_all_when_these_are_all(store: Store) -> None:
    names = ("triage", "claims", "billing")
    draw = random.Random(2)
    load(store, *(row(number, day=1 + number // 40, workflow=draw.choice(names)) for number in range(120)))
    for wanted in (TrafficFilter(), TrafficFilter(since="2026-11-02", until="2026-11-03")):
        after = None
        for _ in range(5):
            with store.reading() as reading:
                all_ = reading.traffic(wanted, limit=30, after=after)
                some = reading.traffic(replace(wanted, workflows=names), limit=30, after=after)
            assert some == all_
            after = (all_[-1].at, all_[-1].id) if all_ else after


def test_sums_tell_apart_what_was_asked_for(store: Store) -> None:
    load(
        store,
        row(1),
        row(2, day=2, cache="hit"),
        row(3, day=2, status=429, refused="limit", cost_micro_usd=0),
        row(4, day=3, status=502, workflow="claims", tenant="acme"),
    )
    days = sums(store, SumBy.DAY)
    assert [(one.by, one.requests, one.refused, one.failed, one.cached) for one in days] == [
        (("2026-11-01",), 1, 0, 0, 0),
        (("2026-11-02",), 2, 1, 0, 1),
        (("2026-11-03",), 1, 0, 1, 0),
    ]
    named = sums(store, SumBy.WORKFLOW, SumBy.DAY, since="2026-11-02T00:00:00Z")
    assert [one.by for one in named] == [("claims", "2026-11-03"), ("triage", "2026-11-02")]
    assert [one.requests for one in sums(store, until="2026-11-03")] == [3]
    assert [one.cost_micro_usd for one in sums(store, workflows=("claims",), tenant="acme", client="desk")] == [7]
    assert sums(store, workflows=()) == ()
    assert sums(store, SumBy.DAY, since="2027-01-01") == ()


def test_rows_are_deleted_oldest_first_and_sums_stay(store: Store) -> None:
    load(store, *(row(number, day=number) for number in range(1, 6)), row(6, workflow="claims"))
    before = sums(store, SumBy.DAY, SumBy.WORKFLOW)
    with store.transaction() as tx:
        assert tx.delete_traffic(before="2026-11-05", workflow="triage", limit=3) == 3
        assert tx.delete_traffic(before="2026-11-05", workflow="triage", limit=3) == 1
    assert found(store, TrafficFilter()) == ["r0005", "r0006"]
    with store.transaction() as tx:
        assert tx.delete_traffic(before="2026-11-09", limit=9) == 2
    assert sums(store, SumBy.DAY, SumBy.WORKFLOW) == before


def test_what_is_rolled_back_was_never_loaded(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as tx:
        tx.load_traffic([kept_row(row(1))])
        raise RuntimeError
    assert (found(store, TrafficFilter()), sums(store)) == ([], ())
