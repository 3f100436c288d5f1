"""The journaled wish before an effect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class IntentState(StrEnum):
    """Where an intent stands. Only `executing` with a live lease is in flight."""

    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Intent:
    """A durable wish: written before its effect, with all that is needed to finish, find or undo it.

    `before` and `after` are None where they were erased (or, for `after`, not known yet). `undo` names the
    compensation, None where it was signed that there is none.
    """

    key: str
    workflow: str
    release: str
    label: str
    epoch: int
    payload_digest: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    state: IntentState
    owner: str
    lease_until: str
    receipt: str | None
    entry: int
    undo: str | None = None
    tenant: str | None = None
    segment: str | None = None
    action: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The kill scopes that its effect falls under."""
        return scopes_of(self.workflow, tenant=self.tenant, segment=self.segment, action=self.action)


def scopes_of(
    workflow: str, *, tenant: str | None = None, segment: str | None = None, action: str | None = None
) -> tuple[str, ...]:
    """The kill scopes that an effect falls under, the widest first."""
    named = (("tenant", tenant), ("workflow", workflow), ("action", action), ("segment", segment))
    return ("global", *(f"{kind}:{name}" for kind, name in named if name is not None))


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect, as its target is asked for it. The same `idempotency_key` must not do it twice.

    `epoch` is the fencing token: a target that keeps the highest one it saw may refuse a lower one. `target`,
    `amount_cents`, `items`, `facts` and `arguments` are those of the proposal.
    """

    case_key: str
    label: str
    idempotency_key: str
    epoch: int
    target: str | None = None
    amount_cents: int | None = None
    items: int = 1
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the target answered, and the state it then held (compared before an undo)."""

    reference: str
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KillReport:
    """The kill contract. What cannot be known is listed by name, never assumed.

    `quiesced_at` is None while an effect may still be in flight; `in_flight` and `in_doubt` hold intent keys.
    """

    scope: str
    epoch: int
    fenced_at: str
    quiesced_at: str | None
    in_flight: tuple[str, ...]
    in_doubt: tuple[str, ...]
