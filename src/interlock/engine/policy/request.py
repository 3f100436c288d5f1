"""The facts of a case as a policy is asked about them. What is missing or of a wrong kind is a doubt, in words.

This runs before each effect, so that everything which only hangs on the definition is done beforehand.
"""

import functools
from collections.abc import Callable, Collection, Iterator
from operator import attrgetter
from typing import Any

from interlock.engine.policy.attributes import FACTS, USED, Attribute, readable
from interlock.engine.policy.running import counter_of
from interlock.terms.policy import EdgeFacts, EdgeRequest, LocalTime
from interlock.terms.workflow import WorkflowDefinition

SHAPES_MAX = 256
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
_WORDS = {str: "text", int: "a whole number of 64 bits", bool: "true or false"}
_TIME = frozenset({"weekday", "minute"})
_NO_DOUBTS: tuple[str, ...] = ()

AsRequest = Callable[[EdgeFacts, LocalTime], EdgeRequest]
_Get = Callable[[EdgeFacts], Any]


def request_of(definition: WorkflowDefinition, reads: Collection[str]) -> AsRequest:
    """How a case's facts become a request with the attributes in `reads`."""
    return _reading(tuple(one for one in readable(definition.limits) if one.name in reads))


@functools.lru_cache(maxsize=SHAPES_MAX)
def _reading(wanted: tuple[Attribute, ...]) -> AsRequest:
    """Shared by workflows whose rules read the same, so that it stays in the processor's cache."""
    plain = [(one, one.name, _getter(one.name)) for one in wanted if one.name not in _TIME and not _is_own(one)]
    own = [(one, one.name.removeprefix(FACTS)) for one in wanted if _is_own(one)]
    time = [(one.name, attrgetter(one.name)) for one in wanted if one.name in _TIME]

    def as_request(facts: EdgeFacts, local: LocalTime) -> EdgeRequest:
        context: dict[str, object] = {name: get(local) for name, get in time}
        odd: list[tuple[Attribute, Any]] = []
        for attribute, name, get in plain:
            value = get(facts)
            if _is(value, attribute.kind):
                context[name] = value
            elif value is not None or not attribute.optional:
                odd.append((attribute, value))
        if own:
            given = context["facts"] = {name: facts.extra.get(name) for _, name in own}
            odd += [(one, given[name]) for one, name in own if not _is(given[name], one.kind)]
        unusable = tuple(_unusable(facts)) if facts.extra or facts.target is not None else _NO_DOUBTS
        if not (odd or unusable):
            return EdgeRequest(context, facts.target or "")
        # What a caller forgot to say is a doubt about the case, and no failure of the machinery.
        failed = bool(unusable) or any(value is not None or not _is_own(one) for one, value in odd)
        return EdgeRequest(context, "", (*unusable, *(_doubt(*one) for one in odd)), failed=failed)

    return as_request


def _unusable(facts: EdgeFacts) -> Iterator[str]:
    """What no policy can be asked about, whether a rule reads it or not."""
    target: object = facts.target
    if not (target is None or isinstance(target, str)):
        yield "the target is not text"
    for name, value in facts.extra.items():
        if not (isinstance(value, str | bool) or _is(value, int)):
            yield f"the fact '{name}' is neither text, nor a whole number of 64 bits, nor true or false"


def _doubt(attribute: Attribute, value: object) -> str:
    what = f"the fact '{attribute.name.removeprefix(FACTS)}'" if _is_own(attribute) else f"'{attribute.name}'"
    if value is None:
        return f"{what} is unknown, and a rule reads it"
    return f"{what} is not {_WORDS[attribute.kind]}, and a rule reads it"


def _is(value: Any, kind: type) -> bool:
    if kind is int:
        # A subclass will do, such as an enumeration of texts; but true is no number.
        return isinstance(value, int) and not isinstance(value, bool) and LONG_MIN <= value <= LONG_MAX
    return isinstance(value, kind)


def _is_own(attribute: Attribute) -> bool:
    return attribute.name.startswith(FACTS)


def _getter(name: str) -> _Get:
    if name.startswith(USED):
        limit = name.removeprefix(USED)
        return lambda facts: facts.used.get(counter_of(limit, facts.at))
    if name == "target":
        return lambda facts: facts.target or None
    return attrgetter(name)
