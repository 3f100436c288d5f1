"""Apply a definition: it becomes an immutable release, and what was earned by another release no longer holds."""

import hashlib
from dataclasses import dataclass

from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Store, Transaction
from interlock.terms.person import Person
from interlock.terms.workflow import Release, WorkflowDefinition

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Applied:
    """The release in force after `define`, and whether the definition changed anything."""

    release: Release
    changed: bool
    voided_grant: bool


def release_digest(definition: WorkflowDefinition, *, code_version: str) -> str:
    """The digest of everything that acts: the definition, what it names in `acts`, and the code that enforces it."""
    return digest({"definition": plain(definition), "code": code_version})


def salt_name(release: str) -> str:
    """Where the audit salt of a release is kept."""
    return f"audit-salt:{release}"


def define(
    store: Store,
    definition: WorkflowDefinition,
    *,
    by: Person,
    code_version: str,
    clock: Clock,
    randomness: Randomness,
) -> Applied:
    """Make the definition the release in force. The same definition again changes nothing.

    Raises Unavailable where the store cannot be written.
    """
    at = stamp(clock())
    identity = release_digest(definition, code_version=code_version)
    release = Release(identity, definition.name, definition, by.name, at)
    with store.transaction() as tx:
        row = tx.workflow(definition.name)
        if row is not None and row.release == identity:
            present = Release(identity, row.name, definition, row.proposed_by, row.at)
            return Applied(present, changed=False, voided_grant=False)
        voided = row is not None and row.grant is not None
        if voided:
            _end_grant(tx, definition.name, at)
        record(tx, "release.defined", _body(release, by, code_version), at=at)
        _commit_to_salt(tx, release, randomness, at)
    return Applied(release, changed=True, voided_grant=voided)


def _body(release: Release, by: Person, code_version: str) -> dict[str, object]:
    return {
        "workflow": release.workflow,
        "release": release.digest,
        "proposed_by": by.name,
        "authenticated": by.authenticated,
        "code_version": code_version,
        "definition": release.definition,
    }


def _end_grant(tx: Transaction, workflow: str, at: str) -> None:
    body = {"workflow": workflow, "cause": "superseded", "reason": "another release was defined", "by": "run time"}
    record(tx, "grant.ended", body, at=at)


def _commit_to_salt(tx: Transaction, release: Release, randomness: Randomness, at: str) -> None:
    name = salt_name(release.digest)
    if tx.secret(name) is None:
        salt = randomness(SALT_BYTES)
        tx.keep_secret(name, salt)
        body = {"workflow": release.workflow, "salt": name, "sha256": hashlib.sha256(salt).hexdigest()}
        record(tx, "salt.committed", body, at=at)
