"""Probes that read the definition."""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from interlock.engine.problem.use_case import missing_of_use_case
from interlock.engine.rollout.gate import check_owners, check_undo
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.terms.evidence import Finding, Verdict
from interlock.terms.gate import GateCheck


def values_at(term: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of a dotted field; `[]` after a name goes into each of a list. Raises AttributeError."""
    head, _, rest = path.partition(".")
    held = getattr(term, head.removesuffix("[]")) if term is not None else None
    items = enumerate(held or ()) if head.endswith("[]") else ((None, held),)
    for number, item in items:
        name = head if number is None else f"{head.removesuffix('[]')}[{number}]"
        if rest:
            yield from ((f"{name}.{inner}", value) for inner, value in values_at(item, rest))
        else:
            yield name, item


def is_said(value: Any) -> bool:
    """Whether a field holds something; a number that is no number is nothing."""
    if isinstance(value, float):
        return math.isfinite(value)
    return bool(value.strip()) if isinstance(value, str) else value is not None and value != ()


def stated(check: GateCheck, facts: GateFacts) -> Finding:
    """Every one of `fields` is said. `when_none`: the verdict where a list that they go into is empty."""
    said: list[str] = []
    missing: list[str] = []
    for path in check.told["fields"]:
        values = list(values_at(facts.definition, path))
        if not values:
            missing.append(f"{path.partition('[]')[0]} (none is listed)")
        for name, value in values:
            (said if is_said(value) else missing).append(name)
    if missing and not said and check.told.get("when_none") and all("none is listed" in name for name in missing):
        return Finding(check.id, Verdict(check.told["when_none"]), f"{', '.join(missing)}")
    if missing:
        return Finding(check.id, Verdict.FAILED, f"not said: {', '.join(missing)}", _first_step(check, missing[0]))
    return Finding(check.id, Verdict.PASSED, f"said: {', '.join(said)}")


def _first_step(check: GateCheck, missing: str) -> str:
    return (
        check.next_step if len(check.told["fields"]) == 1 else f"{check.next_step}; first `{missing.partition(' ')[0]}`"
    )


def owners(check: GateCheck, facts: GateFacts) -> Finding:
    """A value owner and a safety owner are named."""
    del check
    return check_owners(facts.definition)


def undo(check: GateCheck, facts: GateFacts) -> Finding:
    """The effect has an undo, or a signed statement that there is none."""
    del check
    return check_undo(facts.definition)


def falsifiable(check: GateCheck, facts: GateFacts) -> Finding:
    """Some KPI has a baseline, a target that differs from it the right way, and a date: it can turn out wrong."""
    kpis = facts.definition.initiative.kpis
    if not kpis:
        return Finding(check.id, Verdict.FAILED, "no KPI is named", "name one KPI under `kpis`, with its unit")
    wants: list[str] = []
    for kpi in kpis:
        numbers = {"baseline": kpi.baseline, "target": kpi.target}
        unreadable = [name for name, number in numbers.items() if number is not None and not math.isfinite(number)]
        missing = [name for name, held in (*numbers.items(), ("target_date", kpi.target_date)) if held is None]
        if unreadable:
            return Finding(check.id, Verdict.ERROR, f"{kpi.name}: {', '.join(unreadable)} is no number")
        if missing:
            wants.append(f"{kpi.name} has no {', no '.join(missing)}")
        elif kpi.baseline is not None and kpi.target is not None and kpi.target_date is not None:
            dt.date.fromisoformat(kpi.target_date)
            gain = (kpi.target - kpi.baseline) * (1 if kpi.direction == "up" else -1)
            if gain > 0:
                words = f"{kpi.name}: {kpi.baseline:g} to {kpi.target:g} {kpi.unit} by {kpi.target_date}"
                return Finding(check.id, Verdict.PASSED, words)
            wants.append(f"{kpi.name}: the target of {kpi.target:g} is not {kpi.direction} from {kpi.baseline:g}")
    return Finding(check.id, Verdict.FAILED, "; ".join(wants))


def harm_reviewed(check: GateCheck, facts: GateFacts) -> Finding:
    """Every step has its harm named, and no step of high harm is without a person or an undo."""
    steps = facts.definition.steps
    if not steps:
        return Finding(check.id, Verdict.FAILED, "no step is listed", "list the steps, each with its `harm`")
    untagged = [step.name for step in steps if step.harm is None]
    bare = [step.name for step in steps if step.harm == "high" and step.lane != "person" and not step.undo]
    if untagged or bare:
        parts = (("no harm is named for", untagged), ("high harm, no person and no undo:", bare))
        return Finding(
            check.id, Verdict.FAILED, "; ".join(f"{say} {', '.join(names)}" for say, names in parts if names)
        )
    return Finding(check.id, Verdict.PASSED, f"{len(steps)} steps with their harm")


def use_case(check: GateCheck, facts: GateFacts) -> Finding:
    """The problem statement has every part of a use case, as far as `words` can tell; a person may know better."""
    definition = facts.definition
    steps = tuple(step.name for step in definition.steps)
    missing = missing_of_use_case(definition.problem, definition.initiative.kpis, check.told["words"], steps=steps)
    if missing:
        return Finding(check.id, Verdict.FAILED, f"an idea, not yet a use case: without {', '.join(missing)}")
    return Finding(check.id, Verdict.PASSED, "user, workflow, pain, outcome, metric and constraints are said")
