"""A problem statement in a file: its fields, or the part of a workflow definition; an error names field and mend."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.terms.errors import BadInput
from interlock.terms.initiative import Direction, Kpi
from interlock.terms.problem import StatedProblem
from interlock.terms.workflow import Problem

Figure = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Said = Annotated[str, BeforeValidator(lambda words: " ".join(words.split()) if isinstance(words, str) else words)]
# Beside these a definition holds much that says nothing of its problem.
OF_A_DEFINITION = ("workflow", "problem", "kpis", "owners", "steps")


class _Kpi(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    unit: str
    direction: Direction
    baseline: Figure | None = None
    target: Figure | None = None
    target_date: Annotated[str | None, BeforeValidator(lambda date: None if date is None else str(date))] = None


class _Problem(BaseModel):
    model_config = ConfigDict(extra="forbid")
    who: Said = ""
    friction: Said = ""
    cause: Said = ""
    cost: Said = ""
    outcome: Said = ""
    metric: Said = ""
    constraints: Said = ""


class _Owners(BaseModel):
    value: str | None = None


class _Step(BaseModel):
    name: str


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid")
    workflow: str = ""
    problem: _Problem = _Problem()
    kpis: tuple[_Kpi, ...] = ()
    owners: _Owners = _Owners()
    steps: tuple[_Step, ...] = ()


class _Alone(_Problem):
    kpis: tuple[_Kpi, ...] = ()
    text: Said = ""
    name: str = ""
    owner: str | None = None


def read_problem(path: Path) -> StatedProblem:
    """The statement in a YAML file. Raises BadInput with every fault of what it says about the problem."""
    text = text_of(path, ending=".yaml", kind="a problem statement is a page")
    try:
        node, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        words = getattr(exc, "problem", None) or exc
        raise BadInput(f"{place}: this is not YAML: {words}; put words that hold a colon in quotes") from exc
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{path}: a value cannot be read: {exc}; put it in quotes") from exc
    if not isinstance(content, dict):
        raise BadInput(f"{path}: write `who:`, `friction:` and so on, one a line; or read a text with --text")
    try:
        return _stated(content)
    except ValidationError as exc:
        faults = "\n".join(f"  {path}:{line_of(node, one['loc'])}: {_fault(one)}" for one in exc.errors())
        raise BadInput(f"{path} is not a problem statement yet:\n{faults}") from None


def _stated(content: dict[Any, Any]) -> StatedProblem:
    if "workflow" in content or "problem" in content:
        whole = _Definition.model_validate({name: content[name] for name in OF_A_DEFINITION if content.get(name)})
        return StatedProblem(
            Problem(**whole.problem.model_dump()),
            tuple(Kpi(**one.model_dump()) for one in whole.kpis),
            name=whole.workflow,
            owner=whole.owners.value,
            steps=tuple(step.name for step in whole.steps),
        )
    alone = _Alone.model_validate({name: value for name, value in content.items() if value is not None})
    return StatedProblem(
        Problem(**{name: getattr(alone, name) for name in _Problem.model_fields}),
        tuple(Kpi(**one.model_dump()) for one in alone.kpis),
        text=alone.text,
        name=alone.name,
        owner=alone.owner,
    )


def _fault(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"]) or "(whole file)"
    if error["type"] == "missing":
        return f"{field}: is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{field}: is not part of a problem statement; parts: {', '.join(_Alone.model_fields)}"
    return f"{field}: {error['msg']}; put words in quotes, write a number as digits"
