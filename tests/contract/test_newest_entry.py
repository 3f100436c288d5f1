"""Every store finds the newest ledger entry of a kind (interlock.ports.store.Reading.newest_of)."""

from interlock.flows.ledger.record import record
from interlock.ports.store import Store

AT = "2026-03-02T09:00:00.000000Z"


def test_the_newest_entry_of_a_kind_and_a_workflow(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.newest_of("gate.judged", "triage") is None
        written = [
            record(tx, kind, {"workflow": workflow, "n": n}, at=AT)
            for n, (kind, workflow) in enumerate(
                [
                    ("gate.judged", "triage"),
                    ("gate.judged", "triage"),
                    ("gate.judged", "other"),
                    ("undo.refused", "triage"),
                ]
            )
        ]
        assert tx.newest_of("gate.judged", "triage") == written[1]
    with store.reading() as reading:
        assert reading.newest_of("gate.judged", "triage") == written[1]
        assert reading.newest_of("gate.judged", "other") == written[2]
        assert reading.newest_of("undo.refused", "other") is None
