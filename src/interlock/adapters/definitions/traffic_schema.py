"""The `traffic` part of a workflow definition, and limits of traffic as people write them."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from interlock.adapters.definitions.field_types import (
    MODEL_NAME,
    NUMBER_MAX,
    FilePart,
    Names,
    OpenShare,
    SomeUsd,
    Words,
    each_once,
)
from interlock.terms.gateway.content import PersonalKind
from interlock.terms.gateway.traffic import (
    CacheMode,
    DataClass,
    Of,
    OnFinding,
    Per,
    TrafficLimit,
    TrafficPlan,
    Unit,
)

BODY_BYTES_MAX = 64_000_000
TOKENS_MAX = 10_000_000
SIMILARITY_MIN = 0.8  # below it, questions about the same subject count as the same question
CACHE_S_MAX = 30 * 24 * 3600
LIMITS_MAX = 200
PHRASE_MIN = 3
MICRO = 1_000_000

ModelName = Annotated[str, StringConstraints(pattern=MODEL_NAME)]
ModelNames = Annotated[tuple[ModelName, ...], Field(max_length=20)]
Count = Annotated[int, Field(ge=1, le=NUMBER_MAX, strict=True)]
Phrase = Annotated[str, StringConstraints(min_length=PHRASE_MIN, max_length=200)]
PolicyText = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class TrafficLimitPart(FilePart):
    """At most so many requests, tokens or USD in a minute, a day or a month, of each client, of a workflow ..."""

    of: Of
    per: Per
    requests: Count | None = None
    tokens: Count | None = None
    usd: SomeUsd | None = None
    name: Words | None = None
    model: ModelName | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "TrafficLimitPart":
        given = [unit for unit in ("requests", "tokens", "usd") if getattr(self, unit) is not None]
        if len(given) != 1:
            raise ValueError(f"limits one of requests, tokens or usd; here are {', '.join(given) or 'none of them'}")
        if self.of is Of.EVERYTHING and self.name is not None:
            raise ValueError("a limit of everything has no name; take it out, or write of: client")
        if self.usd is not None and round(self.usd * MICRO) < 1:
            raise ValueError(f"usd ({self.usd}) is less than a micro-dollar, so nothing could ever pass; raise it")
        return self

    def limit(self) -> TrafficLimit:
        """The term; money in whole micro-dollars."""
        if self.usd is not None:
            unit, most = Unit.MICRO_USD, round(self.usd * MICRO)
        elif self.tokens is not None:
            unit, most = Unit.TOKENS, self.tokens
        else:
            unit, most = Unit.REQUESTS, self.requests or 0
        return TrafficLimit(self.of, unit, self.per, most, self.name, self.model)


LimitParts = Annotated[tuple[TrafficLimitPart, ...], Field(max_length=LIMITS_MAX)]


class TrafficPart(FilePart):
    """Which models a workflow may ask, and what is done to its traffic on the way."""

    models: ModelNames = ()
    regions: Names = ()
    data_class: DataClass = DataClass.INTERNAL
    input_bytes_max: Annotated[int, Field(ge=1, le=BODY_BYTES_MAX, strict=True)] = 1_000_000
    output_tokens_max: Annotated[int, Field(ge=1, le=TOKENS_MAX, strict=True)] = 4_096
    redact: Annotated[tuple[PersonalKind, ...], AfterValidator(each_once)] = ()
    redact_output: Annotated[tuple[PersonalKind, ...], AfterValidator(each_once)] = ()
    restore: bool = True
    on_injection: OnFinding = OnFinding.FLAG
    on_secret: OnFinding = OnFinding.REDACT
    forbidden_output: Annotated[tuple[Phrase, ...], Field(max_length=100)] = ()
    cache: CacheMode = CacheMode.NONE
    cache_s: Annotated[int, Field(ge=1, le=CACHE_S_MAX, strict=True)] = 3_600
    cache_model: ModelName | None = None
    cache_similarity: Annotated[float, Field(ge=SIMILARITY_MIN, le=1, strict=True, allow_inf_nan=False)] = 0.97
    escalate_below: OpenShare | None = None
    shadow_model: ModelName | None = None
    shadow_share: Annotated[float, Field(ge=0, le=1, strict=True)] = 0.0
    limits: LimitParts = ()
    policy: Annotated[tuple[PolicyText, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _possible(self) -> "TrafficPart":
        if self.on_injection is OnFinding.REDACT:
            raise ValueError("on_injection is flag or refuse: an attack cannot be taken out of a text")
        if (self.shadow_model is None) is not (self.shadow_share == 0.0):
            raise ValueError("shadow_model and shadow_share go together: write both, or neither")
        if (self.cache is CacheMode.SEMANTIC) is not (self.cache_model is not None):
            raise ValueError(
                "cache: semantic and cache_model go together: write both, or neither. The model is one of the "
                "gateway's that embeds, and questions leave for it"
            )
        if self.escalate_below is not None and len(self.models) < 2:
            raise ValueError("escalate_below needs a second model to turn to; add one, or take it out")
        whole_only = [kind for kind in self.redact_output if not kind.in_streams]
        if whole_only:
            raise ValueError(f"redact_output: {', '.join(whole_only)} cannot be taken out of an answer as it streams")
        odd = next((one.of for one in self.limits if one.of in (Of.WORKFLOW, Of.EVERYTHING) and one.name), None)
        if odd is not None:
            raise ValueError("a limit in a workflow's file is that workflow's; leave its name out")
        return self

    def plan(self, policy: tuple[str, ...]) -> TrafficPlan:
        """The term, with hand-written rules as texts."""
        whole = {name: getattr(self, name) for name in type(self).model_fields}
        whole |= {name: tuple(map(str, whole[name])) for name in ("redact", "redact_output")}
        return TrafficPlan(**{**whole, "limits": tuple(one.limit() for one in self.limits), "policy": policy})
