"""Agree on actions and check them: who does what by when, and whether it was done."""

import datetime as dt

from interlock.engine.calendar.days import local_date
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.standup import Action, Closing

AGREED, CLOSED = "action.agreed", "action.closed"
WHAT_MAX, NAME_MAX, NOTE_MAX = 500, 200, 2_000
DUE_DAYS_MAX = 366  # what is later is a plan, and not an action that somebody checks


def agree_action(
    store: Store, what: str, *, owner: str, due: dt.date, by: Person, clock: Clock, workflow: str | None = None
) -> Action:
    """Put an action on record. Raises BadInput without words, without an owner, for a date that is no answer and for an
    unknown workflow.
    """
    with store.transaction() as tx:
        return _agreed(tx, what, owner=owner, due=due, by=by, now=clock(), workflow=workflow)


def close_action(
    store: Store, entry: int, *, done: bool, note: str, by: Person, clock: Clock, again: dt.date | None = None
) -> tuple[Action, ...]:
    """Say that an action was done, or why not. With `again` the same is agreed anew until that date.

    The action as it is now and, with `again`, the new one. Raises BadInput where there is no such action, it was closed
    before, or it was not done and nobody says why.
    """
    with store.transaction() as tx:
        return close_action_in(tx, entry, done=done, note=note, by=by, now=clock(), again=again)


def close_action_in(
    tx: Transaction, entry: int, *, done: bool, note: str, by: Person, now: dt.datetime, again: dt.date | None = None
) -> tuple[Action, ...]:
    """The same within a transaction."""
    _check_name(by.name, "say who closes the action: it is recorded")
    note = note.strip()
    if not done and not note:
        raise BadInput("say why it was not done: it is looked at again next time")
    if done and again is not None:
        raise BadInput("what is done is not agreed again; leave the new date out")
    if len(note) > NOTE_MAX:
        raise BadInput(f"a note has {NOTE_MAX:,} characters at most; this one has {len(note):,}")
    tx.fence()  # of two who close it at the same time one is told
    action = known_action(tx, entry)
    if action.closing is not None:
        one = action.closing
        said = "done" if one.done else "not done"
        raise BadInput(f"action {entry} was closed as {said} by {one.by} on {one.at[:10]}; nothing was changed")
    body = {
        "workflow": action.workflow,
        "action": entry,
        "done": done,
        "note": note,
        "by": by.name,
        "authenticated": by.authenticated,
    }
    record(tx, CLOSED, body, at=stamp(now))
    closed = known_action(tx, entry)
    if again is None:
        return (closed,)
    new = _agreed(
        tx, action.what, owner=action.owner, due=again, by=by, now=now, workflow=action.workflow, follows=entry
    )
    return (closed, new)


def known_action(reading: Reading, entry: int) -> Action:
    """One action. Raises BadInput where no action is on record under that entry."""
    found = next((one for one in actions(reading) if one.entry == entry), None)
    if found is None:
        raise BadInput(f"there is no action {entry}; `interlock standup show` lists them")
    return found


def actions(reading: Reading) -> tuple[Action, ...]:
    """Every action that was ever agreed, in that order."""
    closed = {int(one.body["action"]): one for one in reading.entries_of(CLOSED)}
    return tuple(_action(one, closed.get(one.index)) for one in reading.entries_of(AGREED))


def today(reading: Reading, now: dt.datetime) -> dt.date:
    """The date by the organisation's clock: an action is due until the end of a day there."""
    return local_date(calendar_in_force(reading), now)


def _agreed(
    tx: Transaction,
    what: str,
    *,
    owner: str,
    due: dt.date,
    by: Person,
    now: dt.datetime,
    workflow: str | None,
    follows: int | None = None,
) -> Action:
    what, owner = what.strip(), owner.strip()
    _check_name(by.name, "say who agrees on the action: it is recorded")
    if not what or len(what) > WHAT_MAX:
        raise BadInput(f"say what is to be done, in 1 to {WHAT_MAX} characters")
    _check_name(owner, "name the one person who does it")
    if workflow is not None and tx.workflow(workflow) is None:
        raise BadInput(f"there is no workflow '{workflow}'; leave it out where the action concerns none")
    first = today(tx, now)
    last = first + dt.timedelta(days=DUE_DAYS_MAX)
    if not first <= due <= last:
        raise BadInput(f"{due.isoformat()} is no date for an action: name one from {first} to {last}")
    body = {
        "workflow": workflow,
        "what": what,
        "owner": owner,
        "due": due.isoformat(),
        "by": by.name,
        "authenticated": by.authenticated,
        **({} if follows is None else {"follows": follows}),
    }
    return _action(record(tx, AGREED, body, at=stamp(now)), None)


def _check_name(name: str, words: str) -> None:
    if not known_as(name) or len(name) > NAME_MAX:
        raise BadInput(words)


def _action(agreed: LedgerEntry, closed: LedgerEntry | None) -> Action:
    body = agreed.body
    closing = (
        None
        if closed is None
        else Closing(bool(closed.body["done"]), closed.body["note"], closed.body["by"], closed.at, closed.index)
    )
    return Action(
        agreed.index, body["what"], body["owner"], body["due"], body["by"], agreed.at, body.get("workflow"),
        body.get("follows"), closing,
    )  # fmt: skip
