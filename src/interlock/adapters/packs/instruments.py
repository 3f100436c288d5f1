"""Reading instruments and files of answers; an error names the file, the line, the field and the mend."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed, repeated
from interlock.adapters.packs.own_pack import own_packs
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Band, HardRule, Instrument, Item, Scale

Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Whole = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Weight = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
RANGES = {Scale.ONE_TO_FIVE: (1, 5), Scale.READY: (0, 1), Scale.PRESENT: (0, 1), Scale.TEXT: (0, 0)}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Item(_Part):
    id: Id
    title: Text
    check: Text
    question: Text
    red_flags: tuple[Text, ...] = ()
    measured_by: Id | None = None
    weights: dict[Id, Weight] = Field(default_factory=dict)
    section: Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)] = ""


class _Band(_Part):
    low: Whole
    high: Whole
    means: Text


class _Rule(_Part):
    items: tuple[Id, ...]
    below: Whole
    then: Text


class _Pack(_Part):
    id: Id
    version: Text
    title: Text
    purpose: Text
    scale: Scale
    items: tuple[_Item, ...] = Field(min_length=1, max_length=200)
    bands: tuple[_Band, ...] = ()
    hard_rules: tuple[_Rule, ...] = ()
    about: str = Field(default="workflow", pattern="^(workflow|organisation|person|vendor)$")
    reviewed_by: tuple[Text, ...] = ()
    revisit: str = ""
    levels: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "_Pack":
        ids = Counter(item.id for item in self.items)
        twice = next((name for name, n in ids.items() if n > 1), None)
        if twice:
            raise ValueError(f"the item '{twice}' is there twice; keep one")
        unknown = next((one for rule in self.hard_rules for one in rule.items if one not in ids), None)
        if unknown:
            raise ValueError(f"a hard rule names '{unknown}', which is no item; name one of: {', '.join(ids)}")
        low, high = (end * len(self.items) for end in RANGES[self.scale])
        covered = sorted((band.low, band.high) for band in self.bands)
        totals = [total for first, last in covered for total in range(first, last + 1)]
        if covered and totals != list(range(low, high + 1)):
            raise ValueError(f"the bands must cover every total from {low} to {high} once; they are {covered}")
        least, most = RANGES[self.scale]
        if self.levels and len(self.levels) != most - least + 1:
            raise ValueError(f"the levels are {len(self.levels)}; name one for each value from {least} to {most}")
        return self

    def term(self) -> Instrument:
        return Instrument(
            self.id,
            self.version,
            self.title,
            self.purpose,
            self.scale,
            tuple(Item(**item.model_dump()) for item in self.items),
            tuple(Band(**band.model_dump()) for band in self.bands),
            tuple(HardRule(**rule.model_dump()) for rule in self.hard_rules),
            self.about,
            self.reviewed_by,
            self.revisit,
            self.levels,
        )


def read_instruments(added: Path | None = None) -> tuple[Instrument, ...]:
    """The instruments of the product by id, and one more from a file. Raises BadInput where a file is none."""
    own = _own()
    if added is None:
        return own
    theirs = _instrument(str(added), text_of(added, ending=".yaml", kind="an instrument is a short YAML file"))
    if any(one.id == theirs.id for one in own):
        raise BadInput(f"{added}: the id '{theirs.id}' is taken by an instrument of the product; choose another")
    return (*own, theirs)


@cache
def _own() -> tuple[Instrument, ...]:
    return tuple(_Pack.model_validate(content).term() for content in own_packs("instruments").values())


def read_answers(path: Path) -> dict[str, Any]:
    """Answers by item as a file holds them: a value, or a mapping of value, words and evidence."""
    _, content = _content(str(path), text_of(path, ending=".yaml", kind="answers are a short YAML file"))
    if not isinstance(content, dict) or not content or not all(isinstance(key, str) for key in content):
        raise BadInput(f"{path}: answers are a mapping such as `security: {{value: 4, evidence: [sha256:...]}}`")
    return content


def _instrument(name: str, text: str) -> Instrument:
    node, content = _content(name, text)
    try:
        return _Pack.model_validate(content).term()
    except ValidationError as exc:
        faults = (
            f"{name}:{line_of(node, one['loc'])}: {'.'.join(map(str, one['loc'])) or '(whole file)'}: "
            f"{one['msg'].removeprefix('Value error, ')}"
            for one in exc.errors()
        )
        raise BadInput(f"{name} is no instrument yet:\n  " + "\n  ".join(faults)) from None


def _content(name: str, text: str) -> tuple[yaml.Node | None, Any]:
    node, content = parsed(name, text)
    if faults := list(repeated(name, node)):
        raise BadInput("\n  ".join((f"{name} cannot be used yet:", *faults)))
    return node, content
