"""The fields that the gateway reads, with their types; all others pass as they came."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from interlock.terms.gateway.wire import Wire

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Tokens = Annotated[int, Meta(ge=1, le=100_000_000)]
Objects = list[dict[str, Any]]


class Message(Struct):
    """A turn of chat or messages."""

    role: Name
    content: str | Objects | None = None


class Body(Struct, kw_only=True):
    """What is read of every request."""

    model: Name
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    tools: Objects | None = None
    functions: Objects | None = None
    modalities: list[str] | None = None
    service_tier: str | None = None
    metadata: dict[str, Any] | None = None
    store: bool | None = None


class ChatBody(Body, kw_only=True):
    """What is read of a chat completion's request."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None


class ResponsesBody(Body, kw_only=True):
    """What is read of a Responses request."""

    input: str | Objects
    instructions: str | None = None
    max_output_tokens: Tokens | None = None


class MessagesBody(Body, kw_only=True):
    """What is read of a messages request; the largest output must be said there."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    max_tokens: Tokens
    system: str | Objects | None = None


class CountBody(Body, kw_only=True):
    """What is read of a request to count the tokens of messages."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    system: str | Objects | None = None


class EmbeddingsBody(Body, kw_only=True):
    """What is read of an embeddings request: text, or tokens that a client made of it."""

    input: str | list[Any]


BODIES: dict[Wire, type[Struct]] = {
    Wire.CHAT: ChatBody,
    Wire.RESPONSES: ResponsesBody,
    Wire.MESSAGES: MessagesBody,
    Wire.EMBEDDINGS: EmbeddingsBody,
    Wire.COUNT: CountBody,
}

# The field that bounds the output, first the one that is written where a client gave none.
OUTPUT_FIELDS: dict[Wire, tuple[str, ...]] = {
    Wire.CHAT: ("max_completion_tokens", "max_tokens"),
    Wire.RESPONSES: ("max_output_tokens",),
    Wire.MESSAGES: ("max_tokens",),
    Wire.EMBEDDINGS: (),
    Wire.COUNT: (),
}

# What changes an answer beside its text, as a trace keeps it; of objects, the member that does.
_SAMPLING = ("temperature", "top_p", "top_k", "seed", "n", "presence_penalty", "frequency_penalty", "logprobs")
_SIZES = ("max_tokens", "max_completion_tokens", "max_output_tokens", "dimensions", "top_logprobs")
_WAYS = ("reasoning_effort", "verbosity", "parallel_tool_calls", "encoding_format", "truncation", "service_tier")
PARAMETERS = frozenset((*_SAMPLING, *_SIZES, *_WAYS))
PARAMETERS_IN = (
    ("reasoning", "effort"),
    ("thinking", "budget_tokens"),
    ("response_format", "type"),
    ("tool_choice", "type"),
)
