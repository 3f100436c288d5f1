"""The part of the traffic that somebody may see, and what is on record of interfaces, on each engine."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from described_interfaces import audited, tool
from interlock.engine.ledger.canonical import plain
from interlock.flows.gateway.evidence.seen import (
    TrafficReach,
    request_seen,
    requests_seen,
    strangers,
    traffic_overview,
    traffic_reach,
    unusual_seen,
)
from interlock.flows.gateway.evidence.watch import KIND as UNUSUAL
from interlock.flows.gateway.inventory import digest_of, inventory_on_record, record_inventory, unknown_calls
from interlock.flows.ledger.record import record
from interlock.ports.gateway.traffic import SumBy, TrafficFilter, TrafficRow
from interlock.ports.store import Store
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.errors import BadInput
from interlock.terms.gateway.unusual import Unusual, UnusualRule
from interlock.terms.person import Person
from made_traffic import load

NOW = dt.datetime(2026, 11, 26, 23, 0, tzinfo=dt.UTC)
TENANTS: Mapping[str, str] = {"triage": "acme", "mail": "globex"}
EACH = 9  # requests of each workflow that is loaded
ACME, MAIL, OWN = Scope(tenant="acme"), Scope(workflow="mail"), Scope(tenant="acme", workflow="mail")


def reach(*held: Scope) -> TrafficReach:
    def given(tenant: str) -> tuple[str, ...]:
        return tuple(name for name, of in TENANTS.items() if of == tenant)

    return traffic_reach(held, given, TENANTS.get)


@pytest.fixture
def traffic(store: Store) -> Store:
    """Of a workflow that acme has (its requests say no tenant), of one that globex has, and of one that nobody has."""
    load(store, {"triage": None, "mail": "globex", "desk": None}, NOW)
    return store


WITHIN: tuple[tuple[tuple[Scope, ...], set[str]], ...] = (
    ((EVERYWHERE,), {"triage", "mail", "desk"}),
    ((ACME,), {"triage"}),
    ((MAIL,), {"mail"}),
    ((ACME, Scope(workflow="triage"), Scope(tenant="acme", workflow="triage")), {"triage"}),
    ((ACME, MAIL), {"triage", "mail"}),
    ((OWN,), set()),
    ((), set()),
)


def test_lists_and_sums_hold_what_is_within_reach_once(traffic: Store) -> None:
    for held, workflows in WITHIN:
        part = reach(*held)
        with traffic.reading() as reading:
            rows = requests_seen(reading, part, TrafficFilter(), limit=100)
            assert {row.workflow for row in rows} == workflows
            assert len({row.id for row in rows}) == len(rows) == EACH * len(workflows)
            assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
            for by in SumBy:
                found = traffic_overview(reading, part, by, days=1, now=NOW)
                assert found.total.requests == sum(one.requests for one in found.groups) == len(rows), by
                assert (found.total.refused, found.total.in_doubt) == (len(workflows), len(workflows))
            for id_, of in (("req-tri-0", "triage"), ("req-mai-0", "mail"), ("req-des-0", "desk")):
                assert (request_seen(reading, part, id_) is not None) is (of in workflows)


def test_pages_of_a_list_are_its_parts(traffic: Store) -> None:
    part = reach(ACME, MAIL)
    with traffic.reading() as reading:
        whole = requests_seen(reading, part, TrafficFilter(), limit=100)
        after: tuple[str, str] | None = None
        pages: list[TrafficRow] = []
        while page := requests_seen(reading, part, TrafficFilter(), limit=4, after=after):
            pages += page
            after = (page[-1].at, page[-1].id)
        assert tuple(pages) == whole
        named = requests_seen(reading, part, TrafficFilter(workflows=("mail", "desk")), limit=100)
        assert {row.workflow for row in named} == {"mail"}
        assert requests_seen(reading, part, TrafficFilter(tenant="initech"), limit=100) == ()


def test_latencies_and_rules_are_those_of_the_newest(traffic: Store) -> None:
    with traffic.reading() as reading:
        found = traffic_overview(reading, reach(MAIL), SumBy.MODEL, days=30, now=NOW)
        nothing = traffic_overview(reading, reach(OWN), SumBy.MODEL, days=30, now=NOW)
    assert (found.rules, found.looked, found.looked_amiss) == ((("injection", 1),), EACH, 3)
    assert (found.latency_ms(0.5), found.latency_ms(1.0)) == (88.0, 5_910.0)
    assert (nothing.latency_ms(0.5), nothing.total.requests, nothing.days) == (None, 0, ())


def test_what_is_unusual_is_seen_by_whom_it_is_about(traffic: Store) -> None:
    for workflow in ("triage", "mail", None):
        one = Unusual(UnusualRule.SPEND, "app", "2026-11-26", "more than before", {}, workflow)
        with traffic.transaction() as tx:
            record(tx, UNUSUAL, plain(one), at="2026-11-26T22:00:00.000000Z")
    with traffic.reading() as reading:
        seen = {
            scope: [entry.body["workflow"] for entry in unusual_seen(reading, reach(scope), since=day, limit=9)]
            for scope, day in ((ACME, "2026-11-26"), (EVERYWHERE, "2026-11-01"), (MAIL, "2026-11-27"))
        }
        assert seen == {ACME: ["triage"], EVERYWHERE: [None, "mail", "triage"], MAIL: []}
        assert [one.requests for one in strangers(reading, days=1, now=NOW)] == [41, 3]


def test_the_newest_inventory_is_the_inventory(traffic: Store, tmp_path: Path) -> None:
    for name in ("delete_ticket", "close_ticket"):
        with traffic.reading() as reading:
            kept = inventory_on_record(reading)
            assert [one[0] for one in unknown_calls(reading, kept, since="2026-11-01")] == ["desk/close_ticket"]
        operations = tuple(audited(tmp_path, [tool(name)]).values())
        made = record_inventory(
            traffic, operations, source="tools.json", rules_version=1, unread=2, by=Person("Ana"), clock=lambda: NOW
        )
        with traffic.reading() as reading:
            assert inventory_on_record(reading) == made
    assert (made.by, made.unread, [one.name for one in made.operations]) == ("Ana", 2, ["close_ticket"])
    assert made.digest == digest_of(made.operations)
    with traffic.reading() as reading:
        assert unknown_calls(reading, made, since="2026-11-01") == ()


def test_an_inventory_of_nothing_or_by_nobody_is_refused(store: Store, tmp_path: Path) -> None:
    operations = tuple(audited(tmp_path, [tool("close_ticket")]).values())
    for by, given, words in (("", operations, "say who"), ("Ana", (), "0 operations cannot be put on record")):
        with pytest.raises(BadInput, match=words):
            record_inventory(store, given, source="x", rules_version=1, unread=0, by=Person(by), clock=lambda: NOW)
    with store.reading() as reading:
        assert inventory_on_record(reading) is None
