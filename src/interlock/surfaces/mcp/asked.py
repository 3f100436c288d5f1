"""What a client's request holds of a call: its arguments, and what it says beside them in `_meta`."""

import re
from collections.abc import Mapping
from typing import Any

import mcp_types as types

from interlock.engine.gateway.trace_parent import trace_parent_of
from interlock.surfaces.mcp.visit import Visit
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.tool_call import ToolCall

IDEMPOTENCY_KEY, CONFIDENCE = "interlock/idempotency-key", "interlock/confidence"
NOVELTY, SEGMENT = "interlock/novelty", "interlock/segment"
CALL_ID, TRACE_PARENT = "interlock/tool-call-id", "traceparent"
TEXT_MAX = 200
NAME = re.compile(r"[A-Za-z0-9._/-]{1,128}")


def call_of(
    visit: Visit, params: types.CallToolRequestParams, request: types.RequestId | None, fresh: str
) -> ToolCall | Refusal:
    """The call, or what is wrong with what is said beside it. `fresh` names it where nothing else does."""
    if not NAME.fullmatch(params.name):
        return Refusal(RefusalKind.MALFORMED, "tool name", "no tool is called so: a name has 1 to 128 plain characters")
    said: Mapping[str, Any] = params.meta or {}
    texts = {name: said.get(name) for name in (IDEMPOTENCY_KEY, SEGMENT, CALL_ID)}
    shares = {name: said.get(name) for name in (CONFIDENCE, NOVELTY)}
    wrong = [name for name, text in texts.items() if text is not None and not _is_text(text)]
    wrong += [name for name, share in shares.items() if share is not None and not _is_share(share)]
    if wrong:
        words = f"_meta: '{wrong[0]}' is no text of 1 to {TEXT_MAX} characters, or no number between 0 and 1"
        return Refusal(RefusalKind.MALFORMED, "_meta", words)
    key = texts[IDEMPOTENCY_KEY]
    return ToolCall(
        server=visit.server,
        tool=params.name,
        arguments=params.arguments or {},
        identity=key or (fresh if visit.session is None else f"{visit.session}/{request!r}"),
        keyed=key is not None,
        confidence=shares[CONFIDENCE],
        novelty=shares[NOVELTY],
        segment=texts[SEGMENT],
        call_id=texts[CALL_ID],
        trace_parent=_trace_parent(said, visit),
    )


def _trace_parent(said: Mapping[str, Any], visit: Visit) -> str | None:
    """What the request itself says goes before what its connection says: one may carry those of several traces."""
    named = said.get(TRACE_PARENT)
    return trace_parent_of(named) if isinstance(named, str) else visit.trace_parent


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= TEXT_MAX and value.isprintable()


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
