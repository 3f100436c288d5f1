"""Every rule by which the gateway refuses has words, and the words of a limit say the limit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import interlock
from interlock.engine.gateway.limits import words
from interlock.engine.gateway.limits.counted import GATEWAY, OWN, Counted, within
from interlock.engine.gateway.rule_words import RULES, broken_words, failure_words, rule_words
from interlock.engine.gateway.wire.usage import Counted as Usage
from interlock.engine.gateway.wire.usage import counted, is_about_usage
from interlock.terms.decision import Verb
from interlock.terms.gateway.traffic import Of, Per, Unit
from interlock.terms.gateway.wire import Wire

ROOMS = ("engine/gateway", "flows/gateway", "surfaces/gateway", "surfaces/mcp")
LIMIT = " did not let it through"


def written() -> Iterator[str]:
    """Rules that stand in the source as they are recorded."""
    for room in ROOMS:
        for file in (Path(interlock.__file__).parent / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    second = node.args[1:2] if node.func.id == "Refusal" else []
                    named = [one.value for one in node.keywords if one.arg == "rule" and node.func.id == "Called"]
                    constants = (one.value for one in (*second, *named) if isinstance(one, ast.Constant))
                    yield from filter(None, map(str, constants))


def test_every_rule_of_the_gateway_has_words() -> None:
    rules = set(written())
    assert len(rules) > 50
    assert rules - set(RULES) == set(), "say in engine/gateway/rule_words.py what each of these means"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Counted(GATEWAY, Of.CLIENT, "desk", Unit.MICRO_USD, Per.DAY, None, 5), "the client's daily limit on money"),
        (
            Counted(GATEWAY, Of.EVERYTHING, "", Unit.TOKENS, Per.MONTH, "large", 5),
            "everybody's common monthly limit on tokens for the model large",
        ),
        (Counted(OWN, Of.CLIENT, "desk", Unit.REQUESTS, Per.MINUTE, None, 5),
         "the client's per-minute limit on requests (of its own key)"),
        (
            Counted(within("two words"), Of.WORKFLOW, "two words", Unit.REQUESTS, Per.DAY, None, 5),
            "the workflow's daily limit on requests (in the workflow's definition)",
        ),
        (Counted(GATEWAY, Of.TENANT, "acme", Unit.TOKENS, Per.DAY, None, 5), "the tenant's daily limit on tokens"),
    ],
)  # fmt: skip
def test_the_words_of_a_limit_say_which(one: Counted, said: str) -> None:
    assert rule_words(words.rule(one)) == said + LIMIT


def test_a_rule_that_says_more_and_one_that_people_wrote() -> None:
    assert rule_words("kill switch: workflow:triage") == "workflow:triage was halted"
    assert rule_words("policy: no-night") == "the policy rule no-night did not allow it"
    assert rule_words("upstream: lost") == "the tool server failed: nobody knows what became of it"
    assert len({rule_words(f"decided: {verb}") for verb in Verb}) == len(Verb)
    for by_hand in ("no tools at the desk", "a: b", "limit everything", "limit gateway client euro/day"):
        assert rule_words(by_hand) == f"the policy rule {by_hand} did not allow it"
    assert (failure_words("timeout"), failure_words("other")) == ("took too long", "other")
    assert (broken_words("ended early"), broken_words("other")) == ("it ended before its last part", "other")


def doubts() -> Iterator[Usage]:
    good = {"prompt_tokens": 5, "completion_tokens": 5}
    yield counted(Wire.CHAT, None, 5)
    for wrong in ({"prompt_tokens": "5"}, {"prompt_tokens": -1}, {"prompt_tokens": 0}, {"completion_tokens": None},
                  {"prompt_tokens_details": {"cached_tokens": 9}}):  # fmt: skip
        yield counted(Wire.CHAT, {**good, **wrong}, 5)
    yield counted(Wire.CHAT, good, 1_000_000)


def test_a_doubt_about_usage_is_told_from_an_answer_that_broke_off() -> None:
    found = [one.doubt for one in doubts()]
    assert all(doubt is not None and is_about_usage(doubt) for doubt in found), found
    assert not any(map(is_about_usage, ("upstream", "ended early", "timeout", "the stream is not complete")))
