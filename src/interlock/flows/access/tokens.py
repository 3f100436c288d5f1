"""Tokens: made once, shown once, kept as a digest only. Who presents one, and what they may."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterable

from interlock.engine.access.permissions import role_at
from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import CREATED as ACCOUNT
from interlock.flows.access.names import check_new_name
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.access import ANYBODY, Caller, Role, RoleAt, TokenRow
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

TOKEN_BYTES = 32
PREFIX = "interlock_"
CREATED, REVOKED = "token.created", "token.revoked"


def create_token(
    store: Store, name: str, roles: Iterable[Role | RoleAt], *, by: Person, clock: Clock, randomness: Randomness
) -> str:
    """A new token, which nobody can show again: the store keeps its SHA-256. Raises BadInput for a name used before.

    A token for a person carries that person's name: what is done with it is done in that name.
    """
    held = sorted(set(map(str, roles)))
    if not held:
        raise BadInput(f"a token needs a role: --role {', '.join(Role)}")
    token = PREFIX + base64.urlsafe_b64encode(randomness(TOKEN_BYTES)).decode().rstrip("=")
    with store.transaction() as tx:
        tx.fence()  # entries about tokens come in the order in which they hold
        name = check_new_name(name, [row.name for row in tokens(tx)], by=by)
        body = {"name": name, "sha256": _digest(token), "roles": held, "by": by.name}
        record(tx, CREATED, {**body, "authenticated": by.authenticated}, at=stamp(clock()))
    return token


def revoke_token(store: Store, name: str, *, by: Person, clock: Clock) -> None:
    """End a token at once, in every server on the store. Raises BadInput where there is none of that name."""
    with store.transaction() as tx:
        tx.fence()
        live = [row.name for row in tokens(tx) if row.revoked_at is None]
        if name not in live:
            raise BadInput(f"there is no token '{name}' to revoke; there are: {', '.join(live) or 'none'}")
        _revoke(tx, name, by, stamp(clock()))


def revoke_tokens_of(tx: Transaction, person: str, *, by: Person, at: str) -> None:
    """End every token that acts in a person's name. The transaction has been fenced."""
    for row in tokens(tx):
        if row.revoked_at is None and same_person(row.name, person):
            _revoke(tx, row.name, by, at)


def tokens(reading: Reading) -> tuple[TokenRow, ...]:
    """Every token that was ever made, in that order."""
    revoked = {entry.body["name"]: entry.at for entry in reading.entries_of(REVOKED)}
    return tuple(
        TokenRow(
            entry.body["name"],
            tuple(map(role_at, entry.body["roles"])),
            entry.body["by"],
            entry.at,
            revoked.get(entry.body["name"]),
        )
        for entry in reading.entries_of(CREATED)
    )


class Tokens:
    """The tokens of a store as this process last saw them; each look reads only what has been recorded since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._callers: dict[str, Caller] = {}
        self._revoked: set[str | None] = set()
        self._accounts = False  # whether one was ever made; asked only while there is no token
        self._seen = 0

    def known(self, presented: str | None) -> Caller | None:
        """Who presents a token; None where it is none, or was revoked. Anybody, while neither a token nor an
        account was ever made.

        Raises Unavailable where the store cannot be read: then nobody is known.
        """
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            if not self._callers and not self._accounts:
                return ANYBODY
            digest = _digest(presented or "")
            found = [caller for known, caller in self._callers.items() if hmac.compare_digest(known, digest)]
            return found[0] if found and found[0].name not in self._revoked else None

    @property
    def any(self) -> bool:
        """Whether a token or an account was ever made. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            return bool(self._callers) or self._accounts

    def _look(self, reading: Reading) -> None:
        created = list(reading.entries_of(CREATED, since=self._seen))
        revoked = list(reading.entries_of(REVOKED, since=self._seen))
        if not self._callers and not created and not self._accounts:
            self._accounts = next(reading.entries_of(ACCOUNT, since=self._seen), None) is not None
        for entry in created:
            self._callers[entry.body["sha256"]] = _caller(entry)
        self._revoked.update(entry.body["name"] for entry in revoked)
        self._seen = max((entry.index + 1 for entry in (*created, *revoked)), default=self._seen)


def _revoke(tx: Transaction, name: str, by: Person, at: str) -> None:
    record(tx, REVOKED, {"name": name, "by": by.name, "authenticated": by.authenticated}, at=at)


def _caller(entry: LedgerEntry) -> Caller:
    return Caller(entry.body["name"], frozenset(map(role_at, entry.body["roles"])))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
