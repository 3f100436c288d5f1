"""Notices: each once, in order, again after a failure, and never in the way of a kill."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from governed import ANA, BEN, NAME, House
from interlock.flows.action.kill import kill, resume
from interlock.flows.notice.tell import Notices
from interlock.flows.rollout.demote import demote
from interlock.terms.errors import Unavailable

ONE, TWO = "https://alerts.example/secret-path", "https://chat.example/hook"


class Letterbox:
    """A notifier that keeps what it was given; `closed` are addresses that take nothing."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, Any]] = []
        self.closed: set[str] = set()
        self.tries = 0

    def tell(self, address: str, notice_id: str, notice: Mapping[str, Any]) -> None:
        self.tries += 1
        if address in self.closed:
            raise Unavailable("it answered 503")
        self.got.append((address, notice_id, notice))


def stopped(house: House) -> None:
    kill(house.store, house.drain, f"workflow:{NAME}", by=ANA, reason="it looks wrong", clock=house.clock, timeout_s=0)


def test_each_is_told_once_to_each(live: House) -> None:
    box = Letterbox()
    notices = Notices(live.store, box, [ONE, TWO, ONE], live.clock)
    assert (notices.tell(), box.got) == ((), [])
    stopped(live)
    resume(live.store, f"workflow:{NAME}", by=BEN, reason="mended", clock=live.clock)
    demote(live.store, NAME, by=ANA, reason="too many complaints", clock=live.clock)
    assert notices.tell() == ()
    assert [(address, notice["type"]) for address, _, notice in box.got] == [
        (address, kind) for kind in ("kill.fenced", "scope.resumed", "grant.ended") for address in (ONE, TWO)
    ]
    assert box.got[0][1] == f"entry-{box.got[0][2]['entry']}"
    assert box.got[0][2]["data"] == {
        "workflow": NAME,
        "scope": f"workflow:{NAME}",
        "epoch": 1,
        "halted": 1,
        "by": "Ana Ruiz",
        "reason": "it looks wrong",
    }
    assert (Notices(live.store, box, [ONE, TWO], live.clock).tell(), len(box.got)) == ((), 6)
    with live.store.reading() as reading:
        assert [entry.body["host"] for entry in reading.entries_of("notice.sent")] == [
            "alerts.example",
            "chat.example",
        ] * 3
        assert b"secret-path" not in b"".join(entry.record for entry in reading.entries_of("notice.sent"))
        assert reading.state_faults() == ()


def test_what_was_not_taken_is_told_again_and_does_not_hold_up_others(live: House) -> None:
    box = Letterbox()
    notices = Notices(live.store, box, [ONE, TWO], live.clock)
    box.closed = {ONE}
    stopped(live)
    (words,) = notices.tell()
    assert (words.endswith("was not told to alerts.example: it answered 503"), len(box.got)) == (True, 1)
    assert (notices.tell(), box.tries) == ((), 2)  # it is left alone for a second
    live.now += dt.timedelta(seconds=1)
    assert (len(notices.tell()), box.tries) == (1, 3)
    live.now += dt.timedelta(seconds=1)
    assert (notices.tell(), box.tries) == ((), 3)  # and then for two
    box.closed = set()
    live.now += dt.timedelta(seconds=1)
    assert notices.tell() == ()
    assert [address for address, _, _ in box.got] == [TWO, ONE]


def test_who_was_away_for_a_day_is_not_told_of_history(live: House) -> None:
    stopped(live)
    live.now += dt.timedelta(days=1, seconds=1)
    box = Letterbox()
    assert (Notices(live.store, box, [ONE], live.clock).tell(), box.tries) == ((), 0)
