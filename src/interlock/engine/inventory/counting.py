"""How many of which, for tables, records and exit codes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from interlock.terms.gateway.tools import ToolAuthority
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, Function, RecordedOperation

HARSHEST_FIRST = (Risk.HIGH, Risk.MEDIUM, Risk.LOW)


@dataclass(frozen=True, slots=True)
class Counted:
    """Operations of one service, or of all. `findings` counts operations by rule, the most frequent first."""

    service: str
    operations: int
    tiers: Mapping[Risk, int]
    authorities: Mapping[ToolAuthority, int]
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which operations; empty: any. A tier is met by itself alone."""

    tiers: tuple[Risk, ...] = ()
    functions: tuple[Function, ...] = ()
    findings: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.tiers or self.functions or self.findings or self.services)


def wanted_of(operations: Iterable[Audited], wanted: Wanted) -> tuple[Audited, ...]:
    """Those that meet all that is asked for."""
    return tuple(
        one
        for one in operations
        if (not wanted.tiers or one.tier in wanted.tiers)
        and (not wanted.functions or one.function in wanted.functions)
        and (not wanted.findings or any(found.rule in wanted.findings for found in one.findings))
        and (not wanted.services or one.operation.service in wanted.services)
    )


def recorded(one: Audited) -> RecordedOperation:
    """What stays on record of it."""
    operation = one.operation
    return RecordedOperation(
        service=operation.service,
        name=operation.name,
        function=one.function,
        tier=one.tier,
        authority=one.authority,
        exposure=one.exposure,
        service_class=one.service_class,
        sensitive=tuple(one.sensitive),
        findings=tuple(found.rule for found in one.findings),
        digest=operation.digest,
    )


def by_service(operations: Sequence[RecordedOperation]) -> tuple[Counted, ...]:
    """One for each service, those with the most high ones first."""
    names = dict.fromkeys(one.service for one in operations)
    parts: dict[str, list[RecordedOperation]] = {name: [] for name in names}
    for one in operations:
        parts[one.service].append(one)
    found = [counted(name, inner) for name, inner in parts.items()]
    return tuple(sorted(found, key=lambda one: (-one.tiers[Risk.HIGH], -one.operations, one.service)))


def counted(name: str, operations: Sequence[RecordedOperation]) -> Counted:
    """All of them together."""
    tiers = Counter(one.tier for one in operations)
    authorities = Counter(one.authority for one in operations)
    findings = Counter(rule for one in operations for rule in one.findings)
    return Counted(
        name,
        len(operations),
        {tier: tiers[tier] for tier in HARSHEST_FIRST},
        {authority: authorities[authority] for authority in ToolAuthority},
        dict(sorted(findings.items(), key=lambda item: (-item[1], item[0]))),
    )
