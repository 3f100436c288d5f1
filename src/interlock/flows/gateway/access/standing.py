"""What the traffic of each workflow may do, compiled from the store and kept until something on record changes."""

from collections.abc import Callable
from dataclasses import dataclass

from interlock.engine.gateway.routing.compiled import compiled
from interlock.engine.rollout.definition import definition_of
from interlock.flows.access.tenants import tenant_of
from interlock.flows.gateway.define import gateway_in_force
from interlock.ports.store import Reading, Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.definition import GatewayDefinition
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.intent import scopes_of

KEPT_S = 30.0  # how long authority that cannot be read anew may still be used for traffic, which has no effect
NO_GATEWAY = Refusal(
    RefusalKind.FORBIDDEN,
    "no gateway definition",
    "the gateway has no definition yet; an operator puts it on record with: interlock gateway apply -f gateway.yaml",
)


@dataclass(frozen=True, slots=True)
class _Kept:
    found: TrafficAuthority | Refusal
    version: int
    read_at: float


class TrafficStandings:
    """By workflow and tenant. `version` rises with whatever is recorded, in any process; it costs no look at the store.

    `monotonic` is a clock in seconds that never goes back.
    """

    def __init__(self, store: Store, *, version: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._store, self._version, self._monotonic = store, version, monotonic
        self._kept: dict[tuple[str, str | None], _Kept] = {}

    def kept(self, workflow: str, tenant: str | None) -> TrafficAuthority | Refusal | None:
        """What is known already and still holds, None where the store has to be read."""
        kept = self._kept.get((workflow, tenant))
        return kept.found if kept is not None and kept.version == self._version() else None

    def read(self, workflow: str, tenant: str | None) -> TrafficAuthority | Refusal:
        """The same, read anew. Where the store cannot be read, what was read at most `KEPT_S` ago holds."""
        version, now = self._version(), self._monotonic()  # seen before it is read: a change meanwhile is read again
        try:
            with self._store.reading() as reading:
                found = authority_of(reading, workflow, tenant)
        except Unavailable as exc:
            kept = self._kept.get((workflow, tenant))
            if kept is not None and now - kept.read_at <= KEPT_S:
                return kept.found
            return Refusal(RefusalKind.UNAVAILABLE, "store", f"what this workflow may do cannot be read: {exc}")
        self._kept[workflow, tenant] = _Kept(found, version, now)
        return found


def authority_of(reading: Reading, workflow: str, tenant: str | None) -> TrafficAuthority | Refusal:
    """What a tenant's traffic of a workflow may do. Raises Unavailable."""
    gateway, row = gateway_in_force(reading), reading.workflow(workflow)
    if row is None:
        words = f"there is no workflow '{workflow}' that this client could act for; apply its definition first"
        return Refusal(RefusalKind.FORBIDDEN, "no workflow", words)
    if gateway is None:
        return NO_GATEWAY
    given = tenant_of(reading, workflow)
    if given is not None and tenant != given:
        return Refusal(RefusalKind.FORBIDDEN, "tenant", f"'{workflow}' is not this client's tenant's to use")
    halted = reading.halted(scopes_of(workflow, tenant=tenant))
    return compiled(definition_of(row.definition), gateway, release=row.release, halted=halted)


def definition_in_force(reading: Reading) -> GatewayDefinition:
    """The gateway's definition; an empty one where there is none yet."""
    return gateway_in_force(reading) or GatewayDefinition()
