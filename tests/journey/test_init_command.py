"""`interlock init` as people use and misuse it: asked, left in the middle, gone on with, or told by options."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import yaml

from commandline import Ended, Run
from interlock.adapters.definitions.drafts import YamlDrafts
from interlock.adapters.reports.files import write_lines
from interlock.engine.interview.course import answered, left_open, next_question
from interlock.engine.interview.reading import value_of
from interlock.terms.interview import Interview

Say = Callable[..., Ended]
# Figures of which no example is given, because another one's would only mislead.
FIGURES = {
    "kpis.baseline": "95", "kpis.target": "10", "without_ai.expected": "60", "limits.applied_per_day": "500",
}  # fmt: skip
LISTENS = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from interlock.wiring.cli import main; main()"
)


class Typed:
    """Lines that somebody types; `then` happens before each of them, and `leaves` presses Ctrl-C after the last."""

    def __init__(self, lines: list[str], *, leaves: bool, then: Callable[[], object]) -> None:
        self.lines, self.leaves, self.then = iter(lines), leaves, then

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        self.then()
        line = next(self.lines, None)
        if line is None and self.leaves:
            raise KeyboardInterrupt
        return "" if line is None else f"{line}\n"


@pytest.fixture
def say(run: Run, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs `init --ask` with lines typed."""

    def say(
        *arguments: str, lines: list[str], leaves: bool = False, then: Callable[[], object] = lambda: None
    ) -> Ended:
        monkeypatch.setattr("sys.stdin", Typed(lines, leaves=leaves, then=then))
        return run("init", *arguments, "--ask")

    return say


def content(path: Path) -> dict[str, object]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def answers_to_everything() -> list[str]:
    chapters, lines = YamlDrafts().chapters(), []
    interview = Interview({"workflow": "queue"})
    while (asked := next_question(chapters, interview)) is not None:
        if asked.entry == 2:  # one entry of each list is enough
            lines.append("")
            interview = left_open(interview, asked.location)
            continue
        said = FIGURES.get(asked.question.field) or asked.question.example or "120"
        lines.append(said)
        interview = answered(interview, asked.location, value_of(asked.question, said))
    return lines


