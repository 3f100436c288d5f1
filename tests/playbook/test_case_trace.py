"""Why could this act? One call tells the whole chain, and what is missing from it."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from governed import BEN, NAME, House
from interlock.adapters.opentelemetry.otlp_lines import otlp_lines
from interlock.adapters.opentelemetry.spans import spans_of
from interlock.flows.action.kill import kill
from interlock.flows.action.undo import undo
from interlock.flows.review.decide import close_review
from interlock.flows.trace.case_trace import case_trace, case_traces, facts_of
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
    (stop,) = (link for link in trace.links if link.step is TraceStep.HALT)
    with live.store.reading() as reading:
        (fenced,) = reading.entries_of("kill.fenced")
    assert (stop.entry, stop.words) == (fenced.index, f"{fenced.body['by']} halted global: {fenced.body['reason']}")
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
        ("UPDATE ledger SET payload = NULL", "erased, and by whom is not on record"),
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


def test_a_period_is_traced_as_each_of_its_cases_is(live: House) -> None:
    for number, confidence in enumerate((0.95, 0.2, 0.95)):
        live.act(live.proposal(key=f"k{number}", confidence=confidence))
    close_review(live.store, NAME, "k0", "audit", label="sales", by=BEN, clock=live.clock)
    undo(live.rt, live.desk, "k2", by=BEN)
    live.store.seal()
    with live.store.reading() as reading:
        first = next(row for row in reading.decisions(NAME) if row.key == "k0")
        traces = list(case_traces(reading, NAME, since=first.entry))
        assert [trace.key for trace in traces] == ["k0", "k1", "k2"]
        assert traces == [case_trace(reading, NAME, trace.key) for trace in traces]
        assert len(list(case_traces(reading, NAME))) == 63


def test_spans_tell_the_same_and_nothing_that_may_be_erased(live: House) -> None:
    live.act(replace(live.proposal(key="k"), target="IBAN ES91 2100", facts={"secret": "nobody's business"}))
    close_review(live.store, NAME, "k", "audit", label="billing", by=BEN, clock=live.clock)
    trace = traced(live, "k")
    case, *children = spans_of(trace)
    assert [span.name for span in children] == ["decision", "intent", "effect", "review", "outcome"]
    assert all(span.parent == case.get_span_context() for span in children)
    assert all((case.start_time or 0) <= (span.start_time or 0) <= (span.end_time or 0) for span in children)
    assert case.end_time == max(span.end_time or 0 for span in children)
    assert len({span.get_span_context().span_id for span in (case, *children)}) == 6  # type: ignore[union-attr]
    (line,) = otlp_lines([trace])
    written = json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [span["name"] for span in written] == [f"case {NAME}", *(span.name for span in children)]
    assert {span["traceId"] for span in written} == {format(case.get_span_context().trace_id, "032x")}  # type: ignore[union-attr]
    assert written[1]["parentSpanId"] == written[0]["spanId"]
    assert b"IBAN" not in line
    assert b"nobody" not in line
    (evaluated,) = written[-1]["events"]
    assert (evaluated["name"], {one["key"]: one["value"] for one in evaluated["attributes"]}) == (
        "gen_ai.evaluation.result",
        {
            "gen_ai.evaluation.name": {"stringValue": "interlock.outcome"},
            "gen_ai.evaluation.score.label": {"stringValue": "right"},
            "gen_ai.evaluation.score.value": {"doubleValue": 1.0},
        },
    )
    assert not [span for span in written[:-1] if "events" in span]
    assert line == next(otlp_lines([trace]))  # exporting again doubles nothing


def test_an_exporter_of_the_sdk_takes_the_spans(live: House) -> None:
    live.act(live.proposal(key="k"))
    memory = InMemorySpanExporter()
    memory.export(spans_of(traced(live, "k")))
    effect = next(span for span in memory.get_finished_spans() if span.name == "effect")
    assert (effect.attributes or {})["interlock.receipt"] == "r-0"


def test_an_unknown_case_is_refused(live: House) -> None:
    live.act(live.proposal(key="k"))
    with live.store.reading() as reading:
        with pytest.raises(BadInput, match="never decided a case 'none'"):
            case_trace(reading, NAME, "none")
        with pytest.raises(BadInput, match="'other' never decided a case 'k'"):
            case_trace(reading, "other", "k")
