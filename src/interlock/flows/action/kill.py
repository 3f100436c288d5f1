"""The kill switch: fence first, then wait for effects in flight, and list by name what cannot be known."""

import datetime as dt

from interlock.engine.rollout.people import is_among, known_as
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import lease_is_live
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.store import Reading, Store, Transaction, WorkflowRow
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.intent import IntentState, KillReport
from interlock.terms.kill import Fenced
from interlock.terms.person import Person

WAIT_S = 10.0
NO_REASON = "no reason given"


def kill(
    store: Store, drain: Drain, scope: str, *, by: Person, reason: str, clock: Clock, timeout_s: float = WAIT_S
) -> KillReport:
    """Halt a scope: 'global', or a named tenant, workflow, action or segment. Needs no quorum; may be repeated.

    When it returns, *fenced* holds: no intent with an older epoch can commit. *Quiesced* holds only where
    `quiesced_at` is set. Raises BadInput for an unknown scope, Unavailable where the store cannot be written:
    then nothing is fenced, and nothing new can be admitted either (unless the message says that it is fenced).
    """
    return settled(store, drain, fence(store, scope, by=by, reason=reason, clock=clock), clock=clock, wait_s=timeout_s)


def fence(store: Store, scope: str, *, by: Person, reason: str, clock: Clock) -> Fenced:
    """The first half of a kill, for whoever must not wait: *fenced* holds when it returns. Raises as `kill`."""
    with store.halting(), store.transaction() as tx:
        return fence_in(tx, scope, by=by, reason=reason, clock=clock)


def settled(store: Store, drain: Drain, fenced: Fenced, *, clock: Clock, wait_s: float) -> KillReport:
    """The other half: wait for what is in flight, and put on record what is known then.

    Raises Unavailable where that cannot be read; it is fenced all the same.
    """
    emptied = _emptied(drain, fenced.scope, wait_s)  # not while writers are held back: they have receipts to record
    try:
        with store.halting():
            return _reported(store, fenced, emptied=emptied, clock=clock)
    except Unavailable as exc:
        since = f"'{fenced.scope}' is fenced since {fenced.at}"
        raise Unavailable(f"{since}, but what is in flight could not be read; kill it again: {exc}") from exc


def fence_in(tx: Transaction, scope: str, *, by: Person, reason: str, clock: Clock) -> Fenced:
    """Fence a scope inside a transaction that is already open.

    What is in flight is not waited for. Raises BadInput for an unknown scope.
    """
    check_scope(tx, scope)
    tx.fence()
    fenced_at = stamp(clock())  # no case is admitted from here on, so nothing older can commit after this time
    epoch = tx.epoch(scope) + 1
    # Somebody in a hurry is not stopped for want of a name or a reason; that none was given is on record.
    body = {"scope": scope, "epoch": epoch, "halted": 1, "by": by.name, "reason": reason.strip() or NO_REASON}
    record(tx, "kill.fenced", body | _workflow_of(scope), at=fenced_at)
    return Fenced(scope, epoch, fenced_at)


def _emptied(drain: Drain, scope: str, timeout_s: float) -> bool:
    try:
        return drain.emptied(scope, timeout_s=timeout_s)
    except Unavailable:
        return False  # what cannot be known is not quiesced


def _reported(store: Store, fenced: Fenced, *, emptied: bool, clock: Clock) -> KillReport:
    with store.transaction() as tx:
        now = clock()
        report = report_of(tx, fenced, emptied=emptied, now=now)
        body = {"report": report, "scope": fenced.scope, **_workflow_of(fenced.scope)}
        record(tx, "kill.quiesced", body, at=stamp(now))
    return report


def resume(store: Store, scope: str, *, by: Person, reason: str, clock: Clock) -> int:
    """Let a halted scope work again; returns its epoch, which stays. Needs a named person with the right to resume.

    Raises Refused where the person has no such right (in every workflow that the scope may reach), BadInput where
    nothing is halted and where no reason is given.
    """
    if not reason.strip():
        raise BadInput("say why it may work again: it is recorded")
    with store.transaction() as tx:
        check_scope(tx, scope)
        if not tx.halted((scope,)):
            raise BadInput(f"'{scope}' is not halted")
        check_may_resume(tx, scope, by)
        epoch = tx.epoch(scope)
        body = {"scope": scope, "epoch": epoch, "halted": 0, "by": by.name, "reason": reason}
        record(tx, "scope.resumed", body | _workflow_of(scope), at=stamp(clock()))
        return epoch


def check_may_resume(reading: Reading, scope: str, person: Person) -> None:
    """Raises Refused unless the person may let every workflow work again that the scope may reach."""
    lacking = lacks_right_to_resume(reading, scope, person)
    if lacking or not known_as(person.name):
        raise Refused(f"{person.name or 'nobody'} has no right to resume {', '.join(lacking) or scope}")


def lacks_right_to_resume(reading: Reading, scope: str, person: Person) -> tuple[str, ...]:
    """The workflows that the scope may reach and that the person may not let work again."""
    under = workflows_under(reading, scope)
    return tuple(row.name for row in under if not is_among(person.name, row.definition["rights"].get("resume", ())))


def report_of(reading: Reading, fenced: Fenced, *, emptied: bool, now: dt.datetime) -> KillReport:
    """What is known of effects under the scope at this moment; `emptied`: none of them holds the drain lock."""
    scope = fenced.scope
    at_work = [i for state in (IntentState.EXECUTING, IntentState.UNDOING) for i in reading.intents(scope, state=state)]
    live = tuple(intent.key for intent in at_work if lease_is_live(intent, now=now))
    expired = tuple(intent.key for intent in at_work if not lease_is_live(intent, now=now))
    in_doubt = tuple(intent.key for intent in reading.intents(scope, state=IntentState.IN_DOUBT))
    quiesced_at = stamp(now) if emptied and not live else None
    return KillReport(scope, fenced.epoch, fenced.at, quiesced_at, live, (*in_doubt, *expired))


def check_scope(reading: Reading, scope: str) -> None:
    """Raises BadInput for what is no scope, and for a workflow or an action class that no definition names.

    Tenants and segments come with the cases, so any name may be right.
    """
    kind, _, name = scope.partition(":")
    if scope == "global" or (kind in {"tenant", "segment"} and name.strip()):
        return
    # Who stops one workflow does not wait until a thousand others are read.
    if kind == "workflow" and reading.workflow(name) is not None:
        return
    rows = reading.workflows()
    known = {"workflow": [row.name for row in rows], "action": sorted(set(filter(None, map(action_class, rows))))}
    if name not in known.get(kind, ()):
        named = [f"{k}:{one}" for k, names in known.items() for one in names] or ["no workflow is defined yet"]
        raise BadInput(f"'{scope}' is no scope; say 'global', tenant:NAME, segment:NAME or one of: {', '.join(named)}")


def action_class(row: WorkflowRow) -> str | None:
    """The class of what a workflow does, by which all of that class can be stopped; None where it has none."""
    found = row.definition["effect"].get("action_class")
    return None if found is None else str(found)


def workflows_under(reading: Reading, scope: str) -> tuple[WorkflowRow, ...]:
    """The workflows that a scope may reach."""
    kind, _, name = scope.partition(":")
    if kind == "workflow":
        row = reading.workflow(name)
        return () if row is None else (row,)
    rows = reading.workflows()
    return tuple(row for row in rows if action_class(row) == name) if kind == "action" else rows


def _workflow_of(scope: str) -> dict[str, str]:
    kind, _, name = scope.partition(":")
    return {"workflow": name} if kind == "workflow" else {}
