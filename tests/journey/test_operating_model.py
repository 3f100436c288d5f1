"""The operating model from an idea to its report: each step reads what the one before it wrote down."""

import datetime as dt
import json
from pathlib import Path

import pytest

from commandline import Ended, Run

IDEA = "workflow: message-triage\nproblem:\n  who: everyone\n  friction: we need a chatbot\n"
EXAMPLE = (Path(__file__).parents[2] / "workflows" / "message-triage.yaml").read_text(encoding="utf-8")
W = "message-triage"
KPI = "time until a message is in its queue"
FRAMING, DATA, PRIVACY = "problem framing", "data fitness", "privacy and legal"
WAIVED = ("waive", W, "--gate", "human in the loop", "--check", "reviewer tools", "--reason", "comes in May")
STATEMENT = ("--statement", "it is so", "--as", "Ben Okafor", "--key", "ben.key")


@pytest.fixture
def done(run: Run) -> Run:
    """A command that has to succeed."""

    def done(*arguments: str) -> Ended:
        ended = run(*arguments)
        assert ended.status == 0, (arguments, ended.out, ended.said)
        return ended

    return done


def verdicts(run: Run) -> dict[str, str]:
    return {one["gate"]: one["verdict"] for one in run("gates", W, "--json").json}


def signed(done: Run, gate: str, check: str) -> Ended:
    return done("evidence", "attest", W, "--gate", gate, "--check", check, *STATEMENT)


def test_from_an_idea_to_a_report(run: Run, done: Run, tmp_path: Path) -> None:
    for name, text in (("idea.yaml", IDEA), ("flow.yaml", EXAMPLE), ("org.yaml", "organisation: N\ncouncil: [Ida]\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3)
    rows = (f"c{n},a,{'b' if n == 7 else 'a'},Pia Lund,{day}T09:00:00Z,{n % 9 == 0}\n" for n in range(60))

    # The problem: an idea is no use case, is told so everywhere, and may be applied all the same.
    assert run("problem", "lint", "idea.yaml").status == 1
    assert "a solution stands for the problem: 'chatbot'" in done("check", "idea.yaml").out
    done("apply", "-f", "idea.yaml", "--as", "Carla Nunes")
    assert "an idea, not yet a use case: without user" in run("gates", W).out
    done("problem", "page", "flow.yaml", "--out", "problem.html")
    done("check", "flow.yaml", "--strict")
    done("apply", "-f", "flow.yaml", "--as", "Carla Nunes")

    # The gate out of exploration opens by evidence and signatures, and by nothing else.
    mover = ("stage", "move", W, "pilot", "--reason", "mail waits", "--as")
    assert run(*mover, "Ana Ruiz").status == 4
    (tmp_path / "labels.csv").write_text(f"case,ai,person,by,at,edge\n{''.join(rows)}", encoding="utf-8")
    done("evidence", "add", "labels.csv", "-w", W, "--as", "Pia Lund")
    keyless = run("evidence", "attest", W, "--gate", DATA, "--check", "representative", *STATEMENT)
    assert (keyless.status, 'interlock evidence key "Ben Okafor" ben.key' in keyless.said) == (2, True)
    done("evidence", "key", "Ben Okafor", "ben.key")
    wrong = run("evidence", "attest", W, "--gate", "privacy", "--check", "dpia", *STATEMENT)
    assert (wrong.status, "there is no gate 'privacy'" in wrong.said) == (2, True)
    signed(done, DATA, "representative")
    signed(done, PRIVACY, "impact assessment")
    assert {verdicts(run)[gate] for gate in (FRAMING, DATA, PRIVACY, "leave exploration")} == {"passed"}
    assert "Carla Nunes proposed this release" in run(*mover, "Carla Nunes").said
    done(*mover, "Ana Ruiz")

    # What was measured, answered, waived and decided reaches the gates, the scorecard and the council.
    when = ("--from", str(day - dt.timedelta(days=20)), "--to", str(day), "--source", "desk", "--as", "Ana Ruiz")
    done("measure", "kpi", W, "--kpi", KPI, "--value", "20", "--low", "18", "--high", "22", "--n", "400", *when)
    done("measure", "expense", W, "--bucket", "compute", "--usd", "900", *when)
    done("stage", "decide", W, "--choose", "iterate", "--sprints", "2", "--as", "Ana Ruiz", "--reason", "two queues")
    assert verdicts(run)["decide"] == "passed"
    (tmp_path / "answers.yaml").write_text("security: 2\n", encoding="utf-8")
    done("instrument", "answer", "readiness-scorecard", "--subject", W, "-f", "answers.yaml", "--as", "Ana Ruiz")
    assert "no scaling: Security is below 3" in done("instrument", "score", "readiness-scorecard", "--subject", W).out
    opened = ("--severity", "high", "--owner", "Ben Okafor", "--as", "Ana Ruiz", "--redline")
    done("incident", "open", W, "--title", "a refund was promised", *opened)
    assert "has no right to waive" in run(*WAIVED, "--until", "2099-01-01", "--as", "Ana Ruiz").said
    done("organisation", "apply", "-f", "org.yaml", "--as", "Ida")
    found = [item for item in done("council", "agenda", "--json").json if item["workflow"] == W]
    item, money = found
    assert ("/incident/" in item["id"], "/bucket/compute/" in money["id"]) == (True, True)  # a month's money in 21 days
    chosen = item["options"][0]["id"]
    decider = item["may_decide"][0]
    decide = ("council", "decide", item["id"], "--choose", chosen, "--reason", "as measured", "--as", decider)
    assert "--due: 'soon' is no date; write it as YYYY-MM-DD" in run(*decide, "--due", "soon").said
    due = str(day + dt.timedelta(days=40))
    assert f"it holds until {due}" in done(*decide, "--due", due).out
    said = done("council", "minutes").out
    assert ("as measured" in said, f"{item['question']} {item['options'][0]['title']}" in said) == (True, True)

    # The report says what is on record, the same in each form.
    assert "baseline 95, now 20, target 10" in done("portfolio").out
    done("report", "monthly", "--out", "month.md", "--out", "month.html", "--out", "month.json")
    assert KPI in (tmp_path / "month.md").read_text(encoding="utf-8")
    measured = next(one for one in done("evidence", "list", W, "--json").json if one["evidence"]["kind"] == "kpi")
    assert measured["evidence"]["digest"] in json.dumps(json.loads((tmp_path / "month.json").read_text("utf-8")))

    # Another release has to earn it all again.
    (tmp_path / "flow.yaml").write_text(EXAMPLE.replace("error: 0.04", "error: 0.05"), encoding="utf-8")
    assert "voids evidence: labels" in run("diff", "-f", "flow.yaml").out
    done("apply", "-f", "flow.yaml", "--as", "Carla Nunes")
    assert {verdicts(run)[gate] for gate in (DATA, PRIVACY, "decide")} == {"inconclusive"}
