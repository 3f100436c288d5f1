"""Which salt draws the audits now: the newest committed to for the release in force, unless it was published."""

import hashlib

from interlock.flows.rollout.define import is_salt_of
from interlock.ports.store import Reading
from interlock.terms.ledger import LedgerEntry


def salt_in_force(reading: Reading, workflow: str, release: str) -> bytes | None:
    """The secret that draws the audits of a release, or None where it must not or cannot be drawn with.

    None where nothing was committed to, where what was is published already, and where the secret is gone or is not the
    one that was committed to: without a salt nothing is applied, so this fails closed.
    """
    entry = _in_force(reading, workflow, release)
    return None if entry is None else committed_salt(reading, entry)


def committed_salt(reading: Reading, commitment: LedgerEntry) -> bytes | None:
    """The secret of a `salt.committed` entry, or None where it is gone or is not the one that was committed to."""
    salt = reading.secret(str(commitment.body.get("salt")))
    if salt is None or hashlib.sha256(salt).hexdigest() != commitment.body.get("sha256"):
        return None
    return salt


def unpublished(reading: Reading, workflow: str) -> tuple[LedgerEntry, ...]:
    """The `salt.committed` entries since the last period closed; the close published all before it."""
    closed = reading.newest_of("salt.published", workflow)
    entries = reading.entries_of("salt.committed", workflow)
    return tuple(entry for entry in entries if closed is None or entry.index > closed.index)


def _in_force(reading: Reading, workflow: str, release: str) -> LedgerEntry | None:
    newest = reading.newest_of("salt.committed", workflow)
    if newest is not None and not is_salt_of(str(newest.body.get("salt")), release):
        # Only in older ledgers, where a release that came back into force kept the salt of its first time.
        own = (e for e in unpublished(reading, workflow) if is_salt_of(str(e.body.get("salt")), release))
        newest = max(own, key=lambda entry: entry.index, default=None)
    closed = reading.newest_of("salt.published", workflow)
    if newest is None or (closed is not None and closed.index > newest.index):
        return None
    return newest
