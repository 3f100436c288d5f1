"""A tool as its server lists it, a call of it, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class ListedTool:
    """A tool in a server's list. `schema` is what the server says of it, as in the protocol's JSON, its name too."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a client asks for.

    `identity` tells this call from others of the same client: a key that the client gave (`keyed`), else its session
    and the number of its request. `confidence` and `novelty` are in 0..1, None where the client said none. `call_id` is
    what its model calls this call, `trace_parent` its place in the client's own trace; both as the client says.
    """

    server: str
    tool: str
    arguments: Mapping[str, Any]
    identity: str
    keyed: bool = False
    confidence: float | None = None
    novelty: float | None = None
    segment: str | None = None
    call_id: str | None = None
    trace_parent: str | None = None


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """A tool's answer: blocks of content as in the protocol's JSON, and a JSON value (None: there is none)."""

    content: tuple[Mapping[str, Any], ...] = ()
    structured: Any = None
    is_error: bool = False


class CallState(StrEnum):
    """Where a call stands, as its client is told."""

    DONE = "done"
    NOT_DONE = "not_done"
    WAITS = "waits"  # for a person
    AT_WORK = "at_work"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    UNDONE = "undone"
    UNKNOWN = "unknown"  # no such ticket of this client


@dataclass(frozen=True, slots=True)
class Called:
    """What a client is answered. `ticket` is what it can ask with later; `answer` the tool's own, cleaned.

    `wait_s`: for how long its call waits for a person, None where it is answered at once. `rule` is what refused it,
    for the record and never for the client; so are `authority` (what the tool is), `verdict` (what was decided) and
    `approval` (pending, approved or declined by a person).
    """

    state: CallState
    words: str
    ticket: str | None = None
    answer: ToolAnswer | None = None
    redacted: Mapping[str, int] = field(default_factory=dict)
    wait_s: float | None = None
    rule: str | None = None
    authority: str | None = None
    verdict: str | None = None
    approval: str | None = None
