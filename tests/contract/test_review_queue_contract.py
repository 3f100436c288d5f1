"""What every store must do for the queue of reviews."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from interlock.flows.ledger.record import record
from interlock.ports.store import NotOnce, ReviewRow, Store, Transaction

Open = Callable[[], Store]


def at(hour: float) -> str:
    return f"2026-03-02T{int(hour):02}:{int(hour % 1 * 60):02}:00.000000Z"


def opened(tx: Transaction, key: str, *, due: float, kind: str = "decision", now: float = 9, **more: Any) -> None:
    workflow = more.pop("workflow", "triage")
    body = {"workflow": workflow, "key": key, "kind": kind, "due_at": at(due), **more}
    record(tx, "review.opened", body, at=at(now))


def told(tx: Transaction, what: str, key: str, *, kind: str = "decision", now: float = 10, **more: Any) -> None:
    record(tx, f"review.{what}", {"workflow": "triage", "key": key, "kind": kind, **more}, at=at(now))


def decided(tx: Transaction, key: str) -> None:
    inputs = {"proposal": {"label": "billing"}}
    body = {"key": key, "workflow": "triage", "release": "r1", "verb": "review", "reasons": [], "audited": 0}
    record(tx, "decision.made", {**body, "inputs": inputs, "review_due_at": at(12)}, at=at(9))


def approved(key: str, **more: Any) -> dict[str, Any]:
    return {
        "workflow": "triage",
        "key": key,
        "label": "billing",
        "payload_digest": "sha256:p",
        "approved_by": "Ana",
        "epoch": 3,
        "owner": "here",
        "lease_until": at(13),
        "undo": "put it back",
        "action": "routing",
        "reserved": [{"counter": "applied_per_day:2026-03-02", "amount": 1}],
        **more,
    }


def test_the_queue_is_in_the_order_of_urgency(store: Store) -> None:
    with store.transaction() as tx:
        for key, due in (("late", 11), ("early", 10), ("same-b", 10.5), ("same-a", 10.5), ("put to others", 10)):
            opened(tx, key, due=due)
        opened(tx, "elsewhere", due=9.5, workflow="other")
        opened(tx, "done", due=9)
        told(tx, "closed", "done", reviewer="Ana", label="billing")
        told(tx, "escalated", "put to others", to=["Ben"], due_at=at(20))
    with store.reading() as reading:
        all_ = [row.key for row in reading.queue(limit=9)]
        assert all_ == ["put to others", "elsewhere", "early", "same-a", "same-b", "late"]
        assert [row.key for row in reading.queue("triage", limit=2)] == ["put to others", "early"]
        assert [row.key for row in reading.queue(due_before=at(10.5), limit=9)] == ["elsewhere", "early"]
        assert [row.key for row in reading.reviews("triage")] == ["put to others", "early", "same-a", "same-b", "late"]


def test_a_review_goes_through_its_states(store: Store) -> None:
    with store.transaction() as tx:
        opened(tx, "k", due=12, asked=["Ana", "Ben"])
        first = ReviewRow("k", "decision", "triage", at(9), at(12), None, None, None, asked=("Ana", "Ben"))
        assert tx.review("k", "decision") == first
        told(tx, "claimed", "k", reviewer="Ana", until=at(11))
        held = tx.review("k", "decision")
        assert held is not None
        assert (held.holder(at(10.9)), held.holder(at(11)), held.refused) == ("Ana", None, False)
        assert [row.key for row in tx.in_hand(at(10.9))] == ["k"]
        assert tx.in_hand(at(11)) == ()
        told(tx, "released", "k", reviewer="Ana")
        assert tx.review("k", "decision") == first
        told(tx, "escalated", "k", to=["Carla"], due_at=at(20))
        moved = tx.review("k", "decision")
        assert moved is not None
        assert (moved.due_at, moved.asked, moved.escalations) == (at(20), ("Carla",), 1)
        told(tx, "claimed", "k", reviewer="Ana", until=at(23))
        told(tx, "refused", "k", now=21, reason="nobody")
        refused = tx.review("k", "decision")
        assert refused is not None
        assert (refused.refused, refused.closed_at, refused.holder(at(21))) == (True, at(21), None)
        opened(tx, "k", due=23, now=22)  # a new one, as if nothing had been
        assert tx.review("k", "decision") == ReviewRow("k", "decision", "triage", at(22), at(23), None, None, None)


def test_what_is_closed_is_not_changed_any_more(store: Store) -> None:
    with store.transaction() as tx:
        opened(tx, "k", due=12)
        told(tx, "closed", "k", reviewer="Ana", label="billing")
        closed = tx.review("k", "decision")
        for what, more in (
            ("claimed", {"reviewer": "Ben", "until": at(11)}),
            ("escalated", {"to": [], "due_at": at(20)}),
            ("refused", {}),
            ("closed", {"reviewer": "Ben", "label": "sales"}),
        ):
            told(tx, what, "k", now=11, **more)
        assert tx.review("k", "decision") == closed


def test_reviews_of_a_case_and_of_a_time(store: Store) -> None:
    with store.transaction() as tx:
        for kind, now in (("second", 11), ("audit", 10), ("undo", 9)):
            opened(tx, "k", due=20, kind=kind, now=now)
        opened(tx, "other", due=20, workflow="other", now=10.5)
        told(tx, "closed", "k", kind="audit", now=12, reviewer="Ana", label="billing")
    with store.reading() as reading:
        assert [row.kind for row in reading.case_reviews("k")] == ["audit", "second", "undo"]
        assert [(row.key, row.kind) for row in reading.reviews_since(at(10))] == [
            ("k", "audit"),
            ("other", "decision"),
            ("k", "second"),
        ]
        assert [row.kind for row in reading.reviews_since(at(10), "triage")] == ["audit", "second"]
        assert reading.case_reviews("none") == ()


def test_an_approval_is_used_once_and_while_it_lasts(store: Store) -> None:
    with store.transaction() as tx:
        decided(tx, "k")
        told(tx, "closed", "k", reviewer="Ana", label="billing", approved_until=at(12))
    with store.reading() as reading:
        assert [row.key for row in reading.approved(at(11))] == ["k"]
        assert reading.approved(at(12)) == ()
    with pytest.raises(NotOnce), store.transaction() as tx:
        record(tx, "intent.approved", approved("k"), at=at(12))
    with store.transaction() as tx:
        entry = record(
            tx, "intent.approved", approved("k"), at=at(11), payload={"before": {"queue": "inbox"}, "nonce": "n"}
        )
        intent = tx.intent("k")
        assert intent is not None
        assert (intent.state, intent.epoch, intent.owner, intent.lease_until) == ("executing", 3, "here", at(13))
        assert (intent.entry, intent.label, intent.undo, intent.before) == (
            entry.index,
            "billing",
            "put it back",
            {"queue": "inbox"},
        )
        assert (intent.action, tx.used("triage", ("applied_per_day:2026-03-02",))) == (
            "routing",
            {"applied_per_day:2026-03-02": 1},
        )
        assert tx.approved(at(11)) == ()
    with pytest.raises(NotOnce), store.transaction() as tx:
        record(tx, "intent.approved", approved("k"), at=at(11))
    with store.reading() as reading:
        assert reading.state_faults() == ()


def test_without_an_approval_no_intent_is_begun(store: Store) -> None:
    with store.transaction() as tx:
        decided(tx, "k")
    with pytest.raises(NotOnce), store.transaction() as tx:
        record(tx, "intent.approved", approved("k"), at=at(11))
    with store.reading() as reading:
        assert (reading.intent_state("k"), reading.last_entry()) == (None, 0)


def test_what_another_transaction_holds_is_passed_over_or_waited_for(open_store: Open) -> None:
    one, other = open_store(), open_store()
    with one.transaction() as tx:
        opened(tx, "k", due=12)
    seen: list[ReviewRow | None] = []
    began = threading.Event()

    def meanwhile() -> None:
        began.set()
        with other.transaction() as tx:
            seen.append(tx.hold_review("k", "decision"))

    with one.transaction() as tx:
        assert tx.hold_review("k", "decision", wait=False) is not None
        thread = threading.Thread(target=meanwhile)
        thread.start()
        began.wait()
        time.sleep(0.05)
        assert seen == []
        told(tx, "closed", "k", reviewer="Ana", label="billing")
    thread.join()
    assert [row.reviewer for row in seen if row is not None] == ["Ana"]
    with one.transaction() as tx:
        assert (tx.hold_review("none", "decision"), tx.hold_review("k", "audit", wait=False)) == (None, None)
