"""The guardrail fails closed: whatever cannot be evaluated is not allowed, and never an exception."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge_cases import CASE, LIMITS, STAFF, case, limited
from governed import DEFINITION
from interlock.adapters.cedar import asking, loaded
from interlock.adapters.cedar import guardrail as cedar
from interlock.adapters.cedar.asking import Ask, by_the_wrapper, past_the_wrapper
from interlock.adapters.cedar.guardrail import INSTALL, CedarGuardrail, policy_faults
from interlock.adapters.cedar.loaded import LoadedPolicy
from interlock.engine.policy import edge
from interlock.terms.errors import BadInput
from interlock.terms.policy import EdgeFacts, FactKind, OpenHours, PolicyAnswer, PolicyFault
from interlock.terms.workflow import Limits

ALLOWED = PolicyAnswer(True, ("within the limits",), ())


def check(facts: EdgeFacts, limits: Limits = LIMITS) -> PolicyAnswer:
    return CedarGuardrail(edge).check("sha256:one", limited(limits), facts)


def test_a_forbid_that_cannot_be_evaluated_is_a_refusal_and_not_skipped() -> None:
    """Cedar skips such a rule and allows the case: the sum holds for the schema and not for 64 bits."""
    own = '@id("double") forbid (principal, action, resource) when { context.facts.size + context.facts.size > 10 };'
    limits = Limits(policy=(own,), facts={"size": FactKind.INTEGER})
    assert check(case(extra={"size": 5}), limits) == ALLOWED
    assert check(case(extra={"size": 6}), limits).rules == ("double",)
    assert check(case(extra={"size": 2**62}), limits) == PolicyAnswer(
        False,
        ("double",),
        ("the rule 'double' could not be evaluated (integer overflow while attempting to add the values)",),
        failed=True,
    )


def test_an_overflow_in_a_limit_of_ours_is_a_refusal() -> None:
    answer = check(case(amount_cents=2**63 - 1, used={"amount_per_day": 1}), Limits(amount_per_day_cents=10))
    assert (answer.allowed, answer.failed, answer.rules) == (False, True, ("amount a day",))


def test_a_request_that_does_not_fit_the_schema_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the core and the engine would disagree on what a case is; its facts are not repeated."""
    sound = edge.request_of

    def odd(*given: Any) -> Callable[..., Any]:
        as_request = sound(*given)
        return lambda facts, local: replace(as_request(facts, local), context={"items": "Erika Mustermann"})

    monkeypatch.setattr(edge, "request_of", odd)
    assert check(CASE, Limits(items_max=10)) == PolicyAnswer(
        False, (), ("the facts of the case do not fit the policy",), failed=True
    )


def test_what_was_allowed_is_not_asked_again_and_anything_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    own = '@id("small") forbid (principal, action, resource) when { context.facts.size > 10 };'
    targets = '@id("elsewhere") forbid (principal, action, resource == Target::"vault");'
    limits = Limits(policy=(own, targets), facts={"size": FactKind.INTEGER})
    policy = LoadedPolicy(edge, limited(limits))
    asked: list[Any] = []
    sound = policy._ask

    def counted(*given: Any) -> Any:
        asked.append(given)
        return sound(*given)

    monkeypatch.setattr(policy, "_ask", counted)
    said = [policy.answer(case(target=to, extra={"size": size})).rules for to, size in (
        ("till", 5), ("till", 5), ("till", 11), ("till", 11), ("vault", 5), ("till", 5),
    )]  # fmt: skip
    assert said == [ALLOWED.rules, ALLOWED.rules, ("small",), ("small",), ("elsewhere",), ALLOWED.rules]
    assert len(asked) == 4, "a refusal is asked each time"


