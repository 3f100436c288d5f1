"""One-time links by which a person sets a password: invitations, and resets of one that was lost."""

import base64
import datetime as dt

from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import LINKED, SECOND_FACTOR_SET, accounts, live_account
from interlock.flows.access.kept import SEED, keep_secret_of
from interlock.flows.access.sessions import digest_of
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.account import AccountRow
from interlock.terms.person import Person

LINK_BYTES = 32
LASTS = dt.timedelta(hours=24)


def make_link(tx: Transaction, name: str, *, why: str, by: Person, now: dt.datetime, randomness: Randomness) -> str:
    """The secret of a new link; the one before it is good no more. The transaction has been fenced."""
    secret = base64.urlsafe_b64encode(randomness(LINK_BYTES)).decode().rstrip("=")
    told = {"name": name, "sha256": digest_of(secret), "until": stamp(now + LASTS), "why": why}
    record(tx, LINKED, {**told, "by": by.name, "authenticated": by.authenticated}, at=stamp(now))
    return secret


def reset_account(
    store: Store,
    name: str,
    *,
    by: Person,
    clock: Clock,
    randomness: Randomness,
    without_second_factor: bool = False,
) -> str:
    """The secret of a link by which a person sets another password; the present one holds until then.

    `without_second_factor` takes that away at once, for somebody who lost it. Raises BadInput for no such account.
    """
    with store.transaction() as tx:
        tx.fence()
        row = live_account(tx, name)
        if without_second_factor and row.second_factor_at is not None:
            keep_secret_of(tx, row.name, SEED, None)
            told = {"name": row.name, "on": False, "by": by.name, "authenticated": by.authenticated}
            record(tx, SECOND_FACTOR_SET, told, at=stamp(clock()))
        return make_link(tx, row.name, why="reset", by=by, now=clock(), randomness=randomness)


def invited(reading: Reading, secret: str, now: dt.datetime) -> AccountRow | None:
    """Whose link this is, None where it is nobody's, was used, or is too old."""
    digest = digest_of(secret)
    return next(
        (
            row
            for row in accounts(reading)
            if row.closed_at is None
            and row.link is not None
            and row.link.sha256 == digest
            and stamp(now) < row.link.until
        ),
        None,
    )
