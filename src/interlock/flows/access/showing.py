"""Whether somebody shows who they are: their password and, where they set one, the code of a second factor."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import SECOND_FACTOR_SET, account_of
from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.kept import PASSWORD, SEED, secret_of
from interlock.flows.access.sessions import BEGUN
from interlock.flows.ledger.record import record
from interlock.ports.store import Reading, Transaction
from interlock.terms.account import AccountRow

REFUSED = "sign_in.refused"
WRONG = "The name, the password or the code is not right."
NO_SEED = bytes(20)
CODE_LIVES = dt.timedelta(minutes=3)  # longer than any code is good


@dataclass(frozen=True, slots=True)
class Showing:
    """What somebody shows, and the network address from which they do."""

    name: str
    password: str
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Who it is, and the step of the code that they showed (None: no second factor is set)."""

    row: AccountRow
    kept: bytes
    step: int | None
    now: dt.datetime

    @property
    def how(self) -> str:
        """In words for the record."""
        return "password" if self.step is None else "password and code"

    def refused_now(self, tx: Transaction) -> Refusal | None:
        """Why it holds no more in a transaction that was fenced: the account changed since, or the code was used."""
        row = account_of(tx, self.row.name)
        if row is None or row != self.row or (self.step is not None and self._was_used(tx)):
            return Refusal(WRONG)
        return None

    def _was_used(self, reading: Reading) -> bool:
        since = reading.entry_from(stamp(self.now - CODE_LIVES))
        used = [entry.body for entry in reading.about_no_workflow((BEGUN, SECOND_FACTOR_SET), since=since)]
        return any(same_person(body["name"], self.row.name) and body.get("step", -1) >= self.step for body in used)


def shown(entrance: Entrance, showing: Showing) -> Shown | Refusal:
    """Who shows all that it takes; else a refusal, the same whatever was wrong, after as much work.

    From some failures on there is a wait, which is put on record when it begins. Raises Unavailable.
    """
    turn = entrance.throttle.begin(showing.name, showing.address)
    if turn.wait_s:
        return Refusal("Too many attempts failed.", turn.wait_s)
    row = entrance.sessions.account(showing.name)
    with entrance.store.reading() as reading:
        kept = None if row is None else secret_of(reading, row.name, PASSWORD)
        seed = None if row is None else secret_of(reading, row.name, SEED)
    right, now = entrance.passwords.is_right(showing.password, kept), entrance.clock()
    step = entrance.codes.step(seed or NO_SEED, showing.code, now)  # as much work where there is none
    if right and row is not None and kept is not None and row.closed_at is None and (seed is None or step is not None):
        entrance.throttle.succeeded(showing.name, showing.address)
        return Shown(row, kept, None if seed is None else step, now)
    if turn.closes:
        _put_on_record(entrance, None if row is None else row.name, turn.failures)
    return Refusal(WRONG)


def _put_on_record(entrance: Entrance, name: str | None, failures: int) -> None:
    """Once when the wait begins. A name that nobody has is not recorded: it may be a password in the wrong field."""
    with entrance.store.transaction() as tx:
        told = {} if name is None else {"name": name}
        record(tx, REFUSED, {**told, "failures": failures}, at=stamp(entrance.clock()))
