"""Drill the kill switch: a real kill of a scope, a check that it holds, and back to work."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.kill import check_may_resume, check_scope, kill, resume
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.record import record, written
from interlock.ports.journal import Answer, Wish
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.decision import Verb
from interlock.terms.drill import Drill, DrillStanding
from interlock.terms.errors import Refused
from interlock.terms.intent import KillReport
from interlock.terms.kill import DRILL
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person


def drill(rt: RunTime, scope: str, *, by: Person, wait_s: float) -> Drill:
    """Kill the scope, see that a wish from before is refused, resume, and record how it went.

    Cases that come meanwhile go to people, as in any kill. Needs a person who may resume. Where the wish from before
    was admitted, the switch does not work, and the scope stays halted. Raises Refused where the person may not resume
    or the scope is halted already, BadInput for no scope, Unavailable where the store cannot be reached.
    """
    with rt.store.reading() as reading:
        check_scope(reading, scope)
        check_may_resume(reading, scope, by)
        if reading.halted((scope,)):
            raise Refused(f"'{scope}' is halted: a drill would resume it. Resume it first, if it may work again")
        version = reading.authority_version()
    began = rt.clock()
    report = kill(rt.store, rt.drain, scope, by=by, reason=DRILL, clock=rt.clock, timeout_s=wait_s)
    refused = _is_refused(rt, _wish(scope, version, stamp(began)))
    if refused:
        resume(rt.store, scope, by=by, reason=DRILL, clock=rt.clock)
    held = _held(scope, by, began, report, refused=refused)
    kind, _, name = scope.partition(":")
    body = {**plain(held), "passed": held.passed, **({"workflow": name} if kind == "workflow" else {})}
    with rt.store.transaction() as tx:
        record(tx, "drill.held", body, at=stamp(rt.clock()))
    return held


def _held(scope: str, by: Person, began: dt.datetime, report: KillReport, *, refused: bool) -> Drill:
    quiesced = None if report.quiesced_at is None else _ms(began, report.quiesced_at)
    return Drill(
        scope=scope,
        at=stamp(began),
        by=by.name,
        fence_ms=_ms(began, report.fenced_at),
        quiesce_ms=quiesced,
        refused=refused,
        in_flight=report.in_flight,
        in_doubt=report.in_doubt,
        resumed=refused,
    )


def _ms(began: dt.datetime, until: str) -> float:
    return round((moment(until) - began).total_seconds() * 1e3, 3)


def _wish(scope: str, version: int, at: str) -> Wish:
    """A wish made before the kill. Were it admitted, its record would say so, and deny."""
    key = f"drill:{scope}:{at}"
    body: Mapping[str, Any] = {
        "key": key,
        "workflow": scope,
        "release": DRILL,
        "verb": Verb.DENY.value,
        "reasons": ["a drill's wish from before a kill was admitted after it: the fence does not hold"],
        "audited": 0,
        "inputs": {"proposal": {"key": key, "label": DRILL}},
    }
    return Wish(key, version, written("decision.made", body, at=at))


def _is_refused(rt: RunTime, wish: Wish) -> bool:
    (admission,) = rt.journal.admit([wish])
    return admission.answer is Answer.STALE


def drill_standings(reading: Reading, *, at: str) -> tuple[DrillStanding, ...]:
    """Of each workflow: its last drill, and whether one is due. Never held is overdue where a schedule is set."""
    return tuple(_standing(reading, row, at) for row in reading.workflows())


def due_drills(reading: Reading, *, at: str) -> Iterator[str]:
    """The scopes whose drill is overdue."""
    return (f"workflow:{one.workflow}" for one in drill_standings(reading, at=at) if one.overdue)


def _last_drill(reading: Reading, workflow: str) -> LedgerEntry | None:
    """The newest drill that reached the workflow: its own, or one of everything."""
    own = reading.newest_of("drill.held", workflow)
    everything = [entry for entry in reading.entries_of("drill.held") if entry.body.get("scope") == "global"]
    return max(filter(None, (own, *everything[-1:])), key=lambda entry: entry.index, default=None)


def _standing(reading: Reading, row: WorkflowRow, at: str) -> DrillStanding:
    last = _last_drill(reading, row.name)
    days = definition_of(row.definition).rollout.drill_every_days
    if days is None:
        due_at = None
    else:
        since = row.at if last is None else last.at
        due_at = stamp(moment(since) + dt.timedelta(days=0 if last is None else days))
    return DrillStanding(
        workflow=row.name,
        last_at=None if last is None else last.at,
        passed=None if last is None else bool(last.body.get("passed")),
        due_at=due_at,
        overdue=due_at is not None and due_at <= at,
    )
