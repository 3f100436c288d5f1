"""Two opinions beside Cedar's: an evaluator of its nodes by hand, and the limits in plain Python."""

import datetime as dt
import zoneinfo
from dataclasses import replace
from typing import Any

import cedarpy
import pytest
from cedarpy import pst
from hypothesis import given, settings
from hypothesis import strategies as st

from cedar_by_hand import Asked, Judged, judge
from edge_cases import CASE, LIMITS, LIMITS_DRAWN, USED, case, cases, hours, limited, times
from interlock.adapters.cedar.guardrail import CedarGuardrail
from interlock.adapters.cedar.local_time import clock_in
from interlock.adapters.cedar.statements import statements_of
from interlock.engine.policy import edge
from interlock.engine.policy.rules import RuleId
from interlock.engine.policy.running import counter_of
from interlock.terms.policy import WEEKDAYS, EdgeFacts, FactKind, OpenHours, PolicyAnswer
from interlock.terms.workflow import Limits, WorkflowDefinition

OWN = (
    """@id("staff") forbid (principal, action == Action::"refund", resource) when { context.facts.staff };""",
    """@id("much") forbid (principal, action, resource)
    when { context has amount_cents && context.amount_cents * 3 > 1000 } unless { context.label == "goods" };""",
    """@id("sums") forbid (principal == Workflow::"triage", action in [Action::"refund"], resource is Target)
    when { if context has amount_cents then context.amount_cents - context.items < -context.items else false };""",
    """@id("one target") forbid (principal, action, resource == Target::"a") when { context has target };""",
    """@id("weekend") forbid (principal, action, resource)
    when { ["sat", "sun"].contains(context.weekday) || !(context.minute >= 60) };""",
    """@id("nobody") forbid (principal, action, resource)
    when { context has segment && context.segment != "a" && context has tenant && context.tenant == "north" };""",
)


def by_hand(definition: WorkflowDefinition, facts: EdgeFacts) -> tuple[bool, tuple[str, ...], bool]:
    """(allowed, ids of the deciding rules, failed) as the evaluator sees it."""
    local = clock_in(definition.limits.hours.zone if definition.limits.hours else "UTC")(facts.at)
    reads = edge.attributes_of(definition)
    request = edge.request_of(definition, reads)(facts, local)
    if request.doubts:
        return False, (), request.failed
    rules = [*(rule.cedar for rule in edge.rules_of(definition)), *definition.limits.policy]
    target = uid("Target", request.target)
    parents = {uid("Target", one): frozenset({uid("Targets", "allowed")}) for one in definition.limits.targets}
    asked = Asked(uid("Workflow", facts.workflow), uid("Action", facts.action), target, request.context, parents)
    judged = judge(cedarpy.policies_to_pst("\n".join(rules)), asked)
    if judged.erring:
        return False, tuple(sorted(judged.erring)), True
    return judged.allowed, tuple(sorted(judged.decided)), False


def uid(kind: str, name: str) -> pst.EntityUid:
    return pst.EntityUid(pst.EntityType(kind), name)


def by_cedar(definition: WorkflowDefinition, facts: EdgeFacts) -> PolicyAnswer:
    return CedarGuardrail(edge).check("sha256:one", definition, facts)


def compared(answer: PolicyAnswer) -> tuple[bool, tuple[str, ...], bool]:
    return answer.allowed, tuple(sorted(answer.rules)), answer.failed


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_cedar_and_the_evaluator_by_hand_agree(data: st.DataObject) -> None:
    limits = data.draw(LIMITS_DRAWN)
    own = tuple(data.draw(st.lists(st.sampled_from(OWN), max_size=3, unique=True)))
    definition = limited(with_own(limits, own))
    facts = data.draw(cases(limits))
    assert compared(by_cedar(definition, facts)) == by_hand(definition, facts)


def with_own(limits: Limits, own: tuple[str, ...]) -> Limits:
    return replace(limits, policy=own, facts={"staff": FactKind.BOOLEAN} if own else {})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_limits_as_cedar_say_what_limits_say(data: st.DataObject) -> None:
    limits = data.draw(LIMITS_DRAWN)
    facts = data.draw(cases(limits))
    answer = by_cedar(limited(limits), facts)
    over = set(exceeded(limits, facts))
    if not answer.failed:
        assert answer.allowed is (not over)
        assert set(answer.rules) == (over or {RuleId.WITHIN})
        assert bool(answer.reasons) is bool(over)
    else:  # a sum that no 64 bits hold
        assert not answer.allowed
        assert max(facts.used.values()) + (facts.amount_cents or 0) >= 2**63


