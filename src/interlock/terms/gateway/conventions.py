"""What traffic is called in OpenTelemetry: the one table of names of the GenAI conventions, which are in development.

Names are those of semantic conventions 1.44.0, the last version before the GenAI conventions moved to a repository of
their own. What they have no merged name for is `interlock.*`.
"""

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
TOOL_NAME = "gen_ai.tool.name"
TOOL_CALL_ID = "gen_ai.tool.call.id"
MCP_METHOD = "mcp.method.name"
ERROR_TYPE = "error.type"
HTTP_STATUS = "http.response.status_code"
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

EVALUATION = "gen_ai.evaluation.result"  # an event
EVALUATION_NAME = "gen_ai.evaluation.name"
EVALUATION_LABEL = "gen_ai.evaluation.score.label"
EVALUATION_VALUE = "gen_ai.evaluation.score.value"

CHAT, EMBEDDINGS, EXECUTE_TOOL = "chat", "embeddings", "execute_tool"
TOOLS_CALL = "tools/call"
# By the wire format. The conventions have no word for a count of tokens: an operation of one's own may be named.
OPERATIONS = {"embeddings": EMBEDDINGS, "count_tokens": "count_tokens", "mcp": EXECUTE_TOOL}

DURATION = "gen_ai.client.operation.duration"  # seconds
TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - tokens of text
TIME_TO_FIRST = "gen_ai.server.time_to_first_token"  # seconds
# As the conventions want them.
DURATION_BOUNDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKEN_BOUNDS = tuple(float(4**power) for power in range(14))
FIRST_BOUNDS = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)  # fmt: skip


def operation(wire: str) -> str:
    """What was asked for in a wire format, in the conventions' words."""
    return OPERATIONS.get(wire, CHAT)
