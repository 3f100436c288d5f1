"""`interlock choke-points`, `select` and `ai-fit` as people use and misuse them."""

import json
from pathlib import Path

import pytest

from commandline import DEFINITION, Run

STATED = """name: claims
who: Claims clerks in the Porto office
friction: They type every claim twice, 14 minutes each
cost: 9 hours a day
outcome: a claim is typed once
metric: minutes a claim from 14 to 5 by 30 June 2027
constraints: A clerk signs each claim
"""
SCORES = "impact: {0}, complexity: {1}, alignment: 3, data: 3, resources: 3"
LOG = "case_id,activity,timestamp\n1,open,2026-01-01 08:00\n1,shut,2026-01-02 08:00\n"


def test_choke_points_of_a_log_as_json_and_as_a_report(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    done = run("choke-points", "log.csv", "--json", "--out", "report.html")
    assert (done.status, [one["gap"]["hours"] for one in done.json["choke_points"]]) == (0, [24.0])
    page = (tmp_path / "report.html").read_text().replace("<wbr>", "")
    assert (done.json["log"]["sha256"] in page, "Amount-days" in page) == (True, False)
    assert run("choke-points", "log.csv", "--out", "report.html").status == 2  # it is there already


def test_candidates_in_yaml_are_ranked_and_an_idea_is_not_scored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(STATED)
    rows = [
        f"- {{name: hard, problem: claims.yaml, {SCORES.format(4, 4)}}}",
        f"- {{name: quick, problem: claims.yaml, {SCORES.format(4, 2)}, evidence: {{impact: sha256:ab}}}}",
        "- {name: idea}",
    ]
    (tmp_path / "c.yaml").write_text("\n".join(rows))
    said = run("select", "c.yaml", "--top", "1", "--json").json
    ranked = said["ranking"]["ranked"]
    assert [(one["candidate"]["name"], one["quick_win"], one["above"]) for one in ranked] == [
        ("quick", True, None),
        ("hard", False, "quick"),
    ]
    assert all(one["top_share"] == one["first_share"] for one in ranked)
    assert said["not_scored"] == [{"name": "idea", "missing": ["problem"]}]
    assert said["ranking"]["weights"] == dict.fromkeys(("impact", "complexity", "alignment", "data", "resources"), 1.0)
    assert "1 of 5 scores" in run("select", "c.yaml").out
    assert "impact is given twice" in run("select", "c.yaml", "--weights", "impact=1,impact=2").said


def test_workflows_of_a_store_are_ranked_by_their_newest_sheet(run: Run, tmp_path: Path) -> None:
    stated = "".join(f"  {line}\n" for line in STATED.splitlines()[1:])
    before, after = DEFINITION.partition("problem:")[0], DEFINITION[DEFINITION.index("owners:") :]
    kpi = "kpis: [{name: minutes a claim, unit: minutes, direction: down, baseline: 14, target: 5}]\n"
    (tmp_path / "flow.yaml").write_text(f"{before}problem:\n{stated}{kpi}{after}")
    assert run("apply", "-f", "flow.yaml", "--as", "Ana Ruiz").status == 0
    store = ("select", "--store", ".interlock/store.db", "--json")
    lacks = [f"score of {one}" for one in ("impact", "complexity", "alignment", "data", "resources")]
    assert run(*store).json["not_scored"] == [{"name": "triage", "missing": lacks}]
    (tmp_path / "a.yaml").write_text("impact: 5\ncomplexity: 2\nalignment: 3\ndata: 4\nresources: 1\n")
    answered = run(
        "instrument", "answer", "selection-matrix", "--subject", "triage", "-f", "a.yaml", "--as", "Ana Ruiz"
    )
    assert (answered.status, answered.said) == (0, "")
    (one,) = run(*store).json["ranking"]["ranked"]
    assert (one["total"], one["quick_win"]) == ((5 + 4 + 3 + 4 + 1) / 5, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {name: a, impact: 6}\n", "c.yaml:1: 0.impact:"),
        ("- {name: a, impact: 5, impact: 1}\n", "c.yaml:1: impact: is given twice"),
        ("- {name: a, impacts: 5}\n", "c.yaml:1: 0.impacts:"),
        ("name: a\n", "is no list of candidates yet"),
        ("- {name: a}\n- {name: a}\n", "'a' is there twice"),
        ("- {name: a, problem: claims.yaml, impact: 5}\n", "complexity is ''; write 1, 2, 3, 4 or 5"),
        ("- {name: a, problem: none.yaml}\n", "there is no file"),
    ],
)
def test_candidates_that_cannot_be_used_are_told_with_their_mend(
    run: Run, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "claims.yaml").write_text(STATED)
    (tmp_path / "c.yaml").write_text(text)
    done = run("select", "c.yaml")
    assert (done.status, words in done.said) == (2, True), done.said


def test_neither_a_file_nor_a_store_of_candidates(run: Run) -> None:
    assert run("select").status == 2
    assert run("ai-fit").status == 2


def test_all_questions_unanswered_are_not_yet_and_a_rule_is_recommended_with_status_0(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(run("ai-fit", "--questions").out)
    done = run("ai-fit", "a.yaml", "--json")
    fit = json.loads(done.out)["fit"]
    assert (done.status, fit["recommendation"], {answer for _, answer in fit["data"]}) == (1, "not yet", {None})
    (tmp_path / "b.yaml").write_text(
        "behaviour: nobody looks up codes\nmetric: 6 to 2 minutes\nneed-goes-away: no\nrules-decide: yes\n"
        "without-ai-reaches-target: no\n"
    )
    done = run("ai-fit", "b.yaml")
    assert (done.status, done.out.startswith("b: rule. ")) == (0, True)


def test_a_definition_is_asked_only_for_what_it_does_not_say(run: Run, tmp_path: Path) -> None:
    example = str(Path(__file__).parents[2] / "workflows" / "message-triage.yaml")
    told = run("ai-fit", example)
    assert (told.status, "(need-goes-away)" in told.out, "(undo)" in told.out) == (1, True, False)
    assert "message-triage.yaml says: behaviour, metric, without-ai" in told.out
    sheet = run("ai-fit", example, "--questions").out
    assert {'undo: "yes"', "rules-decide: unknown", "cases-a-month: 8000"} <= set(sheet.splitlines())
    (tmp_path / "answers.yaml").write_text(
        sheet.replace("away: unknown", "away: no").replace("decide: unknown", "decide: yes"), encoding="utf-8"
    )
    assert run("ai-fit", "answers.yaml").out.startswith("message-triage: rule. ")
    assert run("ai-fit", example, "--json").json["said_by_definition"][0] == "behaviour"
    (tmp_path / "broken.yaml").write_text("workflow: x\nbudgets: 1\n", encoding="utf-8")
    broken = run("ai-fit", "broken.yaml")
    assert (broken.status, "broken.yaml:2: budgets: is not a field of a definition" in broken.said) == (2, True)
