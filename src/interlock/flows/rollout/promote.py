"""A named person with the decision right, who is not the proposer, turns a passed gate into a grant."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interlock.engine.evidence.kinds import noun
from interlock.engine.evidence.timing import expires_at, measured_at
from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gates import open_findings
from interlock.engine.rollout.levels import high_harm, level_refusals, takes_conditions
from interlock.engine.rollout.people import did, is_among, known_as
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.attest import is_intact
from interlock.flows.rollout.facts import facts_of, proposers_of, stage_if_moved
from interlock.flows.rollout.judge_gates import judged_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store, Transaction, WorkflowRow
from interlock.terms.certificate import Promise
from interlock.terms.errors import Refused
from interlock.terms.evidence import Verdict
from interlock.terms.gate import GatePack
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.person import Person
from interlock.terms.workflow import WorkflowDefinition

RUN_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, by whom, at what time; `packs` hold the conditions to rise in autonomy.

    Without `signing` no signature of a person can be checked, so nothing rises.
    """

    release: str
    by: Person
    at: dt.datetime
    level: AutonomyLevel
    segments: tuple[str, ...]
    packs: Sequence[GatePack]
    signing: Signing | None


def promote(
    store: Store,
    workflow: str,
    *,
    release: str,
    by: Person,
    clock: Clock,
    level: AutonomyLevel = AutonomyLevel.AGENT,
    segments: Sequence[str] = (),
    packs: Sequence[GatePack] = (),
    signing: Signing | None = None,
) -> Grant:
    """Grant an autonomy level to the release, over `segments` (none: all), at its starting share of traffic.

    Raises BadInput for an unknown workflow, and Refused (recorded, with every reason) where a rule forbids it.
    """
    asked = Asked(release, by, clock(), level, tuple(segments), packs, signing)
    at = stamp(asked.at)
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        definition = definition_of(row.definition)
        refusals = tuple(_refusals(tx, row, definition, asked))
        if refusals:
            body = {"workflow": workflow, "release": release, "by": by.name, "reasons": refusals}
            record(tx, "promotion.refused", body, at=at)
        else:
            grant = _grant(tx, row, definition, asked)
            _record_grant(tx, grant, by, definition, at)
    if refusals:
        raise Refused(f"'{workflow}' was not promoted: {'; '.join(refusals)}")
    return grant


def _refusals(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, asked: Asked) -> Iterator[str]:
    by = asked.by.name
    if asked.release != row.release:
        yield f"release {asked.release[:19]} is stale: {row.release[:19]} is in force"
    if not definition.owners.named:
        yield "no value owner or no safety owner is named"
    if not known_as(by):
        yield "promotion needs a named person"
    elif authored := did(by, proposers_of(tx, row)):
        yield f"{by} {authored} this release and cannot promote it"
    elif not is_among(by, definition.rights.promote):
        allowed = ", ".join(definition.rights.promote) or "nobody"
        yield f"{by} has no right to promote it (who has: {allowed})"
    stage, held = stage_if_moved(tx, row.name), _level_held(row, asked.at)
    yield from level_refusals(definition, asked.level, asked.segments, held=held, stage=stage)
    if asked.level is not AutonomyLevel.ASSISTANT:  # it applies nothing: the gate of its stage is what it takes
        yield from _gate_refusals(tx, row, definition, stamp(asked.at))
    if takes_conditions(asked.level, held, stage):
        yield from _condition_refusals(tx, row, asked)


def _level_held(row: WorkflowRow, now: dt.datetime) -> AutonomyLevel:
    """The level of the grant in force, shadow without one."""
    live = row.grant is not None and row.grant["release"] == row.release and stamp(now) < row.grant["expires_at"]
    return AutonomyLevel(row.grant["level"]) if live and row.grant is not None else AutonomyLevel.SHADOW


def _condition_refusals(tx: Transaction, row: WorkflowRow, asked: Asked) -> Iterator[str]:
    conditions = [gate.id for pack in asked.packs if pack.id == "conditions" for gate in pack.gates]
    if not conditions or asked.signing is None:
        yield "the conditions to rise in autonomy were not judged"
        return
    facts = facts_of(tx, row.name, asked.packs, now=asked.at, signing=asked.signing)
    for name in conditions:
        verdict = judged_in(tx, row.name, name, facts)
        if verdict.verdict is not Verdict.PASSED:
            yield f"the condition '{name}' is {verdict.verdict}: {open_findings(verdict)[0].reason}"


def _gate_refusals(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, at: str) -> Iterator[str]:
    verdict = tx.verdict(row.name)
    if verdict is None or verdict["release"] != row.release:
        yield f"the gate was not judged for the release in force: `interlock judge {row.name}`"
        return
    if verdict["verdict"] != Verdict.PASSED:
        yield f"the gate is {verdict['verdict']}, only passed opens (`interlock judge {row.name}`)"
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
            yield f"another {noun(str(body['kind']))} was recorded after the gate was judged; judge it again"
            return
    on_file = {item.digest: item for item in tx.evidence(row.name) if item.digest in used}
    if not any(item.kind == "certificate" for item in on_file.values()) or not all(map(is_intact, on_file.values())):
        yield "evidence that the gate relied on is not on file as it was recorded; run `interlock ledger verify`"
    days = definition.rollout.evidence_days
    for item in on_file.values():
        until = expires_at(item)
        if until is not None and moment(at) >= moment(until):
            yield f"the {noun(item.kind)} that the gate relied on expired {until}"
        if moment(at) - moment(measured_at(item)) > dt.timedelta(days=days):
            yield f"the {noun(item.kind)} that the gate relied on is older than {days} days"


def _used(verdict: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(digest for finding in verdict["findings"] for digest in finding["evidence"])


def _grant(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, asked: Asked) -> Grant:
    acts = asked.level is not AutonomyLevel.ASSISTANT
    used = _used(tx.verdict(row.name) or {"findings": ()}) if acts else ()
    certificate = next((e for e in tx.evidence(row.name) if e.kind == "certificate" and e.digest in used), None)
    expires = asked.at + dt.timedelta(days=definition.rollout.grant_days)
    return Grant(
        workflow=row.name,
        release=row.release,
        level=asked.level,
        threshold=1.0 if certificate is None else float(certificate.body["certificate"]["threshold"]),
        promise=Promise(definition.budget.promise),
        budget=definition.budget.error,
        traffic_share=definition.rollout.traffic_share,
        audit_share=definition.rollout.audit_share,
        granted_by=asked.by.name,
        granted_at=stamp(asked.at),
        expires_at=stamp(expires),
        evidence=used,
        labels=() if certificate is None else tuple(certificate.body["labels"]),
        segments=asked.segments,
        stage=stage_if_moved(tx, row.name),
        high_harm=high_harm(definition, asked.level),
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
