"""What a request of traffic says in OpenTelemetry's words (interlock.terms.gateway.conventions)."""

from collections.abc import Mapping, Sequence

from interlock.terms.gateway import conventions as names
from interlock.terms.gateway.trace import Accepted, Outcome, ToolEnd

FAILED_FROM = 400  # the HTTP status
NO_TOOL = ToolEnd()
AGREEMENT = "interlock.shadow_agreement"

Attribute = str | bool | int | float | Sequence[str]
Known = dict[str, Attribute | None]


def span_name(accepted: Accepted) -> str:
    """Such as `chat gpt-5-mini`, `execute_tool pay`."""
    return f"{names.operation(accepted.wire)} {tool_of(accepted)[1] or accepted.model}"


def is_tool(accepted: Accepted) -> bool:
    """Whether a tool was called, and no model asked."""
    return names.operation(accepted.wire) == names.EXECUTE_TOOL


def tool_of(accepted: Accepted) -> tuple[str, str]:
    """The server and the name of a tool; "" for a model."""
    server, _, tool = accepted.model.partition("/") if is_tool(accepted) else ("", "", "")
    return server, tool


def error_type(outcome: Outcome) -> str | None:
    """Why a request did not end well, None where it did."""
    if outcome.refused is not None:
        return f"refused: {outcome.refused}"
    return outcome.broken or (str(outcome.status) if outcome.status >= FAILED_FROM else None)


def common(accepted: Accepted, outcome: Outcome) -> dict[str, Attribute]:
    """What spans and figures both say. The model of a figure is the one that an upstream was asked for: what a client
    asks for may be any text, and figures are told apart by it.
    """
    last = outcome.attempts[-1] if outcome.attempts else None
    server, tool = tool_of(accepted)
    found: Known = {names.OPERATION: names.operation(accepted.wire), names.ERROR_TYPE: error_type(outcome)}
    if is_tool(accepted):
        found |= {names.TOOL_NAME: tool, "interlock.tool.server": server}
    else:
        found |= {
            names.PROVIDER: last.upstream if last else "interlock",
            names.REQUEST_MODEL: last.model if last else None,
            names.RESPONSE_MODEL: outcome.response_model,
        }
    return _said(found)


def attributes_of(accepted: Accepted, outcome: Outcome) -> Mapping[str, Attribute]:
    """Everything that a span says of a request. No content is in it: none is in the records."""
    of_kind = _of_tool(outcome) if is_tool(accepted) else _of_model(accepted, outcome)
    return common(accepted, outcome) | _said({**of_kind, **_our_own(accepted, outcome)})


def agreement(outcome: Outcome) -> Mapping[str, Attribute] | None:
    """What an event says of whether a second model said the same as the first; None where that cannot be told."""
    if outcome.shadow_agrees is None:
        return None
    return _said(
        {
            names.EVALUATION_NAME: AGREEMENT,
            names.EVALUATION_LABEL: "agrees" if outcome.shadow_agrees else "differs",
            names.EVALUATION_VALUE: float(outcome.shadow_agrees),
            names.RESPONSE_ID: outcome.response_id,
        }
    )


def _said(found: Known) -> dict[str, Attribute]:
    return {name: value for name, value in found.items() if value is not None}


def _of_model(accepted: Accepted, outcome: Outcome) -> Known:
    usage, prompt = outcome.usage, accepted.prompt
    given = {names.PARAMETERS[name]: value for name, value in accepted.parameters.items() if name in names.PARAMETERS}
    return {
        **given,
        names.REQUEST_MODEL: accepted.model,
        names.REQUEST_STREAM: accepted.streams,
        names.RESPONSE_ID: outcome.response_id,
        names.FINISH_REASONS: outcome.finish_reasons or None,
        names.FIRST_CHUNK: None if outcome.first_chunk_ms is None else outcome.first_chunk_ms / 1_000,
        names.INPUT_TOKENS: usage.input_tokens if usage else None,
        names.OUTPUT_TOKENS: usage.output_tokens if usage else None,
        names.CACHED_TOKENS: usage.cached_input_tokens if usage else None,
        names.CACHE_WRITTEN_TOKENS: usage.cache_written_input_tokens if usage else None,
        names.PROMPT_NAME: prompt[0] if prompt else None,
        names.PROMPT_VERSION: prompt[1] if prompt else None,
        "interlock.cost_micro_usd": outcome.cost_micro_usd,
        "interlock.prices_version": outcome.prices_version or None,
        "interlock.cache": outcome.cache,
        "interlock.region": outcome.attempts[-1].region if outcome.attempts else None,
        "interlock.shadow_of": outcome.shadow_of,
    }


def _of_tool(outcome: Outcome) -> Known:
    ended = outcome.tool or NO_TOOL
    return {
        names.MCP_METHOD: names.TOOLS_CALL,
        names.TOOL_CALL_ID: ended.call_id,
        "interlock.tool.authority": ended.authority,
        "interlock.tool.state": ended.state,
        "interlock.tool.ticket": ended.ticket,
        "interlock.verdict": ended.verdict,
        "interlock.approval": ended.approval,
    }


def _our_own(accepted: Accepted, outcome: Outcome) -> Known:
    return {
        names.WORKFLOW: accepted.workflow,
        names.HTTP_STATUS: outcome.status,
        "interlock.request.id": accepted.id,
        "interlock.release": accepted.release,
        "interlock.client": accepted.client,
        "interlock.tenant": accepted.tenant,
        "interlock.key": accepted.key,
        "interlock.body.digest": accepted.body_digest,
        "interlock.input_bytes": accepted.input_bytes,
        "interlock.refused": outcome.refused,
        "interlock.rules": accepted.rules or None,
        "interlock.found": accepted.found or None,
        "interlock.redacted": sum(accepted.redacted.values()),
        "interlock.redacted_output": sum(outcome.redacted_output.values()),
    }
