"""The shape of `gateway.yaml`: where models and tool servers are, what they cost, who may come in."""

import ipaddress
import math
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from interlock.adapters.definitions.field_types import NUMBER_MAX, FilePart, Name, Usd, Words
from interlock.adapters.definitions.traffic_schema import LimitParts, ModelName, ModelNames
from interlock.terms.gateway.definition import (
    GatewayDefinition,
    GatewayModel,
    ModelUpstream,
    NetworkRules,
    OutputField,
    Price,
    TokenIssuer,
    ToolServer,
    WireFormat,
)
from interlock.terms.gateway.traffic import DataClass

MICRO = 1_000_000
SECONDS_MAX = 3_600
KNOWN_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("is no address; write one such as https://models.example.com/v1, without a name or a query")
    return text.rstrip("/")


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(f"'{text}' is no network; write one such as 10.0.0.0/8 or 2001:db8::/32") from None


def _algorithm(text: str) -> str:
    if text not in KNOWN_ALGORITHMS:
        raise ValueError(f"'{text}' is no signature that is let in; there are: {', '.join(KNOWN_ALGORITHMS)}")
    return text


def _variable(text: str) -> str:
    if re.fullmatch(r"[A-Z][A-Z0-9_]{0,99}", text) is None:  # perhaps it is the key itself, so it is not said again
        raise ValueError(
            "is no name of an environment variable, such as EU_MODELS_KEY: keys stand in the environment of the "
            "gateway, never in a file"
        )
    return text


def is_private_way(address: str) -> bool:
    """Whether nobody on the way can read along: https, or a way that does not leave this machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Address = Annotated[str, AfterValidator(_address)]
# What tokens say is compared to the letter, and some issuers end in a slash.
IssuerName = Annotated[str, AfterValidator(lambda text: _address(text) and text)]
Network = Annotated[str, AfterValidator(_network)]
Networks = Annotated[tuple[Network, ...], Field(max_length=1_000)]
Variable = Annotated[str, AfterValidator(_variable)]
Seconds = Annotated[float, Field(gt=0, le=SECONDS_MAX, strict=True, allow_inf_nan=False)]
Algorithm = Annotated[str, AfterValidator(_algorithm)]


class UpstreamPart(FilePart):
    """A place that answers model requests."""

    wire: WireFormat
    base_url: Address
    region: Words
    data_class: DataClass = DataClass.INTERNAL
    key_variable: Variable | None = None
    unencrypted_signed_by: Words | None = None
    connect_s: Seconds = 5.0
    first_byte_s: Seconds = 60.0
    between_chunks_s: Seconds = 30.0
    connections_max: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 512
    has_responses: bool = True
    output_field: OutputField = OutputField.MAX_COMPLETION_TOKENS

    @model_validator(mode="after")
    def _nobody_reads_along(self) -> "UpstreamPart":
        if not is_private_way(self.base_url) and self.unencrypted_signed_by is None:
            raise ValueError(
                "base_url is not https, so whoever is on the way reads along; write https, or name who signed that "
                "this way is safe in unencrypted_signed_by"
            )
        return self


class PricePart(FilePart):
    """What a million tokens cost, in USD."""

    input_usd: Usd
    output_usd: Usd
    cached_input_usd: Usd | None = None
    cache_write_usd: Usd | None = None

    def price(self) -> Price:
        """The term: whole micro-dollars, rounded up, so that a budget is never underrated."""
        cached, written = (
            None if usd is None else _micro(usd) for usd in (self.cached_input_usd, self.cache_write_usd)
        )
        return Price(_micro(self.input_usd), _micro(self.output_usd), cached, written)


class ModelPart(FilePart):
    """A name that clients may ask for, and where it leads."""

    upstream: Name
    at_upstream: Words | None = None
    price_per_million: PricePart | None = None
    fallbacks: ModelNames = ()
    retries_max: Annotated[int, Field(ge=0, le=10, strict=True)] = 1
    embeds: bool = False
    context_tokens: Annotated[int, Field(ge=1, le=NUMBER_MAX, strict=True)] | None = None

    def model(self, name: str) -> GatewayModel:
        """The term."""
        return GatewayModel(
            name,
            self.upstream,
            self.at_upstream or name,
            None if self.price_per_million is None else self.price_per_million.price(),
            self.fallbacks,
            self.retries_max,
            self.embeds,
            self.context_tokens,
        )


class IssuerPart(FilePart):
    """Who signs bearer tokens that are let in."""

    issuer: IssuerName
    audience: Words
    jwks_url: Address
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1, max_length=10)] = ("RS256", "ES256", "EdDSA")
    client_claim: Words = "sub"
    tenant_claim: Words = "tenant"
    workflow_claim: Words = "workflow"
    leeway_s: Annotated[int, Field(ge=0, le=300, strict=True)] = 30

    @model_validator(mode="after")
    def _keys_cannot_be_forged(self) -> "IssuerPart":
        if not is_private_way(self.jwks_url):
            raise ValueError("jwks_url is not https: whoever is on the way could put keys of their own there")
        return self


class NetworkPart(FilePart):
    """Which addresses may come, and which proxies are believed."""

    allow: Networks = ()
    trusted_proxies: Networks = ()


class ToolServerPart(FilePart):
    """An MCP server behind the gateway."""

    url: Address | None = None
    command: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    environment: Annotated[tuple[Variable, ...], Field(max_length=100)] = ()
    key_variable: Variable | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "ToolServerPart":
        if (self.url is None) is (not self.command):
            raise ValueError("is reached at a url or started with a command; write one of them")
        if self.url is not None and not is_private_way(self.url):
            raise ValueError("url is not https, so whoever is on the way reads along and could answer in its place")
        return self


class GatewayFile(FilePart):
    """One gateway definition."""

    gateway: Name
    prices_version: Words
    upstreams: Annotated[dict[Name, UpstreamPart], Field(max_length=200)] = Field(default_factory=dict)
    models: Annotated[dict[ModelName, ModelPart], Field(max_length=1_000)] = Field(default_factory=dict)
    issuers: Annotated[tuple[IssuerPart, ...], Field(max_length=50)] = ()
    network: NetworkPart = NetworkPart()
    limits: LimitParts = ()
    tool_servers: Annotated[dict[Name, ToolServerPart], Field(max_length=200)] = Field(default_factory=dict)

    def definition(self) -> GatewayDefinition:
        """The term."""
        return GatewayDefinition(
            tuple(ModelUpstream(name, **part.model_dump()) for name, part in self.upstreams.items()),
            tuple(part.model(name) for name, part in self.models.items()),
            self.prices_version,
            tuple(TokenIssuer(**part.model_dump()) for part in self.issuers),
            NetworkRules(**self.network.model_dump()),
            tuple(part.limit() for part in self.limits),
            tuple(ToolServer(name, **part.model_dump()) for name, part in self.tool_servers.items()),
        )


def _micro(usd: float) -> int:
    return math.ceil(round(usd * MICRO, 6))
