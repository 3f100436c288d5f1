"""Every store finds evidence and queues of all workflows at once (interlock.ports.evidences)."""

from interlock.flows.ledger.record import record
from interlock.flows.rollout.attest import attest_in
from interlock.ports.evidences import QueueLength
from interlock.ports.store import Store
from interlock.terms.evidence import EvidenceClass

AT, LATER = "2026-03-02T09:00:00.000000Z", "2026-03-02T10:00:00.000000Z"


def test_evidence_and_queues_of_all_workflows(store: Store) -> None:
    with store.transaction() as tx:
        made = [
            attest_in(
                tx,
                workflow,
                release="r1",
                kind=kind,
                evidence_class=EvidenceClass.EXECUTED,
                source="test",
                body={"n": 1},
                at=AT,
            )
            for workflow, kind in (("triage", "tests"), ("other", "scan"))
        ]
        record(tx, "gate.judged", {"workflow": "triage", "n": 1}, at=AT)
        newest = record(tx, "gate.judged", {"workflow": "triage", "n": 2}, at=AT)
        for key, due_at in (("late", AT), ("open", "2026-03-03T09:00:00.000000Z")):
            body = {"workflow": "triage", "key": key, "kind": "decision", "due_at": due_at}
            record(tx, "review.opened", body, at=AT)
    with store.reading() as reading:
        assert reading.evidence_by_digest(made[0].digest) == made[0]
        assert reading.evidence_by_digest("sha256:none") is None
        assert list(reading.measured("scan")) == [("other", made[1].digest, "r1", "test", {"n": 1})]
        assert list(reading.newest_each("gate.judged")) == [newest]
        assert reading.queue_lengths(LATER) == {"triage": QueueLength(open=2, late=1)}
        assert reading.queue_lengths(LATER, "triage") == {"triage": QueueLength(open=2, late=1)}
        assert reading.queue_lengths(LATER, "other") == {}


def test_measurements_newest_verdicts_and_recent_cases_of_all_workflows(store: Store) -> None:
    with store.transaction() as tx:
        kpi = attest_in(
            tx, "triage", release="r1", kind="kpi", evidence_class=EvidenceClass.SOURCE, source="desk",
            body={"kpi": "hours", "value": 2.5}, at=AT,
        )  # fmt: skip
        judged = [
            record(tx, "readiness.judged", {"workflow": workflow, "gate": gate, "n": n}, at=AT)
            for n, (workflow, gate) in enumerate(
                (("triage", "a"), ("triage", "b"), ("other", "a"), ("triage", "a"), ("other", "a"))
            )
        ]
        record(tx, "readiness.judged", {"workflow": None, "gate": "a"}, at=AT)
    with store.reading() as reading:
        assert list(reading.measured("kpi")) == [("triage", kpi.digest, "r1", "desk", {"kpi": "hours", "value": 2.5})]
        assert list(reading.measured("expense")) == []
        assert list(reading.newest_by("readiness.judged", "gate")) == [judged[1], judged[3], judged[4]]
        assert reading.decided_since(0) == frozenset()


def test_recent_cases_are_counted_and_only_the_newest_are_read(store: Store) -> None:
    releases = (("r1", "r1"), ("r1", "r2"), ("r2", "r2"))
    with store.transaction() as tx:
        made = [
            record(
                tx, "decision.made", {
                    "key": f"c{n}", "workflow": "triage", "release": in_force, "verb": "shadow", "audited": 0,
                    "inputs": {"proposal": {"release": proposed_under}, "current_release": in_force},
                }, at=AT,
            )
            for n, (proposed_under, in_force) in enumerate(releases)
        ]  # fmt: skip
    with store.reading() as reading:
        assert [reading.case_count("triage", since=entry.index) for entry in made] == [3, 2, 1]
        assert (reading.case_count("other", since=0), reading.case_count("triage", since=10**9)) == (0, 0)
        assert set(reading.newest_releases("triage", since=0, limit=2)) == set(releases[1:])
        assert list(reading.newest_releases("triage", since=made[2].index, limit=9)) == [("r2", "r2")]
