"""The traffic of the served sample: of every kind, on record as any other, the same for the same moment."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governed import CARLA, DEFINITION
from interlock.flows.action.runtime import RunTime
from interlock.flows.gateway.define import define_gateway
from interlock.flows.gateway.evidence.bake_off import EVERYTHING, bake_off
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.flows.gateway.evidence.watch import KIND as UNUSUAL
from interlock.flows.gateway.limits.used import limit_uses
from interlock.flows.rollout.define import define
from interlock.ports.gateway.traffic import TrafficFilter
from interlock.surfaces.cli.demo.served.passed import DAYS, pass_traffic
from interlock.surfaces.cli.demo.served.requests import BURST_CLIENT, ENDS, OVER_BUDGET, day_of
from interlock.surfaces.cli.demo.served.senders import BY, GATEWAY, READER_DAY_MICRO_USD, SENDERS
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.wiring.toolbox import build_toolbox

WITHOUT = "supplier-mail"  # a workflow that this store does not have


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Toolbox:
    monkeypatch.delenv("INTERLOCK_TRACES", raising=False)
    return build_toolbox()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "sample.db"


@pytest.fixture
def rt(box: Toolbox, store: Path) -> Iterator[RunTime]:
    """As after a year of the sample: workflows are there, and so is the gateway's definition."""
    with box.open_run_time(str(store)) as opened:
        define_gateway(opened.store, GATEWAY, by=BY, clock=opened.clock)
        for one in SENDERS:
            if one.workflow != WITHOUT:
                named = replace(DEFINITION, name=one.workflow)
                define(
                    opened.store, named, by=CARLA, code_version="1", clock=opened.clock, randomness=opened.randomness
                )
        yield opened


def test_a_month_of_every_kind_is_on_record_and_holds(box: Toolbox, rt: RunTime, store: Path) -> None:
    pass_traffic(box, rt, str(store))
    with rt.store.reading() as reading:
        rows = reading.traffic(TrafficFilter(), limit=10_000)
        checked = verify_traffic(reading, box.segments(str(store), None))
        uses = {(use.name, use.unit.value): use for use in limit_uses(reading, rt.clock())}
        unusual = {entry.body["rule"] for entry in reading.entries_of(UNUSUAL)}
        compared = bake_off(reading, EVERYTHING, days=DAYS, now=rt.clock()).compared
        strangers = reading.ungoverned(since="2026-01-01", limit=10)
    assert checked.faults == ()
    assert checked.requests == len(rows) > 900
    assert {row.workflow for row in rows} == {one.workflow for one in SENDERS} - {WITHOUT}
    refused = Counter(row.refused for row in rows if row.refused)
    assert set(refused) == {OVER_BUDGET, *(name for name, _ in ENDS)} - {"failed", "fell back", "broke"}
    outcomes = [row.outcome for row in rows if row.outcome is not None]
    assert len(rows) - len(outcomes) == 1, "one request's end is not known"
    assert {row.status for row in rows} >= {None, 200, 400, 403, 429, 502}
    assert any(one.get("broken") for one in outcomes)
    assert any(row.cache == "hit" for row in rows)
    assert any(row.accepted.get("redacted") for row in rows)
    assert [one.shadow_model for one in compared] == ["small-next"]
    assert {"spend", "in_doubt", "strangers"} <= unusual
    assert sum(one.requests for one in strangers) > 0
    spent = uses["legal-reader", "micro_usd"]
    assert spent.most is not None
    assert 0 < spent.used <= spent.most
    assert spent.used == sum(
        row.cost_micro_usd for row in rows if row.client == spent.name and row.at[:10] == spent_on(spent.window_ends)
    )


def spent_on(window_ends: str) -> str:
    """The day that a window of a day is."""
    return (dt.datetime.fromisoformat(window_ends) - dt.timedelta(days=1)).date().isoformat()


def test_a_store_that_has_traffic_gets_no_more(box: Toolbox, rt: RunTime, store: Path) -> None:
    pass_traffic(box, rt, str(store))
    with rt.store.reading() as reading:
        before = reading.last_entry()
    pass_traffic(box, rt, str(store))
    with rt.store.reading() as reading:
        assert reading.last_entry() == before


def test_a_day_is_the_same_again_and_nothing_of_it_is_yet_to_come() -> None:
    now = dt.datetime(2026, 11, 26, 14, tzinfo=dt.UTC)
    midnight = now.replace(hour=0)
    for sender in SENDERS:
        made = [list(day_of(sender, "sha256:1", midnight, now, today=True)) for _ in range(2)]
        assert made[0] == made[1]
        assert all(begun.at < "2026-11-26T14" for begun, _ in made[0] if not begun.id.endswith("-shadow"))
        assert len({begun.id for begun, _ in made[0]}) == len(made[0])


def test_on_no_day_is_more_used_than_its_budget_has() -> None:
    (reader,) = (one for one in SENDERS if one.client == BURST_CLIENT)
    for day in range(120):
        now = dt.datetime(2026, 11, 26, 14, tzinfo=dt.UTC) + dt.timedelta(days=day)
        sent = list(day_of(reader, "sha256:1", now.replace(hour=0), now, today=True))
        used = sum(outcome.cost_micro_usd for _, outcome in sent if outcome is not None)
        assert 0 < used <= READER_DAY_MICRO_USD
        assert any(outcome is not None and outcome.refused == OVER_BUDGET for _, outcome in sent)
