"""Known errors among the audits as people use them: plant, review, missed."""

from pathlib import Path

import pytest

from commandline import Here, Run

KNOWN = "key,text,proposed,truth\nmail-7,Close my account please,billing,close account\n"
PLANT = ("oversight", "plant", "triage", "known.csv", "--share", "99.9999%", "--as", "Carla Nunes")


@pytest.fixture
def audited(live: Here, tmp_path: Path) -> Here:
    """Two audits are open, and one known error is written down."""
    (tmp_path / "known.csv").write_text(KNOWN, encoding="utf-8")
    for key in ("mail-5", "mail-6"):
        live.act(live.proposal(key=key))
    return live


def test_a_planted_error_is_reviewed_blind_and_counted(run: Run, audited: Here) -> None:
    planted = run(*PLANT)
    assert planted.status == 0
    assert planted.out == (
        "triage: known errors planted: 1; 2 of 2 audits opened since the last planting drew one (probability 1)\n"
        "  1 drew one in vain: known.csv holds only 1; add more\n"
    )
    kinds = {row["key"]: row["kind"] for row in run("get", "reviews", "--json").json}
    assert kinds == {"mail-5": "audit", "mail-6": "audit", "mail-7": "audit"}
    shown = run("review", "triage", "mail-7", "--kind", "audit").out
    assert "Close my account please" in shown
    assert "hidden until you decide" in shown
    waiting = run("oversight", "missed", "triage")
    needs = "  to show that at most 5 % are missed takes 59 answered errors without a miss, 93 with one"
    assert (waiting.status, waiting.out.splitlines()) == (
        0,
        [
            "triage: no planted error was answered yet, so the share missed is not known; 1 of 1 planted still waiting",
            "  no planted error was found yet, so the error budget cannot be corrected for what is missed",
            needs,
        ],
    )
    run("review", "triage", "mail-7", "--kind", "audit", "--label", "close account", "--as", "Ben Okafor")
    counted = run("oversight", "missed", "triage")
    told = "0 of 1 planted errors missed (0.0%; 95% interval 0.0% to 97.5%, exact)"
    assert (counted.status, counted.out.splitlines()) == (
        0,
        [
            f"triage: {told}; 0 of 1 planted still waiting",
            f"  Ben Okafor: {told}",
            "  at most 95.0% of errors like these are missed (exact; wrong with probability 0.05 at most, which comes "
            "on top of the test's own): to keep to 10 %, test the audits at 0.500%",
            needs,
        ],
    )
    as_json = run("oversight", "missed", "triage", "--json").json
    assert (as_json["n_planted"], as_json["rates"]["by_reviewer"]["Ben Okafor"]["n"]) == (1, 1)
    assert run("ledger", "verify").status == 0
    assert run("oversight", "close-period", "triage", "--as", "Ana Ruiz").status == 0
    assert run("oversight", "recheck", "triage").status == 0


def test_an_answer_by_the_planter_is_not_counted(run: Run, audited: Here) -> None:
    run(*PLANT)
    run("review", "triage", "mail-7", "--kind", "audit", "--label", "close account", "--as", "Carla Nunes")
    ended = run("oversight", "missed", "triage")
    assert ended.status == 1
    assert "NOT COUNTED, entry " in ended.out
    assert "it was answered by Carla Nunes, who planted it and knows the truth" in ended.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("key,text,proposed\na,b,c\n", "known.csv has no column truth: known cases need key, text, proposed, truth"),
        ("key,text,proposed,truth\na,b,c,c\n", "known case 1 ('a') proposes 'c', which is the truth"),
        ("key,text,proposed,truth\nmail-5,b,c,d\n", "known case 1 ('mail-5') has a key that is taken"),
        ("key,text,proposed,truth\na,b,,d\n", "needs a key, its text, the wrong answer and the true one"),
    ],
)
def test_files_that_cannot_be_planted(run: Run, audited: Here, tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "known.csv").write_text(content, encoding="utf-8")
    before = audited.kinds()
    ended = run(*PLANT)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.said
    assert audited.kinds() == before


@pytest.mark.parametrize("command", [PLANT, ("oversight", "missed", "triage")])
def test_without_a_store_or_workflow(run: Run, command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text(KNOWN, encoding="utf-8")
    ended = run(*command)
    assert (ended.status, ended.out) == (2, "")
    assert "there is no store" in ended.said
