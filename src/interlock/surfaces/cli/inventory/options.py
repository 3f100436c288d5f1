"""What the commands are asked to fail on."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.terms.errors import BadInput
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, InventoryPack


@dataclass(frozen=True, slots=True)
class Failing:
    """Tiers and findings that no operation may have."""

    tiers: tuple[Risk, ...]
    findings: tuple[str, ...]

    def found(self, operations: Sequence[Audited]) -> dict[str, int]:
        """How many operations have each of them, without those that none has."""
        counts = {str(tier): sum(one.tier is tier for one in operations) for tier in self.tiers}
        for rule in self.findings:
            counts[rule] = sum(any(found.rule == rule for found in one.findings) for one in operations)
        return {name: count for name, count in counts.items() if count}


def failing_on(named: Sequence[str], pack: InventoryPack) -> Failing:
    """Raises BadInput for what is neither a tier nor a finding."""
    tiers = {str(tier): tier for tier in Risk}
    rules = known_findings([name for name in named if name not in tiers], pack, also=tuple(tiers))
    return Failing(tuple(tiers[name] for name in named if name in tiers), rules)


def known_findings(named: Sequence[str], pack: InventoryPack, also: Sequence[str] = ()) -> tuple[str, ...]:
    """The same names. Raises BadInput for one that no rule has: a misspelt filter would find nothing, quietly."""
    for name in named:
        if name not in pack.findings:
            known = [*also, *pack.findings]
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            raise BadInput(f"there is no finding '{name}' ({hint})")
    return tuple(named)
