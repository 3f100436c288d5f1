"""The commands on a store as people use and misuse them: apply, diff, get, judge, promote, demote, kill, review, ..."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from commandline import DEFINITION, Here, Run

APPLY = ("apply", "-f", "triage.yaml", "--as", "Carla Nunes")
# A shell that starts a program in the background makes it deaf to Ctrl-C.
LISTENS = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from interlock.wiring.cli import main; main()"
)
EVERY_COMMAND = [
    ("get", "workflows"),
    ("diff", "-f", "triage.yaml"),
    ("judge", "triage"),
    ("promote", "triage", "--release", "sha256:x", "--as", "Ana Ruiz"),
    ("demote", "triage", "--as", "Ana Ruiz", "--reason", "why"),
    ("kill", "global", "--as", "Ana Ruiz", "--reason", "why"),
    ("resume", "global", "--as", "Ana Ruiz", "--reason", "why"),
    ("review", "triage", "case-00000"),
    ("replay", "triage"),
    ("ledger", "verify"),
    ("ledger", "export", "out.jsonl"),
    ("ledger", "checkpoint"),
    ("ledger", "prove", "--entry", "0"),
]


# Stores that are none


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_without_a_store_every_command_says_how_to_make_one(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = run(*command)
    assert (ended.status, ended.out) == (2, "")
    assert "there is no store .interlock/store.db yet; `interlock apply -f FILE` makes one" in ended.said
    assert [path.name for path in tmp_path.iterdir()] == ["triage.yaml"]


@pytest.mark.parametrize("command", [*EVERY_COMMAND, APPLY])
def test_what_is_no_store_is_left_as_it_is(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mine.db").write_text("my notes, no database")
    ended = run(*command, "--store", "mine.db")
    assert (ended.status, ended.out) == (3, "")
    assert "the store mine.db cannot be used: file is not a database. Name a store that Interlock made" in ended.said
    assert (tmp_path / "mine.db").read_text() == "my notes, no database"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.db", "triage.yaml"]


def test_other_peoples_databases_newer_stores_folders_and_empty_files(run: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE customers (name TEXT)")
    other.close()
    run(*APPLY, "--store", "newer.db")
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("UPDATE meta SET value = '9' WHERE name = 'schema'")
    newer.close()
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.db").touch()
    found = {
        name: (ended.status, ended.said.removeprefix("interlock: ")[:60])
        for name in ("other.db", "newer.db", "folder", "empty.db")
        for ended in [run("get", "workflows", "--store", name)]
    }
    assert {name: status for name, (status, _) in found.items()} == {
        "other.db": 3,
        "newer.db": 3,
        "folder": 2,
        "empty.db": 2,
    }
    assert "holds other tables ('customers')" in found["other.db"][1]
    assert "schema 9" in found["newer.db"][1]
    assert found["folder"][1].startswith("folder is a folder; --store names the file")
    assert found["empty.db"][1].startswith("there is no store empty.db yet")
    assert (tmp_path / "empty.db").stat().st_size == 0


def test_the_store_can_be_named_in_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_STORE", "else/where.db")
    assert run(*APPLY).status == 0
    assert (tmp_path / "else" / "where.db").is_file()
    assert run("get", "workflows", "--json").json[0]["workflow"] == "triage"


# apply and diff


def test_apply_makes_a_release_once(run: Run) -> None:
    first = run(*APPLY)
    assert first.status == 0
    assert first.out.startswith("triage: applied, release sha256:")
    again = run(*APPLY, "--json")
    assert again.json == [{"release": first.out.split()[-1], "workflow": "triage", "changed": False, "amended": False}]


def test_diff_before_and_after(run: Run, live: Here, tmp_path: Path) -> None:
    assert (run("diff", "-f", "triage.yaml").out, run("diff", "-f", "triage.yaml").status) == (
        "triage: no difference\n",
        0,
    )
    (tmp_path / "triage.yaml").write_text(DEFINITION.replace("error: 0.10", "error: 0.20"), encoding="utf-8")
    ended = run("diff", "-f", "triage.yaml")
    assert ended.status == 1
    with live.store.reading() as reading:
        digests = {item.kind: item.digest[:19] for item in reading.evidence("triage")}
    grant = live.grant()
    assert grant is not None
    assert ended.out.splitlines() == [
        "triage: another release",
        "  budget.error: 0.1 -> 0.2",
        f"  voids evidence: certificate {digests['certificate']}",
        f"  voids evidence: shadow {digests['shadow']}",
        f"  voids the grant in force, until {grant['expires_at']}",
    ]
    found = run("diff", "-f", "triage.yaml", "--json")
    assert (found.status, found.json[0]["same"]) == (1, False)
    applied = run(*APPLY)
    assert applied.out.rstrip().endswith("; its grant was ended")
    assert live.grant() is None


def test_a_change_of_words_alone_voids_nothing(run: Run, live: Here, tmp_path: Path) -> None:
    text = DEFINITION.replace("4 hours a day", "3 hours a day") + "behaviour: people answer at once\n"
    (tmp_path / "triage.yaml").write_text(text, encoding="utf-8")
    ended = run("diff", "-f", "triage.yaml")
    assert ended.status == 1
    assert ended.out.splitlines()[0] == "triage: the same release, amended"
    assert "  problem.cost: 4 hours a day -> 3 hours a day" in ended.out.splitlines()
    assert ended.out.splitlines()[-1] == "  voids nothing"
    applied = run(*APPLY)
    assert applied.out == f"triage: amended, release {live.release}\n"
    assert live.grant() is not None
    assert run("diff", "-f", "triage.yaml").out == "triage: no difference\n"


def test_diff_of_a_workflow_that_is_not_there_yet(run: Run, live: Here, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(DEFINITION.replace("workflow: triage", "workflow: refunds"), encoding="utf-8")
    ended = run("diff", "-f", "new.yaml", "--json")
    assert (ended.status, ended.json[0]["workflow"], ended.json[0]["new"]) == (1, "refunds", True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("budget:", "budgets:"), "triage.yaml:14: budgets: is not a field of a definition; did you mean `budget`?"),
        (("error: 0.10", "error: 10"), "triage.yaml:14: budget.error:"),
        (("workflow: triage\n", ""), "workflow: is missing; add it"),
        (("owners: {", "owners: {value: Eve, "), "owners.value: is given twice"),
        (("who: support", "who: support: leads\n  x"), "triage.yaml:3: this is not YAML"),
        (("error: 0.10", "error: yes"), "put a word in quotes, write a number as digits"),
        ((DEFINITION, ""), "a definition is a mapping that starts with `workflow: NAME`"),
        ((DEFINITION, "- a\n- b\n"), "a definition is a mapping that starts with `workflow: NAME`"),
    ],
)
def test_a_broken_definition_names_line_field_and_mend(
    run: Run, tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    (tmp_path / "triage.yaml").write_text(DEFINITION.replace(*change), encoding="utf-8")
    ended = run(*APPLY)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.said
    assert [path.name for path in tmp_path.iterdir()] == ["triage.yaml"]


def test_apply_needs_a_name_and_a_file_and_leaves_no_store_without(run: Run, tmp_path: Path) -> None:
    for arguments, words in (
        (("apply", "-f", "triage.yaml"), "Missing option '--as'"),
        (("apply", "-f", "triage.yaml", "--as", "  "), "say who you are: --as NAME"),
        (("apply", "-f", "traige.yaml", "--as", "Carla Nunes"), "did you mean triage.yaml?"),
        (("apply", "-f", ".", "--as", "Carla Nunes"), ". is a folder"),
    ):
        ended = run(*arguments)
        assert (ended.status, ended.out) == (2, "")
        assert words in ended.said
    assert [path.name for path in tmp_path.iterdir()] == ["triage.yaml"]


def test_for_a_program_every_error_is_one_json_object_and_standard_output_stays_empty(run: Run, tmp_path: Path) -> None:
    run(*APPLY)
    (tmp_path / "mine.db").write_text("my notes, no database")
    for arguments, status, words in (
        (("judge", "nope", "--json"), 2, "there is no workflow 'nope'"),
        (("judge", "--json"), 2, "Missing argument"),
        (("judge", "triage", "--nope", "--json"), 2, "No such option: --nope"),
        (("frob", "--json"), 2, "No such command 'frob'"),
        (("judge", "triage", "--store", "none.db", "--json"), 2, "there is no store none.db yet"),
        (("judge", "triage", "--store", "mine.db", "--json"), 3, "file is not a database"),
        (("promote", "triage", "--release", "sha256:0", "--as", "Eve", "--json"), 4, "Eve has no right to promote it"),
    ):
        ended = run(*arguments)
        told = json.loads(ended.err)
        assert (ended.status, ended.out, told["status"], words in told["error"]) == (status, "", status, True), told


# get


def test_an_empty_store_says_what_would_fill_it(run: Run) -> None:
    run(*APPLY)
    found = {kind: run("get", kind) for kind in ("evidence", "grants", "decisions", "intents", "reviews")}
    assert {kind: ended.out for kind, ended in found.items()} == {
        "evidence": "No evidence yet. A bake-off's certificate or shadow outcomes make some.\n",
        "grants": "No grant is in force. A passed gate and `interlock promote` give one.\n",
        "decisions": "No decisions yet. They come as cases are admitted.\n",
        "intents": "No intents yet. They come as proposals are applied.\n",
        "reviews": "Nothing waits for a person.\n",
    }
    assert {run("get", kind, "--json").out for kind in found} == {"[]\n"}


def test_get_lists_what_is_there(run: Run, live: Here) -> None:
    live.act(live.proposal(key="applied"))
    live.act(live.proposal(key="unsure", confidence=0.1))
    assert [row["authority"][:5] for row in run("get", "workflows", "--json").json] == ["agent"]
    assert [row["kind"] for row in run("get", "evidence", "triage", "--json").json] == ["certificate", "shadow"]
    assert run("get", "grants", "--json").json[0]["release"] == live.release
    decisions = run("get", "decisions", "--limit", "2", "--json").json
    assert [(row["key"], row["verb"]) for row in decisions] == [("applied", "apply"), ("unsure", "review")]
    assert [(row["key"], row["state"]) for row in run("get", "intents", "--json").json] == [("applied", "done")]
    waiting = run("get", "reviews", "--json").json
    assert [(row["key"], row["kind"]) for row in waiting] == [("applied", "audit"), ("unsure", "decision")]
    table = run("get", "reviews").out.splitlines()
    assert table[0].split() == ["key", "kind", "workflow", "due", "at"]
    assert len(table) == 3


@pytest.mark.parametrize(
    "command",
    [
        ("get", "reviews", "triagge"),
        ("judge", "triagge"),
        ("promote", "triagge", "--release", "sha256:x", "--as", "Ana Ruiz"),
        ("demote", "triagge", "--as", "Ana Ruiz", "--reason", "why"),
        ("review", "triagge", "case-00000"),
        ("replay", "triagge"),
    ],
)
def test_unknown_workflows(run: Run, house: Here, command: tuple[str, ...]) -> None:
    before = house.kinds()
    ended = run(*command)
    assert (ended.status, ended.out) == (2, "")
    assert "there is no workflow 'triagge'" in ended.said
    assert house.kinds() == before


def test_unknown_kinds_scopes_and_commands(run: Run, house: Here) -> None:
    for arguments, words in (
        (("get", "things"), "'workflows', 'evidence', 'grants'"),
        (("kill", "triage", "--as", "Ana", "--reason", "r"), "tenant:NAME, segment:NAME or one of: workflow:triage"),
        (
            ("kill", "workflow:none", "--as", "Ana", "--reason", "r"),
            "tenant:NAME, segment:NAME or one of: workflow:triage",
        ),
        (("review", "triage", "x", "--kind", "thing"), "'decision', 'audit', 'undo'"),
        (("replay", "triage", "--threshold", "2"), "--threshold"),
        (("promot", "triage"), "No such command 'promot'"),
    ):
        ended = run(*arguments)
        assert (ended.status, ended.out) == (2, "")
        assert words in ended.said


# judge, promote, demote


def test_the_gate_opens_only_for_the_right_person_with_the_release_in_force(run: Run, house: Here) -> None:
    release = house.release
    early = run("promote", "triage", "--release", release, "--as", "Ana Ruiz")
    assert (early.status, early.out) == (4, "")
    assert "the gate was not judged for the release in force" in early.said
    judged = run("judge", "triage")
    assert judged.status == 0
    assert judged.out.splitlines()[0] == "Gate 'limited live' of triage: passed"
    for name, given, words in (
        ("Carla Nunes", release, "Carla Nunes proposed this release and cannot promote it"),
        (" CARLA  nunes", release, "proposed this release and cannot promote it"),
        ("Eve", release, "Eve has no right to promote it (who has: Ana Ruiz, Carla Nunes)"),
        ("Ana Ruiz", release[:19], f"is stale: {release[:19]} is in force"),
        ("Ana Ruiz", "sha256:0", f"release sha256:0 is stale: {release[:19]} is in force"),
    ):
        ended = run("promote", "triage", "--release", given, "--as", name)
        assert (ended.status, ended.out) == (4, "")
        assert words in ended.said
    assert house.kinds().count("promotion.refused") == 6
    granted = run("promote", "triage", "--release", release, "--as", "Ana Ruiz", "--json")
    assert (granted.status, granted.json["level"], granted.json["release"]) == (0, "agent", release)


def test_a_gate_that_is_not_passed_ends_with_1(run: Run) -> None:
    run(*APPLY)
    told, found = run("judge", "triage"), run("judge", "triage", "--json")
    assert (told.status, found.status, found.json["verdict"]) == (1, 1, "inconclusive")
    assert "  certificate: inconclusive - no certificate is on record. Next: bring a new certificate (" in told.out


def test_anybody_may_demote_and_nothing_is_not_an_error(run: Run, live: Here) -> None:
    never_moved = "it has authority, and was never moved to a rollout stage"
    assert never_moved in run("check", "triage.yaml").out
    demoted = [run("demote", "triage", "--as", "Eve", "--reason", "wrong queues").out for _ in range(2)]
    assert demoted == ["triage: its grant was ended\n", "triage: it held no grant\n"]
    assert never_moved not in run("check", "triage.yaml").out
    again = run("promote", "triage", "--release", live.release, "--as", "Ana Ruiz")
    assert again.status == 4
    assert "authority was taken away after the gate was judged; judge it again" in again.said


# kill and resume


def test_kill_and_resume(run: Run, live: Here) -> None:
    killed = run("kill", "workflow:triage", "--as", "Eve", "--reason", "fire", "--json")
    assert killed.status == 0
    assert {name: killed.json[name] for name in ("scope", "epoch", "in_flight", "in_doubt")} == {
        "scope": "workflow:triage",
        "epoch": 1,
        "in_flight": [],
        "in_doubt": [],
    }
    assert live.act(live.proposal()).decision.verb == "review"
    assert run("get", "workflows", "--json").json[0]["halted"] == "workflow:triage"
    wrong = run("resume", "workflow:triage", "--as", "Ana Ruiz", "--reason", "over")
    assert (wrong.status, wrong.said) == (4, "interlock: Ana Ruiz has no right to resume triage")
    right = run("resume", "workflow:triage", "--as", "Ben Okafor", "--reason", "over")
    assert (right.status, right.out) == (0, "workflow:triage: resumed, epoch 1\n")
    twice = run("resume", "workflow:triage", "--as", "Ben Okafor", "--reason", "over")
    assert (twice.status, twice.said) == (2, "interlock: 'workflow:triage' is not halted")


def test_a_kill_tells_what_it_knows_in_words(run: Run, live: Here) -> None:
    out = run("kill", "global", "--as", "Eve", "--reason", "fire").out.splitlines()
    assert out[0].startswith("global: fenced at 20")
    assert out[1].startswith("  quiesced at: 20")
    assert out[2:] == ["  in flight: none", "  in doubt: none"]


def test_a_kill_that_cannot_quiesce_ends_with_1(run: Run, live: Here) -> None:
    with live.drain.hold(("workflow:triage",)):
        ended = run("kill", "workflow:triage", "--as", "Eve", "--reason", "fire", "--wait-s", "0.1")
    assert ended.status == 1
    assert "quiesced at: NOT YET - an effect may still be in flight" in ended.out


@pytest.mark.skipif(os.name == "nt", reason="platform: signals of a POSIX terminal")
def test_a_kill_that_is_stopped_does_not_say_that_nothing_happened(run: Run, live: Here, tmp_path: Path) -> None:
    with live.drain.hold(("workflow:triage",)):
        process = subprocess.Popen(
            [sys.executable, "-c", LISTENS, "kill", "workflow:triage", "--as", "Eve", "--reason", "fire"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while "kill.fenced" not in live.kinds():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == (
        "interlock: stopped; what was done by then stays done (a kill may have fenced already): look with "
        "`interlock get`.\n"
    )
    assert run("get", "workflows", "--json").json[0]["halted"] == "workflow:triage"


# review and replay


def test_an_audit_is_blind_until_it_is_decided(run: Run, live: Here) -> None:
    live.act(live.proposal(key="applied"))
    blind = run("review", "triage", "applied", "--kind", "audit")
    assert "  proposed: hidden until you decide" in blind.out.splitlines()
    assert run("review", "triage", "applied", "--kind", "audit", "--json").json["proposed"] is None
    unnamed = run("review", "triage", "applied", "--kind", "audit", "--label", "billing")
    assert (unnamed.status, unnamed.said) == (2, "interlock: say who you are: --as NAME")
    decide = ("review", "triage", "applied", "--kind", "audit", "--label", "billing", "--as", "Dev Patel")
    decided = run(*decide, "--json")
    assert (decided.status, decided.json["proposed"]) == (0, "billing")
    twice = run(*decide)
    assert (twice.status, twice.out) == (2, "")
    assert "was closed by Dev Patel" in twice.said


def test_a_review_is_found_only_under_its_own_workflow_and_kind(run: Run, live: Here, tmp_path: Path) -> None:
    live.act(live.proposal(key="unsure", confidence=0.1))
    (tmp_path / "other.yaml").write_text(DEFINITION.replace("workflow: triage", "workflow: refunds"), encoding="utf-8")
    run("apply", "-f", "other.yaml", "--as", "Carla Nunes")
    for workflow, key, kind in (
        ("refunds", "unsure", "decision"),
        ("triage", "unsure", "undo"),
        ("triage", "none", "decision"),
    ):
        ended = run("review", workflow, key, "--kind", kind)
        assert (ended.status, ended.out) == (2, "")
        assert f"there is no {kind} review of case '{key}' in '{workflow}'" in ended.said
    assert "  proposed: billing" in run("review", "triage", "unsure").out


def test_replay_reproduces_and_shows_another_policy(run: Run, live: Here) -> None:
    for sure in (0.91, 0.95, 0.99, 0.1):
        live.act(live.proposal(confidence=sure))
    ended = run("replay", "triage", "--threshold", "0.98")
    assert ended.status == 0
    assert ended.out.splitlines()[0] == "64 of 64 decisions came out the same when decided again"
    found = run("replay", "triage", "--threshold", "0.98", "--json").json
    assert (found["differing"], found["as_recorded"]["verbs"]["apply"], found["other"]["verbs"]["apply"]) == ([], 3, 1)


def test_replay_of_a_period_without_cases(run: Run) -> None:
    run(*APPLY)
    ended = run("replay", "triage")
    assert (ended.status, ended.said) == (2, "interlock: 'triage' decided no case in that period")


def test_replay_says_where_it_does_not_reproduce(run: Run, live: Here) -> None:
    live.act(live.proposal(key="applied"))
    live.store.close()
    with sqlite3.connect(live.path) as tampered:
        tampered.execute("UPDATE decision SET verb = 'review' WHERE key = 'applied'")
    tampered.close()
    ended = run("replay", "triage", "--json")
    assert (ended.status, ended.json["differing"]) == (1, ["applied"])
