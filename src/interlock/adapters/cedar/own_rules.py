"""Hand-written rules: read, named, and checked against the schema of the workflow's cases."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import cedarpy
from cedarpy import pst

from interlock.adapters.cedar.statements import Statement, statements_of
from interlock.terms.policy import EdgeRule, PolicyFault

RULES_MAX = 1_000
ID_MAX = 200
CONTEXT, FACTS = pst.Var("context"), "facts"
NAMED = 'name it in words, such as @id("no refund over the price")'
_MISSING = re.compile(r"unable to guarantee safety of access to optional attribute `(\S+)`")


class Unusable(ValueError):
    """A rule that cannot be used; the message says why and what would mend it."""


def own_rules(
    texts: Sequence[str], schema: str, attributes: Mapping[str, bool], taken: Collection[str]
) -> tuple[tuple[EdgeRule, ...], tuple[PolicyFault, ...]]:
    """The rules of all texts, and every fault. `taken` are ids that belong to other rules."""
    parsed = cedarpy.Schema.from_str(schema)
    rules: list[EdgeRule] = []
    faults: list[PolicyFault] = []
    for number, text in enumerate(texts):
        statements = statements_of(text)
        if not statements:
            faults.append(PolicyFault(number, 1, "holds no rule; write a `forbid`, or leave the text out"))
        for statement in statements:
            try:
                rules.append(_rule(statement, parsed, attributes, {*taken, *(rule.id for rule in rules)}))
            except Unusable as exc:
                faults.append(PolicyFault(number, statement.line, str(exc)))
    if len(rules) > RULES_MAX:
        faults.append(PolicyFault(0, 1, f"there are {len(rules):,} rules, at most {RULES_MAX:,}"))
    return tuple(rules), tuple(faults)


def _rule(
    statement: Statement, schema: cedarpy.Schema, attributes: Mapping[str, bool], taken: Collection[str]
) -> EdgeRule:
    node = _node(statement)
    name = _named(node, taken)
    if node.effect != "forbid":
        raise Unusable(
            f"the rule '{name}' permits, which changes nothing: what no rule forbids is permitted. Turn it round: "
            "forbid (...) unless { ... }"
        )
    reads = _reads(node)
    for unknown in sorted(reads - attributes.keys()):
        near = difflib.get_close_matches(unknown, attributes, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(attributes)}"
        raise Unusable(f"the rule '{name}' reads `context.{unknown}`, which no case has; {hint}")
    checked = cedarpy.validate_policies(statement.text, schema)
    if not checked.validation_passed:
        raise Unusable(f"the rule '{name}': {'; '.join(_words(error.error) for error in checked.errors)}")
    return EdgeRule(name, statement.text, reads, own=True)


def _node(statement: Statement) -> pst.Template:
    if statement.refused:
        raise Unusable(f"the rule {statement.refused}")
    try:
        parsed = cedarpy.policies_to_pst(statement.text)
    except ValueError as exc:
        raise Unusable(f"this is not Cedar: {exc}") from exc
    if parsed.templates or len(parsed.static_policies) != 1:
        raise Unusable("a rule with ?principal or ?resource is a template, which nobody fills in; name them")
    return next(iter(parsed.static_policies.values()))


def _named(node: pst.Template, taken: Collection[str]) -> str:
    name = node.annotations.get("id", "")
    if not any(sign.isalnum() for sign in name):
        raise Unusable(f"the rule has no name; {NAMED}")
    if len(name) > ID_MAX or not name.isprintable():
        raise Unusable(f"the rule's name is over {ID_MAX} characters or not on one line; {NAMED}")
    if name in taken:
        raise Unusable(f"another rule is named '{name}'; give each its own name")
    return name


def _words(error: str) -> str:
    missing = _MISSING.search(error)
    if missing:
        name = missing[1]
        return f"`context.{name}` may be missing; ask first: `context has {name} && ...`"
    return re.sub(r"for policy `\w+`[,:] ", "", error)


def _reads(node: pst.Template) -> frozenset[str]:
    """The attributes that a rule reads. Raises Unusable where it reads the context as a whole."""
    in_scope = () if isinstance(node.resource, pst.ScopeAny) else ("target",)
    reads = frozenset((*in_scope, *(name for clause in node.clauses for name in _read_by(clause.expr))))
    # `context has facts.a` comes as two questions, and the first says nothing; alone it would depend on other rules.
    if FACTS in reads and not any(name.startswith(f"{FACTS}.") for name in reads):
        raise Unusable(f"the rule takes context.{FACTS} as a whole; name what it reads")
    return reads - {FACTS}


def _read_by(node: Any) -> Iterator[str]:
    path = _path(node)
    if path == () or (path == (FACTS,) and not isinstance(node, pst.HasAttr)):
        raise Unusable(f"the rule takes {'.'.join(('context', *path))} as a whole; name what it reads")
    if path:
        yield ".".join(path[:2]) if path[0] == FACTS else path[0]
    elif isinstance(node, pst.GetAttr | pst.HasAttr):
        raise Unusable("the rule reads a part of something that has none; facts of a case are parts of the context")
    elif node == pst.Var("resource"):
        yield "target"
    else:
        for part in _parts(node):
            yield from _read_by(part)


def _parts(node: Any) -> Sequence[Any]:
    if isinstance(node, Mapping):
        return tuple(node.values())
    if isinstance(node, tuple):
        return node
    return [getattr(node, field.name) for field in fields(node)] if is_dataclass(node) else ()


def _path(node: Any) -> tuple[str, ...] | None:
    """`context.a.b` and `context has a.b` as ('a', 'b'), the context itself as (); None for anything else."""
    if node == CONTEXT:
        return ()
    if isinstance(node, pst.GetAttr | pst.HasAttr):
        base = _path(node.base)
        if base is not None:
            return (*base, *((node.attr,) if isinstance(node, pst.GetAttr) else node.attrs))
    return None
