"""Everything that the rules say of operations."""

from collections.abc import Iterable

from interlock.engine.inventory.exposure import exposure_of
from interlock.engine.inventory.findings import findings_of
from interlock.engine.inventory.function import function_of
from interlock.engine.inventory.sensitivity import sensitive_of
from interlock.engine.inventory.tier import authority_of, class_of, tier_of
from interlock.terms.inventory import Audited, Exposure, InventoryPack, Operation


def audit(
    operations: Iterable[Operation], pack: InventoryPack, *, exposure: Exposure | None = None
) -> tuple[Audited, ...]:
    """Each operation with what it is taken to be. `exposure`: what somebody states of all of them."""
    return tuple(_one(operation, pack, exposure) for operation in operations)


def _one(operation: Operation, pack: InventoryPack, stated: Exposure | None) -> Audited:
    function, function_because = function_of(operation, pack)
    findings = findings_of(operation, function, pack)
    tier, tier_because = judged = tier_of(operation, function, pack)
    authority, authority_because = authority_of(function, judged, findings)
    exposure = exposure_of(operation, pack, stated)
    return Audited(
        operation=operation,
        function=function,
        function_because=function_because,
        sensitive=sensitive_of(operation, pack),
        exposure=exposure,
        tier=tier,
        tier_because=tier_because,
        authority=authority,
        authority_because=authority_because,
        service_class=class_of(function, tier, exposure),
        findings=findings,
    )
