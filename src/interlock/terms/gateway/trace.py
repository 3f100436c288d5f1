"""The two records of a request: accepted (before it is forwarded) and its outcome (before its answer is complete).

Nobody changes one. They are not frozen, because every request makes them, and freezing makes that three times as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from interlock.terms.gateway.usage import Usage

MISS, HIT, SEMANTIC = "miss", "hit", "semantic"
GIVEN_AGAIN = frozenset({HIT, SEMANTIC})  # an answer that was kept: it cost nothing
TOOL_WIRE = "mcp"  # where a format of models stands otherwise
CLIENT_LEFT, CLIENT_LEFT_STATUS = "the client left", 499  # the status that servers note for that; nobody is sent it


@dataclass(slots=True)
class Accepted:
    """What is known before a request leaves. It holds no content: digests, counts and names only. `at` is RFC 3339.

    `model` is what was asked for, `release` the workflow's release in force. `body_digest` is the SHA-256 of the body
    as it came. `parameters` are those that act (temperature, largest output). `prompt` is its name and version where
    the client said it. `redacted` counts what was taken out by kind, `found` is what detectors saw, `rules` are the
    policy rules that spoke. `reserved_micro_usd` stays charged until an outcome says what it cost. `trace_parent` is
    the caller's place in its own trace as it says it (`TRACE-SPAN` in hexadecimal): nothing goes by it.
    `key` is the name of the gateway key with which it came; None: with a token.
    """

    id: str
    at: str
    client: str
    workflow: str
    release: str
    wire: str
    model: str
    streams: bool
    input_bytes: int
    body_digest: str
    tenant: str | None = None
    prompt: tuple[str, str] | None = None
    parameters: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    redacted: Mapping[str, int] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    reserved_micro_usd: int = 0
    trace_parent: str | None = None
    key: str | None = None


GIVEN_UP = "given up"


@dataclass(slots=True)
class Attempt:
    """One attempt at one upstream. `failure` is None for the one that answered, GIVEN_UP where nobody waited on."""

    upstream: str
    model: str
    region: str
    latency_ms: float
    status: int | None = None
    failure: str | None = None


@dataclass(slots=True)
class ToolEnd:
    """How a tool call ended: its `state` as its client was told (None: it was refused), what the tool was by then
    (`authority`), what was decided (`verdict`), and what a person said to it (`approval`: pending, approved, declined).
    None where it did not come to that. `ticket` is the case's; `call_id` names the call where its client named it.
    """

    state: str | None = None
    authority: str | None = None
    verdict: str | None = None
    approval: str | None = None
    ticket: str | None = None
    call_id: str | None = None


@dataclass(slots=True)
class Outcome:
    """How a request ended. `refused` is the rule that refused it, `broken` how an answer ended that did not finish;
    CLIENT_LEFT where nobody waited for it any more (`status` CLIENT_LEFT_STATUS where none of it was sent).

    `usage` None: the upstream did not say, so the reservation stands as `cost_micro_usd`. `cache` is "hit", "miss",
    "semantic" (the kept answer to another question that means the same) or "off". `first_chunk_ms` is None for what was
    not streamed. `shadow_of` is the request that this one was asked in the shadow of, `shadow_agrees` whether both said
    the same (None where that cannot be told). `tool` is what became of a tool call.
    """

    id: str
    at: str
    status: int
    latency_ms: float
    attempts: tuple[Attempt, ...] = ()
    usage: Usage | None = None
    cost_micro_usd: int = 0
    prices_version: str = ""
    response_model: str | None = None
    response_id: str | None = None
    finish_reasons: tuple[str, ...] = ()
    first_chunk_ms: float | None = None
    cache: str = "off"
    redacted_output: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None
    broken: str | None = None
    shadow_of: str | None = None
    shadow_agrees: bool | None = None
    tool: ToolEnd | None = None
