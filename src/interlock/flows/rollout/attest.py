"""Record evidence for the release in force."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.evidence.kinds import HOW
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass

OWN_WAYS = frozenset({"kpi", "expense", "period", "decision"})
SIGNED_KIND = "attestation"  # recorded by flows.evidence.attestations alone, which signs it


def check_attested(kind: str) -> None:
    """Raises BadInput for what has a way of its own onto the record, which checks it.

    Every page reads it back: one piece that cannot be read would stand in the way of all of them for good, and a
    person's decision would be whoever's who may bring evidence.
    """
    if kind in OWN_WAYS:
        raise BadInput(f"evidence of the kind '{kind}' is brought in its own way: {HOW[kind]}")


def attest(
    store: Store,
    workflow: str,
    *,
    release: str,
    kind: str,
    evidence_class: EvidenceClass,
    source: str,
    body: Mapping[str, Any],
    clock: Clock,
) -> Evidence:
    """Bind evidence to a release.

    Raises BadInput where the workflow is unknown, the release is not in force, or the body cannot be written as JSON.
    """
    if kind == SIGNED_KIND:
        raise BadInput("an attestation is signed by a person: `interlock evidence attest`")
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        if row.release != release:
            raise BadInput(f"release {release[:19]} is not in force for '{workflow}': it is {row.release[:19]}")
        return attest_in(
            tx,
            workflow,
            release=release,
            kind=kind,
            evidence_class=evidence_class,
            source=source,
            body=body,
            at=stamp(clock()),
        )


def attest_in(
    tx: Transaction,
    workflow: str,
    *,
    release: str,
    kind: str,
    evidence_class: EvidenceClass,
    source: str,
    body: Mapping[str, Any],
    at: str,
) -> Evidence:
    """The same inside a transaction that is already open."""
    content = {
        "release": release,
        "kind": kind,
        "class": evidence_class,
        "source": source,
        "at": at,
        "body": plain(dict(body)),
    }
    try:
        identity = digest(content)
    except (ValueError, TypeError) as exc:
        raise BadInput(f"this {kind} cannot be recorded: {exc}") from exc
    evidence = Evidence(identity, release, kind, evidence_class, source, at, content["body"])
    if tx.evidence_by_digest(identity) is not None:
        return evidence  # the same words at the same moment are the same evidence
    record(tx, "evidence.recorded", {**content, "digest": identity, "workflow": workflow}, at=at)
    return evidence


def is_intact(evidence: Evidence) -> bool:
    """Whether the evidence on file is still what its digest was made of."""
    content = {
        "release": evidence.release,
        "kind": evidence.kind,
        "class": evidence.evidence_class,
        "source": evidence.source,
        "at": evidence.at,
        "body": evidence.body,
    }
    try:
        return digest(content) == evidence.digest
    except (ValueError, TypeError):
        return False