def test_whoever_answers_every_question_has_nothing_missing(run: Run, say: Say, tmp_path: Path) -> None:
    lines = answers_to_everything()
    ended = say("queue.yaml", lines=lines)
    assert (ended.status, ended.out.splitlines()[0]) == (0, "queue.yaml: can be applied; nothing is missing")
    assert 'next: interlock apply -f queue.yaml --as "YOUR NAME"' in ended.out
    assert run("check", "queue.yaml", "--strict").status == 0
    assert run("apply", "-f", "queue.yaml", "--as", "Carla Nunes").out.startswith("queue: applied, release")
    text = (tmp_path / "queue.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=workflow.schema.json"
    assert "not known yet" not in text
    assert (tmp_path / "workflow.schema.json").read_text(encoding="utf-8") == run("schema").out


def test_each_answer_is_checked_while_asking(say: Say, tmp_path: Path) -> None:
    weak = ["the business", "", "we need a chatbot", "clerks open each return by hand", "?", ""]
    figures = [">", "wait", "hours", "sideways", "down", "ten", "48", "2026-13-01", "2026-03-01", "60", "12", "."]
    ended = say("refunds.yaml", lines=[*weak, *figures])
    for words in (
        "user ('the business'): nobody is named whom one could go and watch at work",
        "Who exactly has this problem - which role",
        "solution ('chatbot'): a thing to have is named",
        "problem.cause says why it is so.",
        "'sideways' is none of up, down",
        "'ten' is no number; write one such as",
        "'2026-13-01' is no date; write one such as 2026-11-26",
        "target (60) lies the other way from baseline (48); correct one of them",
    ):
        assert words in ended.said, words
    assert content(tmp_path / "refunds.yaml") == {
        "workflow": "refunds",
        "problem": {"who": "the business", "friction": "clerks open each return by hand"},
        "kpis": [
            {"name": "wait", "unit": "hours", "direction": "down", "baseline": 48, "baseline_at": "2026-03-01",
             "target": 12},
        ],
    }  # fmt: skip
    assert "refunds.yaml:8: gap: problem.who: no user is told: 'the business'" in ended.out


def test_what_is_left_open_is_told_with_what_follows_and_left_out(say: Say, tmp_path: Path) -> None:
    lines = ["clerks of the desk", ">", ">", ">", "Ana Ruiz", "", ">", "", "", "."]
    ended = say("idea.yaml", lines=lines)
    for words in (
        "open: nobody answers for what it may harm; without both owners every case is only compared",
        "open: nobody said what is done when a proposal is applied",
        "open: no error budget is set; nothing can be certified against nothing",
    ):
        assert words in ended.said, words
    assert content(tmp_path / "idea.yaml") == {
        "workflow": "idea",
        "problem": {"who": "clerks of the desk"},
        "owners": {"value": "Ana Ruiz"},
    }
    assert "gap: owners.safety" in ended.out


def test_a_part_that_was_begun_needs_its_unit(say: Say, tmp_path: Path) -> None:
    ended = say("idea.yaml", lines=[">", "wait", "", "<", "delay", "hours", "up", "."])
    assert "this is needed, now that its part is begun; < goes back" in ended.said
    assert "you had said: wait" in ended.said
    assert content(tmp_path / "idea.yaml")["kpis"] == [{"name": "delay", "unit": "hours", "direction": "up"}]
    broken = say("other.yaml", lines=[">", "wait", "."])
    assert (broken.status, broken.out.splitlines()[0]) == (0, "other.yaml: cannot be applied; 2 errors")
    assert "interlock apply" not in broken.out


def test_who_stops_loses_nothing_and_goes_on_later(run: Run, say: Say, tmp_path: Path) -> None:
    stopped = say("idea.yaml", lines=["clerks of the desk", "mail waits for a day"], leaves=True)
    assert (stopped.status, stopped.out) == (130, "")
    assert "what you said is in idea.yaml: go on with `interlock init idea.yaml --continue`" in stopped.said
    nothing = say("none.yaml", lines=[], leaves=True)
    assert (nothing.status, "nothing was written" in nothing.said) == (130, True)
    assert not (tmp_path / "none.yaml").exists()
    went_on = say("idea.yaml", "--continue", lines=["nobody sorts it"])  # the end of the input ends the questions
    assert "Who has the problem?" not in went_on.said
    assert "Why is it so?" in went_on.said
    assert (went_on.status, list(tmp_path.glob("*before*"))) == (0, [])
    problem = {"who": "clerks of the desk", "friction": "mail waits for a day", "cause": "nobody sorts it"}
    assert content(tmp_path / "idea.yaml") == {"workflow": "idea", "problem": problem}
    # What somebody wrote into it by hand is kept beside it.
    by_hand = (tmp_path / "idea.yaml").read_text(encoding="utf-8") + "# ask Ben about this\n"
    (tmp_path / "idea.yaml").write_text(by_hand, encoding="utf-8")
    again = run("init", "idea.yaml", "--continue", "--set", "problem.cost=an hour a day", "--json", "--no-ask")
    assert again.json["earlier_kept_in"] == "idea.before.yaml"
    assert (tmp_path / "idea.before.yaml").read_text(encoding="utf-8") == by_hand
    assert content(tmp_path / "idea.yaml")["problem"] == {**problem, "cost": "an hour a day"}


def test_no_file_is_overwritten(run: Run, say: Say, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("my notes\n", encoding="utf-8")
    told = ("--set", "problem.who=clerks of the desk")
    refused = run("init", "mine.yaml", *told)
    assert (refused.status, refused.out) == (2, "")
    assert "mine.yaml is there already, and is left as it is. Name another file, go on with this one" in refused.said
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "my notes\n"
    assert run("init", "mine.yaml", *told, "--force").status == 0
    assert content(tmp_path / "mine.yaml")["workflow"] == "mine"

    def meanwhile() -> None:
        (tmp_path / "new.yaml").write_text("other notes\n", encoding="utf-8")

    assert say("new.yaml", lines=["clerks of the desk"], then=meanwhile).out.startswith("new.new.yaml: can be applied")
    assert (tmp_path / "new.yaml").read_text(encoding="utf-8") == "other notes\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say which file to write, such as `interlock init refunds.yaml`"),
        (("idea.yaml",), "nothing was said, and nobody can be asked: give answers by --set FIELD=ANSWER"),
        (("idea.yaml", "--set", "kpis.baseline=3"),
         "kpis.0.name, kpis.0.unit, kpis.0.direction must be said, now that the part around is begun: "
         "--set kpis.0.name=..."),
        (("idea.yaml", "--set", "problem.whom=x"), "--set problem.whom: no question asks for that; did you mean"),
        (("idea.yaml", "--set", "problem.who"), "write a field, an equals sign and the answer"),
        (("idea.yaml", "--set", "budget.error=4"), "--set budget.error: '4' is over 1, which is all of them; write"),
        (("idea.yaml", "--set", "kpis.1.name=x"), "--set kpis.1.name: the next entry is kpis.0; entries count from 0"),
        (("idea.yaml", "--set", "owners.value=%"), "--set owners.value: says nothing: write a name or a sentence"),
        (("idea.yaml", "--from", "triage"), "there is no template 'triage'; there are: customer-triage, insight"),
        (("idea.yaml", "--answers", "no.yaml"), "there is no file no.yaml"),
        (("idea.yaml", "--answers", "bad.yaml"), "bad.yaml:1: owners.safty: is not a field of a definition"),
        (("--continue",), "name the file to go on with"),
        (("gone.yaml", "--continue"), "there is no file gone.yaml"),
        (("no/idea.yaml", "--from", "customer-triage"), "there is no folder no; make it, or name a file"),
        (("idea.txt", "--from", "customer-triage"), "idea.txt: the name of a definition ends in .yaml"),
        (("--.yaml", "--from", "customer-triage"), "No such option"),
        (("_.yaml", "--from", "customer-triage"), "_.yaml: name the file with letters or digits"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_says_which_option_mends_it_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "bad.yaml").write_text("owners: {safty: Ben}\n", encoding="utf-8")
    ended = run("init", *arguments, "--no-ask")
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "triage.yaml"]


