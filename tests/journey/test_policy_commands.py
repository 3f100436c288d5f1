"""`interlock policy` as people use and misuse it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from commandline import DEFINITION, Run

LIMITED = DEFINITION.replace(
    "limits: {always_review: [fraud], forbidden: [close account]}",
    "limits: {always_review: [fraud], forbidden: [close account], applied_per_day: 5, amount_max_usd: 250.00}",
)
CASE = {"label": "billing", "amount_usd": 250.0, "at": "2026-11-26T09:30:00Z"}
CHECK = ("policy", "check", "-f", "limited.yaml", "--facts", "case.json")


@pytest.fixture
def files(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "limited.yaml").write_text(LIMITED)
    return tmp_path


def stated(folder: Path, **changed: Any) -> None:
    (folder / "case.json").write_text(json.dumps({**CASE, **changed}))


@pytest.mark.parametrize(
    ("changed", "status", "verb", "reasons"),
    [
        ({}, 0, "apply", ["confidence 1.0000 >= certified threshold 0.0000"]),
        ({"amount_usd": 250.01}, 1, "review", ["the amount of 250.01 USD is over the limit of 250.00 USD a case"]),
        ({"label": "fraud"}, 1, "review", ["'fraud' always goes to a person"]),
        ({"label": "close account"}, 1, "deny", ["'close account' is forbidden by the workflow's limits"]),
        ({"used": {"applied_per_day": 5}}, 1, "review", ["the daily limit of 5 applied cases is reached"]),
        ({"used": {"applied_per_day": 4}}, 0, "apply", ["confidence 1.0000 >= certified threshold 0.0000"]),
    ],
)
def test_check_says_what_the_limits_would_do(
    run: Run, files: Path, changed: dict[str, Any], status: int, verb: str, reasons: list[str]
) -> None:
    stated(files, **changed)
    ended = run(*CHECK, "--json")
    assert (ended.status, ended.json["decision"]["verb"]) == (status, verb)
    assert ended.json["decision"]["reasons"] == reasons


def test_check_says_it_in_words(run: Run, files: Path) -> None:
    stated(files, amount_usd=300, label="close account")
    ended = run(*CHECK)
    assert (ended.status, ended.err) == (1, "")
    assert ended.out == (
        "DENY: the workflow never does this (at 2026-11-26T09:30:00.000000Z)\n"
        "  'close account' is forbidden by the workflow's limits\n"
        "decided by: amount of a case\n"
    )


def test_check_without_a_time_is_about_now(run: Run, files: Path) -> None:
    (files / "case.json").write_text('{"label": "billing", "amount_usd": 1}')
    assert run(*CHECK).out.startswith("APPLY: no limit stands in the way (at 20")


def test_show_of_a_file_of_the_store_and_of_nothing(run: Run, files: Path) -> None:
    shown = run("policy", "show", "-f", "limited.yaml")
    assert shown.status == 0
    assert "context.amount_cents <= 25000" in shown.out
    assert run("apply", "-f", "limited.yaml", "--as", "Carla Nunes").status == 0
    assert run("policy", "show", "triage").out == shown.out
    as_json = run("policy", "show", "triage", "--json").json
    assert [rule["id"] for rule in as_json["rules"]] == ["within the limits", "amount of a case"]
    assert run("policy", "show", "triage", "--schema").out == as_json["schema"]
    for arguments in ((), ("triage", "-f", "limited.yaml")):
        ended = run("policy", "show", *arguments)
        assert (ended.status, ended.out) == (2, "")
        assert "name either a workflow of the store, or a definition file with -f FILE" in ended.said
    assert "did you mean 'triage'?" in run("policy", "show", "triaeg").said


def test_without_an_engine_definitions_with_limits_name_the_mend(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("interlock.adapters.cedar.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cedarpy", None)
    ended = run("policy", "show", "-f", "limited.yaml")
    assert (ended.status, ended.out) == (2, "")
    assert "pip install 'interlock[policy]'" in ended.said
    assert run("apply", "-f", "triage.yaml", "--as", "Carla Nunes").status == 0
