"""Reports of other tools: what they say, and that nothing broken, empty or endless is taken for an answer."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reports_made as made
from interlock.adapters.evidence import source_file
from interlock.adapters.evidence.reading import Reports
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

MEASURED = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def read(folder: Path, content: object, kind: str | None = None) -> Imported:
    (found,) = Reports()(made.written(folder, content), kind=kind)
    return found


def refused(folder: Path, content: object) -> str:
    with pytest.raises(BadInput) as caught:
        Reports()(made.written(folder, content), kind=None)
    return str(caught.value)


def test_junit_counts_cases_and_names_those_that_failed_or_were_flaky(tmp_path: Path) -> None:
    found = read(tmp_path, made.JUNIT)
    assert (found.kind, found.evidence_class, found.measured_at) == ("tests", EvidenceClass.EXECUTED, MEASURED)
    assert found.body == {
        "n": 5,
        "failures": 1,
        "errors": 1,
        "skipped": 1,
        "flaky": 1,
        "passed": 2,
        "failed_names": ["t.bad", "t.broken"],
        "flaky_names": ["t.shaky"],
    }
    assert (found.sha256, found.size_bytes) == Reports().digest(tmp_path / "report")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file is empty"),
        ("  \n", "the file is empty"),
        (made.JUNIT[:200], "cut off or is no XML"),
        ("<a/>", "there is no <testsuite>"),
        ('<testsuite tests="-1"/>', "'-1' is no count"),
        ('<testsuite tests="nan"/>', "'nan' is no count"),
        ('<testsuite tests="9"><testcase name="a"/></testsuite>', "parts are missing"),
        ('<testsuite failures="1"><testcase name="a"/></testsuite>', "parts are missing"),
        ('<testsuite timestamp="soon"/>', "'soon' is no time"),
        ("<a>" * 70, "nested over 64 deep"),
        ('<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;">]><testsuite>&m;</testsuite>', "declares entities"),
        ('<!DOCTYPE a [<!ENTITY l SYSTEM "file:///etc/passwd">]><testsuite>&l;</testsuite>', "declares entities"),
        ("hello", "nobody knows what this is"),
        ("{", "line 1, column 2"),
        ('{"a": 1}\n{"a": 2}\n', "line 2, column 1: another document begins; of JSON lines only OTLP"),
        ({"a": 1}, "nobody knows what this JSON is"),
        ({"version": "1.0", "runs": []}, "no SARIF 2.1.0"),
        (made.sarif(results=[{"level": "fatal"}]), "'fatal' is none of"),
        (made.sarif(invocations=[{"executionSuccessful": False}]), "did not end well"),
        (made.sarif(tool={}), "nobody knows what looked"),
        ({"totals": {"covered_lines": 5, "num_statements": 4}, "meta": {}}, "5 lines ran of 4"),
        ({"totals": {"covered_lines": float("nan"), "num_statements": 4}, "meta": {}}, "is no count"),
        ("SF:a\nDA:1,1\n", "cut off"),
        ("SF:a\nDA:1,-1\nend_of_record\n", "line 2: hits"),
        ("case,ai,person,by,at\n1,a,a,,2026-03-01\n", "`by` is empty"),
        ("case,ai,person,by,at\n1,a,a,A,2026-03-01\n1,a,a,A,2026-03-01\n", "line 3: the case '1' is there twice"),
        ("case,ai,person,by,at\n1,a\n", "not as many cells"),
        (made.mlflow(accuracy="NaN"), "no finite number"),
        (made.mlflow(accuracy=float("inf")), "no finite number"),
        (made.mlflow(status="FAILED", accuracy=0.9), "the run is FAILED"),
        ('{"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}\n', "no traceId"),
        ({"schema_version": 99, "candidates": []}, "schema_version is 99"),
        ({"runs": [{"info": {}, "data": {}}]}, "these are runs that MLflow found; export one run"),
        (made.sarif(results=None), "runs[0] has no `results`: it only lists its rules; scan again"),
        (made.sarif(results=None, externalPropertyFileReferences={}), "they are in other files; write them into"),
        ('<coverage generated="17" clover="4"><project/></coverage>', "this is Clover XML"),
        ("case;ai;person;by;at\n1;a\n", "not as many cells"),
        ('case,ai,person,by,at\n"1,a,a,A,2026-03-01\n', "mend the quotes"),
    ],
)
def test_what_is_broken_is_told_and_never_taken(tmp_path: Path, content: object, words: str) -> None:
    said = refused(tmp_path, content)
    assert words in said
    assert said.startswith("report: ")


def test_other_encodings_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes("case,ai,person,by,at\n1,é,a,A,2026-03-01\n".encode("latin-1"))
    with pytest.raises(BadInput, match="line 2 is not UTF-8"):
        Reports()(tmp_path / "report", kind=None)
    (tmp_path / "report").write_bytes(b'{"run": "\xe9"}')
    with pytest.raises(BadInput, match="line 1 is not UTF-8"):
        Reports()(tmp_path / "report", kind=None)
    (tmp_path / "report").write_bytes("SF:".encode("utf-16"))
    with pytest.raises(BadInput, match="UTF-16"):
        Reports()(tmp_path / "report", kind=None)
    with pytest.raises(BadInput, match="No such file"):
        Reports()(tmp_path / "none", kind=None)


def test_an_endless_report_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_file.SourceFile.blocks, "__kwdefaults__", {"bytes_max": 1000})
    body = "<testcase name='a'/>" * 100
    assert "more than 0 MiB" in refused(tmp_path, f"<testsuite>{body}</testsuite>")


def test_a_tag_without_end_is_refused_before_it_is_held_whole(tmp_path: Path) -> None:
    name = "a" * (6 * 2**20)
    assert "over 4 MiB long" in refused(tmp_path, f"<testsuite><testcase name='{name}'/></testsuite>")


def test_sarif_levels_come_from_the_result_or_its_rule_and_accepted_suppressions_are_set_aside(tmp_path: Path) -> None:
    found = read(tmp_path, made.sarif())
    assert (found.kind, found.source, found.measured_at) == ("scan", "SARIF of scanner 2", MEASURED)
    assert {name: found.body[name] for name in ("rules", "errors", "warnings", "notes", "suppressed")} == {
        "rules": 3,
        "errors": 3,  # one by its rule, one whose suppression nobody accepted yet, one by its own level
        "warnings": 1,
        "notes": 1,
        "suppressed": 1,
    }


def test_sarif_results_that_are_gone_or_no_failure_are_no_open_errors_and_rules_are_found_by_place(
    tmp_path: Path,
) -> None:
    results = [
        {"ruleIndex": 0, "baselineState": "new"},
        {"ruleId": "R1", "baselineState": "unchanged"},
        {"ruleId": "R1", "baselineState": "absent"},
        {"rule": {"id": "R1"}, "kind": "pass"},
        {"rule": {"index": 2}},
        {"message": {"text": "of no rule"}},
    ]
    extension = {"name": "plugin", "rules": [{"id": "R9"}]}
    driver = made.sarif()["runs"][0]["tool"]["driver"]
    body = read(tmp_path, made.sarif(results=results, tool={"driver": driver, "extensions": [extension]})).body
    assert {name: body[name] for name in ("errors", "warnings", "notes", "absent", "rules")} == {
        "errors": 2, "warnings": 1, "notes": 2, "absent": 1, "rules": 5,
    }  # fmt: skip
    assert body["found"] == {"R1": 3, "R3": 1, "unnamed": 1}


SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="A" time="0.2" tests="3" errors="0" skipped="1"
  failures="1" flakes="1"><properties><property name="os" value="&lt;coverage"/></properties>
<testcase name="a" classname="A" time="0.1"><flakyError type="E"><stackTrace>x</stackTrace></flakyError></testcase>
<testcase name="b" classname="A"><failure type="E">no</failure><rerunFailure type="E">no</rerunFailure></testcase>
<testcase name="c" classname="A"><skipped message="later"/></testcase></testsuite>"""
GOTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" time="0.01">
<testsuite tests="2" failures="1" time="0.01" name="example.org/a" timestamp="2026-03-01T10:00:00+01:00">
<testcase classname="a" name="TestA" time="0"></testcase>
<testcase classname="a" name="TestB"><failure message="Failed" type="">x</failure></testcase></testsuite>
</testsuites>"""
GTEST = """<testsuites tests="2" failures="0" disabled="1" errors="0" timestamp="2026-03-01T09:00:00">
<testsuite name="S" tests="2" failures="0" disabled="1" errors="0"><testcase name="A" status="run" classname="S"/>
<testcase name="B" status="notrun" result="suppressed" classname="S"/></testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("content", "counts", "measured"),
    [
        (SUREFIRE, {"n": 3, "passed": 1, "failures": 1, "skipped": 1, "flaky": 1}, None),
        (GOTEST, {"n": 2, "passed": 1, "failures": 1, "skipped": 0, "flaky": 0}, MEASURED),
        (GTEST, {"n": 2, "passed": 1, "failures": 0, "skipped": 1, "flaky": 0}, MEASURED),
    ],
    ids=["surefire", "gotestsum", "googletest"],
)
def test_junit_of_surefire_gotestsum_and_googletest(
    tmp_path: Path, content: str, counts: dict[str, int], measured: dt.datetime | None
) -> None:
    found = read(tmp_path, content, kind="tests")
    assert ({name: found.body[name] for name in counts}, found.measured_at) == (counts, measured)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_labels_of_a_spreadsheet_with_its_mark_separators_and_cells_over_two_lines(tmp_path: Path, sign: str) -> None:
    rows = (
        ("Case", "AI", "Person", "By", "At", "Note"),
        ('"first line\r\nsecond"', "a", "a", "Ana", "2026-03-01T08:00:00Z", '"x, y; z"'),
        ('"first line\r\nthird"', "a", "b", "Ben", "2026-03-01T09:00:00Z", ""),
    )
    text = "\ufeff" + "\r\n".join(sign.join(row) for row in rows) + "\r\n"
    found = read(tmp_path, text)
    assert (found.kind, found.body["n"], found.body["wrong"], found.measured_at) == ("labels", 2, 1, MEASURED)


