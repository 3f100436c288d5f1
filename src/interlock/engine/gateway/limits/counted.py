"""Which counters a request counts on, and the key of each in the store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from interlock.terms.gateway.client import Client
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, Unit

GATEWAY = "gateway"
OWN = "client"


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter with its limit. `where`, `name` and `model` as in interlock.terms.gateway.limits.LimitUse."""

    where: str
    of: Of
    name: str
    unit: Unit
    per: Per
    model: str | None
    most: int

    def key(self, label: str) -> str:
        """In the store: it names the counter and the window. Text order groups the windows."""
        parts = (self.per.value, label, self.where, self.of.value, self.name, self.unit.value, self.model or "")
        return "/".join(map(_escaped, parts))


def within(workflow: str) -> str:
    """Where the limits of a workflow's file stand: they count that workflow's traffic only."""
    return f"workflow:{workflow}"


def counters_of(
    client: Client, model: str, *, gateway: Iterable[TrafficLimit], plan: Iterable[TrafficLimit]
) -> tuple[Counted, ...]:
    """What a request of this client to this model counts on: of the gateway, of the workflow's file, and its own.

    Of several limits on one counter the lowest holds. A client without a tenant counts where limits of tenants are
    meant for each: with all the others that have none.
    """
    found: dict[tuple[object, ...], Counted] = {}
    for where, limits in ((GATEWAY, gateway), (within(client.workflow), plan), (OWN, client.limits)):
        for limit in limits:
            one = _counter(where, limit, client, model)
            if one is None:
                continue
            same = (one.where, one.of, one.name, one.unit, one.per, one.model)
            if same not in found or one.most < found[same].most:
                found[same] = one
    return tuple(found.values())


def parts_of(key: str) -> tuple[str, Of, str, Unit, Per, str | None]:
    """(where, of, name, unit, per, model) of a key. Raises ValueError for what is none."""
    per, _, where, of, name, unit, model = map(_plain, key.split("/"))
    return where, Of(of), name, Unit(unit), Per(per), model or None


def named_counters(where: str, limits: Iterable[TrafficLimit]) -> Iterator[Counted]:
    """The counters of limits that say whose use they add up, or need not."""
    for limit in limits:
        name = where.partition(":")[2] if limit.of is Of.WORKFLOW and limit.name is None else limit.name
        if limit.of is Of.EVERYTHING or name:
            yield Counted(where, limit.of, name or "", limit.unit, limit.per, limit.model, limit.most)


def _counter(where: str, limit: TrafficLimit, client: Client, model: str) -> Counted | None:
    name = _name(limit.of, client)
    if limit.model not in (None, model) or limit.name not in (None, name):
        return None
    return Counted(where, limit.of, name, limit.unit, limit.per, limit.model, limit.most)


def _name(of: Of, client: Client) -> str:
    match of:
        case Of.CLIENT:
            return client.name
        case Of.WORKFLOW:
            return client.workflow
        case Of.TENANT:
            return client.tenant or ""
        case Of.EVERYTHING:
            return ""


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")


def _plain(part: str) -> str:
    return part.replace("%2F", "/").replace("%25", "%")
