"""Candidates of a selection in a YAML file, and the weights where nobody names any."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.terms.errors import BadInput
from interlock.terms.selection import Criterion, Scored

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Score = Annotated[int, Field(strict=True, ge=1, le=5)]


class _Candidate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    problem: Words = ""
    impact: Score | None = None
    complexity: Score | None = None
    alignment: Score | None = None
    data: Score | None = None
    resources: Score | None = None
    evidence: Words | dict[Criterion, Words] = ""


_FILE = TypeAdapter(list[_Candidate])


def default_weights() -> dict[Criterion, float]:
    """The weights of the product's pack."""
    text = (resources.files("interlock") / "packs" / "selection" / "weights.yaml").read_text("utf-8")
    given = yaml.safe_load(text)["weights"]
    return {criterion: float(given[criterion.value]) for criterion in Criterion}


def read_candidates(path: Path) -> tuple[Scored, ...]:
    """The candidates in a YAML list, in its order. Raises BadInput with every fault of its form."""
    text = text_of(path, ending=".yaml", kind="candidates are a short YAML list")
    node, content = parsed(path, text)
    twice = list(repeated(path, node))
    if twice:
        raise BadInput("\n  ".join((f"{path} is no list of candidates yet:", *twice)))
    try:
        read = _FILE.validate_python(content)
    except ValidationError as exc:
        faults = (f"{path}:{line_of(node, one['loc'])}: {_field(one['loc'])}: {one['msg']}" for one in exc.errors())
        told = "\n  ".join(dict.fromkeys(faults))
        raise BadInput(
            f"{path} is no list of candidates yet (`- name: ...`, five scores of 1 to 5):\n  {told}"
        ) from None
    return tuple(
        Scored(
            place=f"{path}:{line_of(node, (index,))}",
            name=one.name,
            problem=one.problem,
            scores={criterion: _text(getattr(one, criterion.value)) for criterion in Criterion},
            evidence=one.evidence if isinstance(one.evidence, str) else "",
            rests_on={} if isinstance(one.evidence, str) else one.evidence,
        )
        for index, one in enumerate(read)
    )


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "(whole file)"


def _text(score: int | None) -> str:
    return "" if score is None else str(score)
