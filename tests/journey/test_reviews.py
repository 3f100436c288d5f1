"""`interlock reviews` as people use and misuse it: hand out the queue, decide, be late, learn from it."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commandline import DEFINITION, Here, Run
from governed import CARLA
from interlock import __version__
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.timestamp import stamp

REVIEWED = (
    DEFINITION
    + """\
review:
  due_hours: {decision: 4, audit: 48}
  escalate_to: [safety owner, Dev Patel]
  refuse_after_hours: 12
  second_share: 1.0
  third: [Carla Nunes]
  reasons: [{id: closing, words: they leave us}]
  reason_pack: standard
"""
)


@pytest.fixture
def queue(run: Run, tmp_path: Path) -> Here:
    """A live workflow: case 'asked' waits for a decision, 'applied' for an audit."""
    (tmp_path / "triage.yaml").write_text(REVIEWED, encoding="utf-8")
    house = Here(tmp_path / ".interlock")
    house.define(read_definition(tmp_path / "triage.yaml"), by=CARLA, code=__version__)
    house.certificate()
    house.shadow(60)
    house.judge()
    house.promote()
    with house.store.transaction() as tx:
        for key in ("asked", "applied"):
            tx.keep_payload("sha256:payload", "Where is my bill?", key=key, at=stamp(house.clock()))
    house.act(house.proposal(key="asked", label="fraud"))
    house.act(house.proposal(key="applied"))
    return house


def test_the_queue_from_hand_to_hand(run: Run, queue: Here) -> None:
    listed = run("reviews", "list", "--json").json
    assert [(row["key"], row["kind"], row["state"], row["claimed_by"]) for row in listed] == [
        ("asked", "decision", "open", None),
        ("applied", "audit", "open", None),
    ]
    taken = run("reviews", "next", "--as", "Ana Ruiz")
    assert taken.out.splitlines()[:4] == [
        "triage",
        f"asked (decision, due {listed[0]['due_at']})",
        "  Where is my bill?",
        "  proposed: fraud",
    ]
    assert "  because: 'fraud' always goes to a person" in taken.out
    assert "  reason closing: they leave us" in taken.out
    blocked = run("reviews", "decide", "triage", "asked", "--label", "fraud", "--as", "Dev Patel")
    assert (blocked.status, blocked.out) == (2, "")
    assert "the decision review of case 'asked' is claimed by Ana Ruiz until" in blocked.said
    assert run("reviews", "release", "triage", "asked", "--as", "Ana Ruiz").out == (
        "asked (decision) waits for somebody else\n"
    )
    assert run("reviews", "claim", "triage", "asked", "--as", "Dev Patel", "--json").json["claimed_by"] == "Dev Patel"
    silent = run("reviews", "decide", "triage", "asked", "--label", "sales", "--as", "Dev Patel")
    assert (silent.status, "say why, in a note or with one of the reasons: closing (they leave us)" in silent.said) == (
        2,
        True,
    )
    decided = run(
        "reviews", "decide", "triage", "asked", "--label", "sales", "--reason", "closing", "--as", "Dev Patel"
    )
    assert decided.status == 0
    assert [row["key"] for row in run("reviews", "list", "triage", "--json").json] == ["applied"]


def test_two_blind_looks_and_a_third(run: Run, queue: Here) -> None:
    audit = ("reviews", "decide", "triage", "applied", "--kind", "audit")
    first = run("reviews", "next", "triage", "--as", "Ana Ruiz")
    run("reviews", "decide", "triage", "asked", "--label", "fraud", "--as", "Ana Ruiz")
    first = run("reviews", "next", "triage", "--as", "Ana Ruiz")
    assert "  proposed: hidden until you decide" in first.out
    assert "  proposed: billing" in run(*audit, "--label", "billing", "--as", "Ana Ruiz").out
    none = run("reviews", "next", "--as", "Ana Ruiz")
    assert (none.status, none.out) == (1, "Nothing waits for Ana Ruiz.\n")
    second = run("reviews", "next", "--as", "Ben Okafor", "--json").json
    assert (second["key"], second["kind"], second["proposed"], second["workflow"]) == (
        "applied",
        "second",
        None,
        "triage",
    )
    run("reviews", "decide", "triage", "applied", "--kind", "second", "--label", "sales", "--as", "Ben Okafor")
    wrong = run("reviews", "claim", "triage", "applied", "--kind", "third", "--as", "Dev Patel")
    assert (wrong.status, "only Carla Nunes may settle it" in wrong.said) == (2, True)
    run("reviews", "decide", "triage", "applied", "--kind", "third", "--label", "sales", "--as", "Carla Nunes")
    (decision,) = (row for row in run("get", "decisions", "--json").json if row["key"] == "applied")
    assert (decision["outcome"], decision["wrong"]) == ("sales", True)
    found = run("reviews", "agreement", "triage")
    assert found.out.splitlines()[0] == "triage: how far labels can be relied on is not known yet, n 1"
    assert "  applied: Ana Ruiz says billing, Ben Okafor says sales" in found.out
    assert run("reviews", "agreement", "triage", "--json").json["settled"] == [["applied", "sales"]]


def test_what_a_person_approves_is_done_when_the_case_comes_again(run: Run, queue: Here) -> None:
    run("reviews", "decide", "triage", "asked", "--label", "fraud", "--approve", "--as", "Dev Patel")
    assert queue.desk.queues == {"applied": "billing"}
    assert queue.act(queue.proposal(key="asked", label="fraud")).state == "done"
    assert queue.desk.queues == {"applied": "billing", "asked": "fraud"}


def test_what_is_late_is_escalated_and_refused(run: Run, tmp_path: Path, queue: Here) -> None:
    assert run("reviews", "escalate").out == "Nothing is late.\n"
    queue.now -= dt.timedelta(hours=5)
    queue.act(queue.proposal(key="late", label="fraud"))
    moved = run("reviews", "escalate").out
    assert moved.startswith("triage: late (decision) is late; put to Ben Okafor, Dev Patel, due again ")
    assert [row["state"] for row in run("reviews", "list", "--json").json] == ["escalated", "open", "open"]
    table = run("reviews", "list").out.splitlines()
    assert table[0].split() == ["key", "kind", "workflow", "due", "at", "state", "claimed", "by", "asked"]
    assert table[1].split()[:3] == ["late", "decision", "triage"]


def test_a_sweep_goes_on_until_it_is_stopped(queue: Here, tmp_path: Path) -> None:
    queue.now -= dt.timedelta(hours=5)
    queue.act(queue.proposal(key="late", label="fraud"))
    listens = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from interlock.wiring.cli import main; main()"
    )
    words = [sys.executable, "-c", listens, "reviews", "escalate", "--every", "0.1", "--json"]
    sweep = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert sweep.stdout is not None
    first = json.loads(sweep.stdout.readline())
    time.sleep(0.5)
    os.kill(sweep.pid, signal.SIGINT)
    rest, err = sweep.communicate(timeout=20)
    assert ([one["key"] for one in first["escalated"]], rest, sweep.returncode) == (["late"], "", 130)
    assert "stays done" in err


def test_labels_are_written_for_the_next_candidate(run: Run, queue: Here, tmp_path: Path) -> None:
    queue.act(queue.proposal(key="more"))
    run("reviews", "decide", "triage", "asked", "--label", "sales", "--reason", "harm", "--as", "Dev Patel")
    for key, kinds in (("applied", ("audit", "second")), ("more", ("audit",))):
        for kind, who in zip(kinds, ("Ana Ruiz", "Ben Okafor"), strict=False):
            run("reviews", "decide", "triage", key, "--kind", kind, "--label", "billing", "--as", who)
    ended = run("reviews", "labels", "triage", "--out", "labels.jsonl")
    assert ended.out == "triage: 2 labels, 1 of them blind, in labels.jsonl\n"
    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [(one["key"], one["label"], one["blind"], one["by"], one["text"]) for one in lines] == [
        ("asked", "sales", False, "Dev Patel", "Where is my bill?"),
        ("applied", "billing", True, "Ana Ruiz, Ben Okafor", "Where is my bill?"),
    ]
    assert {"payload_digest", "at", "proposed", "confidence", "wrong", "applied"} <= set(lines[0])
    run("reviews", "labels", "triage", "--out", "blind.jsonl", "--blind-only")
    assert len((tmp_path / "blind.jsonl").read_text().splitlines()) == 1


def test_labels_can_be_certified_on(run: Run, queue: Here, tmp_path: Path) -> None:
    for i in range(40):
        queue.act(queue.proposal(key=f"k{i}", confidence=0.95 + i / 1000))
        for kind, who in (("audit", "Ana Ruiz"), ("second", "Ben Okafor")):
            run("reviews", "decide", "triage", f"k{i}", "--kind", kind, "--label", "billing", "--as", who)
    run("reviews", "labels", "triage", "--out", "blind.jsonl", "--blind-only")
    ended = run("oversight", "certify", "blind.jsonl", "--budget", "10%", "--out", "out", "--quiet")
    assert ended.status == 0, ended.err


def test_a_second_look_is_asked_for_once(run: Run, queue: Here) -> None:
    ask = ("reviews", "second", "triage", "applied", "--as", "Ana Ruiz")
    assert run(*ask).out == "applied waits for a second person\n"
    again = run(*ask)
    assert (again.status, "has a second look already" in again.said) == (2, True)


def test_the_forecast_says_what_it_lacks(run: Run, queue: Here) -> None:
    ended = run("reviews", "forecast", "triage")
    assert ended.status == 1
    assert ended.out.splitlines()[:2] == [
        "triage: whether people keep up is not known yet",
        "  0 whole days are on record; at least 3 are needed",
    ]
    found = run("reviews", "forecast", "--json").json
    assert (found["simulation"], found["verdict"], found["workflow"]) == (True, "not known yet", None)


MISTAKES = [
    (("next",), "--as"),
    (("next", "--as", " "), "say who you are"),
    (("next", "triagge", "--as", "Ana"), "did you mean 'triage'?"),
    (("claim", "triage", "none", "--as", "Ana"), "there is no decision review of case 'none' in 'triage'"),
    (("decide", "triage", "asked", "--label", "sales", "--reason", "x", "--as", "Ana"), "no reason 'x'"),
    (("decide", "triage", "asked", "--label", "sales", "--note", "no", "--approve", "--as", "Ana"), "not for 'sales'"),
    (("release", "triage", "asked", "--as", "Ana"), "nobody holds it"),
    (("second", "triage", "asked", "--as", "Ana"), "only audits get a second look"),
    (("claim", "triage", "asked", "--as", "Ana", "--minutes", "0"), "a claim lasts over 0"),
]


def test_mistakes_are_named_and_change_nothing(run: Run, queue: Here) -> None:
    before = queue.kinds()
    for command, words in MISTAKES:
        ended = run("reviews", *command)
        assert (ended.status, words in ended.said) == (2, True), ended.said
    ended = run("review", "triage", "asked", "--approve")
    assert (ended.status, "--approve belong to a decision" in ended.said) == (2, True)
    assert queue.kinds() == before


WRONG = [
    ("refuse_after_hours: 0", "refuse_after_hours: Input should be greater than 0"),
    ("due_hours: {decison: 4}", "did you mean `decision`?"),
    ("second_share: 2.0", "second_share: Input should be less than or equal to 1"),
    ("reason_pack: nice", "there is no pack of reasons 'nice'; there are: standard"),
    ("reasons: [{id: a, words: x}, {id: a, words: y}]", "two reasons have the id 'a'; give each its own"),
    ("claim_minutes: yes", "put a word in quotes, write a number as digits"),
]


def test_a_definition_that_is_wrong_is_explained(run: Run, tmp_path: Path) -> None:
    for line, words in WRONG:
        (tmp_path / "triage.yaml").write_text(f"{DEFINITION}review:\n  {line}\n", encoding="utf-8")
        ended = run("apply", "-f", "triage.yaml", "--as", "Carla Nunes")
        assert (ended.status, words in ended.said) == (2, True), ended.said


def test_a_decision_is_taken_back_and_a_case_passed_on(run: Run, queue: Here) -> None:
    run("reviews", "decide", "triage", "asked", "--label", "fraud", "--as", "Dev Patel")
    other = run("reviews", "undo", "triage", "asked", "--as", "Ana Ruiz")
    assert (other.status, "Dev Patel decided it, and only they may take that back" in other.said) == (2, True)
    back = run("reviews", "undo", "triage", "asked", "--as", "Dev Patel")
    assert back.out.startswith("asked (decision) waits again, yours until ")
    assert back.out.endswith("; what you had decided is no outcome any more\n")
    moved = run("reviews", "pass-on", "triage", "asked", "--reason", "it names me", "--as", "Dev Patel", "--json").json
    assert moved["to"] == ["Ben Okafor", "Dev Patel"]
    alone = run("reviews", "together", "triage", "asked", "--label", "fraud", "--as", "Dev Patel")
    assert (alone.status, "its definition has no `review.together_max`" in alone.said) == (2, True)


def test_several_cases_are_decided_at_once(run: Run, queue: Here, tmp_path: Path) -> None:
    text = REVIEWED.replace("  reason_pack: standard\n", "  reason_pack: standard\n  together_max: 5\n")
    (tmp_path / "triage.yaml").write_text(text, encoding="utf-8")
    assert run("apply", "-f", str(tmp_path / "triage.yaml"), "--as", "Carla Nunes").status == 0
    told = run("reviews", "together", "triage", "asked", "--label", "fraud", "--as", "Dev Patel")
    assert told.out == "decided 'fraud': 1 case, 0 of them otherwise than was proposed\n"
