"""What an interview asks, in which order, and what an answer means."""

from typing import Any

import pytest

from interlock.adapters.definitions.drafts import YamlDrafts
from interlock.adapters.definitions.meanings import meanings
from interlock.adapters.packs.problem_words import problem_words
from interlock.engine.interview.course import answered, back, left_open, next_question, open_fields, skipped
from interlock.engine.interview.places import merged, put, taken_out, value_at
from interlock.engine.interview.reading import value_of
from interlock.engine.problem.lint import lint_answer
from interlock.terms.errors import BadInput
from interlock.terms.interview import AnswerKind, Asked, Interview, Question

DRAFTS = YamlDrafts()
CHAPTERS = DRAFTS.chapters()
BARE = Interview({"workflow": "idea"})
QUESTIONS = [question for chapter in CHAPTERS for question in chapter.questions]
# Whoever starts needs none of these: they have a default that acts, belong to sizing review, or come with experience.
NOT_ASKED = (
    "review.", "rollout.", "limits.", "steps.", "acts", "budget.", "durability", "retention_days", "undo_days",
    "traffic.", "tools.",  # what passes the gateway is written once there is something that passes
)  # fmt: skip


def first(interview: Interview) -> Asked:
    asked = next_question(CHAPTERS, interview)
    assert asked is not None
    return asked


def asked_in_turn(interview: Interview, **said: Any) -> list[str]:
    """The places of all questions, where those named here are answered and the rest is left open."""
    places = []
    while (asked := next_question(CHAPTERS, interview)) is not None:
        place = ".".join(map(str, asked.location))
        places.append(place)
        value = said.get(place.replace(".", "_"))
        interview = (
            left_open(interview, asked.location) if value is None else answered(interview, asked.location, value)
        )
    return places


def test_the_questions_follow_the_order_of_a_problem_statement() -> None:
    assert [question.field for question in CHAPTERS[0].questions] == [
        f"problem.{name}" for name in ("who", "friction", "cause", "cost", "outcome", "metric", "constraints")
    ]
    assert [question.field.partition(".")[2] for question in CHAPTERS[1].questions][3:6:2] == ["baseline", "target"]
    titles = [chapter.title.removeprefix("The ") for chapter in CHAPTERS]
    assert titles[:5] == ["problem", "measure", "way", "people", "What it does"]
    assert titles[5:] == ["steps", "data", "guardrails", "money", "vendors", "risks"]


def test_every_question_is_a_field_that_is_explained_and_its_example_is_a_good_answer() -> None:
    words = problem_words()
    for question in QUESTIONS:
        part, _, field = question.field.partition(".")
        assert question.field in meanings() or part in meanings()
        assert (question.example != "") or question.kind in {AnswerKind.NUMBER, AnswerKind.CHOICE} or question.where
        if question.example:
            value = value_of(question, question.example)
            chapter = next(one for one in CHAPTERS if question in one.questions)
            location = (part, 0, field) if chapter.repeats else tuple(question.field.split("."))
            assert DRAFTS.fault(put({}, location, value), location) is None, question.field
            assert part != "problem" or lint_answer(field, question.example, words) == (), question.field


def test_every_field_is_asked_or_has_a_reason_not_to_be() -> None:
    asked = {question.field for question in QUESTIONS}
    parts = {name.rpartition(".")[0] for name in meanings()}
    leaves = [name for name in meanings() if name not in parts and name != "workflow"]
    forgotten = [name for name in leaves if name not in asked and not name.startswith(NOT_ASKED)]
    assert sorted(forgotten) == [
        "effect.action_class",
        "service_levels.availability_min_share",
        "service_levels.latency_p95_ms",
    ]


def test_a_part_that_nobody_begins_is_not_asked_further() -> None:
    places = asked_in_turn(BARE)
    assert [place for place in places if place.startswith(("kpis", "effect", "data", "vendors", "without_ai"))] == [
        "kpis.0.name", "without_ai.alternative", "effect.action", "data.purpose", "vendors.0.name",
    ]  # fmt: skip


def test_what_an_earlier_answer_made_idle_is_not_asked() -> None:
    with_undo = asked_in_turn(BARE, effect_action="pay", effect_target="idempotent", effect_undo="claim back")
    assert [place for place in with_undo if place.startswith("effect")] == [
        "effect.action", "effect.target", "effect.undo",
    ]  # fmt: skip
    blind = asked_in_turn(BARE, effect_action="pay", effect_target="blind")
    assert [place for place in blind if "signed" in place] == ["effect.no_undo_signed_by", "effect.blind_signed_by"]
    person = asked_in_turn(BARE, steps_0_name="pay", steps_0_lane="person")
    agent = asked_in_turn(BARE, steps_0_name="pay", steps_0_lane="agent")
    assert ("steps.0.harm" in person, "steps.0.harm" in agent) == (False, True)
    assert "kpis.0.baseline_at" not in asked_in_turn(BARE, kpis_0_name="wait", kpis_0_unit="hours")


