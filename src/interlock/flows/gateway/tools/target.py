"""A tool of a server as the target of an effect (interlock.ports.effects.Target)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from interlock.engine.gateway.tools.case import asked_of
from interlock.engine.gateway.tools.cleaning import Clean, cleaned
from interlock.engine.gateway.tools.schema import schema_digest
from interlock.engine.gateway.tools.undoing import undo_arguments
from interlock.engine.ledger.canonical import canonical
from interlock.ports.effects import NotApplied
from interlock.ports.gateway.tool_servers import Failure, Heard, ToolLine, ToolServerFailed
from interlock.terms.gateway.tool_call import ToolAnswer
from interlock.terms.gateway.tools import GovernedTool, ToolPlan
from interlock.terms.intent import Effect, Receipt

KEPT_BYTES_MAX = 48 * 1024  # of an answer beside its receipt
RESULT, UNDO = "result", "undo"


class ToolErred(Exception):
    """The tool answered that it is an error: nobody knows what it did until then."""


@dataclass(slots=True)
class ToolTarget:
    """One tool, for one call. `answer` is what it answered, cleaned, once it has; `redacted` counts what was taken out.

    It can neither be read nor asked what became of a call, so it is blind. `left` is the state that it was left in, as
    recorded: nothing can tell whether somebody has changed it since.
    """

    line: ToolLine
    plan: ToolPlan
    governed: GovernedTool | None
    clean: Clean | None
    heard: Heard
    left: Mapping[str, Any] = field(default_factory=dict)
    answer: ToolAnswer | None = None
    redacted: Mapping[str, int] = field(default_factory=dict)

    def read(self, effect: Effect) -> Mapping[str, Any]:  # noqa: ARG002 - every target is asked for one effect
        """What is known of its state."""
        return self.left

    async def apply(self, effect: Effect) -> Receipt:
        """Call the tool, if it still is the one for which this was decided."""
        asked = asked_of(effect.arguments)
        await self._check_schema(asked.tool, asked.schema)
        answer = await self._call(asked.tool, asked.arguments, effect.idempotency_key)
        self.answer, self.redacted = cleaned(answer, self.clean)
        if answer.is_error:
            if self.governed is not None and self.governed.errors_change_nothing:
                raise NotApplied("the tool answered with an error, which means that nothing was changed")
            raise ToolErred("the tool answered with an error; whether it changed something is not known")
        takes_back = None if self.governed is None else undo_arguments(self.governed, asked.arguments, answer)
        return Receipt(effect.idempotency_key, {RESULT: _kept(self.answer), UNDO: takes_back})

    async def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:  # noqa: ARG002 - it has no state
        """Call the twin. What it answers as an error is no undo."""
        takes_back = self.left.get(UNDO)
        if self.governed is None or self.governed.undo is None or takes_back is None:
            raise ValueError("the tool has no twin that could take it back, or what that needs is not kept")
        answer = await self._call(self.governed.undo, takes_back, effect.idempotency_key)
        if answer.is_error:
            raise ToolErred("the twin answered with an error; whether it took anything back is not known")
        return Receipt(effect.idempotency_key, {})

    def probe(self, effect: Effect) -> Receipt | None:  # noqa: ARG002 - every target is asked for one effect
        """No tool server can be asked what became of a call."""
        raise ValueError("a tool cannot be asked what became of a call: it is no target that can be probed")

    async def _check_schema(self, tool: str, schema: str | None) -> None:
        try:
            listed = await self.line.tools(age_max_s=0.0)
        except ToolServerFailed as exc:
            raise NotApplied(f"the tool server cannot be asked for its tools: {exc}") from exc
        now = next((one for one in listed if one.name == tool), None)
        if now is None or schema_digest(now) != schema:
            raise NotApplied(f"the tool '{tool}' is not the one any more for which this was decided")

    async def _call(self, tool: str, arguments: Mapping[str, Any], key: str) -> ToolAnswer:
        plan = self.plan
        try:
            return await self.line.call(
                tool, arguments, key=key, timeout_s=plan.call_s, bytes_max=plan.result_bytes_max, heard=self.heard
            )
        except ToolServerFailed as exc:
            if exc.failure is Failure.LOST:
                raise
            raise NotApplied(str(exc)) from exc


def _kept(answer: ToolAnswer) -> Mapping[str, Any] | None:
    """The cleaned answer as the receipt keeps it, so that a call that is repeated gets it again; None where too large.

    It is kept where it can be erased.
    """
    try:
        kept = {"content": list(answer.content), "structured": answer.structured}
        return kept if len(canonical(kept)) <= KEPT_BYTES_MAX else None
    except (ValueError, TypeError, RecursionError):
        return None


def answer_kept(after: Mapping[str, Any] | None) -> ToolAnswer | None:
    """The answer that a receipt keeps, None where it does not."""
    kept = (after or {}).get(RESULT)
    return None if kept is None else ToolAnswer(tuple(kept["content"]), kept["structured"])
