"""The gateway's own definition: where models and tool servers are, what they cost, who may come in."""

from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.gateway.traffic import DataClass, TrafficLimit


class WireFormat(StrEnum):
    """Whose request and answer bodies an upstream speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class OutputField(StrEnum):
    """By which field an upstream's chat completions bound the output; each kind of server overlooks the other's."""

    MAX_COMPLETION_TOKENS = "max_completion_tokens"  # it knows the older one too, which stays where a client wrote it
    MAX_TOKENS = "max_tokens"  # it knows no other


@dataclass(frozen=True, slots=True)
class ModelUpstream:
    """A place that answers model requests.

    `key_variable` names the environment variable with its key (None: it takes none): the key itself is never in a
    definition. `base_url` ends before what the wire format names, such as https://models.example/v1. `region` is where
    it computes; `data_class` the most sensitive data that it may be sent. `unencrypted_signed_by` is who signed that
    the way there, which is no https, is safe. `has_responses`: one that speaks OpenAI's format also has its Responses;
    elsewhere such requests are put to it as chat completions. Times in seconds.
    """

    name: str
    wire: WireFormat
    base_url: str
    region: str
    data_class: DataClass = DataClass.INTERNAL
    key_variable: str | None = None
    unencrypted_signed_by: str | None = None
    connect_s: float = 5.0
    first_byte_s: float = 60.0
    between_chunks_s: float = 30.0
    connections_max: int = 512
    has_responses: bool = True
    output_field: OutputField = OutputField.MAX_COMPLETION_TOKENS


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US micro-dollars a million tokens. Free models say 0; what is unknown is no price.

    Input that is read from the vendor's cache or written into it costs like other input where nothing else is said.
    """

    input_micro_usd: int
    output_micro_usd: int
    cached_input_micro_usd: int | None = None
    cache_write_micro_usd: int | None = None


@dataclass(frozen=True, slots=True)
class GatewayModel:
    """A name that clients may ask for, and where it leads. `fallbacks` are other names, tried in that order.

    `at_upstream` is what the upstream calls it. `price` None: nobody knows what it costs, so it cannot be used where
    money is limited. `retries_max` counts attempts after the first one at the same upstream.
    """

    name: str
    upstream: str
    at_upstream: str
    price: Price | None = None
    fallbacks: tuple[str, ...] = ()
    retries_max: int = 1
    embeds: bool = False
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Who signs bearer tokens (JWT) that are let in. Claims name the client, its tenant, workflow and roles."""

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    client_claim: str = "sub"
    tenant_claim: str = "tenant"
    workflow_claim: str = "workflow"
    leeway_s: int = 30


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """Which addresses may come, as CIDR networks (empty: any), and which proxies are believed about an address."""

    allow: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolServer:
    """An MCP server behind the gateway: `url` (streamable HTTP) or `command` (stdio).

    `environment` names the variables that its process may see, `key_variable` the one with the key that it asks for.
    """

    name: str
    url: str | None = None
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    key_variable: str | None = None


@dataclass(frozen=True, slots=True)
class GatewayDefinition:
    """One immutable version of it; the newest on record is in force. `prices_version` names the cost table."""

    upstreams: tuple[ModelUpstream, ...] = ()
    models: tuple[GatewayModel, ...] = ()
    prices_version: str = ""
    issuers: tuple[TokenIssuer, ...] = ()
    network: NetworkRules = field(default_factory=NetworkRules)
    limits: tuple[TrafficLimit, ...] = ()
    tool_servers: tuple[ToolServer, ...] = ()

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The variables of the environment that hold keys of upstreams and tool servers, in order."""
        named = [one.key_variable for one in self.upstreams] + [one.key_variable for one in self.tool_servers]
        return tuple(sorted({name for name in named if name}))


@dataclass(frozen=True, slots=True)
class GatewayFault:
    """What keeps a definition from counting; `location` is the way to the field, with places in lists from 0."""

    location: tuple[str | int, ...]
    words: str
