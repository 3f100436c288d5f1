"""Drill the kill switch: a real kill of a scope, a check that it holds, and back to work."""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.kill import check_may_resume, check_scope, kill, resume
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.record import record, written
from interlock.ports.journal import Answer, Wish
from interlock.ports.store import Reading, Store, WorkflowRow
from interlock.terms.decision import Verb
from interlock.terms.drill import Drill, DrillStanding, HeldDrill
from interlock.terms.errors import Refused
from interlock.terms.intent import KillReport
from interlock.terms.kill import DRILL, GLOBAL
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

HELD = "drill.held"


def drill(rt: RunTime, scope: str, *, by: Person, wait_s: float) -> Drill:
    """Kill the scope, see that a wish from before is refused, resume, and record how it went.

    Cases that come meanwhile go to people, as in any kill. Needs a person who may resume. Where the wish from before
    was admitted, the switch does not work, and the scope stays halted. Raises Refused where the person may not resume
    or the scope is halted already, BadInput for no scope, Unavailable where the store cannot be reached.
    """
    with rt.store.reading() as reading:
        check_drill(reading, scope, by)
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
        record(tx, HELD, body, at=stamp(rt.clock()))
    return held


def check_drill(reading: Reading, scope: str, by: Person) -> None:
    """Raises as `drill` where it may not begin."""
    check_scope(reading, scope)
    check_may_resume(reading, scope, by)
    if reading.halted((scope,)):
        raise Refused(f"'{scope}' is halted: a drill would resume it. Resume it first, if it may work again")


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
    held = newest_by_scope(reading.entries_of(HELD), {})
    return tuple(
        standing_of(row.name, row.at, _every_days(row), last_of(held, row.name), at) for row in reading.workflows()
    )


def due_drills(reading: Reading, *, at: str) -> Iterator[str]:
    """The scopes whose drill is overdue."""
    return (f"workflow:{one.workflow}" for one in drill_standings(reading, at=at) if one.overdue)


def newest_by_scope(entries: Iterable[LedgerEntry], before: Mapping[str, HeldDrill]) -> Mapping[str, HeldDrill]:
    """The last drill of each scope, with those that were known before."""
    return {**before, **{str(entry.body["scope"]): _held_drill(entry) for entry in entries}}


def last_of(held: Mapping[str, HeldDrill], workflow: str) -> HeldDrill | None:
    """The newest drill that reached the workflow: its own, or one of everything."""
    reached = (held.get(f"workflow:{workflow}"), held.get(GLOBAL))
    return max((one for one in reached if one is not None), key=lambda one: one.entry, default=None)


def standing_of(
    workflow: str, defined_at: str, every_days: int | None, last: HeldDrill | None, at: str
) -> DrillStanding:
    """When a workflow was last drilled, and when it is due; `every_days` is its schedule, None for none."""
    if every_days is None:
        due_at = None
    else:
        since = defined_at if last is None else last.recorded_at
        due_at = stamp(moment(since) + dt.timedelta(days=0 if last is None else every_days))
    return DrillStanding(
        workflow=workflow,
        last_at=None if last is None else last.recorded_at,
        passed=None if last is None else last.drill.passed,
        due_at=due_at,
        overdue=due_at is not None and due_at <= at,
    )


class Drills:
    """The last drill of each scope of a store; each look reads only what was recorded since. Safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._held: Mapping[str, HeldDrill] = {}
        self._seen = 0

    def newest(self) -> Mapping[str, HeldDrill]:
        """By scope. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            found = list(reading.entries_of(HELD, since=self._seen))
            if found:
                self._held, self._seen = newest_by_scope(found, self._held), found[-1].index + 1
            return self._held


def _held_drill(entry: LedgerEntry) -> HeldDrill:
    body = entry.body
    told: dict[str, Any] = {one.name: body.get(one.name) for one in fields(Drill)}
    told |= {name: tuple(told[name] or ()) for name in ("in_flight", "in_doubt")}
    return HeldDrill(Drill(**told), entry.at, entry.index)


def _every_days(row: WorkflowRow) -> int | None:
    return definition_of(row.definition).rollout.drill_every_days