NO_FACT = "is neither text, nor a whole number of 64 bits, nor true or false"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"amount_cents": True}, "'amount_cents' is not a whole number of 64 bits, and a rule reads it"),
        ({"amount_cents": 2.5}, "'amount_cents' is not a whole number of 64 bits, and a rule reads it"),
        ({"amount_cents": "2"}, "'amount_cents' is not a whole number of 64 bits, and a rule reads it"),
        ({"amount_cents": 2**63}, "'amount_cents' is not a whole number of 64 bits, and a rule reads it"),
        ({"amount_cents": -(2**63) - 1}, "'amount_cents' is not a whole number of 64 bits, and a rule reads it"),
        ({"items": None}, "'items' is unknown, and a rule reads it"),
        ({"segment": 3}, "'segment' is not text, and a rule reads it"),
        ({"target": 3}, "the target is not text"),
        ({"extra": {"staff": 1}}, "the fact 'staff' is not true or false, and a rule reads it"),
        (
            {"extra": {"staff": None}},
            f"the fact 'staff' {NO_FACT}",
        ),
        (
            {"extra": {"staff": False, "nobody reads": 0.5}},
            f"the fact 'nobody reads' {NO_FACT}",
        ),
        (
            {"extra": {"staff": False, "size": 2**63}},
            f"the fact 'size' {NO_FACT}",
        ),
        (
            {"extra": {"staff": False, "list": ["a"]}},
            f"the fact 'list' {NO_FACT}",
        ),
    ],
)
def test_a_fact_of_an_unknown_kind_fails(changed: dict[str, Any], reason: str) -> None:
    answer = check(case(**changed))
    assert (answer.allowed, answer.failed, answer.rules) == (False, True, ())
    assert reason in answer.reasons


def test_a_fact_that_a_caller_forgot_is_a_doubt_and_no_failure() -> None:
    answer = check(case(extra={}))
    assert answer == PolicyAnswer(False, (), ("the fact 'staff' is unknown, and a rule reads it",))


def test_a_fact_that_no_rule_reads_may_be_missing() -> None:
    limits = replace(LIMITS, facts={**LIMITS.facts, "country": FactKind.STRING})
    assert check(CASE, limits) == ALLOWED


def test_what_a_running_limit_holds_must_be_known() -> None:
    answer = check(replace(CASE, used={}), Limits(applied_per_hour=20))
    assert answer == PolicyAnswer(False, (), ("'used_applied_per_hour' is unknown, and a rule reads it",), failed=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"segment": "\ud800"},
        {"extra": {"staff": False, "name": "\ud800"}},
        {"at": "soon"},
        {"at": None},
        {"used": None},
        {"extra": None},
    ],
)
def test_nothing_that_a_case_holds_becomes_an_exception(changed: dict[str, Any]) -> None:
    limits = replace(
        LIMITS,
        policy=(STAFF, '@id("name") forbid (principal, action, resource) when { context.facts.name == "x" };'),
        facts={"staff": FactKind.BOOLEAN, "name": FactKind.STRING},
    )
    usual = replace(CASE, extra={"staff": False, "name": "y"})
    assert check(usual, limits) == ALLOWED
    odd: Any = changed
    answer = check(replace(usual, **odd), limits)
    assert (answer.allowed, answer.failed) == (False, True)


def test_facts_of_another_workflow_or_action_are_not_judged() -> None:
    for other in (replace(CASE, workflow="other"), replace(CASE, action="other")):
        answer = check(other)
        assert (answer.allowed, answer.failed) == (False, True)
        assert "other" in answer.reasons[0]


@pytest.mark.parametrize(
    "limits",
    [
        replace(LIMITS, policy=("forbid (",)),
        replace(LIMITS, policy=('@id("x") forbid (principal, action, resource) when { context.facts.other };',)),
        replace(LIMITS, hours=OpenHours(0, 1, zone="Europe/Nowhere")),
        replace(LIMITS, hours=OpenHours(0, 1, weekdays=("someday",))),
        replace(LIMITS, segments=("\ud800",)),
        replace(LIMITS, amount_max_cents=2**63),
    ],
)
def test_a_policy_that_cannot_be_parsed_allows_nothing(limits: Limits) -> None:
    answer = check(CASE, limits)
    assert (answer.allowed, answer.failed, answer.rules) == (False, True, ())
    assert answer.reasons


class Panic(BaseException):
    """As a panic of the engine reaches Python: no Exception."""


def asking_raises(raised: BaseException) -> Callable[[], Ask]:
    def broken(*_: Any) -> dict[str, Any]:
        raise raised

    return lambda: broken


@pytest.mark.parametrize("raised", [Panic(), RuntimeError("x"), MemoryError()])
def test_an_engine_that_breaks_down_allows_nothing(raised: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "shortest", asking_raises(raised))
    assert check(CASE) == PolicyAnswer(
        False, (), (f"the policy could not be evaluated ({type(raised).__name__})",), failed=True
    )


