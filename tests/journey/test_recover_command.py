"""`interlock recover`, `interlock settle` and `interlock get in-doubt`, as people use them."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from commandline import DEFINITION, Here, Run
from governed import NAME, Desk
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.flows.action.act import act
from interlock.terms.errors import Unavailable
from interlock.terms.intent import Effect, IntentState, Receipt

ACTIONS = """\
import json
from pathlib import Path
from interlock.terms.intent import Receipt

class Desk:
    path = Path("desk.json")

    def read(self, effect):
        return {"queue": self.held().get(effect.case_key, "inbox")}

    async def apply(self, effect):
        held = self.held()
        held[effect.case_key] = effect.label
        self.path.write_text(json.dumps(held))
        return Receipt("r", {"queue": effect.label})

    def undo(self, effect, before):
        raise NotImplementedError

    def probe(self, effect):
        label = self.held().get(effect.case_key)
        return None if label is None else Receipt("found", {"queue": label})

    def held(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

actions = {"triage": Desk()}
by_action = {"route the message": Desk()}
no_actions = {"triage": "a word"}

class app:
    targets = actions

def made():
    return actions
"""


class Died(BaseException):
    pass


class Dead(Desk):
    def apply(self, effect: Effect) -> Receipt:
        raise Died


def kind_of(here: Here, tmp_path: Path, kind: str) -> None:
    """Another kind of target, with authority of its own."""
    text = DEFINITION.replace("target: idempotent", f"target: {kind}, blind_signed_by: Ben Okafor")
    (tmp_path / "triage.yaml").write_text(text, encoding="utf-8")
    here.define(read_definition(tmp_path / "triage.yaml"), code="2")
    here.certificate()
    here.shadow(60)
    here.judge()
    here.promote()


def leave_behind(here: Here, *keys: str) -> None:
    """Intents whose holder died, and whose lease has ended."""
    here.now -= dt.timedelta(minutes=2)
    for key in keys:
        with pytest.raises(Died):
            act(here.rt, Dead(), NAME, here.proposal(key=key))
    (here.path.parent.parent / "shop.py").write_text(ACTIONS)


@pytest.fixture
def shop(live: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    monkeypatch.setattr(sys, "path", sys.path[:])
    leave_behind(live, "message 1")
    return live


def state(here: Here, key: str) -> IntentState | None:
    with here.store.reading() as reading:
        return reading.intent_state(key)


def test_there_is_nothing_to_recover(run: Run, live: Here) -> None:
    assert run("recover").out == "No effect has lost its holder.\n"
    assert run("recover", "--json").json == {
        "suggestions": {"recorded": 0, "known": 0, "set_aside": 0},
        "recovered": [],
    }
    assert run("get", "in-doubt").out == "No effect is in doubt.\n"


def test_without_its_action_it_says_what_to_do(run: Run, shop: Here) -> None:
    ended = run("recover")
    assert ended.status == 1
    assert ended.out == (
        "triage message 1: no target: its action is not at hand here. Next: run it where the action is: "
        "`interlock recover --app module:object`\n"
    )
    (row,) = run("get", "in-doubt", "--json").json
    assert (row["workflow"], row["key"], row["reason"]) == (
        "triage",
        "message 1",
        "its holder is gone: `interlock recover` finds out what can be found out",
    )


@pytest.mark.parametrize("app", ["shop:actions", "shop:by_action", "shop:app", "shop:app.targets"])
def test_with_its_action_it_is_sent_again(run: Run, shop: Here, tmp_path: Path, app: str) -> None:
    ended = run("recover", "--app", app)
    assert (ended.status, ended.out) == (0, "triage message 1: sent again\n")
    assert json.loads((tmp_path / "desk.json").read_text()) == {"message 1": "billing"}
    assert state(shop, "message 1") is IntentState.DONE
    assert run("recover", "--app", app).out == "No effect has lost its holder.\n"


@pytest.mark.parametrize(
    ("app", "words"),
    [
        ("shop", "--app shop: say module:object, such as shop.desk:actions"),
        ("nowhere:actions", "there is no module 'nowhere' here"),
        ("shop:nothing", "has no attribute 'nothing'"),
        ("shop:ACTIONS", "has no attribute 'ACTIONS'"),
        ("shop:no_actions", "what it holds for 'triage' is no action, for it has no `apply`"),
        ("shop:Desk", "it holds no actions"),
        ("shop:made", "it holds no actions"),
        ("broken:actions", "the module cannot be loaded: SyntaxError"),
    ],
)
def test_an_app_that_is_none(run: Run, shop: Here, tmp_path: Path, app: str, words: str) -> None:
    (tmp_path / "broken.py").write_text("def")
    ended = run("recover", "--app", app)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.said
    assert state(shop, "message 1") is IntentState.EXECUTING


def test_what_is_blind_is_in_doubt_until_somebody_says(run: Run, live: Here, tmp_path: Path) -> None:
    kind_of(live, tmp_path, "blind")
    leave_behind(live, "a", "b")
    ended = run("recover", "--json")
    assert ended.status == 1
    assert {one["key"]: (one["fate"], one["settled"]) for one in ended.json["recovered"]} == {
        "a": ("in doubt", False),
        "b": ("in doubt", False),
    }
    assert [row["key"] for row in run("get", "in-doubt", "--json").json] == ["a", "b"]
    who = ("--as", "Ben Okafor", "--reason", "looked into the queue")
    assert run("settle", "triage", "a", "--applied", *who).out == "triage: a was applied\n"
    assert run("settle", "triage", "b", "--not-applied", *who).out == "triage: b was not applied\n"
    assert run("get", "in-doubt").out == "No effect is in doubt.\n"
    assert (state(live, "a"), state(live, "b")) == (IntentState.DONE, IntentState.FAILED)
    assert run("ledger", "verify").status == 0
    again = run("settle", "triage", "a", "--not-applied", *who)
    assert (again.status, "'a' is not in doubt: it is done" in again.said) == (2, True)


def test_what_a_person_must_say_to_settle(run: Run, shop: Here) -> None:
    named = ("settle", "triage", "message 1")
    assert "--applied" in run(*named, "--as", "Ben Okafor", "--reason", "x").said
    assert "--reason" in run(*named, "--applied", "--as", "Ben Okafor").said
    assert run(*named, "--applied", "--as", " ", "--reason", "x").status == 2
    near = run("settle", "triag", "message 1", "--applied", "--as", "Ben Okafor", "--reason", "x")
    assert (near.status, "did you mean 'triage'?" in near.said) == (2, True)
    assert state(shop, "message 1") is IntentState.EXECUTING


def test_suggestions_of_this_host_go_to_the_queue(run: Run, live: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(tx: Any) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(live.store, "_commit", refuse)
        assert not live.act(live.proposal(key="k")).recorded
    ended = run("recover")
    assert ended.out == (
        "1 suggestions kept on this host went to the queue, 0 were decided before\nNo effect has lost its holder.\n"
    )
    assert [row["key"] for row in run("get", "reviews", "--json").json] == ["k"]


def test_it_goes_on_until_it_is_stopped(shop: Here, tmp_path: Path) -> None:
    command = ["recover", "--app", "shop:actions", "--every", "0.1", "--json"]
    listens = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from interlock.wiring.cli import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", listens, *command], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert [(one["key"], one["fate"]) for one in first["recovered"]] == [("message 1", "sent again")]
        leave_behind(shop, "message 2")
        second = json.loads(process.stdout.readline())
        assert [(one["key"], one["fate"]) for one in second["recovered"]] == [("message 2", "sent again")]
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert (rest, process.returncode) == ("", 130)
    finally:
        process.kill()
        process.wait()
