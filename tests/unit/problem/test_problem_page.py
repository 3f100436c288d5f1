"""A problem statement on one page: six parts in their order, and two sentences with seven slots."""

from interlock.adapters.packs.problem_words import problem_words
from interlock.engine.problem.lint import lint
from interlock.engine.reporting.problem_page import problem_page, two_sentences
from interlock.terms.initiative import Direction, Kpi
from interlock.terms.problem import Lack, StatedProblem
from interlock.terms.workflow import Problem

SAID = Problem("WHO", "FRICTION.", "CAUSE", "COST", "OUTCOME", "METRIC", "CONSTRAINTS.")


def test_the_page_has_six_parts_who_first_and_constraints_last() -> None:
    page = problem_page(StatedProblem(SAID), (), as_of="2026-10-31T08:00:00.000000Z")
    assert [(passage.title, passage.lines[0]) for passage in page.passages] == [
        ("Who has the problem", "WHO"),
        ("What is broken or slow today", "FRICTION"),
        ("Why it matters", "COST"),
        ("What better looks like", "OUTCOME"),
        ("How success is measured", "METRIC"),
        ("Which constraints hold", "CONSTRAINTS"),
    ]


def test_the_two_sentences_have_seven_slots_in_their_order() -> None:
    assert two_sentences(SAID, ()) == (
        "For WHO, the problem is: FRICTION, caused by: CAUSE, resulting in: COST.",
        "A successful solution would mean: OUTCOME, measured by: METRIC, within: CONSTRAINTS.",
    )


def test_a_kpi_stands_with_baseline_target_and_date_and_an_empty_slot_says_that_it_is_not_known() -> None:
    kpi = Kpi("minutes", "min", Direction.DOWN, 40.0, None, 20.0, "2026-12-31")
    first, second = two_sentences(Problem(), (kpi,))
    assert first.count("[not known yet]") == 4
    assert "measured by: minutes: 40 min today, 20 min by 2026-12-31, within: [not known yet]" in second


def test_each_of_the_eight_lacks_asks_in_one_part_of_the_page() -> None:
    missing = lint(Problem(friction="we need a chatbot"), (), problem_words())
    page = problem_page(StatedProblem(Problem(friction="we need a chatbot")), missing, as_of="")
    asked = [line for passage in page.passages for line in passage.lines if line.startswith("Open: ")]
    assert (len(asked), len({one.lack for one in missing})) == (8, len(Lack))
