"""The `tools` part of a workflow definition: what each tool of its agent may do."""

from collections import Counter
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from interlock.adapters.definitions.field_types import FilePart, Name, Names
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, ToolPlan, WaitFor

TOOLS_MAX = 2_000
WAIT_S_MAX, CALL_S_MAX = 600, 300
ARGUMENT_BYTES_MAX, RESULT_BYTES_MAX = 49_152, 16_000_000
ORIGINS = ("arguments.", "result.")

ToolName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,128}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
ArgumentPath = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+){0,9}$", max_length=200)]
ArgumentPaths = Annotated[dict[ArgumentPath, ArgumentPath], Field(max_length=100)]
FactName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Facts = Annotated[dict[FactName, ArgumentPath], Field(max_length=100)]


class GovernedToolPart(FilePart):
    """One tool of a tool server of the gateway."""

    server: Name
    name: ToolName
    authority: ToolAuthority
    digest: Digest | None = None
    undo: ToolName | None = None
    undo_arguments: ArgumentPaths = Field(default={})
    amount_argument: ArgumentPath | None = None
    target_argument: ArgumentPath | None = None
    facts: Facts = Field(default={})
    key_arguments: Annotated[tuple[ArgumentPath, ...], Field(max_length=20)] = ()
    errors_change_nothing: bool = False

    @model_validator(mode="after")
    def _possible(self) -> "GovernedToolPart":
        acts = self.authority in {ToolAuthority.ACT, ToolAuthority.REVIEW}
        idle = [name for name in ("undo", "amount_argument", "key_arguments") if getattr(self, name) and not acts]
        if idle:
            raise ValueError(f"a tool that is {self.authority} changes nothing, so take out {', '.join(idle)}")
        if self.undo == self.name:
            raise ValueError("cannot take itself back; name the tool that does in undo")
        if bool(self.undo) is not bool(self.undo_arguments):
            raise ValueError("undo and undo_arguments go together: name the twin, and what it is called with")
        lost = [path for path in self.undo_arguments.values() if not path.startswith(ORIGINS)]
        if lost:
            raise ValueError(f"undo_arguments: '{lost[0]}' comes from nowhere; write arguments.NAME or result.NAME")
        return self

    def tool(self) -> GovernedTool:
        """The term."""
        return GovernedTool(**{name: getattr(self, name) for name in type(self).model_fields})


class ToolsPart(FilePart):
    """What the tools of its agent may do. One that is not named here is reviewed, on the servers that are."""

    governed: Annotated[tuple[GovernedToolPart, ...], Field(max_length=TOOLS_MAX)] = ()
    wait_for: WaitFor = WaitFor.TICKET
    wait_s: Annotated[float, Field(gt=0, le=WAIT_S_MAX, strict=True, allow_inf_nan=False)] = 60.0
    redact: Names = ()
    call_s: Annotated[float, Field(gt=0, le=CALL_S_MAX, strict=True, allow_inf_nan=False)] = 20.0
    argument_bytes_max: Annotated[int, Field(ge=1, le=ARGUMENT_BYTES_MAX, strict=True)] = 32_768
    result_bytes_max: Annotated[int, Field(ge=1, le=RESULT_BYTES_MAX, strict=True)] = 1_000_000

    @model_validator(mode="after")
    def _each_once(self) -> "ToolsPart":
        twice = [
            place for place, count in Counter((one.server, one.name) for one in self.governed).items() if count > 1
        ]
        if twice:
            server, name = twice[0]
            raise ValueError(f"the tool '{name}' of '{server}' is there twice; keep one")
        # What is certified for a tool's name must not hold for another server's tool that is called the same.
        acting = {ToolAuthority.ACT, ToolAuthority.REVIEW}
        names = Counter(one.name for one in self.governed if one.authority in acting)
        shared = next((name for name, count in names.items() if count > 1), None)
        if shared is not None:
            raise ValueError(f"two servers have a tool '{shared}' that acts; give one of them to another workflow")
        return self

    def plan(self) -> ToolPlan:
        """The term."""
        whole = {name: getattr(self, name) for name in type(self).model_fields if name != "governed"}
        return ToolPlan(tools=tuple(one.tool() for one in self.governed), **whole)
