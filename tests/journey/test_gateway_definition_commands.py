"""`interlock gateway check` and `apply`, as people and builds use them."""

import subprocess
import sys
from pathlib import Path

import pytest

from commandline import DEFINITION, Run

PLACES = """\
gateway: main
prices_version: "2026-11"
upstreams:
  here: {wire: openai, base_url: "https://models.example/v1", region: eu, key_variable: KEY_THAT_IS_NOT_SET}
models:
  small: {upstream: here}
tool_servers:
  billing: {command: [billing]}
"""
COUNTED = {"models": 1, "upstreams": 1, "limits": 0, "issuers": 0, "tool_servers": 1}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gateway.yaml").write_text(PLACES, "utf-8")


def test_a_build_checks_a_file_without_a_store(run: Run) -> None:
    checked = run("gateway", "check", "-f", "gateway.yaml")
    assert " ".join(checked.out.split()) == "gateway.yaml: 1 model at 1 place, 1 tool server; nothing wrong"
    assert run("gateway", "check", "-f", "gateway.yaml", "--json").json == {"file": "gateway.yaml", **COUNTED}
    Path("gateway.yaml").write_text(PLACES.replace("upstream: here", "upstream: there"), "utf-8")
    wrong = run("gateway", "check", "-f", "gateway.yaml")
    assert wrong.status == 2
    assert "gateway.yaml:6: models.small.upstream: there is no upstream 'there'; there are: here" in wrong.said
    assert not Path(".interlock").exists()


def test_what_was_put_on_record_is_counted_and_what_is_not_set_is_named(run: Run) -> None:
    by = ("--as", "Ana Ruiz")
    applied = run("gateway", "apply", "-f", "gateway.yaml", *by)
    told = "the gateway is defined: 1 model at 1 place, 1 tool server, 0 limits (entry 0)"
    assert " ".join(applied.out.split()) == told
    assert "needed where the gateway runs: KEY_THAT_IS_NOT_SET" in applied.said
    again = run("gateway", "apply", "-f", "gateway.yaml", *by, "--json")
    assert again.json == {**COUNTED, "entry": 1, "not_set_here": ["KEY_THAT_IS_NOT_SET"], "not_defined": []}
    assert again.said == ""


def test_models_that_only_a_workflow_knows_are_named(run: Run) -> None:
    by = ("--as", "Ana Ruiz")
    Path("triage.yaml").write_text(f"{DEFINITION}traffic: {{models: [small, tiny]}}\n", "utf-8")
    assert run("apply", "-f", "triage.yaml", *by).status == 0
    applied = run("gateway", "apply", "-f", "gateway.yaml", *by)
    words = "named by workflows and not defined here, so nobody can ask for them: tiny (triage)"
    assert words in applied.said
    assert words in run("gateway", "show").out
    assert run("gateway", "apply", "-f", "gateway.yaml", *by, "--json").json["not_defined"] == ["tiny (triage)"]


@pytest.mark.parametrize(
    ("variable", "value", "status", "words"),
    [
        ("INTERLOCK_TRACES_DAYS", "many", 2, "INTERLOCK_TRACES_DAYS is 'many': say for how many days"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense", 2, "OTEL_EXPORTER_OTLP_ENDPOINT names no collector"),
        ("INTERLOCK_TRACES", "gateway.yaml", 3, "the trace in gateway.yaml cannot be written"),
    ],
)
def test_what_no_worker_could_begin_with_is_said_before_any_does(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, status: int, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    ended = run("gateway", "--port", "0", "--workers", "2")
    assert ended.status == status
    assert words in ended.said
    assert "governed" not in ended.said


@pytest.mark.parametrize("module", ["msgspec", "uvicorn"])
def test_an_installation_without_the_gateway_says_what_to_install(module: str) -> None:
    hidden = f"import sys; sys.modules['{module}'] = None\nfrom interlock.wiring.cli import main; main()"
    command = [sys.executable, "-c", hidden, "gateway", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    words = f"interlock: {module} is not installed: pip install 'interlock[gateway]'\n"
    assert (ended.returncode, ended.stderr) == (3, words)
