"""What traffic is called in OpenTelemetry: the one place with names of the GenAI conventions, which are in development.

Names are those of semantic conventions 1.44.0, the last version before the GenAI conventions moved to a repository of
their own. What they have no merged name for is `interlock.*`.
"""

from collections.abc import Mapping, Sequence

from interlock.terms.gateway.trace import Accepted, Outcome

CONVENTIONS = "1.44.0"
SCHEMA_URL = f"https://opentelemetry.io/schemas/{CONVENTIONS}"

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_STREAM = "gen_ai.request.stream"
RESPONSE_MODEL = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FINISH_REASONS = "gen_ai.response.finish_reasons"
FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"  # seconds
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITTEN_TOKENS = "gen_ai.usage.cache_creation.input_tokens"
PROMPT_NAME = "gen_ai.prompt.name"
PROMPT_VERSION = "gen_ai.prompt.version"
WORKFLOW = "gen_ai.workflow.name"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - tokens of text
ERROR_TYPE = "error.type"
PARAMETERS = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "max_tokens": "gen_ai.request.max_tokens",
    "seed": "gen_ai.request.seed",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "n": "gen_ai.request.choice.count",
}
DURATION = "gen_ai.client.operation.duration"  # seconds
TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - tokens of text
TIME_TO_FIRST = "gen_ai.server.time_to_first_token"  # seconds
# As the conventions want them.
DURATION_BOUNDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKEN_BOUNDS = tuple(float(4**power) for power in range(14))
FIRST_BOUNDS = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)  # fmt: skip
FAILED_FROM = 400  # the HTTP status

# The conventions have no word for a count of tokens: an operation of one's own may be named.
_OTHER_OPERATIONS = frozenset(("embeddings", "count_tokens"))

Attribute = str | bool | int | float | Sequence[str]


def operation(accepted: Accepted) -> str:
    """What was asked for, in the conventions' words."""
    return accepted.wire if accepted.wire in _OTHER_OPERATIONS else "chat"


def span_name(accepted: Accepted) -> str:
    """Such as `chat gpt-5-mini`."""
    return f"{operation(accepted)} {accepted.model}"


def error_type(outcome: Outcome) -> str | None:
    """Why a request did not end well, None where it did."""
    if outcome.refused is not None:
        return f"refused: {outcome.refused}"
    return outcome.broken or (str(outcome.status) if outcome.status >= FAILED_FROM else None)


def common(accepted: Accepted, outcome: Outcome) -> dict[str, Attribute]:
    """What spans and figures both say."""
    upstream = outcome.attempts[-1].upstream if outcome.attempts else "interlock"
    known = {RESPONSE_MODEL: outcome.response_model, ERROR_TYPE: error_type(outcome)}
    return {
        OPERATION: operation(accepted),
        PROVIDER: upstream,
        REQUEST_MODEL: accepted.model,
        **{name: value for name, value in known.items() if value is not None},
    }


def attributes_of(accepted: Accepted, outcome: Outcome) -> Mapping[str, Attribute]:
    """Everything that a span says of a request. No content is in it: none is in the records."""
    usage, prompt = outcome.usage, accepted.prompt
    known: dict[str, Attribute | None] = {
        **{PARAMETERS[name]: value for name, value in accepted.parameters.items() if name in PARAMETERS},
        REQUEST_STREAM: accepted.streams,
        WORKFLOW: accepted.workflow,
        RESPONSE_ID: outcome.response_id,
        FINISH_REASONS: outcome.finish_reasons or None,
        FIRST_CHUNK: None if outcome.first_chunk_ms is None else outcome.first_chunk_ms / 1_000,
        INPUT_TOKENS: usage.input_tokens if usage else None,
        OUTPUT_TOKENS: usage.output_tokens if usage else None,
        CACHED_TOKENS: usage.cached_input_tokens if usage else None,
        CACHE_WRITTEN_TOKENS: usage.cache_written_input_tokens if usage else None,
        PROMPT_NAME: prompt[0] if prompt else None,
        PROMPT_VERSION: prompt[1] if prompt else None,
        **_our_own(accepted, outcome),
    }
    return common(accepted, outcome) | {name: value for name, value in known.items() if value is not None}


def _our_own(accepted: Accepted, outcome: Outcome) -> dict[str, Attribute | None]:
    return {
        "interlock.request.id": accepted.id,
        "interlock.release": accepted.release,
        "interlock.client": accepted.client,
        "interlock.tenant": accepted.tenant,
        "interlock.body.digest": accepted.body_digest,
        "interlock.input_bytes": accepted.input_bytes,
        "interlock.cost_micro_usd": outcome.cost_micro_usd,
        "interlock.prices_version": outcome.prices_version or None,
        "interlock.cache": outcome.cache,
        "interlock.refused": outcome.refused,
        "interlock.rules": accepted.rules or None,
        "interlock.found": accepted.found or None,
        "interlock.redacted": sum(accepted.redacted.values()),
        "interlock.redacted_output": sum(outcome.redacted_output.values()),
        "interlock.region": outcome.attempts[-1].region if outcome.attempts else None,
        "interlock.shadow_of": outcome.shadow_of,
        "http.response.status_code": outcome.status,
    }
