"""Reading an organisation file; an error names the file, the line, the field and the mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.packs.written_part import MENDS, near, not_yet, written_part
from interlock.terms.council import Organisation, Responsibility
from interlock.terms.council_pack import CouncilPack
from interlock.terms.errors import BadInput

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


def _unknown(file: str, node: yaml.Node | None, name: str, known: list[str]) -> str:
    place = ("responsibilities", name)
    return f"{file}:{line_of(node, place)}: {'.'.join(place)}: {_not_known(name, known)}"


def _not_known(name: str, known: list[str]) -> str:
    return f"is not one of the eleven; {near(name, known)}"


def read_organisation(path: Path) -> Organisation:
    """The organisation in a YAML file, with all eleven responsibilities: those left out have no owner.

    Raises BadInput with every fault of the file.
    """
    return organisation_in(str(path), text_of(path, ending=".yaml", kind="an organisation is a short YAML file"))


def organisation_in(name: str, text: str) -> Organisation:
    """The organisation in a text; `name` is what its faults call it. Raises BadInput with every one."""
    read = written_part(name, text, _File, what=WHAT)
    known = list(council_pack()["responsibilities"])
    unknown = [one for one in read.responsibilities if one not in known]
    if unknown:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raise not_yet(name, WHAT, [_unknown(name, node, one, known) for one in unknown])
    return _organisation(read)


@dataclass(frozen=True, slots=True)
class OrganisationTexts:
    """interlock.ports.organisations.OrganisationFiles."""

    @property
    def known(self) -> CouncilPack:
        """See the port."""
        pack = council_pack()
        questions = ((name, str(one["question"]), str(one["control"])) for name, one in pack["questions"].items())
        return CouncilPack(dict(pack["responsibilities"]), tuple(questions))

    def read(self, text: str) -> Organisation:
        """See the port."""
        return organisation_in("the text", text)

    def of(self, content: Mapping[str, Any]) -> Organisation:
        """See the port."""
        try:
            read = _File.model_validate(content)
        except ValidationError as exc:
            faults = (f"{'.'.join(map(str, one['loc']))}: {_mend(one)}" for one in exc.errors())
            raise BadInput("\n".join(faults)) from None
        known = list(council_pack()["responsibilities"])
        unknown = [one for one in read.responsibilities if one not in known]
        if unknown:
            raise BadInput("\n".join(f"responsibilities.{one}: {_not_known(one, known)}" for one in unknown))
        return _organisation(read)

    def written(self, organisation: Organisation) -> str:
        """See the port."""
        held = {
            one.id: {"owner": list(one.owners), **({"consulted": list(one.consulted)} if one.consulted else {})}
            for one in organisation.responsibilities
            if one.owners or one.consulted
        }
        content = {
            "organisation": organisation.name,
            "council": list(organisation.council),
            "meets_every_days": organisation.meets_every_days,
            "responsibilities": held,
        }
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _organisation(read: _File) -> Organisation:
    pack = council_pack()
    held = {name: read.responsibilities.get(name, _Held()) for name in pack["responsibilities"]}
    return Organisation(
        name=read.organisation,
        responsibilities=tuple(Responsibility(name, one.owner, one.consulted) for name, one in held.items()),
        council=read.council,
        meets_every_days=read.meets_every_days,
        governance=tuple((name, str(one["control"])) for name, one in pack["questions"].items()),
    )


def _mend(error: Any) -> str:
    return str(MENDS.get(error["type"], error["msg"].removeprefix("Value error, ")))
