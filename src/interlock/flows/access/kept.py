"""What an account has that nobody may read: kept beside the ledger, erased with the account."""

import hashlib

from interlock.engine.rollout.people import known_as
from interlock.ports.store import Reading, Transaction

PASSWORD, SEED, EMAIL, SUBJECT = "password", "second-factor", "email", "subject"
ALL = (PASSWORD, SEED, EMAIL, SUBJECT)


def secret_of(reading: Reading, name: str, kind: str) -> bytes | None:
    """One secret of an account, None where it has none of that kind."""
    return reading.secret(_kept_as(name, kind))


def keep_secret_of(tx: Transaction, name: str, kind: str, value: bytes | None) -> None:
    """Keep it instead of what was kept before; None erases it."""
    old = tx.take_secret(_kept_as(name, kind))
    if kind in {EMAIL, SUBJECT} and old is not None:
        tx.take_secret(_found_by(kind, old))
    if value is not None:
        tx.keep_secret(_kept_as(name, kind), value)
        if kind in {EMAIL, SUBJECT}:
            tx.keep_secret(_found_by(kind, value), name.encode())


def whose(reading: Reading, kind: str, value: bytes) -> str | None:
    """The name of the account that has this e-mail address or subject, None where none has."""
    found = reading.secret(_found_by(kind, value))
    return None if found is None else found.decode()


def email_key(address: str) -> str:
    """An e-mail address for comparison: its plain letters in lower case. No others: 'ſue' and 'sue' are two mailboxes,
    and whoever has the one must not be taken for who has the other.
    """
    return "".join(char.lower() if char.isascii() else char for char in address.strip())


def erase_secrets_of(tx: Transaction, name: str) -> None:
    """Erase all that an account has."""
    for kind in ALL:
        keep_secret_of(tx, name, kind, None)


def _kept_as(name: str, kind: str) -> str:
    return f"account:{kind}:{known_as(name)}"


def _found_by(kind: str, value: bytes) -> str:
    return f"account:by-{kind}:{hashlib.sha256(value).hexdigest()}"
