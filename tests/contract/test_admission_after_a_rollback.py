"""What the journal of PostgreSQL refuses must not keep the next case from being admitted on the same connection."""

from pathlib import Path
from typing import Any

from governed import NAME, House
from interlock.flows.ledger.record import written
from interlock.ports.journal import Answer, Wish
from interlock.terms.intent import IntentState


def test_cases_are_admitted_after_wishes_that_were_refused(postgres: Any, tmp_path: Path) -> None:
    house = House(tmp_path, postgres.new_database())
    house.live()
    assert house.act(house.proposal(key="k")).state is IntentState.DONE
    with house.store.reading() as reading:
        version = reading.authority_version()
    for _ in range(4):  # more often than makes the driver keep a statement
        assert admitted(house, version - 1) is Answer.STALE
    assert admitted(house, version) is Answer.KNOWN  # rolled back: now it forgets all of them at once
    assert house.act().state is IntentState.DONE
    house.opened.close()


def admitted(house: House, version: int) -> Answer:
    """What the journal answers to who wants to begin an effect that no person approved."""
    body = {"workflow": NAME, "key": "k", "label": "billing", "approved_by": "nobody", "epoch": 0, "owner": "x"}
    entry = written("intent.approved", {**body, "lease_until": "2026"}, at="2026-03-02T10:00:00.000000Z", numbers=())
    wish = Wish(key="k", version=version, entry=entry, scopes=(), reservations=(), durable=True)
    (answer,) = house.rt.journal.admit([wish])
    return answer.answer
