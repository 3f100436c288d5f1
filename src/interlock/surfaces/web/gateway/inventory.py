"""What the page of the inventory shows."""

from collections.abc import Sequence

from interlock.engine.inventory.counting import Counted, counted
from interlock.surfaces.web.cells import Status, Words
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.gateway.tools import ToolAuthority
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Function, InventoryPack, RecordedInventory, RecordedOperation

HOW = (
    "No inventory is on record. Read your OpenAPI documents and tool lists on a terminal beside this store: "
    "`interlock api audit FILES --record --as YOU`. Then each operation stands here, with its risk and what is wrong."
)
GONE = "this version of the rules has it no more"
TIERS: dict[Risk, State] = {
    Risk.HIGH: said(FAILED, "High"),
    Risk.MEDIUM: said(INCONCLUSIVE, "Medium"),
    Risk.LOW: said(NOTED, "Low"),
}
ORDER = tuple(TIERS)


def title(found: RecordedInventory | None, unknown: int) -> str:
    """The conclusion: how much of it can do much harm, and what is called without being in it."""
    if found is None:
        return "No inventory of interfaces and tools is on record"
    whole = counted("", found.operations)
    most = whole.tiers[Risk.HIGH]
    of = f"of {words.plural(whole.operations, 'operation')}"
    high = f"{words.count(most)} {of} {'is' if most == 1 else 'are'} of high risk"
    return f"{high}; {words.plural(unknown, 'tool')} called and not in it" if unknown else high


def harshest_first(operations: Sequence[RecordedOperation]) -> list[RecordedOperation]:
    """Those of high risk first, each tier in the order of its services."""
    return sorted(operations, key=lambda one: (ORDER.index(one.tier), one.service, one.name))


def table(findings: Sequence[str]) -> Table[RecordedOperation]:
    """Every operation; `findings` are the rules that found something."""
    return Table(
        "/gateway/inventory",
        "Operations and tools, those of high risk first",
        (
            Column("operation", "Operation", lambda one: one.name),
            Column("service", "Service", lambda one: one.service),
            Column("tier", "Risk", lambda one: one.tier, lambda one: Status(TIERS[one.tier])),
            Column("function", "Does", lambda one: one.function),
            Column("sensitive", "Data", lambda one: ", ".join(one.sensitive)),
            Column("exposure", "Reached", lambda one: one.exposure),
            Column("authority", "To begin with", lambda one: one.authority),
            Column("service_class", "Service class", lambda one: one.service_class),
            Column(
                "findings",
                "Findings",
                lambda one: ", ".join(one.findings),
                lambda one: Words(", ".join(map(_finding, one.findings))),
            ),
        ),
        HOW,
        (
            Filter("tier", "Risk", lambda one, asked: one.tier == asked, _options(ORDER)),
            Filter("function", "Does", lambda one, asked: one.function == asked, _options(tuple(Function))),
            Filter(
                "authority", "To begin with", lambda one, asked: one.authority == asked, _options(tuple(ToolAuthority))
            ),
            Filter(
                "finding",
                "Finding",
                lambda one, asked: asked in one.findings,
                tuple((one, _finding(one)) for one in findings),
            ),
            Filter("text", "Part of a name", _named),
        ),
    )


def _named(one: RecordedOperation, asked: str) -> bool:
    return asked.casefold() in f"{one.service} {one.name}".casefold()


def _next(step: str) -> str:
    return step.replace("`", "")


def _finding(rule: str) -> str:
    """A rule's name as people read it: "unbounded input"."""
    return rule.replace("-", " ")


def _options(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(value)) for value in values)


def findings_of(found: RecordedInventory | None) -> Counted:
    """Counts of the whole."""
    return counted("", found.operations if found else ())


def finding_rows(whole: Counted, pack: InventoryPack) -> list[tuple[str, str, str]]:
    """Each finding: how many operations have it, and what to do next."""
    rows = []
    for rule, count in whole.findings.items():
        known = pack.findings.get(rule)  # an older version of the rules may have had others
        rows.append((_finding(rule), words.count(count), _next(known.next_step) if known else GONE))
    return rows
