"""What the AI suggests and what may happen to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from interlock.terms.absent import ABSENT_AT_DEFAULT
from interlock.terms.policy import PolicyAnswer
from interlock.terms.workflow import Limits


class Verb(StrEnum):
    """The four decisions."""

    APPLY = "apply"
    REVIEW = "review"
    SHADOW = "shadow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion for one case. `key` derives from business inputs, never from a model's output.

    `confidence` is None where the model gave none: then a person decides. `payload_digest` binds the case's content,
    which is kept apart so that it can be erased. `novelty` is the share of usual cases that are at least as unlike the
    certificate's cases (a conformal p-value: small is novel); None where nobody measured it.

    For limits at the edge: `target` is whom or what the effect touches, `amount_cents` what it moves, `items` how many
    things at once, `facts` what hand-written rules ask for. `tenant` and `segment` are also scopes of the kill switch.
    `arguments` (JSON-able) go to the action as they are. `target`, `facts` and `arguments` are kept where they can be
    erased. `doubt` says why a person is to decide whatever authority there is, None where nothing speaks for that.
    """

    key: str
    release: str
    label: str
    confidence: float | None
    payload_digest: str
    novelty: float | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    tenant: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    segment: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    target: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    amount_cents: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    items: int = field(default=1, metadata=ABSENT_AT_DEFAULT)
    facts: Mapping[str, str | int | bool] = field(default_factory=dict, metadata=ABSENT_AT_DEFAULT)
    arguments: Mapping[str, Any] = field(default_factory=dict, metadata=ABSENT_AT_DEFAULT)
    doubt: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """The part of a grant that a decision reads. `expires_at` is RFC 3339 in UTC, so text order is time order.

    `level` is one of terms.grant.AutonomyLevel. `segments` are those that it covers (empty: all), `high_harm` names
    steps that always go to a person.
    """

    release: str
    threshold: float | None
    traffic_share: float
    audit_share: float
    expires_at: str
    level: str = field(default="agent", metadata=ABSENT_AT_DEFAULT)
    segments: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    high_harm: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """All that a decision depends on; recorded with it, so that it can be recomputed.

    `current_release` is the workflow's release in force, `label_known` whether the certificate knew that label,
    `halted` the scopes that are killed, `applied_today` the number of applied cases since midnight UTC, `traffic_draw`
    and `audit_draw` keyed draws in [0, 1). `unreached_at` is when the proposal was made, where the store could not be
    reached then: its caller was told that a person decides.
    """

    proposal: Proposal
    current_release: str
    owners_named: bool
    effect_allowed: bool
    label_known: bool
    limits: Limits
    grant: GrantFacts | None
    halted: tuple[str, ...]
    applied_today: int
    traffic_draw: float
    audit_draw: float
    at: str
    policy: PolicyAnswer | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    unreached_at: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision with its reasons; `audited` cases go to a blind review after they are applied."""

    verb: Verb
    reasons: tuple[str, ...]
    audited: bool = False
