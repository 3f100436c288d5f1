"""What every store must do for the queue of reviews."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from interlock.flows.ledger.record import record
from interlock.ports.queue import EVERYTHING, Place, Reach, ReviewRow, Waiting, Wanted
from interlock.ports.store import NotOnce, Store, Transaction

Open = Callable[[], Store]


def at(hour: float) -> str:
    return f"2026-03-02T{int(hour):02}:{int(hour % 1 * 60):02}:00.000000Z"


def opened(tx: Transaction, key: str, *, due: float, kind: str = "decision", now: float = 9, **more: Any) -> None:
    workflow = more.pop("workflow", "triage")
    body = {"workflow": workflow, "key": key, "kind": kind, "due_at": at(due), **more}
    record(tx, "review.opened", body, at=at(now))


def told(tx: Transaction, what: str, key: str, *, kind: str = "decision", now: float = 10, **more: Any) -> None:
    record(tx, f"review.{what}", {"workflow": "triage", "key": key, "kind": kind, **more}, at=at(now))


def decided(tx: Transaction, key: str, **more: Any) -> None:
    inputs = {"proposal": {"label": "billing"}}
    body = {"key": key, "workflow": "triage", "release": "r1", "verb": "review", "reasons": [], "audited": 0, **more}
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


def keys(rows: tuple[ReviewRow, ...]) -> list[str]:
    return [f"{row.key}/{row.kind}" for row in rows]


def test_the_queue_is_paged_by_due_time_and_filtered(store: Store) -> None:
    with store.transaction() as tx:
        for key, due in (("d", 11), ("b", 10), ("c", 10), ("a", 10.5), ("100%_b", 12)):
            opened(tx, key, due=due)
        opened(tx, "c", due=10, kind="audit")
        opened(tx, "e", due=13, workflow="other")
        told(tx, "escalated", "d", to=["Ben"], due_at=at(14))
        opened(tx, "done", due=9)
        told(tx, "closed", "done", reviewer="Ana", label="billing")
    in_order = ["b/decision", "c/audit", "c/decision", "a/decision", "100%_b/decision", "e/decision", "d/decision"]
    with store.reading() as reading:
        paged, after = [], None
        while page := reading.queue_page(Wanted(), after=after, limit=2):
            paged += keys(page)
            after = Place(page[-1].due_at, page[-1].key, page[-1].kind)
        assert paged == in_order

        def wanted(**filters: Any) -> list[str]:
            return keys(reading.queue_page(Wanted(**filters), limit=9))

        assert wanted(workflow="other") == ["e/decision"]
        assert wanted(kind="audit") == ["c/audit"]
        assert wanted(due_before=at(10.5)) == ["b/decision", "c/audit", "c/decision"]
        assert wanted(escalated=True) == ["d/decision"]
        assert (wanted(key_part="0%_b"), wanted(key_part="%"), wanted(key_part="B")) == (
            ["100%_b/decision"],
            ["100%_b/decision"],
            [],
        )
        assert reading.waiting(Wanted(), at(10.5), most=9) == Waiting(7, 3)
        assert reading.waiting(Wanted(), at(10.5), most=2) == Waiting(2, 2, at_least=True)
        assert reading.waiting(Wanted(kind="undo"), at(23), most=9) == Waiting(0, 0)


def test_a_reach_is_a_workflow_a_tenant_or_a_tenants_part_of_a_workflow(store: Store) -> None:
    with store.transaction() as tx:
        decided(tx, "acme's", tenant="acme")
        decided(tx, "globex's", tenant="globex")
        decided(tx, "nobody's")
        decided(tx, "acme's elsewhere", tenant="acme", workflow="other")
        decided(tx, "given to acme", workflow="given")
        decided(tx, "globex's in what was given to acme", workflow="given", tenant="globex")
        opened(tx, "planted", due=20, kind="audit", workflow="given")  # a review of no decision
        for key in ("acme's", "globex's"):
            told(tx, "claimed", key, reviewer="Ana", until=at(11))
    acme = Reach(tenant="acme", given=("given", "also given"))
    of = {
        "everything": (EVERYTHING, 7),
        "a workflow": ((Reach("triage"),), 3),
        "a tenant without a workflow": ((Reach(tenant="acme"),), 2),
        "a tenant": ((acme,), 4),
        "its part of a workflow": ((Reach("triage", "acme", ("given",)),), 1),
        "two parts": ((acme, Reach("triage")), 6),
        "nothing": ((), 0),
    }
    with store.reading() as reading:
        for said, (reach, count) in of.items():
            assert reading.waiting(Wanted(), at(9), most=99, reach=reach).open == count, said
            assert len(reading.queue(limit=99, reach=reach)) == count, said
        assert reading.waiting(Wanted(), at(9), most=4, reach=(Reach("other"),)) == Waiting(1, 0, at_least=True)
        assert keys(reading.queue_page(Wanted(), limit=9, reach=(acme,))) == [
            "acme's/decision",
            "acme's elsewhere/decision",
            "given to acme/decision",
            "planted/audit",
        ]
        assert [row.key for row in reading.in_hand(at(10), reach=(acme,))] == ["acme's"]
        assert [
            reading.in_reach(key, kind, (acme,))
            for key, kind in (("acme's", "decision"), ("acme's", "audit"), ("globex's", "decision"), ("none", "audit"))
        ] == [True, False, False, False]
        assert reading.in_reach("planted", "audit", (acme,))