def test_lists_are_asked_until_there_is_no_more() -> None:
    two = asked_in_turn(BARE, risks_0_risk="a wrong refund", risks_1_risk="a late one")
    assert [place for place in two if place.endswith("risk")] == ["risks.0.risk", "risks.1.risk", "risks.2.risk"]
    known = Interview({"workflow": "idea", "risks": [{"risk": "a wrong refund", "owner": "Ana"}]})
    assert [place for place in asked_in_turn(known) if place.startswith("risks")] == [
        "risks.0.mitigation", "risks.0.threshold",
    ]  # fmt: skip


def test_one_may_go_back_and_skip_a_chapter() -> None:
    asked = first(BARE)
    after = answered(BARE, asked.location, "clerks of the desk")
    assert (back(after), back(BARE)) == (BARE, BARE)
    assert first(skipped(after, 1)).location == ("kpis", 0, "name")
    begun = answered(skipped(after, 1), ("kpis", 0, "name"), "wait")
    assert back(begun) == skipped(after, 1)
    assert back(skipped(after, 1)) == after
    assert open_fields(CHAPTERS, after)[0] == "problem.friction"
    assert open_fields(CHAPTERS, left_open(BARE, asked.location))[0] == "problem.who"


def test_places() -> None:
    content = {"a": [{"b": 1}], "c": {"d": {"e": 2}, "f": 3}}
    assert value_at(content, ("a", 0, "b")) == 1
    assert [value_at(content, place) for place in (("a", 1), ("c", "d", "e", "g"), ("f", "a"))] == [None] * 3
    assert put(content, ("a", 1, "b"), 4)["a"] == [{"b": 1}, {"b": 4}]
    assert taken_out(content, ("a", 0, "b")) == {"c": content["c"]}
    assert taken_out(content, ("c", "d", "e"))["c"] == {"f": 3}
    assert merged(content, {"a": [], "c": {"f": 5}}) == {"a": [], "c": {"d": {"e": 2}, "f": 5}}
    assert content == {"a": [{"b": 1}], "c": {"d": {"e": 2}, "f": 3}}


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        (AnswerKind.WORDS, "  two   words ", "two words"),
        (AnswerKind.NAMES, "Ana, Ben ,", ["Ana", "Ben"]),
        (AnswerKind.NAMES, "[over 1,000 USD; other]", ["over 1,000 USD", "other"]),
        (AnswerKind.NUMBER, "1,200", 1200),
        (AnswerKind.NUMBER, "$ 0.50", 0.5),
        (AnswerKind.NUMBER, "35 %", 35),
        (AnswerKind.SHARE, "4 %", 0.04),
        (AnswerKind.SHARE, "0.3", 0.3),
        (AnswerKind.CHOICE, "PER", "person"),
        (AnswerKind.YES_NO, "No", False),
    ],
)
def test_what_an_answer_means(kind: AnswerKind, said: str, value: Any) -> None:
    assert value_of(Question("a", "b?", "c", kind=kind, choices={"person": "", "agent": ""}), said) == value


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (AnswerKind.NUMBER, "0,5", "'0,5' is no number; write one such as 1200 or 0.5"),
        (AnswerKind.NUMBER, "nan", "'nan' is no number"),
        (AnswerKind.NUMBER, "inf", "'inf' is no number"),
        (AnswerKind.SHARE, "4", "'4' is over 1, which is all of them; write 4 % or 0.04"),
        (AnswerKind.CHOICE, "x", "'x' is none of person, agent"),
        (AnswerKind.CHOICE, "", "is none of person, agent"),
        (AnswerKind.YES_NO, "maybe", "'maybe' is neither yes nor no"),
        (AnswerKind.NAMES, " , ", "names nothing"),
    ],
)
def test_what_cannot_be_meant_says_how_to_write_it(kind: AnswerKind, said: str, words: str) -> None:
    with pytest.raises(BadInput) as told:
        value_of(Question("a", "b?", "c", kind=kind, choices={"person": "", "agent": ""}), said)
    assert words in str(told.value)