COVERAGE_JSON = {
    "meta": {"version": "7.6", "timestamp": "2026-03-01T09:00:00"},
    "totals": {"covered_lines": 2, "num_statements": 3},
}


@pytest.mark.parametrize(
    ("content", "measured"), [(made.COBERTURA, MEASURED), (COVERAGE_JSON, MEASURED), (made.LCOV, None)]
)
def test_coverage_is_lines_of_lines_in_each_of_its_three_forms(tmp_path: Path, content: object, measured: Any) -> None:
    found = read(tmp_path, content)
    assert (found.kind, found.body["covered"], found.body["lines"], found.measured_at) == ("coverage", 2, 3, measured)
    assert found.zoned == (content is not COVERAGE_JSON)


def test_labels_are_human_evidence_with_a_denominator(tmp_path: Path) -> None:
    found = read(tmp_path, made.LABELS)
    assert (found.kind, found.evidence_class, found.measured_at) == ("labels", EvidenceClass.HUMAN, MEASURED)
    assert found.body == {"n": 3, "wrong": 1, "agreed": 2, "edge_cases": 1, "people": ["Ana", "Ben"]}


def test_an_output_is_traced_where_input_prompt_version_and_approval_are_named(tmp_path: Path) -> None:
    whole = made.span("a1", interlock__case__key="k", gen_ai__prompt__name="p", interlock__release="r")
    approved = made.span("a1", interlock__reviewer="Ana")
    empty = made.span("b2", interlock__case__key="k", interlock__release="r", interlock__reviewer="")
    found = read(tmp_path, made.otlp(whole, empty) + made.otlp(approved))
    assert (found.kind, found.measured_at) == ("traces", MEASURED)
    assert found.body == {
        "outputs": 2,
        "shadow": 0,
        "spans": 3,
        "traced": 1,
        "share": 0.5,
        "with_input": 2,
        "with_prompt": 2,
        "with_version": 2,
        "with_approval": 1,
    }


