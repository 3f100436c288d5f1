"""A server erases by itself only what people said, when they said, and never what somebody may still need."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.erasure.retention import preview, retention_of, retentions, set_retention
from interlock.flows.ledger.content import keep_text
from interlock.flows.upkeep.retention import RetentionRounds
from interlock.ports.effects import NotApplied
from interlock.terms.erasure import Retention
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

if TYPE_CHECKING:
    from postgres_server import Databases

DAY = dt.timedelta(days=1)
UNAUDITED = replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=0.0), undo_days=7)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A live house that audits nothing, so that its cases are closed when they are applied."""
    made = House(tmp_path)
    made.live(UNAUDITED)
    yield made
    made.opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The same on either engine."""
    address = None
    if request.param == "postgresql":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    made = House(tmp_path, address)
    made.live(UNAUDITED)
    yield made
    made.opened.close()


def _applied(house: House, key: str) -> None:
    with house.store.transaction() as tx:
        content = keep_text(tx, key, "my address is 1 Sea Road", at=stamp(house.clock()))
    house.act(replace(house.proposal(key=key, label="billing"), payload_digest=content))


def _kept(house: House, *keys: str) -> list[str]:
    with house.store.reading() as reading:
        return [key for key in keys if not reading.content_of(key).is_gone]


def _erasures(house: House) -> list[dict[str, Any]]:
    with house.store.reading() as reading:
        return [dict(entry.body) for entry in reading.entries_of("payload.erased")]


def _say(house: House, days: int | None, reason: str = "data policy 4.2") -> Retention:
    return set_retention(house.store, NAME, days, reason=reason, by=ANA, clock=house.clock)


def test_nothing_is_erased_by_itself_until_somebody_says_so(house: House) -> None:
    _applied(house, "old")
    house.now += 400 * DAY
    assert RetentionRounds(house.store, house.clock).go().done == {}
    assert (_kept(house, "old"), _erasures(house)) == (["old"], [])


def test_what_is_older_is_erased_on_record_and_younger_content_stays(either: House) -> None:
    said = _say(either, 10)
    _applied(either, "old")
    either.now += 6 * DAY
    _applied(either, "young")
    either.now += 5 * DAY
    rounds = RetentionRounds(either.store, either.clock)
    done = rounds.go()
    assert (done.done[NAME].cases, done.failed, done.is_purged, rounds.last) == (1, "", True, done)
    assert _kept(either, "old", "young") == ["young"]
    (erased,) = _erasures(either)
    assert (erased["by"], erased["authenticated"], [case["key"] for case in erased["cases"]]) == (
        "run time", False, ["old"],
    )  # fmt: skip
    assert erased["reason"] == f"content is kept for 10 days: Ana Ruiz said so in entry {said.entry} (data policy 4.2)"
    again = RetentionRounds(either.store, either.clock).go()
    assert (again.done, len(_erasures(either))) == ({}, 1)


def test_what_waits_for_a_person_stays_and_is_counted(house: House) -> None:
    _say(house, 10)
    house.desk.broken = NotApplied("refused by the target")
    _applied(house, "waits")
    house.now += 30 * DAY
    done = RetentionRounds(house.store, house.clock).go()
    assert (done.done[NAME].cases, done.done[NAME].n_kept, _kept(house, "waits")) == (0, 1, ["waits"])


def test_the_newest_word_counts_and_none_ends_it(house: House) -> None:
    first, second = _say(house, 10), _say(house, None, "a claim is in court")
    _applied(house, "old")
    house.now += 30 * DAY
    RetentionRounds(house.store, house.clock).go()
    with house.store.reading() as reading:
        assert (retention_of(reading, NAME), retentions(reading)) == (second, {NAME: second})
    assert second == Retention(NAME, None, "a claim is in court", "Ana Ruiz", second.at, second.entry)
    assert (_kept(house, "old"), first.days) == (["old"], 10)


def test_a_preview_counts_and_writes_nothing(house: House) -> None:
    _applied(house, "old")
    house.now += 11 * DAY
    _applied(house, "young")
    with house.store.reading() as reading:
        before = reading.last_entry()
    seen = preview(house.store, NAME, 10, by=BEN, clock=house.clock)
    assert (seen.cases, seen.n_kept, seen.dry_run, seen.is_cut) == (1, 0, True, False)
    with house.store.reading() as reading:
        assert (reading.last_entry(), reading.newest_of("retention.defined", NAME)) == (before, None)
    assert _kept(house, "old", "young") == ["old", "young"]


def test_a_preview_looks_at_so_many_cases_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a", "b", "c"):
        _applied(house, key)
    house.now += 11 * DAY
    monkeypatch.setattr("interlock.flows.erasure.retention.PREVIEWED", 2)
    seen = preview(house.store, NAME, 10, by=BEN, clock=house.clock)
    assert (seen.cases, seen.is_cut) == (2, True)


def test_a_shorter_promise_of_the_definition_is_kept() -> None:
    said = Retention("w", days=90)
    assert [said.in_force(stated) for stated in (None, 30, 365)] == [90, 30, 90]
    assert Retention("w").in_force(30) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (6, "6 days are shorter than undo_days \\(7\\)"),
        (-1, "a whole number of days from 0 to 36,600"),
        (31, "the definition promises that content is kept for 30 days: say at most 30"),
    ],
)
def test_days_that_cannot_be_are_refused_and_not_recorded(tmp_path: Path, days: int, words: str) -> None:
    made = House(tmp_path)
    made.define(replace(UNAUDITED, retention_days=30))
    for attempt in (
        lambda: set_retention(made.store, NAME, days, reason="why", by=ANA, clock=made.clock),
        lambda: preview(made.store, NAME, days, by=ANA, clock=made.clock),
    ):
        with pytest.raises(BadInput, match=words):
            attempt()
    with pytest.raises(BadInput, match="say who decides"):
        set_retention(made.store, NAME, 20, reason=" ", by=Person("Ana"), clock=made.clock)
    with pytest.raises(BadInput, match="there is no workflow 'nowhere'"):
        set_retention(made.store, "nowhere", 20, reason="why", by=ANA, clock=made.clock)
    with made.store.reading() as reading:
        assert list(reading.entries_of("retention.defined")) == []
    made.opened.close()
