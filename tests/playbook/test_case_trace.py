"""Why could this act? One call tells the whole chain, and what is missing from it."""

import sqlite3
from contextlib import closing

import pytest

from governed import BEN, NAME, House
from interlock.flows.action.kill import kill
from interlock.flows.action.undo import undo
from interlock.flows.review.decide import close_review
from interlock.flows.trace.case_trace import case_trace, facts_of
from interlock.terms.errors import BadInput
from interlock.terms.trace import CaseTrace, TraceStep


def traced(house: House, key: str) -> CaseTrace:
    house.store.seal()
    with house.store.reading() as reading:
        return case_trace(reading, NAME, key)


def steps(trace: CaseTrace) -> list[str]:
    return [str(link.step) for link in trace.links]


def test_an_applied_case_tells_the_chain_from_evidence_to_outcome(live: House) -> None:
    live.act(live.proposal(key="k"))
    close_review(live.store, NAME, "k", "audit", label="billing", by=BEN, clock=live.clock)
    undo(live.rt, live.desk, "k", by=BEN)
    trace = traced(live, "k")
    assert steps(trace) == [
        "release",
        "evidence",
        "evidence",
        "gate",
        "promotion",
        "decision",
        "intent",
        "effect",
        "review",
        "outcome",
        "undo",
        "undo",
    ]
    assert trace.missing == ()
    assert trace.answer.startswith("It was applied under a grant that held until")
    (grant,) = facts_of(trace, TraceStep.PROMOTION)
    assert (grant["approver"], grant["grant"]["threshold"]) == ("Ana Ruiz", 0.9)
    assert "Ben Okafor decided 'billing' in the audit review" in [link.words for link in trace.links]


def test_each_link_is_the_ledgers_entry_of_that_digest(live: House) -> None:
    live.act(live.proposal(key="k"))
    trace = traced(live, "k")
    with live.store.reading() as reading:
        leaves = {entry.index: entry.leaf.hex() for entry in reading.entries()}
    named = [(link.entry, link.digest) for link in trace.links if link.entry is not None]
    assert len(named) >= 7
    assert all(leaves[entry] == digest for entry, digest in named)
    assert trace.sealed_size == len(leaves)


def test_a_case_that_was_not_applied_says_why(live: House) -> None:
    kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    live.act(live.proposal(key="halted"))
    trace = traced(live, "halted")
    assert trace.answer == "It was not applied by itself (review): global is halted by the kill switch."
    assert "intent" not in steps(trace)
    assert "effect" not in steps(trace)


def test_a_shadow_case_rests_on_no_grant(house: House) -> None:
    house.define()
    house.act(house.proposal(key="k"))
    assert steps(traced(house, "k")) == ["release", "decision"]


def test_what_is_not_on_record_is_named_as_missing(live: House) -> None:
    live.act(live.proposal(key="k"))
    for change, words in (
        ("DELETE FROM ledger WHERE kind = 'evidence.recorded'", "that the grant names is not on record"),
        ("DELETE FROM ledger WHERE kind = 'gate.judged'", "no gate was judged for this release before the grant"),
        ("DELETE FROM ledger WHERE kind = 'grant.given'", "but none was given to its release before it"),
        ("UPDATE ledger SET payload = NULL", "were erased"),
    ):
        with closing(sqlite3.connect(live.path)) as database, database:
            database.execute(change)
        with live.store.reading() as reading:
            assert any(words in one for one in case_trace(reading, NAME, "k").missing)


def test_an_altered_record_hides_none_of_the_others(live: House) -> None:
    live.act(live.proposal(key="k"))
    before = steps(traced(live, "k"))
    with closing(sqlite3.connect(live.path)) as database, database:
        database.execute(
            "UPDATE ledger SET record = CAST(json_remove(CAST(record AS TEXT), '$.body.findings') AS BLOB)"
            " WHERE kind = 'gate.judged'"
        )
    with live.store.reading() as reading:
        trace = case_trace(reading, NAME, "k")
    assert steps(trace) == before
    assert any("its record is not as it was written" in link.words for link in trace.links)


def test_an_unknown_case_is_refused(live: House) -> None:
    live.act(live.proposal(key="k"))
    with live.store.reading() as reading:
        with pytest.raises(BadInput, match="never decided a case 'none'"):
            case_trace(reading, NAME, "none")
        with pytest.raises(BadInput, match="'other' never decided a case 'k'"):
            case_trace(reading, "other", "k")
