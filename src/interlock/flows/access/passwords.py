"""Passwords: set with a one-time link or by who knows the present one. Every other session of the person ends."""

import datetime as dt

from interlock.engine.access.password import fault_of_password
from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import PASSWORD_SET, live_account
from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.first_run import make_first
from interlock.flows.access.kept import PASSWORD, keep_secret_of
from interlock.flows.access.links import invited
from interlock.flows.access.sessions import begin_session
from interlock.flows.access.showing import Showing, shown
from interlock.flows.ledger.record import record
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput

OLD_LINK = "this link was used already, or is older than a day: ask an administrator for another one"


def set_first_password(entrance: Entrance, token: str, name: str, password: str) -> str:
    """Make the first administrator; the cookie of their session. Raises BadInput for a token that is not good."""
    if not entrance.first_run.is_right(token):
        raise BadInput("this link is good no more: there is an account, or the server was started anew since")
    kept = _hashed(entrance, password, name)
    with entrance.store.transaction() as tx:
        tx.fence()
        name, now = make_first(tx, name, entrance.clock), entrance.clock()
        _set(tx, name, kept, now)
        return begin_session(tx, name, how="first link", now=now, randomness=entrance.randomness)


def set_invited_password(entrance: Entrance, secret: str, password: str) -> str | None:
    """Set a password with a one-time link; the cookie of a session, None where a second factor is asked for first.

    Raises BadInput for a link that is not good, and for a password that will not do.
    """
    with entrance.store.reading() as reading:
        row = invited(reading, secret, entrance.clock())
    if row is None:
        raise BadInput(OLD_LINK)
    kept = _hashed(entrance, password, row.name)
    with entrance.store.transaction() as tx:
        tx.fence()
        now = entrance.clock()
        row = invited(tx, secret, now)
        if row is None:
            raise BadInput(OLD_LINK)
        _set(tx, row.name, kept, now)
        if row.second_factor_at is not None:
            return None
        return begin_session(tx, row.name, how="link", now=now, randomness=entrance.randomness)


def change_password(entrance: Entrance, showing: Showing, password: str) -> str | Refusal:
    """Set another password for who shows the present one; the cookie of a new session, the others end.

    Raises BadInput for a password that will not do.
    """
    fault = fault_of_password(password, name=showing.name)
    if fault is not None:
        raise BadInput(f"the new password will not do: {fault}")
    found = shown(entrance, showing)
    if isinstance(found, Refusal):
        return found
    kept = entrance.passwords.hashed(password)
    with entrance.store.transaction() as tx:
        tx.fence()
        now = entrance.clock()
        refusal = found.refused_now(tx)
        if refusal is not None:
            return refusal
        _set(tx, found.row.name, kept, now)
        return begin_session(
            tx, found.row.name, how=found.how, now=now, randomness=entrance.randomness, step=found.step
        )


def _hashed(entrance: Entrance, password: str, name: str) -> bytes:
    fault = fault_of_password(password, name=name)
    if fault is not None:
        raise BadInput(f"this password will not do: {fault}")
    return entrance.passwords.hashed(password)


def _set(tx: Transaction, name: str, kept: bytes, now: dt.datetime) -> None:
    keep_secret_of(tx, live_account(tx, name).name, PASSWORD, kept)
    record(tx, PASSWORD_SET, {"name": name, "by": name, "authenticated": True}, at=stamp(now))
