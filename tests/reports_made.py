"""Reports as other tools write them, small."""

import json
from pathlib import Path
from typing import Any

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites>
<testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5" timestamp="2026-03-01T09:00:00+00:00">
<testcase classname="t" name="good"/>
<testcase classname="t" name="bad"><failure message="no">x</failure></testcase>
<testcase classname="t" name="broken"><error message="no">x</error></testcase>
<testcase classname="t" name="left"><skipped/></testcase>
<testcase classname="t" name="shaky"><flakyFailure message="once"/></testcase>
</testsuite></testsuites>"""

COBERTURA = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage version="7.6" timestamp="1772355600000" line-rate="0.9"><packages><package><classes><class>
<methods><method><lines><line number="1" hits="1"/></lines></method></methods>
<lines><line number="1" hits="1"/><line number="2" hits="0"/><line number="3" hits="4"/></lines>
</class></classes></package></packages></coverage>"""

LCOV = "TN:\nSF:a.py\nDA:1,1\nDA:2,0\nDA:3,7\nend_of_record\n"
LABELS = """case,ai,person,by,at,edge
1,a,a,Ana,2026-03-01T08:00:00Z,
2,a,b,Ben,2026-03-01T09:00:00Z,yes
3,b,b,Ben,2026-03-01T07:00:00Z,
"""


def sarif(**run: Any) -> dict[str, Any]:
    made = {
        "tool": {
            "driver": {
                "name": "scanner",
                "version": "2",
                "rules": [
                    {"id": "R1", "defaultConfiguration": {"level": "error"}},
                    {"id": "R2"},
                    {"id": "R3", "defaultConfiguration": {"level": "note"}},
                ],
            }
        },
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-01T09:00:00Z"}],
        "results": [
            {"ruleId": "R1"},
            {"ruleId": "R1", "suppressions": [{"kind": "inSource"}]},
            {"ruleId": "R1", "suppressions": [{"kind": "external", "status": "underReview"}]},
            {"ruleId": "R2"},
            {"ruleId": "R3"},
            {"ruleId": "R2", "level": "error"},
        ],
    }
    return {"version": "2.1.0", "runs": [{**made, **run}]}


def span(trace: str, **attributes: str) -> dict[str, Any]:
    named = [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in attributes.items()]
    return {"traceId": trace, "endTimeUnixNano": "1772355600000000000", "attributes": named}


def otlp(*spans: dict[str, Any]) -> str:
    return json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": list(spans)}]}]}) + "\n"


def mlflow(*, status: str = "FINISHED", **metrics: Any) -> dict[str, Any]:
    return {
        "run": {
            "info": {"run_id": "r7", "status": status, "end_time": 1772355600000},
            "data": {
                "metrics": [{"key": key, "value": value} for key, value in metrics.items()],
                "params": [{"key": "model", "value": "small"}],
            },
        }
    }


def written(folder: Path, content: object, name: str = "report") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
