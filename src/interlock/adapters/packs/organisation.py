"""Reading an organisation file; an error names the file, the line, the field and the mend."""

from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.packs.written_part import near, not_yet, written_part
from interlock.terms.council import Organisation, Responsibility

WHAT = "organisation"
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def _one_or_more(value: Any) -> Any:
    """One name may be written without a list, and nobody as nothing."""
    return () if value is None else (value,) if isinstance(value, str) else value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Held(_Part):
    owner: Annotated[tuple[Name, ...], BeforeValidator(_one_or_more)] = ()
    consulted: tuple[Name, ...] = ()


class _File(_Part):
    organisation: Name
    responsibilities: dict[str, _Held] = Field(default_factory=dict)
    council: tuple[Name, ...] = ()
    meets_every_days: Annotated[int, Field(ge=1, le=366, strict=True)] = 7


def council_pack() -> dict[str, Any]:
    """The responsibilities (id, title) and the questions (id, question, control) that there are."""
    text = (resources.files("interlock") / "packs" / "council" / "council.yaml").read_text("utf-8")
    pack: dict[str, Any] = yaml.safe_load(text)
    return pack


def _unknown(path: Path, node: yaml.Node | None, name: str, known: list[str]) -> str:
    place = ("responsibilities", name)
    return f"{path}:{line_of(node, place)}: {'.'.join(place)}: is not one of the eleven; {near(name, known)}"


def read_organisation(path: Path) -> Organisation:
    """The organisation in a YAML file, with all eleven responsibilities: those left out have no owner.

    Raises BadInput with every fault of the file.
    """
    text = text_of(path, ending=".yaml", kind="an organisation is a short YAML file")
    read = written_part(str(path), text, _File, what=WHAT)
    pack = council_pack()
    known = list(pack["responsibilities"])
    unknown = [name for name in read.responsibilities if name not in known]
    if unknown:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raise not_yet(str(path), WHAT, [_unknown(path, node, name, known) for name in unknown])
    held = {name: read.responsibilities.get(name, _Held()) for name in pack["responsibilities"]}
    return Organisation(
        name=read.organisation,
        responsibilities=tuple(Responsibility(name, one.owner, one.consulted) for name, one in held.items()),
        council=read.council,
        meets_every_days=read.meets_every_days,
        governance=tuple((name, str(one["control"])) for name, one in pack["questions"].items()),
    )
