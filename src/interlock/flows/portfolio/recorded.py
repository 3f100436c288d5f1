"""Ledger entries and evidence read back as the terms that a portfolio is made of."""

from collections.abc import Iterable, Mapping
from typing import Any

from interlock.ports.evidences import MeasuredRow
from interlock.terms.council import CouncilDecision, Organisation, RefusedDecision, Responsibility
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.instrument import Answer, Sheet
from interlock.terms.ledger import LedgerEntry
from interlock.terms.measured import Bucket, Expense, Incident, Measurement, PeriodRun, Severity
from interlock.terms.stage import RolloutStage, StageMove, Waiver

_BUCKETS = {bucket.value: bucket for bucket in Bucket}


def measurement(row: MeasuredRow) -> Measurement:
    """Evidence of the kind `kpi`."""
    workflow, digest, _, source, body = row
    get = body.get
    return Measurement(
        workflow, body["kpi"], float(body["value"]), body["period_start"], body["period_end"], source, digest,
        get("n"), get("low"), get("high"), get("segment"), get("control", False),
    )  # fmt: skip


def expense(row: MeasuredRow) -> Expense:
    """Evidence of the kind `expense`."""
    workflow, digest, _, source, body = row
    return Expense(
        workflow, _BUCKETS[body["bucket"]], float(body["amount_usd"]), body["period_start"], body["period_end"], source,
        digest,
    )  # fmt: skip


def period_run(row: MeasuredRow) -> PeriodRun:
    """Evidence of the kind `period`."""
    workflow, digest, release, _, body = row
    return PeriodRun(
        workflow, release, body["period_start"], body["period_end"], body["cases"], body["applied"], body["reviewed"],
        body["overridden"], body["labelled"], body["wrong"], body["successes"], digest,
    )  # fmt: skip


def stage_move(entry: LedgerEntry) -> StageMove:
    """An entry `stage.moved`."""
    body = entry.body
    left, entered = RolloutStage(body["left"]), RolloutStage(body["entered"])
    return StageMove(
        body["workflow"], body["release"], left, entered, body["by"], body["reason"], entry.at, entry.index
    )


def waiver(entry: LedgerEntry) -> Waiver:
    """An entry `waiver.given`."""
    body = entry.body
    return Waiver(
        body["workflow"], body["release"], body["gate"], body["check"], body["by"], body["reason"], entry.at,
        body["expires_at"], entry.index,
    )  # fmt: skip


def verdict(entry: LedgerEntry, amended: LedgerEntry | None = None) -> GateVerdict:
    """An entry `gate.judged` or `readiness.judged`.

    What was judged before the newest amendment of its release read words and figures that are others now, so it is
    open again. The promotion gate reads none that can be amended (engine.rollout.amend).
    """
    body = entry.body
    if amended is not None and amended.index > entry.index and _reads_words(entry, amended):
        return _to_judge_again(entry, amended)
    findings = tuple(_finding(one) for one in body["findings"])
    return GateVerdict(body["gate"], body["release"], Verdict(body["verdict"]), findings, entry.at)


def _reads_words(entry: LedgerEntry, amended: LedgerEntry) -> bool:
    return entry.kind == "readiness.judged" and amended.body["release"] == entry.body["release"]


def _to_judge_again(entry: LedgerEntry, amended: LedgerEntry) -> GateVerdict:
    body, by = entry.body, amended.body["by"]
    reason = f"judged {entry.at[:10]}, before {by} amended the release: {', '.join(amended.body['fields'])}"
    workflow = body["workflow"]
    step = f"judge it again: `interlock gates {workflow}`, or `interlock conditions {workflow}`"
    again = Finding("amended since", Verdict.INCONCLUSIVE, reason, step)
    return GateVerdict(body["gate"], body["release"], Verdict.INCONCLUSIVE, (again,), entry.at)


def _finding(body: Mapping[str, Any]) -> Finding:
    return Finding(**{**body, "verdict": Verdict(body["verdict"]), "evidence": tuple(body.get("evidence", ()))})


def incident(opened: LedgerEntry, closed: LedgerEntry | None) -> Incident:
    """An entry `incident.opened`, with the one that closed it."""
    body = {**opened.body, **{name: value for name, value in (closed.body if closed else {}).items() if value}}
    return Incident(
        workflow=opened.body["workflow"],
        title=opened.body["title"],
        severity=Severity(opened.body["severity"]),
        opened_at=opened.body["opened_at"],
        owner=opened.body["owner"],
        entry=opened.index,
        redline=opened.body["redline"],
        mitigation=body.get("mitigation"),
        cost_usd=body.get("cost_usd"),
        closed_at=closed.at if closed else None,
        closed_by=closed.body["by"] if closed else None,
        lesson=closed.body["lesson"] if closed else None,
    )


def incidents(opened: Iterable[LedgerEntry], closed: Iterable[LedgerEntry]) -> tuple[Incident, ...]:
    """Every incident, in the order in which they were recorded."""
    ends = {int(entry.body["incident"]): entry for entry in closed}
    return tuple(incident(entry, ends.get(entry.index)) for entry in opened)


def sheet(entry: LedgerEntry) -> Sheet:
    """An entry `instrument.answered`."""
    body = entry.body
    answers = tuple(Answer(**{**one, "evidence": tuple(one.get("evidence", ()))}) for one in body["answers"])
    return Sheet(body["instrument"], body["version"], body["subject"], answers, body["by"], entry.at, entry.index)


def organisation(entry: LedgerEntry) -> Organisation:
    """An entry `organisation.defined`."""
    body = entry.body
    named = tuple(
        Responsibility(one["id"], tuple(one["owners"]), tuple(one["consulted"])) for one in body["responsibilities"]
    )
    governance = tuple((str(question), str(control)) for question, control in body["governance"])
    return Organisation(body["name"], named, tuple(body["council"]), body["meets_every_days"], governance, entry.index)


def council_decision(entry: LedgerEntry) -> CouncilDecision:
    """An entry `council.decided`."""
    body = entry.body
    return CouncilDecision(
        body["item"], body.get("workflow"), body["question"], body["chosen"], body["reason"], body["by"], entry.at,
        entry.index, tuple(body.get("present", ())), body.get("due_at"),
        body.get("weight"), body.get("title", ""), body.get("effect", ""),
    )  # fmt: skip


def refused_decision(entry: LedgerEntry) -> RefusedDecision:
    """An entry `council.refused`."""
    body = entry.body
    return RefusedDecision(
        body["item"], body.get("workflow"), body["chosen"], body["reason"], body["by"], body["refusal"], entry.at,
        entry.index,
    )  # fmt: skip
