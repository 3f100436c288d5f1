"""What of the report of a stop somebody may know: one that stops everything names the cases of all tenants."""

from dataclasses import replace

from interlock.engine.access.permissions import scopes
from interlock.engine.access.reach import TenantOf
from interlock.flows.access.case_reach import case_within
from interlock.ports.store import Reading
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.intent import KillReport
from interlock.terms.kill import Kill


def report_within(reading: Reading, caller: Caller, report: KillReport, tenant_of: TenantOf) -> KillReport:
    """The report without cases that the caller may not look at; whole for who sees every stop."""
    if EVERYWHERE in scopes(caller, "switch", "read"):
        return report

    def within(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in keys if case_within(reading, caller, key, tenant_of) is not None)

    return replace(report, in_flight=within(report.in_flight), in_doubt=within(report.in_doubt))


def kill_within(reading: Reading, caller: Caller, kill: Kill, tenant_of: TenantOf) -> Kill:
    """A kill with its report as `report_within` tells it."""
    report = kill.report
    return kill if report is None else replace(kill, report=report_within(reading, caller, report, tenant_of))