def test_ctrl_c_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "shortest", asking_raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        check(CASE)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"decision": "Allow"},
        {"decision": "Allow", "diagnostics": {}},
        {"decision": "Maybe", "diagnostics": {"errors": [], "reason": []}},
        {"decision": "NoDecision", "diagnostics": {"errors": []}},
        {"decision": "Allow", "diagnostics": {"errors": ["odd"], "reason": ["policy0"]}},
    ],
)
def test_an_answer_that_is_none_of_cedar_s_two_fails(odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "shortest", lambda: lambda *_: odd)
    answer = check(CASE)
    assert (answer.allowed, answer.failed) == (False, True)


def test_a_denial_without_a_rule_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = {"decision": "Deny", "diagnostics": {"errors": [], "reason": []}}
    monkeypatch.setattr(loaded, "shortest", lambda: lambda *_: denied)
    assert check(CASE) == PolicyAnswer(False, (), ("no rule permits it",))


@pytest.mark.parametrize("way", [past_the_wrapper, by_the_wrapper])
def test_both_ways_to_ask_answer_alike(way: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "shortest", lambda: way)
    assert check(CASE) == ALLOWED
    assert check(case(items=11)).rules == ("things at once",)
    overflow = check(case(amount_cents=2**63 - 1, used={"amount_per_day": 1}), Limits(amount_per_day_cents=10))
    assert (overflow.failed, overflow.rules) == (True, ("amount a day",))


def test_the_short_way_is_taken_where_it_answers_as_the_public_one() -> None:
    assert asking.shortest() is past_the_wrapper


@pytest.mark.parametrize("lies", ["allows everything", "is gone"])
def test_otherwise_the_public_way_is_taken(lies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(*_: Any) -> dict[str, Any]:
        if lies == "is gone":
            raise AttributeError("is_authorized")
        return {"decision": "Allow", "diagnostics": {"reason": ["policy0"], "errors": []}}

    monkeypatch.setattr(asking, "past_the_wrapper", odd)
    assert asking.shortest.__wrapped__() is by_the_wrapper


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in sys.modules if name.split(".")[0] == "cedarpy" or name.startswith("interlock.adapters.cedar.")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cedarpy", None)


@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_limits_allow_nothing_and_a_definition_names_the_mend() -> None:
    assert check(CASE) == PolicyAnswer(False, (), (INSTALL,), failed=True)
    assert "pip install 'interlock[policy]'" in INSTALL
    with pytest.raises(BadInput, match=r"interlock\[policy\]"):
        policy_faults(edge, limited(LIMITS))


@pytest.mark.usefixtures("no_engine")
def test_without_limits_at_the_edge_no_engine_is_needed() -> None:
    assert policy_faults(edge, DEFINITION) == ()


def test_limits_that_cannot_become_a_policy_are_refused_with_the_definition() -> None:
    with pytest.raises(BadInput, match="the limits of 'triage' cannot become a policy"):
        policy_faults(edge, limited(replace(LIMITS, amount_max_cents=2**63)))
    assert policy_faults(edge, limited(LIMITS)) == ()
    assert policy_faults(edge, limited(replace(LIMITS, policy=(STAFF, STAFF)))) == (
        PolicyFault(1, 2, "another rule is named 'no refund to staff'; give each its own name"),
    )


def test_a_policy_is_parsed_once_a_release_and_the_first_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    class Counted(LoadedPolicy):
        def _parse(self, text: str, schema: str) -> None:
            parsed.append(self._definition.name)
            super()._parse(text, schema)

    monkeypatch.setattr("interlock.adapters.cedar.loaded.LoadedPolicy", Counted)
    monkeypatch.setattr(cedar, "KEPT_MAX", 2)
    guard, limits = CedarGuardrail(edge), limited(Limits(items_max=10))
    for release, times in (("one", 1), ("one", 1), ("two", 2), ("three", 3), ("two", 3), ("one", 4)):
        assert guard.check(release, limits, CASE) == ALLOWED
        assert len(parsed) == times


def test_a_changed_definition_is_another_release_and_another_policy() -> None:
    guard = CedarGuardrail(edge)
    assert guard.check("one", limited(Limits(items_max=10)), CASE).allowed
    assert not guard.check("two", limited(Limits(items_max=9)), CASE).allowed
    assert guard.check("one", limited(Limits(items_max=10)), CASE).allowed


def test_many_threads_share_one_policy() -> None:
    guard, answers = CedarGuardrail(edge), list[PolicyAnswer]()
    wanted = {True: case(), False: case(items=11)}

    def ask() -> None:
        for turn in range(200):
            allowed = turn % 2 == 0
            answer = guard.check("one", limited(LIMITS), wanted[allowed])
            if answer.allowed is not allowed:
                answers.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == []
