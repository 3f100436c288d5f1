"""Incidents: what went wrong, who answers for it, and what was learned when it was over."""

import math
from dataclasses import dataclass

from interlock.engine.rollout.people import did, known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.measure.expense import USD_MAX
from interlock.flows.portfolio import recorded
from interlock.flows.rollout.facts import proposers_of
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput, Refused
from interlock.terms.measured import Incident, Severity
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of an incident. `redline`: a line was crossed that must never be."""

    title: str
    severity: Severity
    owner: str
    redline: bool = False
    mitigation: str | None = None
    cost_usd: float | None = None


def open_incident(store: Store, workflow: str, report: Report, *, by: Person, clock: Clock) -> Incident:
    """Put an incident on record. Raises BadInput for an unknown workflow, and without a title, an owner or a name."""
    if not report.title.strip():
        raise BadInput("say in a line what went wrong (--title)")
    if not known_as(report.owner):
        raise BadInput("say who answers for the incident until it is closed (--owner)")
    if not known_as(by.name):
        raise BadInput("say who reports it (--as)")
    _check_cost(report.cost_usd)
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        return open_in(tx, workflow, report, release=row.release, by=by, at=stamp(clock()))


def open_in(tx: Transaction, workflow: str, report: Report, *, release: str, by: Person, at: str) -> Incident:
    """The same inside a transaction that is already open, of a report that says what it has to."""
    body = {
        "workflow": workflow,
        "release": release,
        "title": report.title,
        "severity": report.severity,
        "owner": report.owner,
        "redline": report.redline,
        "mitigation": report.mitigation,
        "cost_usd": report.cost_usd,
        "opened_at": at,
        "by": by.name,
        "authenticated": by.authenticated,
    }
    return recorded.incident(record(tx, "incident.opened", body, at=at), None)


def close_incident(
    store: Store,
    entry: int,
    *,
    lesson: str,
    by: Person,
    clock: Clock,
    mitigation: str | None = None,
    cost_usd: float | None = None,
) -> Incident:
    """End an incident with what was learned; what it cost may be known only now.

    Raises BadInput where there is no such incident or it is closed, and without a lesson or a name; Refused where who
    made the release would close the crossing of a redline.
    """
    if not lesson.strip():
        raise BadInput("say what was learned (--lesson): an incident without a lesson comes again")
    if not known_as(by.name):
        raise BadInput("say who closes it (--as)")
    _check_cost(cost_usd)
    with store.transaction() as tx:
        at = stamp(clock())
        return close_in(tx, entry, lesson=lesson, by=by, at=at, mitigation=mitigation, cost_usd=cost_usd)


def close_in(
    tx: Transaction,
    entry: int,
    *,
    lesson: str,
    by: Person,
    at: str,
    mitigation: str | None = None,
    cost_usd: float | None = None,
) -> Incident:
    """The same inside a transaction that is already open, with a lesson and a name."""
    opened = next((one for one in tx.entries_of("incident.opened", since=entry) if one.index == entry), None)
    if opened is None:
        raise BadInput(f"there is no incident {entry}; `interlock incident list` shows their numbers")
    workflow = str(opened.body["workflow"])
    if any(one.body["incident"] == entry for one in tx.entries_of("incident.closed", workflow)):
        raise BadInput(f"incident {entry} is closed already")
    made = did(by.name, proposers_of(tx, known_row(tx, workflow))) if opened.body["redline"] else None
    if made is not None:  # it keeps gates shut: not for whoever wants them open to say that it is over
        raise Refused(f"{by.name} {made} this release and cannot close the crossing of a redline; somebody else does")
    body = {
        "workflow": workflow,
        "incident": entry,
        "lesson": lesson,
        "mitigation": mitigation,
        "cost_usd": cost_usd,
        "by": by.name,
        "authenticated": by.authenticated,
    }
    return recorded.incident(opened, record(tx, "incident.closed", body, at=at))


def incidents_of(reading: Reading, workflow: str | None = None) -> tuple[Incident, ...]:
    """Every incident of a workflow or of all, oldest first."""
    opened, closed = reading.entries_of("incident.opened", workflow), reading.entries_of("incident.closed", workflow)
    return recorded.incidents(opened, closed)


def _check_cost(cost_usd: float | None) -> None:
    if cost_usd is not None and not (math.isfinite(cost_usd) and 0 <= cost_usd <= USD_MAX):
        raise BadInput(f"a cost of {cost_usd:g} USD is none; give 0 to {USD_MAX:g}, or leave it out while nobody knows")
