"""A problem statement in a file: its fields, or the part of a workflow definition; an error names field and mend."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from interlock.adapters.definitions.field_types import Words
from interlock.adapters.definitions.initiative_schema import Kpis
from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.schema import ProblemPart
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.terms.errors import BadInput
from interlock.terms.problem import StatedProblem
from interlock.terms.workflow import Problem

# Beside these a definition holds much that says nothing of its problem.
OF_A_DEFINITION = ("workflow", "problem", "kpis", "owners", "steps")
_MENDS = {
    "missing": "is missing; add it",
    "string_type": "write words here; put a number or a date in quotes",
    "tuple_type": "write a list here",
}


class _Owners(BaseModel):
    value: str | None = None


class _Step(BaseModel):
    name: str


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid")
    workflow: str = ""
    problem: ProblemPart = ProblemPart()
    kpis: Kpis = ()
    owners: _Owners = _Owners()
    steps: tuple[_Step, ...] = ()


class _Alone(ProblemPart):
    kpis: Kpis = ()
    text: Words | None = None
    name: Words | None = None
    owner: Words | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "_Alone":
        beside = [name for name in (*ProblemPart.model_fields, "kpis") if getattr(self, name)]
        if self.text and beside:
            raise ValueError(f"`text` stands for the whole statement, and {beside[0]} is there too; keep one of them")
        return self


def read_problem(path: Path) -> StatedProblem:
    """The statement in a YAML file. Raises BadInput with every fault of what it says about the problem."""
    text = text_of(path, ending=".yaml", kind="a problem statement is a page")
    node, content = parsed(path, text)
    if not isinstance(content, dict):
        raise BadInput(f"{path}: write `who:`, `friction:` and so on, one a line; or read a text with --text")
    twice = list(repeated(path, node))
    if twice:
        raise BadInput(f"{path} is not a problem statement yet:\n  " + "\n  ".join(twice))
    try:
        return _stated(content)
    except ValidationError as exc:
        faults = "\n".join(f"  {path}:{line_of(node, one['loc'])}: {_fault(one)}" for one in exc.errors())
        raise BadInput(f"{path} is not a problem statement yet:\n{faults}") from None


def _stated(content: dict[Any, Any]) -> StatedProblem:
    if "workflow" in content or "problem" in content:
        whole = _Definition.model_validate({name: content[name] for name in OF_A_DEFINITION if content.get(name)})
        return StatedProblem(
            whole.problem.problem(),
            tuple(one.kpi() for one in whole.kpis),
            name=whole.workflow,
            owner=whole.owners.value,
            steps=tuple(step.name for step in whole.steps),
        )
    alone = _Alone.model_validate({name: value for name, value in content.items() if value is not None})
    return StatedProblem(
        Problem(**{name: getattr(alone, name) or "" for name in ProblemPart.model_fields}),
        tuple(one.kpi() for one in alone.kpis),
        text=alone.text or "",
        name=alone.name or "",
        owner=alone.owner,
    )


def _fault(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"]) or "(whole file)"
    if error["type"] == "extra_forbidden":
        return f"{field}: is not part of a problem statement; parts: {', '.join(_Alone.model_fields)}"
    if error["type"].startswith("model"):
        return f"{field}: write its parts below it, one a line, such as `who: ...`"
    return f"{field}: {_MENDS.get(error['type'], error['msg'].removeprefix('Value error, '))}"
