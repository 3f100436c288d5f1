"""What the commands print for people."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from interlock.engine.inventory.counting import HARSHEST_FIRST, Counted, by_service, counted, recorded
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, Interfaces, InventoryPack
from interlock.terms.words import clean

FINDINGS_SHOWN = 3


def tell_summary(box: Toolbox, every: Sequence[Audited], pack: InventoryPack) -> None:
    """Services with their tiers, then each finding with what to do next."""
    kept = [recorded(one) for one in every]
    whole = counted("all", kept)
    services = by_service(kept)
    box.out.print(Text(_conclusion(whole, len(services))), soft_wrap=True)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("service", "operations", *HARSHEST_FIRST, "findings"):
        table.add_column(name, justify="left" if name in ("service", "findings") else "right", overflow="fold")
    for one in services:
        table.add_row(Text(clean(one.service)), f"{one.operations:,}", *_tiers(one), Text(_findings(one)))
    box.out.print(table)
    for rule, count in whole.findings.items():
        said = pack.findings[rule]
        box.out.print(Text(f"{rule}: {count:,} of {whole.operations:,}. Next: {said.next_step}."), soft_wrap=True)


def _conclusion(whole: Counted, services: int) -> str:
    high = whole.tiers[Risk.HIGH]
    authorities = ", ".join(f"{count:,} {authority}" for authority, count in whole.authorities.items())
    many = f"{services:,} service{'' if services == 1 else 's'}"
    return f"{high:,} of {whole.operations:,} operations of {many} are of high risk; to begin with: {authorities}."


def _tiers(one: Counted) -> list[str]:
    return [f"{one.tiers[tier]:,}" for tier in HARSHEST_FIRST]


def _findings(one: Counted) -> str:
    first = [f"{rule} {count:,}" for rule, count in list(one.findings.items())[:FINDINGS_SHOWN]]
    more = len(one.findings) - len(first)
    return ", ".join(first) + (f" and {more} more kinds" if more > 0 else "")


def tell_listed(box: Toolbox, shown: Sequence[Audited], every: Sequence[Audited]) -> None:
    """Each operation with why, and with its findings."""
    box.out.print(f"{len(shown):,} of {len(every):,} operations")
    service = None
    for one in shown:
        if one.operation.service != service:
            service = one.operation.service
            box.out.print(Text(clean(service), style="bold"), soft_wrap=True)
        box.out.print(Text(clean(_line(one))), soft_wrap=True)
        for found in one.findings:
            box.out.print(Text(clean(f"      {found.rule}: {found.words}. {found.next_step}.")), soft_wrap=True)


def _line(one: Audited) -> str:
    kinds = f" ({', '.join(one.sensitive)} data)" if one.sensitive else ""
    judged = f"{one.tier} ({one.tier_because.rule}: {one.tier_because.words})"
    return f"  {one.operation.name}: {one.function}{kinds}, {judged}, propose {one.authority}"


def tell_unread(box: Toolbox, read: Interfaces) -> None:
    """Files that are not in the inventory, on standard error: what is missing there is not known."""
    for place, reason in read.unread:
        box.err.print(Text(clean(f"not read: {place} {reason}")), soft_wrap=True)