@settings(max_examples=150, deadline=None)
@given(hours(), st.data())
def test_hours_begin_and_end_where_the_limits_say(open_hours: OpenHours, data: st.DataObject) -> None:
    facts = case(at=data.draw(times(open_hours)))
    answer = by_cedar(limited(Limits(hours=open_hours)), facts)
    assert answer.allowed is is_open(open_hours, facts.at)


def exceeded(limits: Limits, facts: EdgeFacts) -> Any:
    """The limits in plain Python, written without a look at Cedar."""
    amount = facts.amount_cents
    used = {name: facts.used[counter_of(name, facts.at)] for name in USED}
    sound = amount is not None and amount >= 0
    if limits.amount_max_cents is not None and not (sound and (amount or 0) <= limits.amount_max_cents):
        yield RuleId.AMOUNT
    for rule, name, limit in (
        (RuleId.AMOUNT_PER_DAY, "amount_per_day", limits.amount_per_day_cents),
        (RuleId.AMOUNT_PER_HOUR, "amount_per_hour", limits.amount_per_hour_cents),
    ):
        if limit is not None and not (sound and used[name] + (amount or 0) <= limit):
            yield rule
    if limits.applied_per_hour is not None and used["applied_per_hour"] + 1 > limits.applied_per_hour:
        yield RuleId.PER_HOUR
    if limits.applied_per_minute is not None and used["applied_per_minute"] + 1 > limits.applied_per_minute:
        yield RuleId.PER_MINUTE
    if limits.items_max is not None and facts.items not in range(1, limits.items_max + 1):
        yield RuleId.ITEMS
    if limits.targets and facts.target not in limits.targets:
        yield RuleId.TARGET
    if limits.segments and facts.segment not in limits.segments:
        yield RuleId.SEGMENT
    if limits.hours is not None and not is_open(limits.hours, facts.at):
        yield RuleId.HOURS


def is_open(hours: OpenHours, at: str) -> bool:
    """Whether a moment lies in one of the stretches that begin on the days before, this day and the next."""
    moment = dt.datetime.fromisoformat(at).astimezone(zoneinfo.ZoneInfo(hours.zone)).replace(tzinfo=None)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (-1, 0):
        begin = midnight + dt.timedelta(days=days, minutes=hours.begin_minute)
        lasts = (hours.end_minute - hours.begin_minute) % 1440 or 1440
        day = WEEKDAYS[(midnight + dt.timedelta(days=days)).weekday()]
        if day in hours.weekdays and begin <= moment < begin + dt.timedelta(minutes=lasts):
            return True
    return False


def test_the_case_within_all_limits_is_on_each_boundary() -> None:
    assert by_cedar(limited(LIMITS), CASE) == PolicyAnswer(True, ("within the limits",), ())
    assert by_hand(limited(LIMITS), CASE) == (True, ("within the limits",), False)


def test_the_evaluator_by_hand_errs_where_cedar_errs() -> None:
    definition = limited(Limits(amount_per_day_cents=2**63 - 1))
    facts = case(amount_cents=2**63 - 1, used={"amount_per_day": 1})
    assert by_hand(definition, facts) == (False, ("amount a day",), True)
    assert compared(by_cedar(definition, facts)) == (False, ("amount a day",), True)


def test_a_rule_that_errs_is_skipped_by_cedar_itself() -> None:
    """Why every error is a refusal here: Cedar would allow."""
    text = """@id("base") permit (principal, action, resource);
    @id("max") forbid (principal, action, resource) when { context.amount > 3 };"""
    who = uid("Workflow", "triage")
    asked = Asked(who, uid("Action", "refund"), uid("Target", ""), {}, {})
    assert judge(cedarpy.policies_to_pst(text), asked) == Judged(True, frozenset({"base"}), frozenset({"max"}))
    asked_of_cedar = {
        "principal": 'Workflow::"triage"',
        "action": 'Action::"refund"',
        "resource": 'Target::""',
        "context": {},
    }
    result = cedarpy.is_authorized(asked_of_cedar, text, "[]")
    assert (result.allowed, len(result.diagnostics.errors)) == (True, 1)


@pytest.mark.parametrize("own", OWN)
def test_each_hand_written_example_is_one_rule(own: str) -> None:
    assert len(statements_of(own)) == 1
