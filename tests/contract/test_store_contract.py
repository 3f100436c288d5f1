"""What every store must do (interlock.ports.store), whatever it is made of."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from interlock.flows.ledger.export import export
from interlock.flows.ledger.record import record
from interlock.flows.ledger.verify import verify_export, verify_store
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, NotOnce, Store, Transaction, WorkflowRow
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import TreeHead

AT = "2026-03-02T09:00:00.000000Z"
LATER = "2026-03-02T10:00:00.000000Z"
DEFINITION = {"name": "triage", "effect": {"undo": "put it back"}}
Open = Callable[[], Store]


def defined(tx: Transaction, *, name: str = "triage", release: str = "r1", at: str = AT) -> None:
    body = {"workflow": name, "release": release, "proposed_by": "Carla", "definition": {**DEFINITION, "name": name}}
    record(tx, "release.defined", body, at=at)


def decided(tx: Transaction, key: str, *, workflow: str = "triage", verb: str = "apply") -> int:
    body = {
        "key": key,
        "workflow": workflow,
        "release": "r1",
        "verb": verb,
        "reasons": ["sure", "très sûr ✓"],
        "audited": 1,
        "inputs": {"proposal": {"label": "billing", "confidence": 0.95}},
    }
    return record(tx, "decision.made", body, at=AT).index


def admitted(tx: Transaction, key: str, *, workflow: str = "triage", at: str = AT, **more: Any) -> int:
    body = {
        "key": key,
        "workflow": workflow,
        "release": "r1",
        "verb": "apply",
        "reasons": [],
        "audited": 0,
        "inputs": {"proposal": {"label": "billing", "payload_digest": "sha256:p"}},
        "state": "executing",
        "epoch": 2,
        "undo": "put it back",
        "owner": "test",
        "lease_until": LATER,
        **more,
    }
    return record(tx, "decision.made", body, at=at, payload={"nonce": "n", "before": {"queue": "inbox"}}).index


def event(tx: Transaction, kind: str, /, at: str = AT, **body: Any) -> int:
    return record(tx, kind, {"workflow": "triage", **body}, at=at).index


def test_an_empty_store_holds_nothing(store: Store) -> None:
    with store.reading() as reading:
        assert reading.head() == TreeHead(0, ())
        assert reading.last_entry() == -1
        assert list(reading.entries()) == []
        assert reading.workflows() == ()
        assert reading.workflow("triage") is None
        assert reading.verdict("triage") is None
        assert reading.decision("k") is None
        assert reading.intent("k") is None
        assert reading.review("k", "audit") is None
        assert reading.secret("s") is None
        assert reading.payload("k", "p") is None
        assert reading.epoch("global") == 0
        assert reading.halted(("global",)) == ()
        assert reading.used("triage", ("a", "b")) == {"a": 0, "b": 0}
        assert reading.authority_version() == 0
        assert verify_store(reading).holds


def test_entries_come_back_as_they_were_written(open_store: Open) -> None:
    with open_store().transaction() as tx:
        written = [
            record(tx, "gate.judged", {"workflow": w, "text": "é\x00\U0001f600", "n": n, "x": 1.5, "e": {}}, at=AT)
            for n, w in enumerate(["triage", "other", "triage"])
        ]
    with open_store().reading() as reading:
        assert list(reading.entries()) == written
        assert list(reading.entries(1, 2)) == written[1:2]
        assert list(reading.entries_of("gate.judged")) == written
        assert list(reading.entries_of("gate.judged", "triage")) == [written[0], written[2]]
        assert list(reading.entries_of("kill.fenced")) == []
        assert reading.last_entry() == 2
        assert reading.verdict("triage") == {**written[2].body, "entry": 2, "at": AT}
        assert verify_store(reading).holds
        assert verify_export(list(export(reading))).holds


def test_a_definition_grant_and_monitor_make_the_workflow_row(store: Store) -> None:
    with store.transaction() as tx:
        defined(tx, name="zebra")
        defined(tx)
        event(tx, "grant.given", grant={"threshold": 0.9}, monitor={"n": 0})
        event(tx, "monitor.updated", monitor={"n": 1, "sums": [0.5]})
    row = WorkflowRow("triage", "r1", "Carla", AT, DEFINITION, {"threshold": 0.9}, {"n": 1, "sums": [0.5]})
    with store.reading() as reading:
        assert reading.workflow("triage") == row
        assert [w.name for w in reading.workflows()] == ["triage", "zebra"]
    with store.transaction() as tx:
        event(tx, "grant.ended")
        assert tx.workflow("triage") == WorkflowRow("triage", "r1", "Carla", AT, DEFINITION, None, row.monitor)
        defined(tx, release="r2", at=LATER)
        assert tx.workflow("triage") == WorkflowRow("triage", "r2", "Carla", LATER, DEFINITION, None, None)


def test_evidence_is_kept_in_order(store: Store) -> None:
    def evidence(tx: Transaction, digest: str, workflow: str) -> None:
        body = {"digest": digest, "release": "r1", "kind": "shadow", "class": "human", "source": "s", "at": AT}
        record(tx, "evidence.recorded", {**body, "body": {"n": 1}, "workflow": workflow}, at=AT)

    with store.transaction() as tx:
        for digest, workflow in (("sha256:b", "triage"), ("sha256:a", "triage"), ("sha256:c", "other")):
            evidence(tx, digest, workflow)
        expected = [
            Evidence(d, "r1", "shadow", EvidenceClass.HUMAN, "s", AT, {"n": 1}) for d in ("sha256:b", "sha256:a")
        ]
        assert list(tx.evidence("triage")) == expected


def test_a_decision_and_its_outcome(store: Store) -> None:
    with store.transaction() as tx:
        entry = decided(tx, "k1")
        decided(tx, "k2", workflow="other")
        last = decided(tx, "k3", verb="shadow")
        observed = event(tx, "outcome.observed", key="k1", label="sales", wrong=1)
    inputs = {"proposal": {"label": "billing", "confidence": 0.95}}
    reasons = ("sure", "très sûr ✓")
    first = DecisionRow("k1", "triage", "r1", "apply", reasons, True, inputs, AT, entry, "sales", True, observed)
    third = DecisionRow("k3", "triage", "r1", "shadow", reasons, True, inputs, AT, last, None, None, None)
    with store.reading() as reading:
        assert reading.decision("k1") == first
        assert list(reading.decisions("triage")) == [first, third]
        assert list(reading.decisions("triage", since_entry=entry + 1)) == [third]
        assert list(reading.decisions("triage", until_entry=last)) == [first]


def test_an_intent_moves_through_its_states(store: Store) -> None:
    def expected(state: IntentState, after: dict[str, Any] | None = None, receipt: str | None = None) -> Intent:
        return Intent(
            key="k",
            workflow="triage",
            release="r1",
            label="billing",
            epoch=2,
            payload_digest="sha256:p",
            before={"queue": "inbox"},
            after=after,
            state=state,
            owner="test",
            lease_until=LATER,
            receipt=receipt,
            entry=0,
            undo="put it back",
        )

    with store.transaction() as tx:
        admitted(tx, "k")
        assert tx.intent("k") == expected(IntentState.EXECUTING)
        event(tx, "intent.completed", key="k", receipt="r-1", after={"queue": "billing"})
        assert tx.intent("k") == expected(IntentState.DONE, {"queue": "billing"}, "r-1")
        event(tx, "undo.admitted", key="k")
        assert tx.intent("k") == expected(IntentState.UNDOING, {"queue": "billing"}, "r-1")
        event(tx, "intent.undone", key="k")
        assert tx.intent("k") == expected(IntentState.UNDONE, {"queue": "billing"}, "r-1")


def test_intents_of_a_scope(store: Store) -> None:
    with store.transaction() as tx:
        admitted(tx, "a")
        admitted(tx, "b", workflow="other")
        admitted(tx, "c", at="2026-03-03T00:00:00.000000Z")
        last = admitted(tx, "d")
        event(tx, "intent.failed", key="a")
        event(tx, "intent.in_doubt", key="d")

        def keys(scope: str, **how: Any) -> list[str]:
            return [intent.key for intent in tx.intents(scope, **how)]

        assert keys("global") == ["a", "b", "c", "d"]
        assert keys("workflow:triage") == ["a", "c", "d"]
        assert keys("workflow:triage", state="executing") == ["c"]
        assert keys("global", state="in_doubt", since_entry=last) == ["d"]
        assert keys("workflow:none") == []


def test_scopes_are_halted_and_the_epoch_is_kept(store: Store) -> None:
    with store.transaction() as tx:
        event(tx, "kill.fenced", scope="workflow:triage", epoch=1, halted=1)
        event(tx, "kill.fenced", scope="global", epoch=1, halted=1)
        event(tx, "kill.fenced", scope="workflow:triage", epoch=2, halted=1)
        assert tx.halted(("global", "workflow:triage", "workflow:other")) == ("global", "workflow:triage")
        event(tx, "scope.resumed", scope="workflow:triage", epoch=2, halted=0)
        assert tx.halted(("global", "workflow:triage")) == ("global",)
        assert (tx.epoch("workflow:triage"), tx.epoch("global"), tx.epoch("workflow:other")) == (2, 1, 0)


def test_reviews_are_opened_closed_and_opened_again(store: Store) -> None:
    due = ("2026-03-04T00:00:00.000000Z", "2026-03-03T00:00:00.000000Z")
    with store.transaction() as tx:
        event(tx, "review.opened", key="late", kind="decision", due_at=due[0])
        event(tx, "review.opened", key="soon", kind="audit", due_at=due[1])
        event(tx, "review.opened", key="late", kind="decision", due_at=due[1])  # open already: nothing changes
        late = ReviewRow("late", "decision", "triage", AT, due[0], None, None, None)
        soon = ReviewRow("soon", "audit", "triage", AT, due[1], None, None, None)
        assert tx.reviews("triage") == (soon, late)
        event(tx, "review.closed", at=LATER, key="late", kind="decision", reviewer="Ana", label="sales")
        closed = ReviewRow("late", "decision", "triage", AT, due[0], LATER, "Ana", "sales")
        assert tx.reviews("triage") == (soon,)
        assert tx.reviews("triage", open_only=False) == (soon, closed)
        event(tx, "review.opened", at=LATER, key="late", kind="decision", due_at=due[1])
        assert tx.review("late", "decision") == ReviewRow("late", "decision", "triage", LATER, due[1], None, None, None)


def test_secrets_and_payloads_are_kept_beside_the_ledger(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_secret("salt", b"\x00\xff")
        tx.keep_payload("sha256:p", "text é", key="k", at=AT)
        tx.keep_payload("sha256:p", "another text", key="k", at=AT)
        tx.keep_payload("sha256:p", "text é", key="other", at=AT)
        tx.keep_payload("sha256:old", "of nobody known", key="", at=AT)
    with store.reading() as reading:
        assert reading.secret("salt") == b"\x00\xff"
        assert (reading.payload("k", "sha256:p"), reading.payload("other", "sha256:p")) == ("text é", "text é")
        assert (reading.payload("third", "sha256:p"), reading.payload("k", "sha256:old")) == (None, "of nobody known")
        assert list(reading.entries()) == []


def test_a_secret_is_taken_and_then_kept_anew(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.take_secret("draft") is None
        tx.keep_secret("draft", b"one")
        tx.keep_secret("other", b"stays")
    with store.transaction() as tx:
        assert tx.take_secret("draft") == b"one"
        tx.keep_secret("draft", b"two")
    with pytest.raises(Own), store.transaction() as tx:
        assert tx.take_secret("draft") == b"two"
        raise Own
    with store.reading() as reading:
        assert (reading.secret("draft"), reading.secret("other")) == (b"two", b"stays")


def test_of_many_who_take_a_secret_each_finds_what_the_one_before_kept(store: Store) -> None:
    def add_one() -> None:
        for _ in range(5):
            with store.transaction(durable=False) as tx:
                tx.keep_secret("n", str(int(tx.take_secret("n") or b"0") + 1).encode())

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(add_one) for _ in range(4)]:
            done.result()
    with store.reading() as reading:
        assert reading.secret("n") == b"20"


class Own(Exception):
    pass


@pytest.mark.parametrize(
    "error", [Own("mine"), OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()]
)
def test_a_raising_block_writes_nothing_and_keeps_its_exception(open_store: Open, error: BaseException) -> None:
    store = open_store()
    with store.transaction() as tx:
        defined(tx)
    before = store.seal()
    with pytest.raises(type(error)) as caught, store.transaction() as tx:
        decided(tx, "k")
        tx.keep_secret("s", b"s")
        tx.keep_payload("p", "p", key="k", at=AT)
        event(tx, "grant.given", grant={"threshold": 0.9}, monitor={})
        raise error
    assert caught.value is error
    for opened in (store, open_store()):
        with opened.reading() as reading:
            assert reading.head() == before
            assert reading.decision("k") is None
            assert reading.secret("s") is None
            assert reading.payload("k", "p") is None
            assert reading.workflow("triage") is not None
            assert verify_store(reading).holds
    with pytest.raises(type(error)) as caught, store.reading():
        raise error
    assert caught.value is error


def test_a_fault_in_the_middle_of_an_entry_writes_nothing(store: Store) -> None:
    with pytest.raises(Unavailable, match="no such kind"), store.transaction() as tx:
        record(tx, "no such kind", {}, at=AT)
    with pytest.raises(NotOnce), store.transaction() as tx:
        decided(tx, "k")
        decided(tx, "k")
    with store.reading() as reading:
        assert reading.head() == TreeHead(0, ())
        assert reading.last_entry() == -1


@pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": "\ud800"}, {"x": 2**60}, {"x": object()}])
def test_what_cannot_be_recorded_is_bad_input(store: Store, body: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"this gate\.judged cannot be recorded"), store.transaction() as tx:
        record(tx, "gate.judged", body, at=AT)
    with store.reading() as reading:
        assert reading.last_entry() == -1


def test_transactions_do_not_nest(store: Store) -> None:
    with store.transaction() as tx:
        defined(tx)
        with pytest.raises(Unavailable, match="nest nothing"), store.transaction():
            pass
        event(tx, "gate.judged")
    with store.reading() as reading:
        assert reading.last_entry() == 1


def test_a_reading_inside_a_transaction_sees_it(store: Store) -> None:
    with store.transaction() as tx:
        defined(tx)
        with store.reading() as reading:
            assert reading.last_entry() == 0
            assert reading.workflow("triage") is not None


def test_a_reading_in_another_thread_sees_what_is_committed_and_does_not_wait(store: Store) -> None:
    seen: list[int] = []

    def look() -> None:
        with store.reading() as reading:
            seen.append(reading.last_entry())

    with store.transaction() as tx:
        defined(tx)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert seen == [-1, 0]


def test_a_reading_is_consistent_while_others_write(open_store: Open) -> None:
    reader, writer = open_store(), open_store()
    with reader.reading() as reading:
        assert reading.last_entry() == -1
        with writer.transaction() as tx:
            defined(tx)
        with reader.transaction() as tx:
            event(tx, "gate.judged")
        assert (reading.last_entry(), reading.workflow("triage")) == (-1, None)
    with reader.reading() as reading:
        assert reading.last_entry() == 1


def test_a_view_ends_with_its_block(store: Store) -> None:
    with store.transaction() as tx:
        for _ in range(3):
            decided(tx, f"k{event(tx, 'gate.judged')}")
    with pytest.raises(RuntimeError, match="this view of the store has ended"):
        tx.keep_payload("p", "written outside of any transaction", key="k", at=AT)
    with pytest.raises(RuntimeError, match="this view of the store has ended"):
        event(tx, "gate.judged")
    with store.reading() as reading:
        not_begun: list[Iterable[Any]] = [reading.entries(0, 3), reading.entries_of("gate.judged")]
        not_begun.append(reading.decisions("triage", until_entry=9))
        begun = reading.entries()
        next(begun)
    for generator in [*not_begun, begun]:
        with pytest.raises(RuntimeError, match="this view of the store has ended"):
            list(generator)


def test_threads_take_turns(open_store: Open) -> None:
    stores = [open_store(), open_store()]

    def write(number: int) -> None:
        for turn in range(10):
            with stores[number % 2].transaction(durable=turn % 2 == 0) as tx:
                decided(tx, f"k{number}-{turn}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].reading() as reading:
        assert sorted(row.key for row in reading.decisions("triage")) == sorted(
            f"k{n}-{t}" for n in range(6) for t in range(10)
        )
        assert [entry.index for entry in reading.entries()] == list(range(60))
        assert verify_store(reading).holds


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(Unavailable, match="closed"), store.transaction():
        pass
    with pytest.raises(Unavailable, match="closed"), store.reading():
        pass


def test_closing_inside_a_transaction_gives_it_up(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(Unavailable, match="closed"), store.transaction() as tx:
        defined(tx)
        store.close()
    with open_store().reading() as reading:
        assert reading.last_entry() == -1
