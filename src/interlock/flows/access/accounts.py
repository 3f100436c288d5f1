"""Accounts: who people are and what they may do, as it is on record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from interlock.engine.access.permissions import role_at
from interlock.engine.rollout.people import known_as
from interlock.ports.store import Reading
from interlock.terms.account import AccountRow, Link
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry

CREATED, CHANGED, CLOSED = "account.created", "account.changed", "account.closed"
LINKED, PASSWORD_SET, SECOND_FACTOR_SET = "account.linked", "account.password_set", "account.second_factor_set"
EMAIL_SET, BOUND = "account.email_set", "account.bound"
KINDS = (CREATED, CHANGED, CLOSED, LINKED, PASSWORD_SET, SECOND_FACTOR_SET)  # what a row is made from


def accounts(reading: Reading) -> tuple[AccountRow, ...]:
    """Every account that was ever made, in that order; one that was made again after it was closed is one."""
    return tuple(after({}, changes(reading)).values())


def account_of(reading: Reading, name: str) -> AccountRow | None:
    """The account of a person that is not closed, None where there is none."""
    row = after({}, changes(reading)).get(known_as(name))
    return None if row is None or row.closed_at is not None else row


def live_account(reading: Reading, name: str) -> AccountRow:
    """The same. Raises BadInput, which names those that there are, where there is none."""
    row = account_of(reading, name)
    if row is None:
        live = [one.name for one in accounts(reading) if one.closed_at is None]
        raise BadInput(f"there is no account '{name}'; there are: {', '.join(live) or 'none'}")
    return row


def changes(reading: Reading, *, since: int = 0) -> Iterator[LedgerEntry]:
    """What was recorded about accounts from an entry on, in order."""
    return reading.about_no_workflow(KINDS, since=since)


def after(rows: Mapping[str, AccountRow], entries: Iterable[LedgerEntry]) -> dict[str, AccountRow]:
    """Accounts, by the name for comparison, after these entries."""
    told = dict(rows)
    for entry in entries:
        key = known_as(str(entry.body["name"]))
        told[key] = _made(entry) if entry.kind == CREATED else _changed(told[key], entry)
    return told


def _made(entry: LedgerEntry) -> AccountRow:
    body = entry.body
    return AccountRow(body["name"], tuple(map(role_at, body["roles"])), body["by"], entry.at, entry.index)


def _changed(row: AccountRow, entry: LedgerEntry) -> AccountRow:
    body = entry.body
    if entry.kind == LINKED:
        return replace(row, link=Link(body["sha256"], body["until"], entry.index))
    row = replace(row, sessions_from=entry.index)
    if entry.kind == CHANGED:
        return replace(row, roles=tuple(map(role_at, body["roles"])))
    if entry.kind == CLOSED:
        return replace(row, closed_at=entry.at, link=None, password_at=None, second_factor_at=None)
    if entry.kind == PASSWORD_SET:
        return replace(row, password_at=entry.at, link=None)
    return replace(row, second_factor_at=entry.at if body["on"] else None)
