"""Why a rule does not allow a case, in words with the facts that decided."""

from collections.abc import Callable, Iterator, Sequence

from interlock.engine.policy.attributes import FACTS, USED
from interlock.engine.policy.literals import clock, usd
from interlock.engine.policy.rules import RuleId
from interlock.engine.policy.running import counter_of
from interlock.terms.policy import WEEKDAYS, EdgeFacts, EdgeRule, LocalTime, OpenHours
from interlock.terms.workflow import Limits, WorkflowDefinition

_DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))


def reasons_of(
    definition: WorkflowDefinition, facts: EdgeFacts, local: LocalTime, rules: Sequence[EdgeRule]
) -> tuple[str, ...]:
    """A sentence for each rule that forbade the case, the same one only once.

    What can be erased, a case's target and its own facts, is only named.
    """
    limits = definition.limits
    sentences = (
        _own(rule, facts, local) if rule.own else _WORDS[RuleId(rule.id)](limits, facts, local) for rule in rules
    )
    return tuple(dict.fromkeys(sentences))


def _amount(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
    limit = usd(limits.amount_max_cents or 0)
    return _odd_amount(facts, f"{limit} a case") or (
        f"the amount of {usd(facts.amount_cents or 0)} is over the limit of {limit} a case"
    )


def _amount_per(window: str, words: str) -> Callable[[Limits, EdgeFacts, LocalTime], str]:
    def said(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
        limit = f"{usd(getattr(limits, f'{window}_cents'))} {words}"
        return _odd_amount(facts, limit) or (
            f"the amount of {usd(facts.amount_cents or 0)} and the {usd(_used(window, facts))} of this window "
            f"are over the limit of {limit} (UTC)"
        )

    return said


def _odd_amount(facts: EdgeFacts, limit: str) -> str:
    if facts.amount_cents is None:
        return f"the amount is unknown, and there is a limit of {limit}"
    return f"the amount of {usd(facts.amount_cents)} is negative" if facts.amount_cents < 0 else ""


def _cases_per(window: str, words: str) -> Callable[[Limits, EdgeFacts, LocalTime], str]:
    def said(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
        limit, used = getattr(limits, window), _used(window, facts)
        return f"the limit of {limit:,} applied cases {words} (UTC) is reached: there were {used:,}"

    return said


def _used(window: str, facts: EdgeFacts) -> int:
    return facts.used.get(counter_of(window, facts.at), 0)


def _items(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
    if facts.items < 1:
        return (
            f"an effect on {facts.items:,} things makes no sense, and there is a limit of {limits.items_max:,} at once"
        )
    return f"{facts.items:,} things at once are over the limit of {limits.items_max:,}"


def _target(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
    if not facts.target:
        return "the target is unknown, and only listed ones are allowed"
    return f"the target is not one of the {len(limits.targets):,} that are allowed"


def _segment(limits: Limits, facts: EdgeFacts, _: LocalTime) -> str:
    allowed = f"allowed: {', '.join(limits.segments)}"
    if facts.segment is None:
        return f"the segment is unknown ({allowed})"
    return f"the segment '{facts.segment}' is not one of those that are allowed ({allowed})"


def _hours(limits: Limits, _: EdgeFacts, local: LocalTime) -> str:
    hours = limits.hours or OpenHours(0, 0)
    return (
        f"it is {_DAYS[local.weekday]} {clock(local.minute)} in the zone {hours.zone}; open is {_days(hours.weekdays)} "
        f"from {clock(hours.begin_minute)} to {clock(hours.end_minute)}"
    )


def _days(weekdays: tuple[str, ...]) -> str:
    listed = [day for day in WEEKDAYS if day in weekdays]
    if len(listed) == len(WEEKDAYS):
        return "every day"
    first, last = listed[0], listed[-1]
    if len(listed) > 2 and WEEKDAYS.index(last) - WEEKDAYS.index(first) == len(listed) - 1:
        return f"{_DAYS[first]} to {_DAYS[last]}"
    return ", ".join(_DAYS[day] for day in listed)


def _own(rule: EdgeRule, facts: EdgeFacts, local: LocalTime) -> str:
    shown = [words for name in sorted(rule.reads) for words in _shown(name, facts, local)]
    kept = [f"the fact '{name.removeprefix(FACTS)}'" for name in sorted(rule.reads) if name.startswith(FACTS)]
    kept += ["the target"] if "target" in rule.reads else []
    also = [f"{' and '.join(kept)} as given with the case"] if kept else []
    decided = f" ({', '.join([*shown, *also])})" if shown or also else ""
    return f"the rule '{rule.id}' forbids it{decided}"


def _shown(name: str, facts: EdgeFacts, local: LocalTime) -> Iterator[str]:
    """What is recorded of a case anyway, in words."""
    if name == "amount_cents":
        yield "amount unknown" if facts.amount_cents is None else f"amount {usd(facts.amount_cents)}"
    elif name == "confidence_permille":
        permille = facts.confidence_permille
        yield "confidence unknown" if permille is None else f"confidence {permille} per mille"
    elif name == "weekday":
        yield _DAYS[local.weekday]
    elif name == "minute":
        yield clock(local.minute)
    elif name.startswith(USED):
        window = name.removeprefix(USED)
        used = _used(window, facts)
        yield f"{window} so far {usd(used) if window.startswith('amount') else f'{used:,}'}"
    elif name in {"label", "items", "segment", "tenant"}:
        value = getattr(facts, name)
        yield f"{name} {'unknown' if value is None else repr(value)}"


_WORDS: dict[RuleId, Callable[[Limits, EdgeFacts, LocalTime], str]] = {
    RuleId.AMOUNT: _amount,
    RuleId.AMOUNT_PER_DAY: _amount_per("amount_per_day", "a day"),
    RuleId.AMOUNT_PER_HOUR: _amount_per("amount_per_hour", "an hour"),
    RuleId.PER_HOUR: _cases_per("applied_per_hour", "an hour"),
    RuleId.PER_MINUTE: _cases_per("applied_per_minute", "a minute"),
    RuleId.ITEMS: _items,
    RuleId.TARGET: _target,
    RuleId.SEGMENT: _segment,
    RuleId.HOURS: _hours,
}
