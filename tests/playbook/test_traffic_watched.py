"""What is unusual is recorded once, and told."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import moment, stamp
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.flows.gateway.evidence.watch import TrafficWatch
from interlock.flows.notice.tell import Notices
from interlock.ports.store import Store
from interlock.terms.gateway.segment import SegmentTexts
from interlock.terms.gateway.trace import Accepted
from interlock.terms.gateway.ungoverned import Ungoverned
from traced import AT, accepted, now, outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


def at(days_ago: int) -> str:
    return stamp(moment(AT) - dt.timedelta(days=days_ago))


def spend(store: Store, days_ago: int, cost: int, *, model: str = "small", client: str = "shop", **more: Any) -> None:
    id_ = f"{client}-{days_ago}-{cost}-{model}"
    begun = accepted(id_, at=at(days_ago), client=client, **more)
    end = outcome(id_, at=at(days_ago), cost=cost)
    end = replace(end, attempts=(replace(end.attempts[0], model=model),))
    with store.transaction() as tx:
        tx.load_traffic([kept_row(row_of(begun, end, "w.00000001"))])


def watch(store: Store) -> TrafficWatch:
    return TrafficWatch(store, lambda: moment(AT))


def test_a_client_that_spends_more_than_ever_is_told_once(store: Store) -> None:
    for days_ago in range(30, -1, -1):
        spend(store, days_ago, 2_000_000 if days_ago else 2_500_000)
        spend(store, days_ago, 3_000_000, client="other")
    (entry,) = watch(store).go()
    assert (entry.body["rule"], entry.body["subject"], entry.body["workflow"], entry.body["tenant"]) == (
        *("spend", "shop"), "claims", "acme",
    )  # fmt: skip
    assert entry.body["facts"]["days_before"] == 4 * 7 - 1
    assert watch(store).go() == ()
    spend(store, 0, 9_000_000)
    assert watch(store).go() == ()  # of this day they know


def traced(folder: Path, *begun: Accepted) -> SegmentTexts:
    """A segment in which the request r2 was refused."""
    log = SegmentTraceLog(folder, "w", now)
    for one in begun:
        log.accept(one)
    log.outcome(outcome(2, refused="injection", status=400))
    log.close()
    return SegmentFolder(folder, now).texts("w.00000001")


def test_a_first_model_injections_and_strangers_are_told(store: Store, tmp_path: Path) -> None:
    watching = watch(store)
    spend(store, 5, 10)
    spend(store, 0, 20, model="large")
    found = accepted(1, found=("secret:aws", "injection"))
    watching.look_at(traced(tmp_path / "1", found, accepted(2), accepted(3, at=at(3), found=("injection",))))
    with store.transaction() as tx:
        tx.count_ungoverned([Ungoverned("10.0.0.0/24", "chat", "big", "unknown_caller", 12, AT, AT)])
    told = {entry.body["rule"]: entry.body for entry in watching.go()}
    assert set(told) == {"first_model", "injection", "strangers"}
    assert told["first_model"]["facts"]["model"] == "large"
    assert told["injection"]["facts"] == {"requests": 2}
    assert (told["strangers"]["subject"], told["strangers"]["facts"]) == ("10", {"requests": 12})
    watching.look_at(traced(tmp_path / "2", *[found] * 6))
    assert watching.go() == ()
    watching.look_at(traced(tmp_path / "3", *[found] * 2))
    assert [entry.body["subject"] for entry in watching.go()] == ["shop: 10"]


def test_notices_tell_of_it(store: Store) -> None:
    class Notifier:
        told: list[Mapping[str, Any]] = []  # noqa: RUF012 - one test

        def tell(self, address: str, notice_id: str, notice: Mapping[str, Any]) -> None:
            self.told.append(notice)

    with store.transaction() as tx:
        tx.count_ungoverned([Ungoverned("10.0.0.0/24", "chat", "big", "unknown_caller", 12, AT, AT)])
    watch(store).go()
    assert Notices(store, Notifier(), ["https://ops.example/hook"], lambda: moment(AT)).tell() == ()
    ((notice),) = Notifier.told
    assert (notice["type"], notice["data"]["words"]) == (
        "traffic.unusual",
        "12\xa0requests today came from callers whom nobody knows",
    )


def test_two_servers_that_look_at_once_tell_it_once(store: Store) -> None:
    with store.transaction() as tx:
        tx.count_ungoverned([Ungoverned("10.0.0.0/24", "chat", "big", "unknown_caller", 12, AT, AT)])

    class Slow:
        """Another server is done between this one's look and its writing."""

        reading = store.reading

        def transaction(self) -> Any:
            assert len(watch(store).go()) == 1
            return store.transaction()

    slow: Any = Slow()
    assert TrafficWatch(slow, lambda: moment(AT)).go() == ()
