"""Cedar by hand: a small evaluator over its typed nodes, as a second opinion on the engine and as the way out of it.

It knows what limits and hand-written rules need: text, whole numbers, truth, sets, records, entities and their parents.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cedarpy import pst

LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class Erring(Exception):
    """A condition that has no value; Cedar skips its rule and says so."""


@dataclass(frozen=True)
class Asked:
    """A request: the three entities, the context, and the parents that entities have."""

    principal: pst.EntityUid
    action: pst.EntityUid
    resource: pst.EntityUid
    context: Mapping[str, Any]
    parents: Mapping[pst.EntityUid, frozenset[pst.EntityUid]]


@dataclass(frozen=True)
class Judged:
    """Whether it is allowed, by which rules (by id), and the rules that had no value."""

    allowed: bool
    decided: frozenset[str]
    erring: frozenset[str]


def judge(policies: pst.PolicySet, asked: Asked) -> Judged:
    """Deny by default, forbid wins, a rule in error is skipped: as Cedar does it."""
    satisfied: dict[str, set[str]] = {"permit": set(), "forbid": set()}
    erring = set()
    for rule in policies.static_policies.values():
        name = rule.annotations["id"]
        try:
            if _holds(rule, asked):
                satisfied[rule.effect].add(name)
        except Erring:
            erring.add(name)
    decided = satisfied["forbid"] or satisfied["permit"]
    return Judged(bool(decided) and not satisfied["forbid"], frozenset(decided), frozenset(erring))


def _holds(rule: pst.Template, asked: Asked) -> bool:
    scopes = ((rule.principal, asked.principal), (rule.action, asked.action), (rule.resource, asked.resource))
    if not all(_in_scope(scope, entity, asked) for scope, entity in scopes):
        return False
    return all(_true(clause.expr, asked) is not isinstance(clause, pst.Unless) for clause in rule.clauses)


def _in_scope(scope: Any, entity: pst.EntityUid, asked: Asked) -> bool:
    match scope:
        case pst.ScopeAny():
            return True
        case pst.ScopeEq(entity=wanted) | pst.ActionEq(entity=wanted):
            return bool(entity == wanted)
        case pst.ScopeIn(entity=wanted):
            return _within(entity, wanted, asked)
        case pst.ActionIn(entities=several):
            return any(_within(entity, wanted, asked) for wanted in several)
        case pst.ScopeIs(entity_type=kind):
            return bool(entity.type == kind)
    raise AssertionError(f"no rule of ours has the scope {scope}")


def _within(entity: pst.EntityUid, wanted: Any, asked: Asked) -> bool:
    return entity == wanted or wanted in asked.parents.get(entity, frozenset())


def _true(node: Any, asked: Asked) -> bool:
    value = _value(node, asked)
    if not isinstance(value, bool):
        raise Erring("no truth")
    return value


def _value(node: Any, asked: Asked) -> Any:
    match node:
        case pst.BoolLit(value=value) | pst.LongLit(value=value) | pst.StringLit(value=value):
            return value
        case pst.EntityLit(value=value):
            return value
        case pst.Var(name=name):
            return getattr(asked, name)
        case pst.GetAttr(base=base, attr=attr):
            return _part(_value(base, asked), attr)
        case pst.HasAttr(base=base, attrs=attrs):
            return _has(_value(base, asked), attrs)
        case pst.Set(elements=elements):
            return tuple(_value(one, asked) for one in elements)
        case pst.IfThenElse(cond=cond, then_expr=then, else_expr=other):
            return _value(then if _true(cond, asked) else other, asked)
    return _operated(node, asked)


def _operated(node: Any, asked: Asked) -> Any:
    match node:
        case pst.UnaryOp(op="not", arg=arg):
            return not _true(arg, asked)
        case pst.UnaryOp(op="neg", arg=arg):
            return _long(-_number(_value(arg, asked)))
        case pst.BinaryOp(op="and", left=left, right=right):
            return _true(left, asked) and _true(right, asked)
        case pst.BinaryOp(op="or", left=left, right=right):
            return _true(left, asked) or _true(right, asked)
        case pst.BinaryOp(op=op, left=left, right=right):
            return _of_two(op, _value(left, asked), _value(right, asked), asked)
    raise AssertionError(f"no rule of ours holds {node}")


def _part(value: Any, attr: str) -> Any:
    if not isinstance(value, Mapping) or attr not in value:
        raise Erring(f"no {attr}")
    return value[attr]


def _has(value: Any, attrs: tuple[str, ...]) -> bool:
    for attr in attrs:
        if not isinstance(value, Mapping):
            raise Erring("no record")
        if attr not in value:
            return False
        value = value[attr]
    return True


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Erring("no number")
    return value


def _long(value: int) -> int:
    if not LONG_MIN <= value <= LONG_MAX:
        raise Erring("overflow")
    return value


_OF_NUMBERS: dict[str, Callable[[int, int], Any]] = {
    "less": lambda a, b: a < b,
    "less_eq": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_eq": lambda a, b: a >= b,
    "add": lambda a, b: _long(a + b),
    "sub": lambda a, b: _long(a - b),
    "mul": lambda a, b: _long(a * b),
}


def _of_two(op: str, left: Any, right: Any, asked: Asked) -> Any:
    if op in _OF_NUMBERS:
        return _OF_NUMBERS[op](_number(left), _number(right))
    if op in {"eq", "not_eq"}:
        return _alike(left, right) is (op == "eq")
    if op == "contains":
        return any(_alike(one, right) for one in left)
    if op == "in":
        return _within(left, right, asked)
    raise AssertionError(f"no rule of ours uses {op}")


def _alike(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)  # Python takes True for 1
