"""A stand-up and a schedule on the command line, as people do it."""

import datetime as dt
import json
from pathlib import Path

import pytest

from commandline import DEFINITION, Run
from sinks import web_hook

TODAY = dt.datetime.now(dt.UTC).date()
BEGUN, ENDS = TODAY - dt.timedelta(days=60), TODAY + dt.timedelta(days=60)
KPI = f"""
function: service
kpis:
  - {{name: first answer, unit: hours, direction: down, baseline: 4.0, baseline_at: {BEGUN}, target: 1.0,
      target_date: {ENDS}, source: desk}}
"""
ANA = ("--as", "Ana Ruiz")


@pytest.fixture
def applied(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "triage.yaml").write_text(DEFINITION + KPI, encoding="utf-8")
    assert run("apply", "-f", "triage.yaml", "--as", "Carla Nunes").status == 0
    return run


def test_lights_actions_and_the_stand_up_on_record(applied: Run) -> None:
    shown = applied("standup", "show")
    assert shown.out.splitlines()[:2] == [
        "1 function: 1 not known",
        "○ service: not known",
    ]
    until = str(TODAY + dt.timedelta(days=7))
    agreed = applied("standup", "agree", "ask the desk", "--owner", "Dana", "--due", until, *ANA, "--json").json
    assert (agreed["what"], agreed["owner"], agreed["due"]) == ("ask the desk", "Dana", until)
    entry = str(agreed["entry"])
    assert f"• open: action {entry}, ask the desk (Dana, until {until})" in applied("standup", "show").out
    closed = applied("standup", "close", entry, "--not-done", "--note", "no access", "--again", until, *ANA)
    assert closed.out.splitlines()[0] == f"action {entry}: not done"
    assert closed.out.splitlines()[1].endswith(f": ask the desk, Dana, until {until}")
    held = applied("standup", "hold", "--present", "Ana Ruiz", "--present", "Dana", *ANA)
    assert held.out.endswith("1 function, 1 open action, 0 overdue\n")
    told = applied("standup", "show", "--json").json
    assert [one["closing"] is None for one in told["actions"]] == [False, True]


def test_a_document_is_set_listed_sent_and_ended(applied: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_SEND_TO_HOSTS", "127.0.0.1")
    with web_hook() as sink:
        to = f"json://ann:secret@127.0.0.1:{sink.port}/in"
        made = applied("schedule", "set", "monthly", "--form", "json", "--weekly", "mon", "--to", to, *ANA, "--json")
        (row,) = made.json
        id_ = row["schedule"]["id"]
        assert "secret" not in made.out
        assert applied("schedule", "send", id_).out == f"{id_}: sent\n"
        (post,) = sink.posts
    assert post["title"].startswith("Test: Monthly update: ")
    listed = applied("schedule", "list").out
    assert f"{id_}: monthly to web hook 127.0.0.1" in listed
    assert "sent to web hook 127.0.0.1" in listed
    refused = applied("schedule", "send", id_)
    assert (refused.status, "it cannot be reached" in refused.said) == (3, True)
    assert (
        "did not take it, it cannot be reached, or did not take it; not tried again" in applied("schedule", "list").out
    )
    assert applied("schedule", "end", id_, *ANA).out == f"{id_}: ended\n"
    assert applied("schedule", "list").out.startswith("Nothing is sent by itself.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("standup", "agree", "x", "--owner", "D", "--due", "soon", *ANA), "--due: 'soon' is no date"),
        (("standup", "close", "7", "--done", *ANA), "there is no action 7; `interlock standup show` lists them"),
        (("schedule", "set", "monthly", "--to", "x", "--weekly", "mon", *ANA), "'x' is no service"),
        (("schedule", "set", "monthly", "--to", "x", *ANA), "say either --weekly DAY or --monthly DAY"),
        (("schedule", "set", "monthly", "--to", "x", "--weekly", "mon", "--form", "doc", *ANA), "--form doc: name one"),
        (("schedule", "set", "monthly", "--to", "x", "--weekly", "mon", "--at", "8", *ANA), "--at 8: say a time"),
        (("schedule", "send", "none"), "there is no schedule 'none'; there are: none"),
        (("schedule", "end", "none", *ANA), "there is no schedule 'none'"),
        (
            ("schedule", "set", "monthly", "--weekly", "mon", "--to", "json://127.0.0.1/x", *ANA),
            "may allow it: INTERLOCK_SEND_TO_HOSTS=127.0.0.1",
        ),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(applied: Run, arguments: tuple[str, ...], said: str) -> None:
    ended = applied(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.said
    assert json.loads(applied("schedule", "list", "--json").out) == []