def test_a_shadow_case_was_approved_by_nobody_and_needs_no_approval(tmp_path: Path) -> None:
    named = {"interlock__case__key": "k", "interlock__release": "r"}
    shadow = made.span("a1", **named, interlock__verb="shadow")
    outcome = made.span("a1", interlock__by="people's decisions")
    applied = made.span("b2", **named, interlock__verb="apply")
    without_input = made.span("c3", interlock__release="r", interlock__verb="shadow")
    body = read(tmp_path, made.otlp(shadow, outcome, applied, without_input)).body
    assert (body["outputs"], body["shadow"], body["traced"], body["with_approval"]) == (3, 2, 1, 0)


def test_own_attributes_name_a_part_beside_the_usual_ones_and_go_on_record(tmp_path: Path) -> None:
    span = made.span("a1", case_id="7", gen_ai__prompt__name="p", gen_ai__response__model="m", signed_off_by="Ana")
    path = made.written(tmp_path, made.otlp(span))
    (without,) = Reports()(path, kind="traces")
    own = {"input": ["case_id"], "approval": ["signed_off_by"]}
    (found,) = Reports()(path, kind="traces", attributes=own)
    assert (without.body["traced"], found.body["traced"], found.body["own_attributes"]) == (0, 1, own)
    with pytest.raises(BadInput, match=r"a trace has no part 'who'; parts: input, prompt, version, approval"):
        Reports()(path, kind=None, attributes={"who": ["x"]})
    with pytest.raises(BadInput, match="this is tests, and --attribute is for traces"):
        Reports()(made.written(tmp_path, made.JUNIT), kind=None, attributes=own)