def test_a_disk_that_refuses_loses_no_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run("init", "/proc/idea.yaml", "--set", "problem.who=clerks of the desk")
    assert (ended.status, ended.out) == (3, "")
    assert "What was said so far:" in ended.err
    assert "  who: clerks of the desk" in ended.err


def test_ctrl_c_while_the_file_is_written_loses_nothing(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []

    def interrupted(path: Path, lines: Iterable[bytes]) -> None:
        tries.append(path)
        if len(tries) == 1:
            raise KeyboardInterrupt
        write_lines(path, lines)

    monkeypatch.setattr("interlock.adapters.reports.files.write_lines", interrupted)
    stopped = say("idea.yaml", lines=["clerks of the desk"])
    assert (stopped.status, "what you said is in idea.yaml" in stopped.said) == (130, True)
    assert content(tmp_path / "idea.yaml")["problem"] == {"who": "clerks of the desk"}


def test_options_hold_over_files_and_files_over_the_template(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(
        "name: parcel questions\nowner: Ana Ruiz\nwho: agents of the web shop\ncost: nine hours of waiting\n", "utf-8"
    )
    told = ("--set", "problem.cost=ten hours of waiting", "--set", "rights.promote=Ana Ruiz, Dev Patel")
    ended = run("init", "--from", "customer-triage", "--answers", "page.yaml", *told, "--json")
    assert ended.json["file"] == "parcel-questions.yaml"
    assert {flaw["severity"] for flaw in ended.json["flaws"]} == {"gap"}
    assert "interlock check parcel-questions.yaml" in ended.json["next"]
    written = content(tmp_path / "parcel-questions.yaml")
    assert written["owners"] == {"value": "Ana Ruiz"}
    assert written["rights"] == {"promote": ["Ana Ruiz", "Dev Patel"]}
    problem = written["problem"]
    assert isinstance(problem, dict)
    assert (problem["who"], problem["cost"]) == ("agents of the web shop", "ten hours of waiting")
    assert problem["friction"].startswith("every message is read once")


def test_with_a_template_only_what_is_open_is_asked_and_each_question_says_of_what(say: Say, tmp_path: Path) -> None:
    ended = say("--from", "customer-triage", lines=["95", "2026-02-27"])
    assert "Who has the problem?" not in ended.said
    assert "Where does it stand today?" in ended.said
    assert "of: time until the first response, in minutes" in ended.said
    assert "By which day?" not in ended.said  # there is no target yet
    text = (tmp_path / "customer-triage.yaml").read_text(encoding="utf-8")
    assert "# Begun with the template 'customer-triage', which is authored: hold every line of it" in text
    assert "    baseline: 95\n" in text


def test_templates_and_questions_are_listed(run: Run) -> None:
    listed = run("init", "--list")
    assert [line.partition(":")[0] for line in listed.out.splitlines()] == [
        "customer-triage", "insight-synthesis", "knowledge-assistant", "payment-collections",
    ]  # fmt: skip
    assert run("init", "--list", "--json").json[0]["template"] == "customer-triage"
    asked = run("init", "--questions", "--json").json
    assert asked[0]["field"] == "problem.who"
    assert f"{asked[0]['field']}: {asked[0]['question']}" in run("init", "--questions").out


def test_a_name_is_asked_where_no_file_names_one(say: Say, tmp_path: Path) -> None:
    say(lines=["!?", "Refund triage", "clerks of the desk"])
    assert content(tmp_path / "refund-triage.yaml")["workflow"] == "refund-triage"
    unnamed = say(lines=[])
    assert (unnamed.status, "it needs a name; nothing was written" in unnamed.said) == (2, True)


def test_in_a_terminal_it_asks_and_ctrl_c_keeps_what_was_said(tmp_path: Path) -> None:
    desk, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENS, "init", "idea.yaml"],
        cwd=tmp_path, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.write(desk, b"clerks of the desk\nin the Porto office\n")  # pasted: two lines, one answer
    for _ in range(200):
        if (tmp_path / "idea.yaml").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    os.close(desk)
    os.close(terminal)
    assert process.returncode == 130, err
    assert content(tmp_path / "idea.yaml")["problem"] == {"who": "clerks of the desk in the Porto office"}
    assert "go on with `interlock init idea.yaml --continue`" in err
