"""A named person with the decision right, who is not the proposer, turns a passed gate into a grant."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import is_among, known_as
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.attest import is_intact
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction, WorkflowRow
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Verdict
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.person import Person
from interlock.terms.workflow import WorkflowDefinition

RUN_LENGTH = 10_000


def promote(store: Store, workflow: str, *, release: str, by: Person, clock: Clock) -> Grant:
    """Grant the autonomy level *agent* to the release, at its certified threshold and starting share of traffic.

    Raises BadInput for an unknown workflow, and Refused (recorded, with every reason) where a rule forbids it.
    """
    at = stamp(clock())
    with store.transaction() as tx:
        row = tx.workflow(workflow)
        if row is None:
            raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
        definition = definition_of(row.definition)
        refusals = tuple(_refusals(tx, row, definition, release=release, by=by, at=at))
        if refusals:
            body = {"workflow": workflow, "release": release, "by": by.name, "reasons": refusals}
            record(tx, "promotion.refused", body, at=at)
        else:
            grant = _grant(tx, row, definition, by=by, at=at)
            _record_grant(tx, grant, by, definition, at)
    if refusals:
        raise Refused(f"'{workflow}' was not promoted: {'; '.join(refusals)}")
    return grant


def _refusals(
    tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, *, release: str, by: Person, at: str
) -> Iterator[str]:
    if release != row.release:
        yield f"release {release[:19]} is stale: {row.release[:19]} is in force"
    if not definition.owners.named:
        yield "no value owner or no safety owner is named"
    if not known_as(by.name):
        yield "promotion needs a named person"
    elif is_among(by.name, _proposers(tx, row)):
        yield f"{by.name} proposed this release and cannot promote it"
    elif not is_among(by.name, definition.rights.promote):
        allowed = ", ".join(definition.rights.promote) or "nobody"
        yield f"{by.name} has no right to promote it (who has: {allowed})"
    yield from _gate_refusals(tx, row, definition, at)


def _proposers(tx: Transaction, row: WorkflowRow) -> set[str]:
    """Everybody who ever defined this release: bringing it back later makes nobody else its only proposer."""
    defined = tx.entries_of("release.defined", row.name)
    return {row.proposed_by, *(str(e.body["proposed_by"]) for e in defined if e.body["release"] == row.release)}


def _gate_refusals(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, at: str) -> Iterator[str]:
    verdict = tx.verdict(row.name)
    if verdict is None or verdict["release"] != row.release:
        yield "the gate was not judged for the release in force"
        return
    if verdict["verdict"] != Verdict.PASSED:
        yield f"the gate is {verdict['verdict']}, only passed opens"
    else:
        yield from _evidence_refusals(tx, row, definition, verdict, at)
    if moment(at) - moment(str(verdict["at"])) > dt.timedelta(days=definition.rollout.evidence_days):
        yield f"the gate's verdict is older than {definition.rollout.evidence_days} days"
    ended = max((e.index for e in tx.entries_of("grant.ended", row.name)), default=-1)
    if ended > int(verdict["entry"]):
        yield "authority was taken away after the gate was judged; judge it again"


def _evidence_refusals(
    tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, verdict: Mapping[str, Any], at: str
) -> Iterator[str]:
    judged_at, used = int(verdict["entry"]), _used(verdict)
    for entry in tx.entries_of("evidence.recorded", row.name):
        body = entry.body
        if entry.index > judged_at and body["release"] == row.release and body["kind"] in {"certificate", "shadow"}:
            yield f"another {body['kind']} was recorded after the gate was judged; judge it again"
            return
    on_file = {item.digest: item for item in tx.evidence(row.name) if item.digest in used}
    if not any(item.kind == "certificate" for item in on_file.values()) or not all(map(is_intact, on_file.values())):
        yield "evidence that the gate relied on is not on file as it was recorded; run `interlock ledger verify`"
    days = definition.rollout.evidence_days
    for item in on_file.values():
        if moment(at) - moment(item.at) > dt.timedelta(days=days):
            yield f"the {item.kind} that the gate relied on is older than {days} days"


def _used(verdict: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(digest for finding in verdict["findings"] for digest in finding["evidence"])


def _grant(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, *, by: Person, at: str) -> Grant:
    used = _used(tx.verdict(row.name) or {"findings": ()})
    certificate = next(e for e in tx.evidence(row.name) if e.kind == "certificate" and e.digest in used)
    expires = moment(at) + dt.timedelta(days=definition.rollout.grant_days)
    return Grant(
        workflow=row.name,
        release=row.release,
        level=AutonomyLevel.AGENT,
        threshold=float(certificate.body["certificate"]["threshold"]),
        promise=Promise(definition.budget.promise),
        budget=definition.budget.error,
        traffic_share=definition.rollout.traffic_share,
        audit_share=definition.rollout.audit_share,
        granted_by=by.name,
        granted_at=at,
        expires_at=stamp(expires),
        evidence=used,
        labels=tuple(certificate.body["labels"]),
    )


def _record_grant(tx: Transaction, grant: Grant, by: Person, definition: WorkflowDefinition, at: str) -> None:
    monitor = DemotionMonitor(definition.budget.error, run_length=RUN_LENGTH).to_state()
    body = {
        "workflow": grant.workflow,
        "release": grant.release,
        "grant": grant,
        "monitor": monitor,
        "approver": by.name,
        "authenticated": by.authenticated,
    }
    record(tx, "grant.given", body, at=at)
