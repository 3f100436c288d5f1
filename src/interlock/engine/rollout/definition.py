"""A definition as the ledger keeps it, back to its term."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.recorded import term_of
from interlock.engine.rollout.initiative import initiative_of
from interlock.terms.certificate import Promise
from interlock.terms.gateway.tools import ToolPlan
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.terms.initiative import Lane, Risk
from interlock.terms.policy import FactKind, OpenHours
from interlock.terms.review import ReviewPlan, ReviewReason
from interlock.terms.workflow import (
    Budget,
    DecisionRights,
    Durability,
    EffectPlan,
    Limits,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
    WorkflowStep,
)

_LATER_LISTS = ("targets", "segments", "policy")


def definition_of(body: Mapping[str, Any]) -> WorkflowDefinition:
    """The term of a recorded definition; raises KeyError or TypeError where the record is of another shape."""
    return WorkflowDefinition(
        name=body["name"],
        problem=Problem(**body["problem"]),
        owners=Owners(**{**body["owners"], "escalation": tuple(body["owners"].get("escalation", ()))}),
        rights=DecisionRights(**{name: tuple(people) for name, people in body["rights"].items()}),
        budget=Budget(**{**body["budget"], "promise": Promise(body["budget"]["promise"])}),
        limits=limits_of(body["limits"]),
        effect=EffectPlan(**{**body["effect"], "target": TargetKind(body["effect"]["target"])}),
        rollout=Rollout(**body["rollout"]),
        cost_wrong_usd=body["cost_wrong_usd"],
        cost_review_usd=body["cost_review_usd"],
        acts=dict(body["acts"]),
        steps=tuple(step_of(step) for step in body.get("steps", ())),
        durability=Durability(body.get("durability", Durability.POWER_LOSS)),
        review=review_plan_of(body.get("review")),
        initiative=initiative_of(body.get("initiative")),
        traffic=term_of(TrafficPlan, body.get("traffic", {})),
        tools=term_of(ToolPlan, body.get("tools", {})),
        **{name: body[name] for name in ("retention_days", "undo_days") if name in body},
    )


def step_of(body: Mapping[str, Any]) -> WorkflowStep:
    """One step; raises TypeError or ValueError where it is of another shape."""
    kinds = {"lane": Lane, "without": Lane, "harm": Risk}
    return WorkflowStep(**{**body, **{name: kind(body[name]) for name, kind in kinds.items() if body.get(name)}})


def review_plan_of(body: Mapping[str, Any] | None) -> ReviewPlan:
    """The service levels of reviews; definitions that say nothing of them keep the usual ones."""
    if body is None:
        return ReviewPlan()
    lists = {name: tuple(body[name]) for name in ("escalate_to", "third")}
    return ReviewPlan(**{**body, **lists, "reasons": tuple(ReviewReason(**reason) for reason in body["reasons"])})


def limits_of(body: Mapping[str, Any]) -> Limits:
    """The limits as the decision reads them; raises KeyError or TypeError where they are of another shape."""
    hours = body.get("hours")
    return Limits(
        **{
            **body,
            "always_review": tuple(body["always_review"]),
            "forbidden": tuple(body["forbidden"]),
            "applied_per_day": body["applied_per_day"],
            **{name: tuple(body[name]) for name in _LATER_LISTS if name in body},
            "hours": OpenHours(**{**hours, "weekdays": tuple(hours["weekdays"])}) if hours else None,
            "facts": {name: FactKind(kind) for name, kind in body.get("facts", {}).items()},
        }
    )


def changed_fields(
    old: Mapping[str, Any], new: Mapping[str, Any], *, prefix: str = ""
) -> tuple[tuple[str, str, str], ...]:
    """Fields that differ between two recorded definitions: (dotted name, old, new), in the order of the names.

    Items of a list are told by what they are called: `steps[pay].harm`; where the items are the same ones in another
    order, the whole order is told.
    """
    changes: list[tuple[str, str, str]] = []
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            changes.extend(changed_fields(before, after, prefix=f"{prefix}{name}."))
        elif before != after:
            changes.extend(_inside(before, after, prefix + name) or [(prefix + name, _words(before), _words(after))])
    return tuple(changes)


def _inside(before: Any, after: Any, place: str) -> list[tuple[str, str, str]]:
    """What differs inside two lists whose items have names; empty where they are none, or the names do not tell."""
    olds, news = _by_name(before), _by_name(after)
    if olds is None or news is None:
        return []
    changes: list[tuple[str, str, str]] = []
    for name in dict.fromkeys((*olds, *news)):
        old, new = olds.get(name), news.get(name)
        if old is None or new is None:
            changes.append((f"{place}[{name}]", _words(old), _words(new)))
        else:
            changes.extend(changed_fields(old, new, prefix=f"{place}[{name}]."))
    kept = [[name for name in one if name in olds and name in news] for one in (olds, news)]
    if kept[0] != kept[1]:
        changes.append((f"{place} (order)", ", ".join(kept[0]), ", ".join(kept[1])))
    return changes


def _by_name(items: Any) -> Mapping[str, Mapping[str, Any]] | None:
    """A list of parts by what each is called, None where it is none or two are called the same."""
    if not isinstance(items, list | tuple) or not all(isinstance(item, Mapping) for item in items):
        return None
    called = {str(item.get("name") or item.get("risk") or item.get("id") or ""): item for item in items}
    return called if len(called) == len(items) and "" not in called else None


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(item)}" for name, item in value.items() if item not in (None, [], ()))
    return "(absent)" if value is None else str(value)
