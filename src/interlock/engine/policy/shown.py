"""What limits became, as a Cedar text for people."""

from collections.abc import Iterator

from interlock.engine.policy.attributes import ALLOWED, TARGETS, action_of
from interlock.engine.policy.literals import quoted
from interlock.engine.policy.rules import rules_of
from interlock.terms.workflow import Limits, WorkflowDefinition

TARGETS_SHOWN = 20


def as_text(definition: WorkflowDefinition) -> str:
    """Every rule, hand-written ones last, with comments on what stands beside them."""
    return "\n\n".join(_parts(definition)) + "\n"


def _parts(definition: WorkflowDefinition) -> Iterator[str]:
    limits = definition.limits
    if not limits.at_the_edge:
        yield f"// {definition.name} has no limits at the edge: no rule is asked before an effect."
    else:
        yield f"// What the limits of {definition.name} became. The action is {quoted(action_of(definition))}."
    beside = [name for name, limit in _beside(limits).items() if limit]
    if beside:
        yield f"// Decided beside these rules: {', '.join(beside)}."
    if not limits.at_the_edge:
        return
    yield from (rule.cedar for rule in rules_of(definition))
    if limits.targets:
        yield f"// In {TARGETS}::{quoted(ALLOWED)}: {_some(limits.targets)}"
    if limits.policy:
        yield "// Written by hand:"
        yield from (text.strip() for text in limits.policy)


def _beside(limits: Limits) -> dict[str, bool]:
    return {
        "always_review": bool(limits.always_review),
        "forbidden": bool(limits.forbidden),
        "applied_per_day": limits.applied_per_day is not None,
        "novelty_review_below": limits.novelty_review_below is not None,
    }


def _some(targets: tuple[str, ...]) -> str:
    shown = ", ".join(map(quoted, targets[:TARGETS_SHOWN]))
    left = len(targets) - TARGETS_SHOWN
    return f"{shown} and {left:,} more" if left > 0 else shown
