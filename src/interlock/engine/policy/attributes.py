"""What rules may read of a case: the attributes of the context and their types, and the schema that says so."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from interlock.engine.policy.literals import quoted
from interlock.engine.policy.running import ruled
from interlock.terms.policy import FactKind
from interlock.terms.workflow import Limits, WorkflowDefinition

FACTS = "facts."
USED = "used_"
TARGETS, ALLOWED = "Targets", "allowed"
_KINDS = {FactKind.STRING: str, FactKind.INTEGER: int, FactKind.BOOLEAN: bool}
_CEDAR = {str: "String", int: "Long", bool: "Bool"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """Its name (one of `facts.` for a caller's own), its type, and whether a case may be without it."""

    name: str
    kind: type
    optional: bool = False


def attributes_of(definition: WorkflowDefinition) -> dict[str, bool]:
    """The name of every attribute that a rule may read, and whether a case may be without it."""
    return {one.name: one.optional for one in readable(definition.limits)}


def readable(limits: Limits) -> tuple[Attribute, ...]:
    """Everything that a rule beside these limits may read."""
    return (
        Attribute("label", str),
        Attribute("items", int),
        Attribute("amount_cents", int, optional=True),
        Attribute("target", str, optional=True),
        Attribute("segment", str, optional=True),
        Attribute("tenant", str, optional=True),
        Attribute("confidence_permille", int, optional=True),
        Attribute("weekday", str),
        Attribute("minute", int),
        *(Attribute(USED + name, int) for name in ruled(limits)),
        *(Attribute(FACTS + name, _KINDS[kind]) for name, kind in limits.facts.items()),
    )


def action_of(definition: WorkflowDefinition) -> str:
    """The action that rules speak of: the class of the effect, or the workflow's name where it has none."""
    return definition.effect.action_class or definition.name


def entities_of(definition: WorkflowDefinition) -> list[dict[str, object]]:
    """The entities that rules need, as Cedar's JSON: the allowed targets."""
    allowed = [{"type": TARGETS, "id": ALLOWED}]
    return [
        {"uid": {"type": "Target", "id": target}, "attrs": {}, "parents": allowed}
        for target in definition.limits.targets
    ]


def schema_of(definition: WorkflowDefinition, reads: Collection[str] | None = None) -> str:
    """The Cedar schema of a workflow's cases, with the attributes in `reads` only; None for all of them.

    Every attribute costs time in each request, so a request is made of those that some rule reads.
    """
    attributes = [one for one in readable(definition.limits) if reads is None or one.name in reads]
    return "\n".join(
        (
            f"entity Workflow enum [{quoted(definition.name)}];",
            f"entity {TARGETS};",
            f"entity Target in [{TARGETS}];",
            f"action {quoted(action_of(definition))} appliesTo {{",
            "  principal: [Workflow],",
            "  resource: [Target],",
            "  context: {",
            *_fields(attributes),
            "  },",
            "};\n",
        )
    )


def _fields(attributes: Collection[Attribute]) -> Iterator[str]:
    for one in attributes:
        if not one.name.startswith(FACTS):
            yield f"    {one.name}{'?' if one.optional else ''}: {_CEDAR[one.kind]},"
    own = [one for one in attributes if one.name.startswith(FACTS)]
    if own:
        parts = ", ".join(f"{quoted(one.name.removeprefix(FACTS))}: {_CEDAR[one.kind]}" for one in own)
        yield f"    facts: {{ {parts} }},"
