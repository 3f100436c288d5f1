"""Where the line runs between what evidence is bound to and what may be written better."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.rollout.amend import may_be_amended, voiding_fields
from interlock.terms.workflow import WorkflowDefinition

EXAMPLE = read_definition(Path(__file__).parents[3] / "workflows" / "message-triage.yaml")
AMENDED = (
    "problem.", "owners.delivery", "owners.escalation", "cost_wrong_usd", "cost_review_usd", "initiative.function",
    "initiative.behaviour", "initiative.kpis", "initiative.service_levels.", "initiative.spending.",
    "initiative.without_ai", "initiative.risks", "initiative.oversight", "steps.cost_wrong_usd",
    "steps.cost_review_usd", "steps.cost_slow_usd",
)  # fmt: skip


def changed(value: Any) -> Any:
    """Another value of the same kind, as far as the comparison can see."""
    if isinstance(value, Enum):
        return next(other for other in type(value) if other is not value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value / 2 if value else 1
    if isinstance(value, tuple):
        return (*value, *value[:1]) if value else ("another",)
    return {**value, "another": "one"} if isinstance(value, dict) else "another"


def variants(term: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """(dotted field, the term with that field changed) of every field."""
    found: list[tuple[str, Any]] = []
    for field in fields(term):
        held = getattr(term, field.name)
        if is_dataclass(held) and not isinstance(held, type):
            inner = variants(held, f"{prefix}{field.name}.")
            found.extend((name, replace(term, **{field.name: new})) for name, new in inner)
        elif field.name == "steps":
            inner = variants(held[0], f"{prefix}steps.")
            found.extend((name, replace(term, steps=(new, *held[1:]))) for name, new in inner)
        else:
            found.append((prefix + field.name, replace(term, **{field.name: changed(held)})))
    return found


VARIANTS = [(name, new) for name, new in variants(EXAMPLE) if name != "name"]


@pytest.mark.parametrize(("field", "new"), VARIANTS, ids=[name for name, _ in VARIANTS])
def test_every_field_is_on_its_side_of_the_line(field: str, new: WorkflowDefinition) -> None:
    amends = field.startswith(AMENDED)
    assert may_be_amended(EXAMPLE, new) is amends
    assert bool(voiding_fields(EXAMPLE, new)) is not amends


def test_the_line_divides_all_fields_of_a_definition() -> None:
    amend = [name for name, _ in VARIANTS if name.startswith(AMENDED)]
    assert all(any(name.startswith(one) for name in amend) for one in AMENDED)
    page = (Path(__file__).parents[3] / "docs" / "decisions" / "0020-what-may-be-amended.md").read_text("utf-8")
    assert f"{len(VARIANTS)} fields, {len(amend)} of which amend" in page
