"""Accounts are given, changed and closed by an administrator; always somebody is left who can do so."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from interlock.engine.access.permissions import may, role_at
from interlock.engine.rollout.people import look_alike, same_person
from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import CHANGED, CLOSED, CREATED, EMAIL_SET, accounts, live_account
from interlock.flows.access.kept import EMAIL, email_key, erase_secrets_of, keep_secret_of, secret_of, whose
from interlock.flows.access.links import make_link
from interlock.flows.access.names import check_new_name
from interlock.flows.access.tokens import revoke_tokens_of
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.access import Caller, RoleAt
from interlock.terms.account import AccountRow
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

EMAIL_MAX = 254


def create_account(
    store: Store,
    name: str,
    roles: Iterable[RoleAt],
    *,
    by: Person,
    clock: Clock,
    randomness: Randomness,
    email: str = "",
) -> str:
    """The link of an invitation, good once, by which the person sets a password.

    `name` is the person's as definitions write it. Raises BadInput for a name that another account has, or that a
    reader could take for it, and for an e-mail address that another one has. Who had a closed account can get one anew.
    """
    with store.transaction() as tx:
        tx.fence()  # entries about accounts are seen in the order in which they hold
        name = make_account(tx, name, roles, by=by, at=stamp(clock()))
        if email.strip():
            _keep_email(tx, name, email, by, stamp(clock()))
        return make_link(tx, name, why="invitation", by=by, now=clock(), randomness=randomness)


def make_account(tx: Transaction, name: str, roles: Iterable[RoleAt], *, by: Person, at: str) -> str:
    """The name as it is recorded. The transaction has been fenced."""
    name = _new_name(accounts(tx), name, by)
    told = {"name": name, "roles": _written(roles), "by": by.name, "authenticated": by.authenticated}
    record(tx, CREATED, told, at=at)
    return name


def change_roles(store: Store, name: str, roles: Iterable[RoleAt], *, by: Person, clock: Clock) -> bool:
    """Say what a person may do from now on; their sessions end. Whether that is other than before.

    An administrator may do so to themself: it is on record. Raises BadInput where nobody would be left who may.
    """
    with store.transaction() as tx:
        tx.fence()
        row, wanted = live_account(tx, name), _written(roles)
        was = _written(row.roles)
        if wanted == was:
            return False
        left = [other for other in accounts(tx) if other.name != row.name]
        _check_left([*left, row], [*left, replace(row, roles=tuple(map(role_at, wanted)))])
        told = {"name": row.name, "roles": wanted, "was": was, "by": by.name, "authenticated": by.authenticated}
        record(tx, CHANGED, told, at=stamp(clock()))
    return True


def change_email(store: Store, name: str, email: str, *, by: Person, clock: Clock) -> None:
    """Keep another e-mail address of a person, "" for none. Raises BadInput for what is none, or another one's."""
    with store.transaction() as tx:
        tx.fence()
        _keep_email(tx, live_account(tx, name).name, email, by, stamp(clock()))


def close_account(store: Store, name: str, *, by: Person, clock: Clock) -> bool:
    """Close an account at once, in every server on the store, and erase its secrets; what it did stays on record.

    A token in that person's name ends too: it would act in the name of somebody who is gone. Whether nothing of them
    is left in the store's files. Raises BadInput where nobody would be left who may make accounts.
    """
    with store.transaction() as tx:
        tx.fence()
        row = live_account(tx, name)
        left = [other for other in accounts(tx) if other.name != row.name]
        _check_left([*left, row], left)
        erase_secrets_of(tx, row.name)
        revoke_tokens_of(tx, row.name, by=by, at=stamp(clock()))
        told = {"name": row.name, "by": by.name, "authenticated": by.authenticated}
        record(tx, CLOSED, told, at=stamp(clock()))
    return store.purge()


def email_of(reading: Reading, name: str) -> str:
    """The e-mail address of a person, "" for none."""
    return (secret_of(reading, name, EMAIL) or b"").decode()


def administrators(rows: Iterable[AccountRow]) -> tuple[str, ...]:
    """Who may make accounts."""
    return tuple(row.name for row in rows if row.closed_at is None and _may_manage(row.roles))


def _new_name(rows: Sequence[AccountRow], name: str, by: Person) -> str:
    closed = next((row for row in rows if row.closed_at is not None and row.name == name.strip()), None)
    name = check_new_name(name, [], by=by)
    if closed is not None:
        return closed.name
    taken = look_alike(name, [row.name for row in rows])
    if taken is None:
        return name
    if same_person(taken, name) and any(row.name == taken and row.closed_at is not None for row in rows):
        raise BadInput(f"'{taken}' had an account: write the name as it was, or take one that nobody takes for it")
    raise BadInput(f"there is an account '{taken}', which nobody could tell from '{name}': take another name")


def _check_left(before: Iterable[AccountRow], rows: Iterable[AccountRow]) -> None:
    if administrators(before) and not administrators(rows):
        raise BadInput("nobody would be left who may make accounts: make somebody else an administrator first")


def _may_manage(roles: Iterable[RoleAt]) -> bool:
    return may(Caller(None, frozenset(roles)), "account", "manage")


def _written(roles: Iterable[RoleAt]) -> list[str]:
    return sorted(set(map(str, roles)))


def _keep_email(tx: Transaction, name: str, email: str, by: Person, at: str) -> None:
    kept = email_key(email)
    local, _, host = kept.rpartition("@")
    if kept and (not local or "." not in host.strip(".") or len(kept) > EMAIL_MAX or not _is_plain(kept)):
        raise BadInput(f"'{email.strip()[:EMAIL_MAX]}' is no e-mail address: write it as name@example.org")
    other = whose(tx, EMAIL, kept.encode()) if kept else None
    if other is not None and not same_person(other, name):
        raise BadInput(f"the account of {other} has that e-mail address: each address is one person's")
    keep_secret_of(tx, name, EMAIL, kept.encode() or None)
    told = {"name": name, "on": bool(kept), "by": by.name, "authenticated": by.authenticated}
    record(tx, EMAIL_SET, told, at=at)


def _is_plain(text: str) -> bool:
    return text.isprintable() and " " not in text