def test_what_a_span_says_in_its_events_counts_too(tmp_path: Path) -> None:
    event = {"attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": "hello"}}]}
    body = read(tmp_path, made.otlp({**made.span("a1"), "events": [event]})).body
    assert (body["with_input"], body["with_prompt"]) == (1, 0)


def test_what_a_model_said_and_what_nobody_knows_is_kept_apart_from_what_code_measured(tmp_path: Path) -> None:
    path = made.written(tmp_path, made.mlflow(accuracy=0.9, latency_p95_ms=12, answer_relevance=4.5, my_score=1))
    executed, model = Reports()(path, kind="run")
    assert (executed.evidence_class, executed.body["metrics"]) == (
        EvidenceClass.EXECUTED,
        {"accuracy": 0.9, "latency_p95_ms": 12.0},
    )
    assert (model.evidence_class, model.body["metrics"]) == (
        EvidenceClass.MODEL,
        {"answer_relevance": 4.5, "my_score": 1.0},
    )
    (empty,) = Reports()(made.written(tmp_path, made.mlflow()), kind=None)
    assert (empty.evidence_class, empty.body["n"]) == (EvidenceClass.EXECUTED, 0)


def test_a_kind_that_was_asked_for_and_is_another_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="this is tests, not scan"):
        read(tmp_path, made.JUNIT, kind="scan")


def test_what_pytest_and_ruff_really_write_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "test_made.py").write_text("import os\n\n\ndef test_a():\n    pass\n\n\ndef test_b():\n    assert 0\n")
    bin_dir = Path(sys.executable).parent
    options = ["-q", "-p", "no:cacheprovider", "--junitxml", "junit.xml", "--rootdir", ".", "test_made.py"]
    bare = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # no plugin has to do with what is written
    subprocess.run([sys.executable, "-m", "pytest", *options], cwd=tmp_path, env=bare, capture_output=True, check=False)
    (tests,) = Reports()(tmp_path / "junit.xml", kind="tests")
    assert (tests.body["n"], tests.body["failures"], tests.body["passed"]) == (2, 1, 1)
    options = ["check", "--isolated", "--output-format", "sarif", "-o", "ruff.sarif", "test_made.py"]
    subprocess.run([bin_dir / "ruff", *options], cwd=tmp_path, capture_output=True, check=False)
    (scan,) = Reports()(tmp_path / "ruff.sarif", kind="scan")
    assert (scan.body["errors"], scan.source.split()[:3]) == (1, ["SARIF", "of", "ruff"])


def run_folder(folder: Path, metric: str = "1772355500000 0.5 0\n1772355600000 0.9 1\n", meta: str = "") -> Path:
    run = folder / "r7"
    (run / "metrics").mkdir(parents=True)
    (run / "params").mkdir()
    (run / "meta.yaml").write_text(meta or "run_id: r7\nstatus: 3\nend_time: 1772355600000\n")
    (run / "metrics" / "accuracy").write_text(metric)
    (run / "params" / "model").write_text("small")
    return run


def test_a_run_in_mlflows_folder_format_says_the_last_value_of_each_metric(tmp_path: Path) -> None:
    run = run_folder(tmp_path)
    (found,) = Reports()(run, kind="run")
    assert (found.evidence_class, found.measured_at) == (EvidenceClass.EXECUTED, MEASURED)
    assert (found.body["metrics"], found.body["params"]) == ({"accuracy": 0.9}, {"model": "small"})
    assert Reports().digest(run) == (found.sha256, found.size_bytes)
    (run / "params" / "model").write_text("large")
    assert Reports().digest(run)[0] != found.sha256


@pytest.mark.parametrize(
    ("metric", "meta", "words"),
    [
        ("1772355600000 nan 0\n", "", "is no finite number"),
        ("", "", "no line of time and value"),
        ("1 1 0\n", "run_id: r7\nstatus: 4\n", "the run is FAILED"),
        ("1 1 0\n", "artifact_location: x\n", "not of an experiment"),
        ("1 1 0\n" * 200_000, "", "more than 1,000,000 bytes"),
    ],
)
def test_a_run_folder_that_is_broken_or_endless_is_told(tmp_path: Path, metric: str, meta: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Reports()(run_folder(tmp_path, metric, meta), kind=None)
    with pytest.raises(BadInput, match=r"meta\.yaml cannot be read"):
        Reports()(tmp_path, kind=None)
