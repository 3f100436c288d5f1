"""What a policy reads about one case at the edge, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EdgeFacts:
    """The typed facts of one case, as a policy reads them just before the effect.

    Money in cents, confidence in per-mille (Cedar has no floats); None where nobody said. `items` counts what one
    effect touches (bulk size). `at` is RFC 3339 in UTC. `used` is what the running windows hold before this case, by
    counter name (cents or cases). `extra` are the caller's own facts for hand-written rules: strings, integers,
    booleans.
    """

    workflow: str
    action: str
    label: str
    at: str
    confidence_permille: int | None = None
    tenant: str | None = None
    segment: str | None = None
    target: str | None = None
    amount_cents: int | None = None
    items: int = 1
    used: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """Whether the effect may be applied, the ids of the rules that decided, and why, in words with the facts.

    `failed`: the policy could not be evaluated without error; that is never allowed.
    """

    allowed: bool
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Reservation:
    """A part of a running limit that an effect takes before it begins: `amount` of `limit` in the counter's window.

    `counter` names limit and window, such as 'amount_per_day:2026-11-26'. Taken in the transaction of the intent, given
    back where it is certain that nothing was applied.
    """

    counter: str
    amount: int
    limit: int
