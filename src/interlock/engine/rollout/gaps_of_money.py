"""What a definition does not say about money and about the parties that get it."""

from collections.abc import Iterator

from interlock.terms.flaw import Gap
from interlock.terms.workflow import WorkflowDefinition


def vendor_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """A vendor needs an agreement where it gets data, and always a way out."""
    for place, vendor in enumerate(definition.initiative.vendors):
        if vendor.data_shared and vendor.processing_agreement is None:
            yield Gap(
                "vendor-without-agreement",
                ("vendors", place, "processing_agreement"),
                f"{vendor.name} gets data ({', '.join(vendor.data_shared)}) and no agreement on it is named",
                "without a signed one they may not get it",
                "say where the signed agreement is",
            )
        if vendor.exit_to is None:
            yield Gap(
                "vendor-without-exit",
                ("vendors", place, "exit_to"),
                f"nobody knows what would replace {vendor.name}",
                "whoever cannot leave cannot bargain, and stops when they do",
                "name what would replace them",
            )


def spending_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """The three buckets, and what cost is counted by."""
    spending = definition.initiative.spending
    unset = [name for name in ("compute_usd", "last_mile_usd", "being_wrong_usd") if getattr(spending, name) is None]
    if unset:
        yield Gap(
            "no-spending-limit",
            ("spending", unset[0]),
            f"no monthly budget is set for {', '.join(unset)}",
            "spending that nobody limited is noticed on the invoice",
            f"set {'it' if len(unset) == 1 else 'them'} in USD a month; 0 where nothing may be spent",
        )
    if spending.unit_of_value is None:
        yield Gap(
            "no-unit-of-value",
            ("spending", "unit_of_value"),
            "nobody said what cost is counted by",
            "a cost without what it buys cannot be judged",
            "name it, such as a resolved ticket",
        )
