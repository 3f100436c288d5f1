"""Record what turned out to be true; an audited outcome that breaks the budget demotes in the same transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.oversight.wording import percent
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.demote import RUN_TIME, demote_in
from interlock.ports.clock import Clock
from interlock.ports.store import DecisionRow, Store, Transaction
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.review import BLIND


@dataclass(frozen=True, slots=True)
class Observed:
    """Whether the proposal was wrong, whether it counted for the monitor, and whether that ended the grant."""

    wrong: bool
    counted: bool
    demoted: bool


def observe(
    store: Store,
    workflow: str,
    key: str,
    *,
    label: str,
    by: str,
    clock: Clock,
    evidence_class: EvidenceClass = EvidenceClass.HUMAN,
) -> Observed:
    """Record the outcome of one decided case, as a person or a system of record (class executed or source) says it.

    A model's opinion is refused: judges may steer which cases people look at, they never supply a label. Raises
    BadInput for that, for a blank label or name, and where the case was never decided, belongs to another workflow, has
    an outcome already, or waits for its audit (an outcome given past the audit would keep it from the monitor).
    """
    if evidence_class is EvidenceClass.MODEL:
        raise BadInput(f"the outcome of '{key}' is a model's opinion; have a person or a system of record say it")
    with store.transaction() as tx:
        return observe_in(tx, workflow, key, label=label, by=by, audit=False, now=clock())


def observe_many(
    store: Store, workflow: str, outcomes: Iterable[tuple[str, str]], *, by: str, clock: Clock
) -> tuple[Observed, ...]:
    """Record many outcomes, (case key, label) each, in one transaction: all or none. Raises as `observe`."""
    with store.transaction() as tx:
        return tuple(
            observe_in(tx, workflow, key, label=label, by=by, audit=False, now=clock()) for key, label in outcomes
        )


def observe_in(
    tx: Transaction, workflow: str, key: str, *, label: str, by: str, audit: bool, now: dt.datetime
) -> Observed:
    """The same inside an open transaction. `audit`: a person looked blind, at random; only such outcomes monitor."""
    label = label.strip()
    if not label or not by.strip():
        raise BadInput(f"an outcome of case '{key}' needs a label and the name of who says so")
    row = tx.decision(key)
    if row is None or row.workflow != workflow:
        raise BadInput(f"case '{key}' was never decided by '{workflow}', so it can have no outcome")
    if row.outcome is not None:
        raise BadInput(f"case '{key}' already has the outcome '{row.outcome}'; outcomes are never overwritten")
    if not audit and _waits_for_audit(tx, row):
        raise BadInput(f"case '{key}' is in the audit sample: close its audit review, or the audit could be evaded")
    at = stamp(now)
    wrong = label != row.inputs["proposal"]["label"].strip()
    body = {"workflow": workflow, "key": key, "label": label, "wrong": int(wrong), "by": by, "audit": audit}
    record(tx, "outcome.observed", body, at=at)
    if not (audit and row.audited and row.verb == Verb.APPLY):
        return Observed(wrong, counted=False, demoted=False)
    return _monitor(tx, row, wrong=wrong, at=at)


def _waits_for_audit(tx: Transaction, row: DecisionRow) -> bool:
    if not row.audited:
        return False
    return any(review.closed_at is None and review.kind in BLIND for review in tx.case_reviews(row.key))


def _monitor(tx: Transaction, row: DecisionRow, *, wrong: bool, at: str) -> Observed:
    state = tx.workflow(row.workflow)
    if state is None or state.grant is None or state.monitor is None or state.release != row.release:
        return Observed(wrong, counted=False, demoted=False)
    monitor = DemotionMonitor.from_state(dict(state.monitor))
    monitor.observe(wrong)
    record(tx, "monitor.updated", {"workflow": row.workflow, "monitor": monitor.to_state()}, at=at)
    if not monitor.decided:
        return Observed(wrong, counted=True, demoted=False)
    budget = float(state.grant["budget"])
    reason = (
        f"the audits say that the error budget of {percent(budget)} is broken: {monitor.n_wrong} wrong of {monitor.n}"
    )
    facts = {"audits": monitor.n, "wrong": monitor.n_wrong, "statistic": monitor.statistic, "case": row.key}
    demote_in(tx, row.workflow, release=row.release, by=RUN_TIME, reason=reason, facts=facts, at=at)
    return Observed(wrong, counted=True, demoted=True)
