"""Both records of a tool call in the trace of traffic: before it is decided, and before it is answered."""

import hashlib
from collections.abc import Mapping
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.tools.desk import ToolDesk
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.tool_call import Called, CallState, ToolCall
from interlock.terms.gateway.trace import TOOL_WIRE, Accepted, Attempt, Outcome, ToolEnd

ID_BYTES = 16
STATUS = {CallState.DONE: 200, CallState.WAITS: 202, CallState.AT_WORK: 202, CallState.UNKNOWN: 404}
NOT_DONE = 403


class Trace:
    """One call's. It is accepted when it is made; `end` writes the outcome. Both raise Unavailable: then no answer.

    Neither waits for a disk, so both are at home on an event loop.
    """

    def __init__(self, desk: ToolDesk, client: Client, call: ToolCall, release: str) -> None:
        self._desk, self._began, self._call = desk, desk.rt.clock(), call
        body = body_of(call.arguments) or b""
        self._accepted = Accepted(
            id=desk.rt.randomness(ID_BYTES).hex(),
            at=stamp(self._began),
            client=client.name,
            workflow=client.workflow,
            release=release,
            wire=TOOL_WIRE,
            model=f"{call.server}/{call.tool}",
            streams=False,
            input_bytes=len(body),
            body_digest=hashlib.sha256(body).hexdigest(),
            tenant=client.tenant,
            key=client.key,
            trace_parent=call.trace_parent,
        )
        desk.traces.accept(self._accepted)

    def end(self, told: Called | Refusal) -> None:
        """How it ended."""
        now = self._desk.rt.clock()
        latency_ms = (now - self._began).total_seconds() * 1000
        fields = self._of_refusal(told) if isinstance(told, Refusal) else self._of_call(told, latency_ms)
        outcome = Outcome(id=self._accepted.id, at=stamp(now), latency_ms=latency_ms, refused=told.rule, **fields)
        self._desk.traces.outcome(outcome)
        self._desk.observe(self._accepted, outcome)

    def _of_call(self, told: Called, latency_ms: float) -> dict[str, Any]:
        status = STATUS.get(told.state, NOT_DONE)
        attempt = Attempt(self._call.server, self._call.tool, "", latency_ms, status=status)
        attempts = () if told.answer is None else (attempt,)
        ended = ToolEnd(told.state.value, told.authority, told.verdict, told.approval, told.ticket, self._call.call_id)
        return {"status": status, "attempts": attempts, "redacted_output": told.redacted, "tool": ended}

    def _of_refusal(self, told: Refusal) -> dict[str, Any]:
        return {"status": told.status, "tool": ToolEnd(call_id=self._call.call_id)}


def body_of(arguments: Mapping[str, Any]) -> bytes | None:
    """The arguments as canonical JSON, None where they cannot be written so."""
    try:
        return canonical(arguments)
    except (ValueError, TypeError, RecursionError):
        return None
