"""Hand-written rules: what is refused, at which line, with which mend."""

import threading
from dataclasses import replace

import pytest

from edge_cases import LIMITS, STAFF, limited
from interlock.adapters.cedar.guardrail import policy_faults
from interlock.adapters.cedar.statements import CHAINED_MAX, NESTED_MAX, statements_of
from interlock.engine.policy import edge


def faults(*texts: str) -> list[tuple[int, int, str]]:
    found = policy_faults(edge, limited(replace(LIMITS, policy=texts)))
    return [(one.text, one.line, one.words) for one in found]


NO_NAME = 'the rule has no name; name it in words, such as @id("no refund over the price")'
LONG_NAME = (
    "the rule's name is over 200 characters or not on one line; name it in words, such as "
    '@id("no refund over the price")'
)


def rule(condition: str, name: str = "x") -> str:
    return f'@id("{name}")\nforbid (principal, action, resource)\nwhen {{ {condition} }};'


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            "context.amount_cents > 3",
            "the rule 'x': `context.amount_cents` may be missing; ask first: `context has amount_cents && ...`",
        ),
        ("context.label == 3", "the rule 'x': the types Long and String are not compatible"),
        ('context.labl == "a"', "the rule 'x' reads `context.labl`, which no case has; did you mean `label`?"),
        # Cedar takes these for conditions that never hold, and the rule would forbid nothing
        (
            "context has amout_cents && true",
            "the rule 'x' reads `context.amout_cents`, which no case has; did you mean `amount_cents`?",
        ),
        (
            "context has facts.stff",
            "the rule 'x' reads `context.facts.stff`, which no case has; did you mean `facts.staff`?",
        ),
        (
            "context.facts has stff",
            "the rule 'x' reads `context.facts.stff`, which no case has; did you mean `facts.staff`?",
        ),
        (
            "context.facts.stff",
            "the rule 'x' reads `context.facts.stff`, which no case has; did you mean `facts.staff`?",
        ),
        ("context has facts", "the rule takes context.facts as a whole; name what it reads"),
        ("context.facts == context.facts", "the rule takes context.facts as a whole; name what it reads"),
        (
            "resource has owner",
            "the rule reads a part of something that has none; facts of a case are parts of the context",
        ),
        ("context == context", "the rule takes context as a whole; name what it reads"),
        ("context.items = 3", "this is not Cedar: '=' is not a valid operator in Cedar"),
        ("context.items > 1.5", "this is not Cedar: unexpected token `5`"),
        ('principal == User::"a"', "the rule 'x': unrecognized entity type `User`"),
    ],
)
def test_a_condition_that_cannot_be_checked(condition: str, words: str) -> None:
    assert faults(STAFF, f"\n// why\n{rule(condition)}") == [(1, 3, words)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "holds no rule; write a `forbid`, or leave the text out"),
        ("// soon\n", 1, "holds no rule; write a `forbid`, or leave the text out"),
        (
            "forbid (principal, action, resource);",
            1,
            NO_NAME,
        ),
        (
            '@id("") forbid (principal, action, resource);',
            1,
            NO_NAME,
        ),
        (
            f'@id("{"x" * 201}") forbid (principal, action, resource);',
            1,
            LONG_NAME,
        ),
        (
            '@id("a\\nb") forbid (principal, action, resource);',
            1,
            LONG_NAME,
        ),
        (
            '@id("open hours") forbid (principal, action, resource);',
            1,
            "another rule is named 'open hours'; give each its own name",
        ),
        (f"{rule('true')}\n{rule('false')}", 4, "another rule is named 'x'; give each its own name"),
        (
            '@id("x") permit (principal, action, resource);',
            1,
            "the rule 'x' permits, which changes nothing: what no rule forbids is permitted. Turn it round: "
            "forbid (...) unless { ... }",
        ),
        (
            '@id("x") forbid (principal == ?principal, action, resource);',
            1,
            "a rule with ?principal or ?resource is a template, which nobody fills in; name them",
        ),
        ('@id("x") forbid (principal, action, resource)', 1, "the rule does not end with a semicolon"),
        (f"{rule('true')}\nforbid (principal", 4, "the rule does not end with a semicolon"),
        ("forbid all;", 1, "this is not Cedar: unexpected token `all`"),
    ],
)
def test_a_text_that_is_no_rule(text: str, line: int, words: str) -> None:
    assert faults(text) == [(0, line, words)]


