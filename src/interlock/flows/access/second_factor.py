"""A second factor: codes of an app on a telephone, set and taken away by who shows the password."""

import datetime as dt

from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import SECOND_FACTOR_SET
from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.kept import SEED, keep_secret_of
from interlock.flows.access.sessions import begin_session
from interlock.flows.access.showing import Showing, shown
from interlock.flows.ledger.record import record
from interlock.ports.store import Transaction

SEED_BYTES = 20
WRONG_CODE = "The code is not right: type the newest one that the app shows for this page's picture."


def set_second_factor(entrance: Entrance, showing: Showing, seed: bytes, new_code: str) -> str | Refusal:
    """Ask for codes of this seed from now on; the cookie of a new session, the others end.

    `new_code` shows that the app has the seed. Where a second factor is set already, it is shown too.
    """
    step = entrance.codes.step(seed, new_code, entrance.clock())
    if step is None or len(seed) != SEED_BYTES:
        return Refusal(WRONG_CODE)
    return _changed(entrance, showing, seed, step)


def end_second_factor(entrance: Entrance, showing: Showing) -> str | Refusal:
    """Ask for no code any more; the cookie of a new session, the others end."""
    return _changed(entrance, showing, None, None)


def _changed(entrance: Entrance, showing: Showing, seed: bytes | None, step: int | None) -> str | Refusal:
    found = shown(entrance, showing)
    if isinstance(found, Refusal):
        return found
    with entrance.store.transaction() as tx:
        tx.fence()
        refusal = found.refused_now(tx)
        if refusal is not None:
            return refusal
        keep_secret_of(tx, found.row.name, SEED, seed)
        _put_on_record(tx, found.row.name, step, found.now)
        how = found.how if step is None else "password and code"
        return begin_session(
            tx, found.row.name, how=how, now=entrance.clock(), randomness=entrance.randomness, step=found.step
        )


def _put_on_record(tx: Transaction, name: str, step: int | None, now: dt.datetime) -> None:
    told = {"name": name, "on": step is not None, "by": name, "authenticated": True}
    record(tx, SECOND_FACTOR_SET, told if step is None else {**told, "step": step}, at=stamp(now))
