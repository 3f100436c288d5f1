"""Every store looks back through its ledger by whatever filters, and says how far (interlock.ports.entries)."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from interlock.adapters.sql import entries as sql_entries
from interlock.flows.ledger.record import record
from interlock.ports.entries import Sought
from interlock.ports.store import Store
from interlock.terms.ledger import LedgerEntry

KINDS = ("decision.made", "gate.judged", "kill.fenced", "intent.completed", "review.opened")
HOSTILE = 'ключ "/..\\ \u202e\U0001f6d1'


def _at(minute: int) -> str:
    return f"2026-03-02T12:{minute:02d}:00.000000Z"


def _filled(store: Store) -> list[LedgerEntry]:
    """Decided and completed cases of two workflows among other entries, a minute apart."""
    written = []
    with store.transaction() as tx:
        for n in range(50):
            kind, workflow = KINDS[n % len(KINDS)], "triage" if n % 3 else "other"
            body: dict[str, Any] = {"workflow": workflow, "key": f"k-{n - n % len(KINDS)}", "by": "Ana Ruiz"}
            if kind == "decision.made":
                body |= {"release": "r", "verb": "apply", "audited": 0, "state": "executing", "epoch": 0}
                body |= {"owner": "o", "lease_until": _at(59)}
            elif kind == "intent.completed":
                body |= {"receipt": HOSTILE if n == 23 else "r"}
            elif kind == "kill.fenced":
                body = {"scope": "global", "epoch": n, "halted": 1, "by": "Ben", "reason": "stop"}
            elif kind == "review.opened":
                body |= {"kind": "audit", "due_at": _at(59)}
            written.append(record(tx, kind, body, at=_at(n)))
    return written


def _fits(entry: LedgerEntry, sought: Sought) -> bool:
    return (
        (not sought.kinds or entry.kind in sought.kinds)
        and (not sought.workflows or entry.body.get("workflow") in sought.workflows)
        and sought.since <= entry.index < (1000 if sought.before is None else sought.before)
        and (sought.since_at or "") <= entry.at < (sought.until_at or "3")
        and all(text in str(entry.body) for text in sought.texts)
    )


EVERY = [
    Sought(kinds, workflows, since, before, since_at, until_at, texts)
    for kinds, workflows, (since, before), (since_at, until_at), texts in itertools.product(
        ((), ("kill.fenced",), ("decision.made",), ("intent.completed", "gate.judged"), ("no.such",)),
        ((), ("other",), ("triage", "other"), ("no such",)),
        ((0, None), (7, 31)),
        ((None, None), (_at(11), _at(36))),
        ((), ("k-2",), ("\ud800",)),
    )
]


@pytest.mark.parametrize("few", [10_000, 12, 0], ids=["all few", "some few", "none few"])
def test_what_is_found_is_all_that_fits_down_to_the_floor(store: Store, monkeypatch: Any, few: int) -> None:
    monkeypatch.setattr(sql_entries, "FEW", few)
    monkeypatch.setattr(sql_entries, "PAGE", 4)
    written = _filled(store)
    floors = set()
    with store.reading() as reading:
        for sought in EVERY:
            looking = reading.looking_back(sought)
            floors.add(looking.floor)
            expected = [one for one in reversed(written) if _fits(one, sought) and one.index >= looking.floor]
            assert list(looking.entries) == expected, sought
    assert (floors <= {0, 7}) is (few == 10_000), "what is few is looked at whole, what is not down to a floor"


def test_looking_further_finds_everything(store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(sql_entries, "FEW", 6)
    written = _filled(store)
    sought, found = Sought(texts=("Ana Ruiz",)), list[LedgerEntry]()
    with store.reading() as reading:
        while True:
            looking = reading.looking_back(sought)
            found += looking.entries
            if looking.floor == 0:
                break
            sought = replace(sought, before=looking.floor)
    assert found == [one for one in reversed(written) if one.body.get("by") == "Ana Ruiz"]


def test_a_text_is_found_as_it_was_meant(store: Store) -> None:
    written = _filled(store)
    with store.reading() as reading:
        assert list(reading.looking_back(Sought(texts=(HOSTILE,))).entries) == [written[23]]
        assert list(reading.looking_back(Sought(texts=("' OR 1=1 --", "%"))).entries) == []


def test_where_a_time_begins(store: Store) -> None:
    with store.reading() as reading:
        assert reading.entry_from(_at(0)) == 0
    written = _filled(store)
    with store.reading() as reading:
        found = [reading.entry_from(at) for at in (_at(0), _at(17), "2026-03-02T12:17:00.000001Z", "2027")]
        assert found == [0, written[17].index, written[18].index, written[49].index + 1]
        assert list(reading.leaves(3, 5)) == [(one.index, one.leaf) for one in written[3:5]]
