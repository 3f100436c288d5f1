"""What a workflow's definition says about its model traffic: it acts, so it is part of the release."""

from dataclasses import dataclass
from enum import StrEnum


class DataClass(StrEnum):
    """How sensitive what a workflow sends is, least first."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"

    @property
    def rank(self) -> int:
        """0 for the least sensitive."""
        return list(DataClass).index(self)


class OnFinding(StrEnum):
    """What happens to a request in which a detector finds something."""

    FLAG = "flag"  # it passes, and the finding is on record
    REDACT = "redact"  # what was found is taken out; where nothing can be taken out it is refused
    REFUSE = "refuse"


class CacheMode(StrEnum):
    """Whether an answer may be given again, always within one tenant and one workflow."""

    NONE = "none"  # not "off", which YAML reads as false
    EXACT = "exact"  # for a request that is the same, byte for byte, in everything that acts
    SEMANTIC = "semantic"  # also for a request that means the same, as far as an embedding can tell


class Unit(StrEnum):
    """What a limit counts. Money is counted in US micro-dollars."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    MICRO_USD = "micro_usd"


class Per(StrEnum):
    """The window of a limit, by the clock in UTC, from its first second to its last."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Of(StrEnum):
    """Whose use a limit adds up."""

    CLIENT = "client"  # each client (key or token subject) by itself
    WORKFLOW = "workflow"
    TENANT = "tenant"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class TrafficLimit:
    """At most `most` of a unit in a window, for one whose use is added up, everywhere in the system together.

    `name` None: each client, workflow or tenant has that much; else only the one of that name. `model` None: all models
    together; else only that one counts.
    """

    of: Of
    unit: Unit
    per: Per
    most: int
    name: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class TrafficPlan:
    """What a workflow may send to models, and what is done to it on the way.

    `models` are names in the gateway's definition, cheapest tier first; a request may name one of them or `auto`. Empty
    means: no model traffic. `regions` empty: any region. `redact` are kinds of personal data (engine.gateway.redaction
    names them) that never leave; `restore` puts the original values back into the answer. `escalate_below`: an answer
    whose stated confidence is lower is asked of the next tier. `forbidden_output` are phrases that no answer may hold.
    `shadow_model` is sent a share of the traffic, whose answers are only compared. `cache_model` embeds questions for a
    semantic cache, and `cache_similarity` is the least cosine of two that share an answer. Sizes in bytes and tokens.
    """

    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    data_class: DataClass = DataClass.INTERNAL
    input_bytes_max: int = 1_000_000
    output_tokens_max: int = 4_096
    redact: tuple[str, ...] = ()
    redact_output: tuple[str, ...] = ()
    restore: bool = True
    on_injection: OnFinding = OnFinding.FLAG
    on_secret: OnFinding = OnFinding.REDACT
    forbidden_output: tuple[str, ...] = ()
    cache: CacheMode = CacheMode.NONE
    cache_s: int = 3_600
    cache_model: str | None = None
    cache_similarity: float = 0.97
    escalate_below: float | None = None
    shadow_model: str | None = None
    shadow_share: float = 0.0
    limits: tuple[TrafficLimit, ...] = ()
    policy: tuple[str, ...] = ()
