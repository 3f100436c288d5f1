"""`interlock gateway verify`, `ungoverned` and `spans`, as an auditor and an operator use them."""

import gzip
import json
from pathlib import Path

import pytest

from commandline import Run
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.wiring.run_time import open_address
from traced import accepted, outcome

TRACES = Path("store.db.traces")


@pytest.fixture
def at(run: Run) -> str:
    """A store beside which a gateway's traces lie, of the last moments."""
    opened = open_address("store.db")

    def now() -> str:
        return stamp(opened.clock())

    log = SegmentTraceLog(TRACES, "w-1", now)
    for number in range(3):
        log.accept(accepted(number, at=now()))
        log.outcome(outcome(number, at=now()))
    log.ungoverned(network="10.1.2.0/24", wire="chat", model="big", rule="unknown key")
    log.ungoverned(network="", wire="chat", model="", rule="unknown key")
    log.close()
    TrafficLoading(opened.store, SegmentFolder(TRACES, now), opened.clock).go()
    opened.close()
    return "store.db"


def test_an_auditor_checks_traffic_and_finds_what_was_altered(run: Run, at: str) -> None:
    good = run("gateway", "verify", "--store", at)
    assert (good.status, " ".join(good.out.split())) == (
        0,
        "traffic holds: 1 segment on record, 1 checked here, 0 kept elsewhere or no longer; 3 requests compared, "
        "0 without a row any more; 0 faults",
    )
    (TRACES / "w-2.00000001.open").touch()
    waits = " ".join(run("gateway", "verify", "--store", at).out.split())
    assert "1 segment here not on record yet, and not compared" in waits
    (kept,) = TRACES.glob("kept/*/*.gz")
    raw = gzip.decompress(kept.read_bytes())
    kept.write_bytes(gzip.compress(raw.replace(b'"cost_micro_usd":700', b'"cost_micro_usd":100', 1)))
    bad = run("gateway", "verify", "--store", at)
    assert bad.status == 1
    assert "FAILED" in bad.out
    assert "w-1.00000001, request r0: line 3: it is not what was written" in " ".join(bad.out.split())
    told = run("gateway", "verify", "--store", at, "--traces", str(TRACES), "--json")
    assert (told.status, told.json["holds"], told.json["faults"][0]["request"]) == (1, False, "r0")


def test_traces_that_are_not_there_are_told(run: Run, at: str) -> None:
    missing = run("gateway", "verify", "--store", at, "--traces", "nowhere")
    assert (missing.status, "there is no folder nowhere with traces" in missing.said) == (2, True)


def test_an_operator_sees_who_came_and_is_known_to_nobody(run: Run, at: str) -> None:
    shown = run("gateway", "ungoverned", "--store", at)
    words = shown.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "10.1.2.0/24: 1 request for model big (chat): nobody here made its key [unknown key]" in words
    assert "no address: 1 request for no plain name of a model (chat): nobody here made its key [unknown key]" in words
    rows = run("gateway", "ungoverned", "--store", at, "--json").json
    assert {row["network"] for row in rows} == {"10.1.2.0/24", ""}


def test_nobody_is_told_as_nobody(run: Run) -> None:
    open_address("empty.db").close()
    assert "Nobody unknown" in run("gateway", "ungoverned", "--store", "empty.db").out


def test_spans_are_written_for_a_collector(run: Run, at: str) -> None:
    done = run("gateway", "spans", "--store", at, "--out", "spans.jsonl")
    assert (done.status, "3 requests" in " ".join(done.out.split())) == (0, True)
    (line,) = Path("spans.jsonl").read_text("utf-8").splitlines()
    spans = json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [span["name"] for span in spans] == ["chat small"] * 3


def test_whoever_verifies_the_ledger_is_told_of_traffic_too(run: Run, at: str) -> None:
    good = run("ledger", "verify", "--store", at)
    assert good.status == 0
    assert "traffic holds: 1 segment on record, 1 checked here" in " ".join(good.out.split())
    (kept,) = TRACES.glob("kept/*/*.gz")
    raw = kept.read_bytes()
    kept.write_bytes(gzip.compress(gzip.decompress(raw).replace(b'"cost_micro_usd":700', b'"cost_micro_usd":100', 1)))
    bad = run("ledger", "verify", "--store", at)
    assert bad.status == 1
    assert "w-1.00000001, request r0: line 3: it is not what was written" in " ".join(bad.out.split())
    told = run("ledger", "verify", "--store", at, "--json").json
    assert (told["holds"], told["faults"], told["traffic"]["faults"][0]["request"]) == (False, [], "r0")
    alone = run("ledger", "verify", "--store", at, "--no-traffic")
    assert (alone.status, "traffic" in alone.out) == (0, False)
    kept.write_bytes(raw)
    kept.unlink()
    assert "it is on record and not here any more" in run("ledger", "verify", "--store", at).out


def test_a_ledger_whose_traces_are_elsewhere_says_so(run: Run, at: str) -> None:
    TRACES.rename("elsewhere")
    told = run("ledger", "verify", "--store", at)
    words = " ".join(told.out.split())
    assert (told.status, "1 segment on record, only sums and rows compared; 0 faults" in words) == (0, True)
    assert "No trace of 1 worker lies here (w-1): run `interlock gateway verify` where these worked" in words
    assert "1 checked here" in " ".join(run("ledger", "verify", "--store", at, "--traces", "elsewhere").out.split())
    missing = run("ledger", "verify", "--store", at, "--traces", "nowhere")
    assert (missing.status, "there is no folder nowhere with traces" in missing.said) == (2, True)


def test_requests_without_a_span_are_counted(run: Run, at: str) -> None:
    opened = open_address(at)

    def now() -> str:
        return stamp(opened.clock())

    log = SegmentTraceLog(TRACES, "w-2", now)
    log.accept(accepted("never ends", at=now()))
    log.close()
    TrafficLoading(opened.store, SegmentFolder(TRACES, now), opened.clock).go()
    opened.close()
    done = run("gateway", "spans", "--store", at, "--out", "spans.jsonl")
    words = "spans.jsonl: 3 requests 1 request without a span: nobody knows the beginning, or the end"
    assert (done.status, " ".join(done.out.split())) == (0, words)
