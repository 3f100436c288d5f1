"""Close an audit period: its salts are published, so that anybody can draw again, and a fresh one is committed to."""

from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.oversight.audits.salts import committed_salt, salt_in_force, unpublished
from interlock.flows.rollout.define import commit_to_salt
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class PublishedSalt:
    """A salt that is no secret any more: its name, its bytes and its commitment in hex, the entry that publishes it."""

    salt: str
    salt_hex: str
    sha256: str
    entry: int


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """What a close did: the published salts, oldest first (one for each release that was defined in the period).

    `lost` names salts of earlier releases whose secret is gone or was replaced: they cannot be published and their
    draws cannot be checked. `next_salt` and `next_sha256` are the name and the commitment of the salt used from now on.
    """

    workflow: str
    at: str
    published: tuple[PublishedSalt, ...]
    lost: tuple[str, ...]
    next_salt: str
    next_sha256: str


def close_period(store: Store, workflow: str, *, by: Person, clock: Clock, randomness: Randomness) -> ClosedPeriod:
    """Publish the salts of the period and commit to a fresh one, in one transaction.

    Whatever is decided afterwards is drawn with the fresh salt; open audits stay due. Raises BadInput for a blank name,
    an unknown workflow, and one whose salt in force is missing or was replaced; then nothing is written.
    """
    if not known_as(by.name):
        raise BadInput("closing a period needs the name of the person who closes it: --as NAME")
    at = stamp(clock())
    with store.transaction() as tx:
        row = tx.workflow(workflow)
        if row is None:
            raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
        if salt_in_force(tx, workflow, row.release) is None:
            raise BadInput(
                f"'{workflow}' has no salt that was committed to, so its audit draws cannot be opened; "
                "`interlock ledger verify` says what happened to it, applying a changed definition commits to a new one"
            )
        published, lost = _publish(tx, workflow, by, at)
        fresh = commit_to_salt(tx, workflow, row.release, randomness, at=at)
    return ClosedPeriod(workflow, at, published, lost, str(fresh.body["salt"]), str(fresh.body["sha256"]))


def _publish(tx: Transaction, workflow: str, by: Person, at: str) -> tuple[tuple[PublishedSalt, ...], tuple[str, ...]]:
    published, lost = [], []
    for commitment in unpublished(tx, workflow):
        salt = committed_salt(tx, commitment)
        if salt is None:
            lost.append(str(commitment.body.get("salt")))
        else:
            published.append(_publish_one(tx, commitment, salt, by, at))
    return tuple(published), tuple(lost)


def _publish_one(tx: Transaction, commitment: LedgerEntry, salt: bytes, by: Person, at: str) -> PublishedSalt:
    name, sha256 = str(commitment.body.get("salt")), str(commitment.body["sha256"])
    body = {
        "workflow": commitment.body["workflow"],
        "salt": name,
        "salt_hex": salt.hex(),
        "sha256": sha256,
        "by": by.name,
        "authenticated": by.authenticated,
    }
    return PublishedSalt(name, salt.hex(), sha256, record(tx, "salt.published", body, at=at).index)
