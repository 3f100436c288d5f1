"""An admission that waits while authority changes sees the change: the lock first, and only then a look."""

import threading
from dataclasses import replace

import pytest

from governed import BEN
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.journal import Admission, Answer
from interlock.terms.errors import BadInput
from postgres_server import Databases
from runtime.governed import NAME, opened, promoted, utc
from runtime.journaled import made_ready

BLOCKED_S = 0.2
FENCED = {"scope": f"workflow:{NAME}", "epoch": 1, "halted": 1, "by": BEN.name, "reason": "stop", "workflow": NAME}


def test_who_waited_for_a_kill_on_postgresql_is_not_admitted_behind_it(postgres: Databases) -> None:
    address = postgres.new_database()
    answers: list[Admission] = []
    with opened(address) as rt, opened(address) as elsewhere:
        before, waits, after = made_ready(rt, promoted(rt), ["before", "waits", "after"])
        answers.extend(rt.journal.admit((before.wish,)))
        waiting = threading.Thread(target=lambda: answers.extend(rt.journal.admit((waits.wish,))))
        with elsewhere.store.transaction() as tx:
            tx.fence()
            waiting.start()
            waiting.join(BLOCKED_S)
            assert waiting.is_alive()
            record(tx, "kill.fenced", FENCED, at=stamp(utc()))
        waiting.join()
        answers.extend(rt.journal.admit((after.wish,)))
        with elsewhere.store.reading() as reading:
            at_work = [intent.key for intent in reading.intents("global", state="executing")]
        answers[0].release()

    assert ([one.answer for one in answers], at_work) == ([Answer.ADMITTED, Answer.STALE, Answer.STALE], ["before"])


def test_a_text_with_a_nul_is_not_cut_off_on_its_way_to_postgresql(postgres: Databases) -> None:
    with opened(postgres.new_database()) as rt:
        (ready,) = made_ready(rt, promoted(rt), ["north"])
        entry = replace(ready.wish.entry, body={**ready.wish.entry.body, "tenant": "north\0south"})
        with pytest.raises(BadInput, match="NUL"):
            rt.journal.admit((replace(ready.wish, entry=entry),))
        with rt.store.reading() as reading:
            assert reading.decision("north") is None
