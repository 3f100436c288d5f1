"""Plain limits as Cedar: one permit, and a forbid for each limit. Whatever a limit needs and is not there, forbids."""

from collections.abc import Iterator
from enum import StrEnum

from interlock.engine.policy.attributes import ALLOWED, TARGETS, USED, action_of
from interlock.engine.policy.literals import quoted
from interlock.terms.policy import WEEKDAYS, EdgeRule, OpenHours
from interlock.terms.workflow import Limits, WorkflowDefinition


class RuleId(StrEnum):
    """The ids of the rules that limits become."""

    WITHIN = "within the limits"
    AMOUNT = "amount of a case"
    AMOUNT_PER_DAY = "amount a day"
    AMOUNT_PER_HOUR = "amount an hour"
    PER_HOUR = "cases an hour"
    PER_MINUTE = "cases a minute"
    ITEMS = "things at once"
    TARGET = "allowed target"
    SEGMENT = "allowed segment"
    HOURS = "open hours"


def rules_of(definition: WorkflowDefinition) -> tuple[EdgeRule, ...]:
    """The rules that the limits of a definition became, the permit first; hand-written ones are not among them."""
    workflow, action = quoted(definition.name), quoted(action_of(definition))
    permit = f"permit (principal == Workflow::{workflow}, action == Action::{action}, resource);"
    return (
        EdgeRule(RuleId.WITHIN.value, f'@id("{RuleId.WITHIN}")\n{permit}'),
        *(_forbid(*one) for one in _conditions(definition.limits)),
    )


def _forbid(rule: RuleId, unless: str, *reads: str) -> EdgeRule:
    return EdgeRule(
        rule.value,
        f'@id("{rule}")\nforbid (principal, action, resource)\nunless {{ {unless} }};',
        frozenset(reads),
    )


def _conditions(limits: Limits) -> Iterator[tuple[RuleId, str, *tuple[str, ...]]]:
    """(rule, the condition under which it does not forbid, the attributes that it reads)."""
    yield from _amounts(limits)
    if limits.applied_per_hour is not None:
        yield RuleId.PER_HOUR, f"context.{_USED_PER_HOUR} < {limits.applied_per_hour}", _USED_PER_HOUR
    if limits.applied_per_minute is not None:
        yield RuleId.PER_MINUTE, f"context.{_USED_PER_MINUTE} < {limits.applied_per_minute}", _USED_PER_MINUTE
    if limits.items_max is not None:
        yield RuleId.ITEMS, f"context.items >= 1 && context.items <= {limits.items_max}", "items"
    if limits.targets:
        # The allowed targets are entities, parsed once: a set of them in the rule would be gone through at each call.
        yield RuleId.TARGET, f"resource in {TARGETS}::{quoted(ALLOWED)}"
    if limits.segments:
        segments = ", ".join(map(quoted, limits.segments))
        yield RuleId.SEGMENT, f"context has segment && [{segments}].contains(context.segment)", "segment"
    if limits.hours is not None:
        yield RuleId.HOURS, _open(limits.hours), "weekday", "minute"


_USED_PER_HOUR, _USED_PER_MINUTE = f"{USED}applied_per_hour", f"{USED}applied_per_minute"
_KNOWN_AMOUNT = "context has amount_cents && context.amount_cents >= 0"


def _amounts(limits: Limits) -> Iterator[tuple[RuleId, str, *tuple[str, ...]]]:
    if limits.amount_max_cents is not None:
        yield RuleId.AMOUNT, f"{_KNOWN_AMOUNT} && context.amount_cents <= {limits.amount_max_cents}", "amount_cents"
    for rule, name, limit in (
        (RuleId.AMOUNT_PER_DAY, "amount_per_day", limits.amount_per_day_cents),
        (RuleId.AMOUNT_PER_HOUR, "amount_per_hour", limits.amount_per_hour_cents),
    ):
        if limit is not None:
            room = f"context.{USED}{name} + context.amount_cents <= {limit}"
            yield rule, f"{_KNOWN_AMOUNT} && {room}", "amount_cents", USED + name


def _open(hours: OpenHours) -> str:
    begin, end = f"context.minute >= {hours.begin_minute}", f"context.minute < {hours.end_minute}"
    today = f"{_days(hours.weekdays, shift=0)}.contains(context.weekday)"
    if hours.begin_minute < hours.end_minute:
        return f"{today} && {begin} && {end}"
    over_midnight = f"{_days(hours.weekdays, shift=1)}.contains(context.weekday)"
    return f"({today} && {begin}) || ({over_midnight} && {end})"


def _days(weekdays: tuple[str, ...], *, shift: int) -> str:
    shifted = {WEEKDAYS[(WEEKDAYS.index(day) + shift) % len(WEEKDAYS)] for day in weekdays}
    return f"[{', '.join(quoted(day) for day in WEEKDAYS if day in shifted)}]"
