"""Is AI the right answer: the simplest way that fits, and what is still open."""

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.adapters.packs.ai_fit import fit_pack, read_fit_answers
from interlock.engine.selection.ai_fit import ai_fit
from interlock.engine.selection.said import said_by
from interlock.terms.ai_fit import FitAnswers
from interlock.terms.errors import BadInput
from interlock.terms.initiative import Initiative, Lane
from interlock.terms.workflow import NO_EFFECT, WorkflowStep

PACK = fit_pack()
DATA = ("data-exists", "data-owner", "data-accessible", "data-lawful", "data-fresh", "data-trusted")
STATED = {"behaviour": "clerks confirm", "metric": "14 to 5 minutes", "without-ai": "a lookup table"}
NO_SIMPLER_WAY = {
    "without-ai-kind": "rule",
    "without-ai-reaches-target": "no",
    "need-goes-away": "no",
    "rules-decide": "no",
    "seeing-is-enough": "no",
}
AGENT: dict[str, str | float] = {
    **STATED,
    **NO_SIMPLER_WAY,
    **dict.fromkeys(DATA, "yes"),
    "cases-a-month": 1200.0,
    "checkable": "yes",
    "cost-of-wrong": "low",
    "undo": "yes",
    "suggestion-is-enough": "no",
}


def recommended(answers: dict[str, str | float]) -> str:
    return ai_fit(FitAnswers("x", answers), PACK).recommendation


def test_what_is_asked_beside_data_behaviour_metric_and_the_way_without_ai() -> None:
    assert [one.id for one in PACK.questions][:3] == ["behaviour", "metric", "without-ai"]


def test_the_six_questions_of_data_readiness() -> None:
    assert tuple(one.id for one in PACK.questions if one.data) == DATA


def test_the_six_recommendations_simplest_first() -> None:
    assert [way.id for way in PACK.ways] == ["workflow change", "rule", "report", "AI assistant", "AI agent"]
    assert recommended({}) == "not yet"


@pytest.mark.parametrize(
    ("changed", "recommendation"),
    [
        ({}, "AI agent"),
        ({"suggestion-is-enough": "yes"}, "AI assistant"),
        ({"cost-of-wrong": "high"}, "AI assistant"),
        ({"undo": "no"}, "AI assistant"),
        ({"need-goes-away": "yes"}, "workflow change"),
        ({"rules-decide": "yes"}, "rule"),
        ({"without-ai-reaches-target": "yes"}, "rule"),
        ({"without-ai-reaches-target": "yes", "without-ai-kind": "report"}, "report"),
        ({"without-ai-reaches-target": "yes", "without-ai-kind": "workflow change"}, "workflow change"),
        ({"seeing-is-enough": "yes"}, "report"),
        ({"cases-a-month": 100.0}, "AI agent"),
        ({"cases-a-month": 99.0}, "not yet"),
        ({"cases-a-month": float("nan")}, "not yet"),
        ({"checkable": "no"}, "not yet"),
        *(({name: "no"}, "not yet") for name in DATA),
    ],
)
def test_the_simplest_way_that_fits_is_recommended(changed: dict[str, str | float], recommendation: str) -> None:
    assert recommended({**AGENT, **changed}) == recommendation


@pytest.mark.parametrize("left_out", sorted(AGENT))
def test_what_is_missing_is_unknown_and_never_a_yes(left_out: str) -> None:
    """Not one answer can be left out without the recommendation becoming "not yet", which asks for it."""
    fit = ai_fit(FitAnswers("x", {name: value for name, value in AGENT.items() if name != left_out}), PACK)
    if left_out == "without-ai-kind":  # a way that misses the target is ruled out whatever its kind
        assert fit.recommendation == "AI agent"
        return
    assert (fit.recommendation, left_out in [one.id for one in fit.open]) == ("not yet", True)


def test_reasons_name_what_decided_and_what_ruled_out_the_simpler_ways() -> None:
    fit = ai_fit(FitAnswers("x", {**AGENT, "rules-decide": "yes"}), PACK)
    assert {one.question for one in fit.reasons} == {"behaviour", "metric", "rules-decide"}
    assert {(one.way, one.question, one.answer) for one in fit.against} == {
        ("workflow change", "need-goes-away", "no"),
        ("workflow change", "without-ai-kind", "rule"),
        ("workflow change", "without-ai-reaches-target", "no"),
    }
    assert all(answer == "yes" for _, answer in fit.data)


def test_a_file_of_answers_is_read_and_unknown_stays_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: claims\nundo: yes\nrules-decide: No\ncases-a-month: 1_200\ndata-owner: unknown\nmetric:\n")
    assert read_fit_answers(path) == FitAnswers("claims", {"undo": "yes", "rules-decide": "no", "cases-a-month": 1200})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nundo: maybe\n", "a.yaml:2: undo: is 'maybe'; write yes, no or unknown"),
        ("undoo: yes\n", "a.yaml:1: undoo: is no question; did you mean 'undo'?"),
        ("undo: yes\nundo: no\n", "a.yaml:2: undo: is answered twice"),
        ("cases-a-month: .nan\n", "a.yaml:1: cases-a-month: is '.nan'; write a number"),
        ("cases-a-month: -1\n", "a.yaml:1: cases-a-month: is '-1'; write a number"),
        ("metric: [a]\n", "a.yaml:1: metric: write one word"),
        ("- undo\n", "write one answer a line"),
        ("", "write one answer a line"),
        ("undo: 'yes\n", "this is not YAML"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_how_to_mend_it(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(BadInput) as refused:
        read_fit_answers(tmp_path / "a.yaml")
    assert told in str(refused.value)


def test_a_definition_answers_what_it_says_and_leaves_the_rest_unknown(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "workflows" / "message-triage.yaml"
    assert read_fit_answers(example) is None
    definition = read_definition(example)
    assert said_by(definition) == FitAnswers(
        "message-triage",
        {
            "behaviour": "agents begin with the message instead of with the question whose it is",
            "metric": "time until a message is in its queue: 95 to 10 minutes by 2026-12-18",
            "without-ai": "a form with which customers choose the queue themselves",
            "without-ai-reaches-target": "no",  # it is expected to reach 60 minutes
            "cases-a-month": 8000.0,  # 400 a working day
            "cost-of-wrong": "low",
            "undo": "yes",
            "data-exists": "yes",
            "data-owner": "yes",
        },
    )
    idea = replace(definition, initiative=Initiative(), steps=(), effect=NO_EFFECT)
    assert said_by(idea) == FitAnswers("message-triage", {})
    untagged = replace(definition, steps=(WorkflowStep("a", lane=Lane.AGENT),))
    assert {"cost-of-wrong", "cases-a-month"}.isdisjoint(said_by(untagged).values)
