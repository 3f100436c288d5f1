"""What a workflow's definition says about its agent's tools: they act, so they are part of the release."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ToolAuthority(StrEnum):
    """What a call of a tool is, before policy and grant are asked."""

    READ = "read"  # it changes nothing: allowed where the workflow may use the tool at all
    ACT = "act"  # an action: the workflow's grant, limits and policy decide
    REVIEW = "review"  # always a person
    DENY = "deny"


class WaitFor(StrEnum):
    """What the caller of a tool gets while a person decides."""

    TICKET = "ticket"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class GovernedTool:
    """One tool of a tool server, which `server` names in the gateway's definition.

    `digest` is that of the schema that people looked at (None: nobody did yet): a tool whose schema is another one now
    is reviewed. `undo` names the twin that takes it back and `undo_arguments` what the twin is called with: names of
    its arguments and where they come from (`arguments.x`, `result.x`). `amount_argument` (US cents) and
    `target_argument` are the arguments that limits at the edge read, `facts` those that a fact of a hand-written rule
    is read from where it is not called the same. `key_arguments` are those that make a case: two calls in which they
    are the same are one action; empty: each call is one. `errors_change_nothing`: people looked at it and say that an
    answer which says it is an error means that nothing was changed; otherwise nobody knows.
    """

    server: str
    name: str
    authority: ToolAuthority
    digest: str | None = None
    undo: str | None = None
    undo_arguments: Mapping[str, str] = field(default_factory=dict)
    amount_argument: str | None = None
    target_argument: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    key_arguments: tuple[str, ...] = ()
    errors_change_nothing: bool = False


@dataclass(frozen=True, slots=True)
class ToolPlan:
    """The tools of a workflow; one that is not listed is reviewed. `redact` are kinds that no result may carry out.

    `wait_s`: how long the call waits for a person where it waits for the decision. `call_s`: how long a tool may take;
    what takes longer is in doubt. Sizes in bytes of JSON.
    """

    tools: tuple[GovernedTool, ...] = ()
    wait_for: WaitFor = WaitFor.TICKET
    wait_s: float = 60.0
    redact: tuple[str, ...] = ()
    call_s: float = 20.0
    argument_bytes_max: int = 32_768
    result_bytes_max: int = 1_000_000
