"""Every store has on record who was shown a case's content (interlock.flows.access.shown)."""

import datetime as dt

import pytest

from interlock.flows.access.shown import Seen, content_shown, who_saw
from interlock.flows.ledger.record import record
from interlock.ports.store import Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
ADA, BO = Person("Ada", authenticated=True), Person("Bo", authenticated=True)
HOSTILE = 'a/b?c="1" \u202e\U0001f6d1 \\ \x07 ' + "x" * 10_000


def _shown(store: Store, key: str, by: Person, minutes: float = 0, *, page: str = "trace") -> bool:
    clock = lambda: NOON + dt.timedelta(minutes=minutes)  # noqa: E731 - a clock is a callable
    return content_shown(store, key, workflow="triage", page=page, by=by, clock=clock)


def test_each_person_and_case_once_in_a_quarter_of_an_hour(store: Store) -> None:
    assert _shown(store, "k-1", ADA)
    assert not _shown(store, "k-1", ADA, 14.9)
    assert not _shown(store, "k-1", Person(" ada ", authenticated=True), 14.9)
    assert _shown(store, "k-1", BO, 14.9)
    assert _shown(store, "k-2", ADA, 14.9)
    assert _shown(store, "k-1", Person("Ada"), 14.9), "a name that nobody checked is not the same Ada"
    assert _shown(store, "k-1", ADA, 15.1, page="review")
    with store.reading() as reading:
        seen = who_saw(reading, "k-1", "triage")
    assert [(one.by, one.authenticated, one.page) for one in seen] == [
        ("Ada", True, "trace"),
        ("Bo", True, "trace"),
        ("Ada", False, "trace"),
        ("Ada", True, "review"),
    ]
    assert seen[0] == Seen("Ada", True, "trace", "2026-03-02T12:00:00.000000Z", 0)


def test_a_case_is_found_by_its_whole_key(store: Store) -> None:
    keys = [HOSTILE, HOSTILE + "x", HOSTILE[:-1], "k", '{"key":"k"}']
    for key in keys:
        assert _shown(store, key, ADA)
    with store.reading() as reading:
        assert [len(who_saw(reading, key, "triage")) for key in keys] == [1] * len(keys)
        assert who_saw(reading, "k", "other") == who_saw(reading, "\ud800", "triage") == ()


def test_nobody_without_a_name_is_shown_anything(store: Store) -> None:
    with pytest.raises(BadInput, match="somebody with a name"):
        _shown(store, "k-1", Person(" \u200b", authenticated=True))
    with store.reading() as reading:
        assert reading.last_entry() == -1


def test_entries_of_a_kind_from_the_newest_back(store: Store) -> None:
    with store.transaction() as tx:
        written = [
            record(
                tx, "undo.refused", {"workflow": name, "key": "k", "reason": str(n)}, at="2026-03-02T12:00:00.000000Z"
            )
            for n, name in enumerate(["triage", "other"] * 150)
        ]
    of_triage = [entry for entry in reversed(written) if entry.body["workflow"] == "triage"]
    with store.reading() as reading:
        assert list(reading.newest_first("undo.refused", "triage")) == of_triage
        assert list(reading.newest_first("undo.refused", "triage", before=of_triage[100].index)) == of_triage[101:]
