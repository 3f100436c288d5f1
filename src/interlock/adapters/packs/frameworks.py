"""Reading the packs of frameworks and laws; an error names the file, the field and the mend."""

from collections import Counter
from importlib import resources
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from interlock.terms.compliance import DatedFact, Framework, FrameworkLine, OpenQuestion, Timeline
from interlock.terms.errors import BadInput

Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Fact(_Part):
    version: Text
    applies_from: Day | None
    source: Text
    known_as_on: Day
    binding: bool
    note: str = ""


class _Timeline(_Part):
    id: Id
    title: Text
    facts: tuple[_Fact, ...] = Field(min_length=1)


class _Line(_Part):
    id: Text
    asks: Text
    controls: tuple[Id, ...] = ()
    left: str = ""
    concerns: str = ""
    timelines: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _answered(self) -> "_Line":
        if not self.controls and not self.left:
            raise ValueError("a line without controls says in `left` what people have to see to")
        return self


class _Question(_Part):
    what: Text
    responsibility: Id


class _Pack(_Part):
    id: Id
    version: Text
    title: Text
    source: Text
    known_as_on: Day
    caution: Text
    groups: dict[str, Text]
    lines: tuple[_Line, ...] = Field(min_length=1)
    timelines: tuple[_Timeline, ...] = ()
    open_questions: tuple[_Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> "_Pack":
        twice = next((name for name, n in Counter(line.id for line in self.lines).items() if n > 1), None)
        if twice:
            raise ValueError(f"the line '{twice}' is there twice; keep one")
        known = {one.id for one in self.timelines}
        unknown = next((name for line in self.lines for name in line.timelines if name not in known), None)
        if unknown:
            raise ValueError(f"a line names the timeline '{unknown}', which is not there; name one of `timelines`")
        return self

    def term(self) -> Framework:
        return Framework(
            self.id,
            self.version,
            self.title,
            self.source,
            self.known_as_on,
            self.caution,
            tuple(self.groups.items()),
            tuple(FrameworkLine(**line.model_dump()) for line in self.lines),
            tuple(
                Timeline(one.id, one.title, tuple(DatedFact(**fact.model_dump()) for fact in one.facts))
                for one in self.timelines
            ),
            tuple(OpenQuestion(one.what, one.responsibility) for one in self.open_questions),
        )


def read_frameworks() -> tuple[Framework, ...]:
    """The frameworks of the product, by id."""
    folder = resources.files("interlock") / "packs" / "compliance"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(framework_in(one.name, one.read_text("utf-8")) for one in files)


def framework_in(name: str, text: str) -> Framework:
    """The framework that a pack's text holds. Raises BadInput with every fault."""
    try:
        return _Pack.model_validate(yaml.safe_load(text)).term()
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        raise BadInput(f"{name}{f':{mark.line + 1}' if mark else ''}: this is not YAML; mend its form") from exc
    except ValidationError as exc:
        faults = (
            f"{'.'.join(map(str, one['loc'])) or '(whole file)'}: {one['msg'].removeprefix('Value error, ')}"
            for one in exc.errors()
        )
        raise BadInput(f"{name} is no framework yet:\n  " + "\n  ".join(faults)) from exc
