"""The facts of a case as a policy is asked about them. What is missing or of a wrong kind is a doubt, in words."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from interlock.engine.policy.attributes import FACTS, USED, Attribute, readable
from interlock.engine.policy.running import counter_of
from interlock.terms.policy import EdgeFacts, EdgeRequest, LocalTime
from interlock.terms.workflow import WorkflowDefinition

LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
_WORDS = {str: "text", int: "a whole number of 64 bits", bool: "true or false"}

AsRequest = Callable[[EdgeFacts, LocalTime], EdgeRequest]
_Get = Callable[[EdgeFacts, LocalTime], Any]


def request_of(definition: WorkflowDefinition, reads: Collection[str]) -> AsRequest:
    """How a case's facts become a request with the attributes in `reads`."""
    wanted = [one for one in readable(definition.limits) if one.name in reads]
    getters = [(one, one.name.removeprefix(FACTS), one.name.startswith(FACTS), _getter(one.name)) for one in wanted]
    has_own = any(own for _, _, own, _ in getters)

    def as_request(facts: EdgeFacts, local: LocalTime) -> EdgeRequest:
        context: dict[str, object] = {}
        given: dict[str, object] = {}
        doubts = [*_unusable(facts)]
        failed = bool(doubts)
        for attribute, name, own, get in getters:
            value = get(facts, local)
            if _is(value, attribute.kind):
                (given if own else context)[name] = value
            elif value is not None or not attribute.optional:
                doubts.append(_doubt(attribute, name, value, own=own))
                failed |= value is not None or not own  # what a caller forgot is no failure of the machinery
        if has_own:
            context["facts"] = given
        return EdgeRequest(context, facts.target or "", tuple(doubts), failed=failed)

    return as_request


def _unusable(facts: EdgeFacts) -> Iterator[str]:
    """What no policy can be asked about, whether a rule reads it or not."""
    target: object = facts.target
    if not (target is None or isinstance(target, str)):
        yield "the target is not text"
    for name, value in facts.extra.items():
        if not any(_is(value, kind) for kind in _WORDS):
            yield f"the fact '{name}' is neither text, nor a whole number of 64 bits, nor true or false"


def _doubt(attribute: Attribute, name: str, value: object, *, own: bool) -> str:
    what = f"the fact '{name}'" if own else f"'{name}'"
    if value is None:
        return f"{what} is unknown, and a rule reads it"
    return f"{what} is not {_WORDS[attribute.kind]}, and a rule reads it"


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and LONG_MIN <= value <= LONG_MAX
    return isinstance(value, kind)


def _getter(name: str) -> _Get:
    if name.startswith(FACTS):
        own = name.removeprefix(FACTS)
        return lambda facts, _: facts.extra.get(own)
    if name.startswith(USED):
        limit = name.removeprefix(USED)
        return lambda facts, _: facts.used.get(counter_of(limit, facts.at))
    if name in {"weekday", "minute"}:
        return lambda _, local: getattr(local, name)
    if name == "target":
        return lambda facts, _: facts.target or None
    return lambda facts, _: getattr(facts, name)
