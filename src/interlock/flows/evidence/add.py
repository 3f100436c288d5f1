"""Bind what a report says to the release in force."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from interlock.engine.evidence.timing import COLLECTED, EXPIRES
from interlock.engine.ledger.canonical import canonical
from interlock.engine.oversight.estimate import rate
from interlock.engine.timestamp import stamp
from interlock.flows.rollout.attest import attest_in, is_intact
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction, WorkflowRow
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.imported import Imported
from interlock.terms.person import Person

CURRENT = "current"
SKEW_S = 300  # a tool on another machine may be so far ahead
DAYS_MAX = 3_660
# (what is counted, out of what), of the kinds whose share is an estimate
SHARES: Mapping[str, tuple[str, str]] = {"labels": ("wrong", "n"), "traces": ("traced", "outputs")}


def add_evidence(
    store: Store,
    workflow: str,
    imported: Sequence[Imported],
    *,
    by: Person,
    clock: Clock,
    release: str = CURRENT,
    measured_at: dt.datetime | None = None,
    expires_days: int | None = None,
    told_class: EvidenceClass | None = None,
) -> tuple[Evidence, ...]:
    """All of it, or none; what is on record already, of the same file for the same release, stays as it is.

    `measured_at` stands in where the file does not say when it was measured, `told_class` where it
    does not say what measured it; who said so is on record.

    Raises BadInput for an unknown workflow, a release not in force, and a time that is missing or still to come.
    """
    if expires_days is not None and not 1 <= expires_days <= DAYS_MAX:
        raise BadInput(f"--expires-days is {expires_days}; say 1 to {DAYS_MAX}")
    if told_class is not None:
        imported = tuple(_classed(item, told_class) for item in imported)
    now = clock()
    with store.transaction() as tx:
        row = row_in_force(tx, workflow, release)
        known = {_sameness(item.kind, item.evidence_class, item.body): item for item in _of_release(tx, row)}
        added = []
        for item in imported:
            body = _body(item, by, now, measured_at, expires_days)
            evidence = known.get(_sameness(item.kind, item.evidence_class, body)) or attest_in(
                tx,
                workflow,
                release=row.release,
                kind=item.kind,
                evidence_class=item.evidence_class,
                source=item.source,
                body=body,
                at=stamp(now),
            )
            added.append(evidence)
        return tuple(added)


def row_in_force(tx: Transaction, workflow: str, release: str) -> WorkflowRow:
    """The workflow, where the release is the one in force. Raises BadInput."""
    row = known_row(tx, workflow)
    if release not in {CURRENT, row.release}:
        raise BadInput(f"release {release[:19]} is not in force for '{workflow}': it is {row.release[:19]}")
    return row


def _of_release(tx: Transaction, row: WorkflowRow) -> Iterator[Evidence]:
    mine = (item for item in tx.evidence(row.name) if item.release == row.release and "file" in item.body)
    return filter(is_intact, mine)


def _sameness(kind: str, evidence_class: EvidenceClass, body: Mapping[str, Any]) -> bytes:
    """The same for whoever adds it: what it says, of which file, measured when, and until when it counts."""
    said = {name: value for name, value in body.items() if name != "added_by"}
    return canonical({"kind": kind, "class": evidence_class, "body": said})


def _classed(item: Imported, told: EvidenceClass) -> Imported:
    """The same, where its class was open, as the one that a person says. Raises BadInput for a model's judgement."""
    judged = item.body.get("judged_by_model", ())
    if item.evidence_class is not EvidenceClass.MODEL:
        return item
    if judged:
        raise BadInput(
            f"{item.file}: by its name a model measured {', '.join(judged)}; no --class changes that: export the other "
            "metrics without it"
        )
    return replace(item, evidence_class=told, body={**item.body, "class_said_by_a_person": True})


def _body(
    item: Imported, by: Person, now: dt.datetime, told: dt.datetime | None, expires_days: int | None
) -> dict[str, Any]:
    measured = _measured(item, now, told)
    until = {} if expires_days is None else {EXPIRES: stamp(measured + dt.timedelta(days=expires_days))}
    counted = SHARES.get(item.kind)
    estimate = {}
    if counted is not None:
        found = rate(int(item.body[counted[0]]), int(item.body[counted[1]]))
        estimate = {f"{counted[0]}_low": found.low, f"{counted[0]}_high": found.high, "interval": found.method}
    return {
        **item.body,
        **estimate,
        "file": {"name": item.file, "sha256": item.sha256, "bytes": item.size_bytes},
        "added_by": by.name,
        COLLECTED: stamp(measured),
        **until,
    }


def _measured(item: Imported, now: dt.datetime, told: dt.datetime | None) -> dt.datetime:
    if item.measured_at is not None and item.zoned and told is not None:
        said = stamp(item.measured_at)
        raise BadInput(f"{item.file} says itself when it was measured: {said}; leave --measured-at out")
    measured = told if told is not None else item.measured_at
    if measured is None:
        raise BadInput(f"{item.file} does not say when it was measured; say so: --measured-at 2026-11-26T09:00:00Z")
    if measured - now > dt.timedelta(seconds=SKEW_S):
        hint = "" if item.zoned else " (its time names no zone and was read as UTC; --measured-at gives one)"
        raise BadInput(
            f"{item.file} is dated {stamp(measured)}, which is still to come{hint}: find out which clock is wrong"
        )
    return min(measured, now)
