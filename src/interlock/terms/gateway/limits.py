"""What a request may use at most, and what of a limit is used."""

from dataclasses import dataclass

from interlock.terms.gateway.traffic import Of, Per, Unit


@dataclass(frozen=True, slots=True)
class Need:
    """The most that one request can use. `micro_usd` None: nobody knows what it costs."""

    tokens: int
    micro_usd: int | None
    requests: int = 1


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of one limit is used in the present window, by whom.

    `where` is where the limit stands: "gateway", "client" (its own) or "workflow:NAME". `name` is the one whose use is
    added up, "" for everything and for those without a tenant. `used` holds what requests under way have reserved and
    what gateways have leased in advance; it may be more than `most` where an upstream used more than it was asked for,
    or the limit was lowered. `most` None: no such limit is in force any more. `window_ends` is RFC 3339.
    """

    where: str
    of: Of
    name: str
    unit: Unit
    per: Per
    model: str | None
    used: int
    most: int | None
    window_ends: str


@dataclass(frozen=True, slots=True)
class Overrun:
    """A request used more of a limit than was reserved for it: the upstream does not keep to what it is asked for."""

    unit: Unit
    reserved: int
    used: int
