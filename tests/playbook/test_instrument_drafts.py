"""Drafts: kept until they are given, erased then, and never overwritten unseen."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governed import ANA, BEN, NAME, House
from interlock.adapters.packs.instruments import read_instruments
from interlock.flows.instruments.draft_list import drafts_by
from interlock.flows.instruments.drafts import Saved, draft_of, drafts_of, drop_draft, save_draft
from interlock.flows.instruments.give import Given, give_draft
from interlock.flows.instruments.kept import KeptSheets
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer, Draft
from interlock.terms.person import Person

if TYPE_CHECKING:
    from postgres_server import Databases

BY_ID = {one.id: one for one in read_instruments()}
CARD, CHECKLIST, QUESTIONS = BY_ID["readiness-scorecard"], BY_ID["rollout-checklist"], BY_ID["vendor-questions"]


@pytest.fixture
def house(house: House) -> House:
    """A house with one workflow."""
    house.define()
    return house


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The same on either engine."""
    address = None
    if request.param == "postgres":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    made = House(tmp_path, address)
    made.define()
    yield made
    made.opened.close()


def _save(house: House, by: Person = ANA, version: int = 0, **items: Any) -> Saved:
    answers = {}
    for name, said in items.items():
        item = name.replace("_", "-")
        value, words = said if isinstance(said, tuple) else (said, "")
        answers[item] = Answer(item, value, words)
    return save_draft(house.store, CARD, NAME, answers, by=by, version=version, clock=house.clock)


def _give(house: House, version: int, by: Person = ANA, seen: int = -1) -> Given:
    return give_draft(house.store, CARD, NAME, by=by, version=version, seen=seen, clock=house.clock)


def _draft(house: House, by: Person = ANA) -> Draft:
    with house.store.reading() as reading:
        return draft_of(reading, CARD, NAME, by)


def _entries(house: House) -> int:
    with house.store.reading() as reading:
        return reading.last_entry()


def test_a_draft_is_kept_as_it_grows_and_is_no_entry(house: House) -> None:
    before = _entries(house)
    first = _save(house, security=(2, "two findings are open")).draft
    then = _save(house, version=first.version, ownership=4, security=(None, "two findings are open")).draft
    assert (_draft(house), _entries(house)) == (then, before)
    assert then.written == {
        "security": Answer("security", None, "two findings are open"),
        "ownership": Answer("ownership", 4),
    }
    with house.store.reading() as reading:
        assert [(one.instrument, one.subject) for one in drafts_by(reading, Person("ana  RUIZ"))] == [(CARD.id, NAME)]


def test_the_same_person_in_two_windows_overwrites_nothing_unseen(either: House) -> None:
    seen = _save(either, security=2).draft.version
    other = _save(either, version=seen, security=4, ownership=5).draft
    saved = _save(either, version=seen, security=3, ownership=5, value_case=1)
    assert {item: one.answer.value for item, one in saved.clashes.items()} == {"security": 4}
    assert {item: one.value for item, one in _draft(either).written.items()} == {
        "security": 4, "ownership": 5, "value-case": 1,
    }  # fmt: skip
    assert saved.clashes["security"].at == other.at
    again = _save(either, version=saved.draft.version, security=3)
    assert (again.clashes, again.draft.written["security"].value) == ({}, 3)


def test_each_writes_their_own_and_sees_the_others(house: House) -> None:
    _save(house, security=2)
    _save(house, BEN, security=5)
    with house.store.reading() as reading:
        assert [(one.by, one.written["security"].value) for one in drafts_of(reading, CARD, NAME)] == [
            ("Ana Ruiz", 2), ("Ben Okafor", 5),
        ]  # fmt: skip


def test_what_is_given_is_on_record_and_its_draft_is_gone(either: House) -> None:
    draft = _save(either, security=(2, "open findings")).draft
    _save(either, BEN, ownership=5)
    given = _give(either, draft.version)
    assert given.sheet is not None
    assert given.sheet.answers == (Answer("security", 2, "open findings"),)
    assert (_draft(either), _draft(either, BEN).written["ownership"].value) == (Draft("Ana Ruiz"), 5)
    with either.store.reading() as reading:
        assert drafts_by(reading, ANA) == ()
    # A window that still shows what was given comes back with a version that is older than any new draft.
    fresh = _save(either, security=4).draft
    assert fresh.version > draft.version
    assert _save(either, version=draft.version, security=1).clashes.keys() == {"security"}


