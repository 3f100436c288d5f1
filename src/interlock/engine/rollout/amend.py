"""Which part of a definition evidence is bound to, and which may be written better without voiding anything.

Bound is what acts and what constrains it. Words and figures that no decision reads are not: why there is a workflow,
what it is to reach, what it costs, which risks are known.
"""

from dataclasses import replace

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import changed_fields
from interlock.terms.initiative import Initiative
from interlock.terms.workflow import Problem, WorkflowDefinition, WorkflowStep


def bound_part(definition: WorkflowDefinition) -> WorkflowDefinition:
    """The definition with everything at its default that may change without another release."""
    known = definition.initiative
    return replace(
        definition,
        problem=Problem(),
        owners=replace(definition.owners, delivery=None, escalation=()),
        cost_wrong_usd=0.0,
        cost_review_usd=0.0,
        steps=tuple(map(_without_costs, definition.steps)),
        initiative=Initiative(
            data=known.data, guardrails=known.guardrails, segments=known.segments, vendors=known.vendors
        ),
    )


def may_be_amended(old: WorkflowDefinition, new: WorkflowDefinition) -> bool:
    """Whether `new` differs from `old` in nothing that acts or constrains."""
    return bool(plain(bound_part(old)) == plain(bound_part(new)))


def voiding_fields(old: WorkflowDefinition, new: WorkflowDefinition) -> frozenset[str]:
    """The dotted names of the changed fields that make another release."""
    return frozenset(name for name, _, _ in changed_fields(plain(bound_part(old)), plain(bound_part(new))))


def _without_costs(step: WorkflowStep) -> WorkflowStep:
    return replace(step, cost_wrong_usd=None, cost_review_usd=None, cost_slow_usd=None)
