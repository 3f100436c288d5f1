"""Reading an organisation file; an error names the file, the field and the mend."""

import difflib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from interlock.terms.council import Organisation, Responsibility
from interlock.terms.errors import BadInput

BYTES_MAX = 1_000_000
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Held(_Part):
    owner: Name | tuple[Name, ...] | None = None
    consulted: tuple[Name, ...] = ()

    def owners(self) -> tuple[str, ...]:
        return () if self.owner is None else (self.owner,) if isinstance(self.owner, str) else self.owner


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


def read_organisation(path: Path) -> Organisation:
    """The organisation in a YAML file, with all eleven responsibilities: those left out have no owner.

    Raises BadInput with every fault of the file.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise BadInput(f"{path} is too large for an organisation; name the YAML file that describes it")
        read = _File.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{path} cannot be read ({exc}); name a YAML file") from exc
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        raise BadInput(f"{path}{f':{mark.line + 1}' if mark else ''}: this is not YAML; mend its form") from exc
    except ValidationError as exc:
        faults = (f"{'.'.join(map(str, one['loc'])) or '(whole file)'}: {one['msg']}" for one in exc.errors())
        raise BadInput(f"{path} is no organisation yet:\n  " + "\n  ".join(faults)) from exc
    pack = council_pack()
    unknown = [name for name in read.responsibilities if name not in pack["responsibilities"]]
    if unknown:
        near = difflib.get_close_matches(unknown[0], pack["responsibilities"], n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(pack['responsibilities'])}"
        raise BadInput(f"{path}: responsibilities.{unknown[0]} is not one of the eleven; {hint}")
    held = {name: read.responsibilities.get(name, _Held()) for name in pack["responsibilities"]}
    return Organisation(
        name=read.organisation,
        responsibilities=tuple(Responsibility(name, one.owners(), one.consulted) for name, one in held.items()),
        council=read.council,
        meets_every_days=read.meets_every_days,
        governance=tuple((name, str(one["control"])) for name, one in pack["questions"].items()),
    )
