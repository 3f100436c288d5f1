"""Judge the promotion gate: findings on the evidence of the release in force, recorded with their verdict."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from interlock.engine.evidence.kinds import noun
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.sequential.promotion import PromotionTest
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gate import (
    check_certificate,
    check_owners,
    check_shadow,
    check_undo,
    conclude,
    usable,
)
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.attest import attest_in, is_intact
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import DecisionRow, Store, Transaction, WorkflowRow
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, GateVerdict, Verdict
from interlock.terms.workflow import WorkflowDefinition

GATE = "limited live"
WEALTH_MAX = 1e12  # thousands of right cases make more than a JSON number holds, and more says no more


def judge(store: Store, workflow: str, *, clock: Clock) -> GateVerdict:
    """Look at the evidence, today; may be called on any day (the shadow test is valid at every look).

    Raises BadInput where the workflow is unknown.
    """
    at = stamp(clock())
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        definition = definition_of(row.definition)
        found = _find(tx, tx.evidence(workflow), "certificate", row, definition, at)
        certificate = check_certificate(found, definition)
        shadow_evidence = _shadow_evidence(tx, row, definition, certificate, found, at)
        findings = (
            check_owners(definition),
            check_undo(definition),
            certificate,
            check_shadow(shadow_evidence, definition),
        )
        verdict = conclude(GATE, row.release, findings, at=at)
        record(tx, "gate.judged", {"workflow": workflow, **_fields(verdict)}, at=at)
        return verdict


def _fields(verdict: GateVerdict) -> dict[str, Any]:
    return {
        "gate": verdict.gate,
        "release": verdict.release,
        "verdict": verdict.verdict,
        "findings": verdict.findings,
    }


def _find(
    tx: Transaction, on_file: Sequence[Evidence], kind: str, row: WorkflowRow, definition: WorkflowDefinition, at: str
) -> Finding | Evidence:
    days = definition.rollout.evidence_days
    demotions = [entry for entry in tx.entries_of("grant.ended", row.name) if entry.body["cause"] == "demoted"]
    demoted_at = max((entry.at for entry in demotions if entry.body["release"] == row.release), default=None)
    found = usable(on_file, kind=kind, release=row.release, now=moment(at), days=days, demoted_at=demoted_at)
    if isinstance(found, Evidence) and not is_intact(found):
        reason = f"the {noun(kind)} of {found.at} is not what was recorded: its content does not match its digest"
        return Finding(kind, Verdict.ERROR, reason, "run `interlock ledger verify`", (found.digest,))
    return found


def _shadow_evidence(
    tx: Transaction,
    row: WorkflowRow,
    definition: WorkflowDefinition,
    checked: Finding,
    certificate: Finding | Evidence,
    at: str,
) -> Finding | Evidence:
    """Shadow agreement of this release so far at the certified threshold, recorded as human-class evidence."""
    on_file = tx.evidence(row.name)
    if isinstance(certificate, Finding) or checked.verdict is not Verdict.PASSED:
        return _find(tx, on_file, "shadow", row, definition, at)
    threshold, labels = certificate.body["certificate"]["threshold"], frozenset(certificate.body["labels"])
    since = _entry_of(tx, row.name, certificate)
    test = PromotionTest(definition.budget.error, definition.budget.delta)
    for wrong in would_be_applied(tx.decisions(row.name, since_entry=since), row.release, threshold, labels):
        test.observe(wrong)
    if test.n == 0:
        # What was found at another certificate's threshold says nothing about this one's.
        later = on_file[[item.digest for item in on_file].index(certificate.digest) + 1 :]
        return _find(tx, later, "shadow", row, definition, at)
    interval = rate(test.n_wrong, test.n)
    body = {
        "n": test.n,
        "n_wrong": test.n_wrong,
        "wealth": min(test.wealth, WEALTH_MAX),
        "decided": test.decided,
        "low": interval.low,
        "high": interval.high,
        "more_labels": _more(test),
    }
    return attest_in(
        tx,
        row.name,
        release=row.release,
        kind="shadow",
        evidence_class=EvidenceClass.HUMAN,
        source="people's decisions on shadow cases",
        body=body,
        at=at,
    )


def would_be_applied(
    decisions: Iterable[DecisionRow], release: str, threshold: float, labels: frozenset[str]
) -> Iterator[bool]:
    """Whether each shadow case that the threshold would have applied differs from people's decision.

    In the order in which people's decisions became known: the promotion test is valid at every look along that order,
    and only along one. `labels` are those that the certificate was made with: any other proposal would have gone to a
    person.
    """
    known = [row for row in decisions if row.verb == "shadow" and row.release == release and row.wrong is not None]
    for row in sorted(known, key=lambda row: row.observed_entry or 0):
        proposal = row.inputs["proposal"]
        confidence = proposal["confidence"]
        if confidence is not None and confidence >= threshold and proposal["label"] in labels:
            yield bool(row.wrong)


def _entry_of(tx: Transaction, workflow: str, evidence: Evidence) -> int:
    entries = tx.entries_of("evidence.recorded", workflow)
    return next(entry.index for entry in entries if entry.body["digest"] == evidence.digest)


def _more(test: PromotionTest) -> int | None:
    return test.labels_remaining(test.n_wrong / test.n) if test.n_wrong < test.n else None
