"""What is said to a client whose request a limit does not let through. Figures are its own or its tenant's only."""

import datetime as dt
from math import ceil

from interlock.engine.gateway.limits.counted import GATEWAY, OWN, Counted
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import Of, Per, Unit

MICRO = 1_000_000
_EACH = {Per.MINUTE: "a minute", Per.DAY: "a day", Per.MONTH: "a month"}
_THIS = {Per.MINUTE: "this minute", Per.DAY: "today (UTC)", Per.MONTH: "this month (UTC)"}


def spent(one: Counted, *, amount: int, used: int, now: dt.datetime, ends: dt.datetime) -> Refusal:
    """Not enough is left for `amount`; `used` is used, reserved or leased by then. Never by more than there is left."""
    if amount > one.most:
        return too_much(one, amount)
    whom = _whom(one)
    retry_after_s = max(1, ceil((ends - now).total_seconds()))
    figures = f"{amounted(one.unit, min(used, one.most))} of it used or reserved {_THIS[one.per]}, and this request"
    said = f"{figures} may use {amounted(one.unit, amount)}" if one.of in (Of.CLIENT, Of.TENANT) else "it is used up"
    words = (
        f"{whom} may use {amounted(one.unit, one.most)} {_EACH[one.per]}{_of_model(one)}: {said}. The window ends at "
        f"{ends:%Y-%m-%dT%H:%M:%SZ}, in {retry_after_s} s; wait for that, or ask an operator for a higher limit"
    )
    return Refusal(_kind(one), rule(one), words, retry_after_s)


def too_much(one: Counted, amount: int) -> Refusal:
    """The request by itself could use more than the whole limit: waiting does not help."""
    words = (
        f"this request may use {amounted(one.unit, amount)}, and {_whom(one)} may use {amounted(one.unit, one.most)} "
        f"{_EACH[one.per]}{_of_model(one)}; send less, ask for fewer output tokens, or ask an operator for more"
    )
    return Refusal(_kind(one), rule(one), words)


def no_price(one: Counted, model: str) -> Refusal:
    """Money is limited and nobody knows what the model costs."""
    words = (
        f"nobody has said what the model '{model}' costs, so it cannot be used where money is limited; an operator "
        "adds its price to the gateway's definition"
    )
    return Refusal(RefusalKind.BUDGET, rule(one), words)


def uncounted(one: Counted) -> Refusal:
    """The store that counts for all gateways does not answer, and what was leased from it is used."""
    words = "what is used of the limits cannot be counted at the moment, so nothing passes; try again in a moment"
    return Refusal(RefusalKind.UNAVAILABLE, rule(one), words, 1)


def rule(one: Counted) -> str:
    """Which limit, in the trace: where it stands, whose use it adds up, what it counts."""
    model = "" if one.model is None else f" {one.model}"
    return f"limit {one.where} {one.of.value} {one.unit.value}/{one.per.value}{model}"


def amounted(unit: Unit, amount: int) -> str:
    """An amount with its unit; money to the micro-dollar, and no fraction that says nothing."""
    if unit is not Unit.MICRO_USD:
        return f"{amount:,} {unit.value if amount != 1 else unit.value.removesuffix('s')}"
    whole, rest = divmod(amount, MICRO)
    fraction = f"{rest:06d}".rstrip("0")
    return f"{whole:,}.{fraction.ljust(2, '0')} USD"


def whose(of: Of, name: str | None, where: str = GATEWAY) -> str:
    """Whose use a limit adds up, for who may see them all. `name` None: each by itself; "" of a tenant: none."""
    if of is Of.EVERYTHING:
        return "all together" if where == GATEWAY else "all of the workflow together"
    if name is None:
        return f"each {of}"
    return f"{of} {name}" if name else "all without a tenant"


def set_in(where: str) -> str:
    """Where a limit stands."""
    if where == GATEWAY:
        return "set for the gateway"
    if where == OWN:
        return "set with its key"
    return f"set in the definition of {where.partition(':')[2]}"


def _kind(one: Counted) -> RefusalKind:
    return RefusalKind.BUDGET if one.unit is Unit.MICRO_USD else RefusalKind.LIMITED


def _of_model(one: Counted) -> str:
    return "" if one.model is None else f" of the model '{one.model}'"


def _whom(one: Counted) -> str:
    match one.of:
        case Of.CLIENT:
            return f"the client '{one.name}'"
        case Of.TENANT:
            return f"the tenant '{one.name}'" if one.name else "all clients without a tenant together"
        case Of.WORKFLOW:
            return f"the workflow '{one.name}'"
        case Of.EVERYTHING:
            return "all clients together" if one.where == GATEWAY else "all clients of the workflow together"