def test_a_rule_of_another_workflow_or_action_would_never_apply() -> None:
    (other,) = faults('@id("x") forbid (principal == Workflow::"other", action, resource);')
    assert other[2].startswith("the rule 'x': entity `Workflow::\"other\"` is of an enumerated entity type")
    (other,) = faults('@id("x") forbid (principal, action == Action::"pay", resource);')
    assert other[2].startswith("the rule 'x': unrecognized action `Action::\"pay\"`")


def test_asking_for_a_fact_in_two_steps_is_asking_for_it() -> None:
    assert faults(rule("context has facts.staff && context.facts.staff")) == []
    assert faults(rule("context has facts && context.facts has staff && context.facts.staff")) == []


def test_all_faults_are_told_at_once() -> None:
    text = f"{rule('context.labl', 'one')}\n\n{rule('context.itms', 'two')}"
    assert [(text, line) for text, line, _ in faults(STAFF, text)] == [(1, 1), (1, 5)]


def test_signs_within_texts_and_comments_are_no_ends() -> None:
    text = """// one; two
@id("a; b // c")
forbid (principal, action, resource) // ;
when { context.label == "\\";" };

// end"""
    (statement,) = statements_of(text)
    assert (statement.line, statement.refused) == (2, "")
    assert faults(text) == []


DEEP = ["(", "[", "{a:", "!("]
CLOSED = {"(": ")", "[": "]", "{a:": "}", "!(": ")"}


@pytest.mark.parametrize("opening", DEEP)
@pytest.mark.parametrize("depth", [NESTED_MAX, 100_000])
def test_nesting_that_would_end_the_process_is_refused(opening: str, depth: int) -> None:
    (fault,) = faults(rule(opening * depth + "true" + CLOSED[opening] * depth))
    assert fault[2].startswith("the rule has brackets")


@pytest.mark.parametrize("link", ["true && ", "true || ", "1 + ", "if true then ", "context.", "!"])
def test_chains_that_would_end_the_process_are_refused(link: str) -> None:
    (fault,) = faults(rule(link * 20_000 + "true"))
    assert fault[2].startswith("the rule joins 20,000 conditions or parts")


LONGEST = {
    "and": "true && " * CHAINED_MAX + "true",
    "plus": "1 + " * CHAINED_MAX + "1 == 2",
    "if": "if true then " * CHAINED_MAX + "true" + " else false" * CHAINED_MAX,
    "dots": "context" + ".a" * CHAINED_MAX,
    "brackets": "(true && " * (NESTED_MAX - 1) + "true" + ")" * (NESTED_MAX - 1),
    "lists": "[" * (NESTED_MAX - 1) + "1" + "]" * (NESTED_MAX - 1) + " == 3",
    "both": "true && " * (CHAINED_MAX - 39) + "(true && " * 39 + "true" + ")" * 39,
}


@pytest.mark.parametrize("condition", LONGEST.values(), ids=LONGEST)
def test_the_longest_that_is_parsed_fits_a_small_stack(condition: str) -> None:
    text = rule(condition)
    assert [one.refused for one in statements_of(text)] == [""]
    found: list[object] = []
    earlier = threading.stack_size(1024 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.extend([*faults(text), "done"]))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(earlier)
    assert found[-1] == "done"


def test_a_long_list_is_no_chain() -> None:
    labels = ", ".join(f'"label {n}"' for n in range(2_000))
    assert faults(rule(f"[{labels}].contains(context.label)")) == []
