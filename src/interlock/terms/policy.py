"""What a policy reads about one case at the edge, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FactKind(StrEnum):
    """What a caller's own fact for hand-written rules may be: text, a whole number of 64 bits, true or false."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From `begin_minute` of a day until before `end_minute`, on `weekdays`, by the clock of an IANA zone.

    Where the end is before the beginning it is that of the next day; the weekday is then that of the beginning.
    """

    begin_minute: int
    end_minute: int
    weekdays: tuple[str, ...] = WEEKDAYS
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A moment on the clock of the zone in which hours are meant: a weekday of WEEKDAYS, and the minute of the day."""

    weekday: str
    minute: int


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
class StatedCase:
    """A case that somebody made up to see what limits would say. `used` is by the name of the running limit.

    Amounts in cents; `at` is RFC 3339 in UTC, None for now.
    """

    label: str
    confidence: float | None = None
    novelty: float | None = None
    tenant: str | None = None
    segment: str | None = None
    target: str | None = None
    amount_cents: int | None = None
    items: int = 1
    at: str | None = None
    used: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """Whether the effect may be applied, the ids of the rules that decided, and why not, in words with the facts.

    The words hold what is recorded of a case anyway. Its target and its own facts can be erased, so they are named and
    not shown. `failed`: the policy could not be evaluated without error; that is never allowed.
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


@dataclass(frozen=True, slots=True)
class EdgeRule:
    """One rule in Cedar: its id in words, its text, and the attributes of the context that it reads.

    An attribute of a part is named with a dot, such as 'facts.country'. `own` rules are hand-written.
    """

    id: str
    cedar: str
    reads: frozenset[str] = frozenset()
    own: bool = False


@dataclass(frozen=True, slots=True)
class EdgeRequest:
    """What a policy is asked about one case: the attributes that its rules read, and the target (a resource).

    `doubts`: why it cannot be asked, in words. `failed`: a doubt comes from broken machinery or a broken call, not from
    what nobody knew about the case.
    """

    context: Mapping[str, object]
    target: str
    doubts: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """Why a hand-written text cannot be used: the place of the text in the list, the line in it (from 1), the mend."""

    text: int
    line: int
    words: str
