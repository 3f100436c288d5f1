"""Apply a definition: it becomes an immutable release, and what was earned by another release no longer holds.

Where only words and figures changed that no decision reads, the release in force is amended, and all stays earned.
"""

from dataclasses import dataclass

from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.oversight.audits.sampling import salt_commitment
from interlock.engine.rollout.amend import may_be_amended
from interlock.engine.rollout.definition import changed_fields, definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction, WorkflowRow
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.workflow import Release, WorkflowDefinition

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Applied:
    """The release in force after `define`, and whether the definition changed anything.

    `amended`: it did, and the release is the one that was in force before, with all that it had earned.
    """

    release: Release
    changed: bool
    voided_grant: bool
    amended: bool = False


def release_digest(definition: WorkflowDefinition, *, code_version: str) -> str:
    """The digest of a new release: the definition, what it names in `acts`, and the code that enforces it.

    A release keeps it when it is amended.
    """
    return digest({"definition": plain(definition), "code": code_version})


def salt_name(release: str) -> str:
    """Where the first audit salt of a release is kept; later ones have `:2`, `:3` and so on behind it."""
    return f"audit-salt:{release}"


def is_salt_of(name: str, release: str) -> bool:
    """Whether a salt of that name was committed to for the release."""
    return name == salt_name(release) or name.startswith(f"{salt_name(release)}:")


def define(
    store: Store,
    definition: WorkflowDefinition,
    *,
    by: Person,
    code_version: str,
    clock: Clock,
    randomness: Randomness,
) -> Applied:
    """Make the definition the release in force, or amend that. The same definition again changes nothing.

    Raises Unavailable where the store cannot be written.
    """
    at = stamp(clock())
    identity = release_digest(definition, code_version=code_version)
    release = Release(identity, definition.name, definition, by.name, at)
    with store.transaction() as tx:
        row = tx.workflow(definition.name)
        if row is not None and keeps_release(tx, row, definition, code_version=code_version):
            return _amended(tx, row, definition, by, at)
        voided = row is not None and row.grant is not None
        if voided:
            _end_grant(tx, definition.name, at)
        record(tx, "release.defined", _body(release, by, code_version), at=at)
        # Also where the release was in force before: the newest salt is then always that of the release in force.
        commit_to_salt(tx, release.workflow, release.digest, randomness, at=at)
    return Applied(release, changed=True, voided_grant=voided)


def keeps_release(reading: Reading, row: WorkflowRow, definition: WorkflowDefinition, *, code_version: str) -> bool:
    """Whether applying the definition leaves the release in force: nothing that acts or constrains is another."""
    defined = reading.newest_of("release.defined", row.name)
    same_code = defined is not None and defined.body["code_version"] == code_version
    return same_code and may_be_amended(definition_of(row.definition), definition)


def _amended(tx: Transaction, row: WorkflowRow, definition: WorkflowDefinition, by: Person, at: str) -> Applied:
    release = Release(row.release, row.name, definition, row.proposed_by, row.at)
    changes = changed_fields(row.definition, plain(definition))
    if not changes:
        return Applied(release, changed=False, voided_grant=False)
    body = {
        "workflow": row.name,
        "release": row.release,
        "definition": definition,
        "fields": [name for name, _, _ in changes],
        "by": by.name,
        "authenticated": by.authenticated,
    }
    record(tx, "release.amended", body, at=at)
    return Applied(release, changed=True, voided_grant=False, amended=True)


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


def commit_to_salt(tx: Transaction, workflow: str, release: str, randomness: Randomness, *, at: str) -> LedgerEntry:
    """Keep a fresh salt for a release and commit to it in the ledger; the entry.

    Raises Unavailable where the source of randomness repeats a salt that was published: everybody knows that one.
    """
    salt = randomness(SALT_BYTES)
    commitment = salt_commitment(salt)
    if any(entry.body.get("sha256") == commitment for entry in tx.entries_of("salt.published", workflow)):
        raise Unavailable("the source of randomness repeated a salt that was published; nothing was written")
    earlier = sum(is_salt_of(str(e.body.get("salt")), release) for e in tx.entries_of("salt.committed", workflow))
    name = salt_name(release) + (f":{earlier + 1}" if earlier else "")
    tx.keep_secret(name, salt)
    return record(tx, "salt.committed", {"workflow": workflow, "salt": name, "sha256": commitment}, at=at)