def test_what_came_in_between_is_said_and_nothing_is_recorded(house: House) -> None:
    mine, theirs = _save(house, security=2).draft, _save(house, BEN, security=5).draft
    first = _give(house, theirs.version, BEN)
    assert first.sheet is not None
    second = _give(house, mine.version)
    assert (second.sheet, second.newer, second.draft) == (None, (first.sheet,), None)
    newer = _save(house, version=mine.version, ownership=1).draft
    third = _give(house, mine.version, seen=first.sheet.entry)
    assert (third.sheet, third.newer, third.draft) == (None, (), newer)
    assert _give(house, newer.version, seen=first.sheet.entry).sheet is not None


def test_a_note_without_a_value_is_not_given(house: House) -> None:
    draft = _save(house, security=(None, "nobody knows"), ownership=4).draft
    with pytest.raises(BadInput, match="answer these too, or leave them empty: Security"):
        _give(house, draft.version)
    assert _draft(house) == draft
    with pytest.raises(BadInput, match="there is no answer"):
        _give(house, 0, BEN)


def test_other_scales_are_kept_and_given_as_they_are_written(house: House) -> None:
    first = CHECKLIST.items[0].id
    save_draft(house.store, CHECKLIST, NAME, {first: Answer(first, 1)}, by=ANA, version=0, clock=house.clock)
    with house.store.reading() as reading:
        version = draft_of(reading, CHECKLIST, NAME, ANA).version
    given = give_draft(house.store, CHECKLIST, NAME, by=ANA, version=version, seen=-1, clock=house.clock)
    assert given.sheet is not None
    assert given.sheet.answers == (Answer(first, 1),)
    item = QUESTIONS.items[0].id
    said = {item: Answer(item, None, "30 days <script>")}
    draft = save_draft(house.store, QUESTIONS, "Acme / Müller", said, by=ANA, version=0, clock=house.clock).draft
    done = give_draft(
        house.store, QUESTIONS, "Acme / Müller", by=ANA, version=draft.version, seen=-1, clock=house.clock
    )
    assert done.sheet is not None
    assert done.sheet.answers == (Answer(item, None, "30 days <script>"),)


@pytest.mark.parametrize(
    ("item", "answer", "words"),
    [
        ("security", Answer("security", 6), "6 is no answer"),
        ("nothing", Answer("nothing", 1), "is no item of readiness-scorecard"),
        ("security", Answer("security", 1, "x" * 4_001), "4,001 characters are too many"),
        ("security", Answer("security", 1, "", ("d",) * 21), "at most 20 pieces of evidence"),
    ],
)
def test_what_no_sheet_can_hold_is_refused_and_the_draft_stays(
    house: House, item: str, answer: Answer, words: str
) -> None:
    draft = _save(house, security=2).draft
    with pytest.raises(BadInput, match=words):
        save_draft(house.store, CARD, NAME, {item: answer}, by=ANA, version=draft.version, clock=house.clock)
    assert _draft(house) == draft
    with pytest.raises(BadInput, match="there is no workflow 'nowhere'"):
        save_draft(house.store, CARD, "nowhere", {}, by=ANA, version=0, clock=house.clock)


def test_a_draft_is_dropped_once(house: House) -> None:
    _save(house, security=2)
    assert [drop_draft(house.store, CARD, NAME, by=ANA) for _ in range(2)] == [True, False]
    with house.store.reading() as reading:
        assert (drafts_of(reading, CARD, NAME), drafts_by(reading, ANA)) == ((), ())


def test_sheets_in_memory_are_those_on_record(either: House) -> None:
    kept = KeptSheets(either.store)
    assert kept.newest() == []
    one = _give(either, _save(either, security=2).draft.version).sheet
    assert one is not None
    assert list(kept.of(CARD.id, NAME)) == [one]
    either.now += dt.timedelta(days=1)
    two = _give(either, _save(either, security=4).draft.version, seen=one.entry).sheet
    assert (list(kept.about(CARD.id)), list(kept.newest()), list(kept.of(CARD.id, "other"))) == (
        [[one, two]],
        [two],
        [],
    )
