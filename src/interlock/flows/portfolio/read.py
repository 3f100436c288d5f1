"""Read where every workflow stands: each kind of record once for all of them, whatever their number."""

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.portfolio import recorded
from interlock.flows.rollout.unauthorised import drifting
from interlock.ports.evidences import QueueLength
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.certificate import Promise
from interlock.terms.council import CouncilDecision
from interlock.terms.evidence import GateVerdict
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.instrument import Sheet
from interlock.terms.ledger import LedgerEntry
from interlock.terms.measured import Expense, Incident, Measurement, PeriodRun
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage, StageMove, Waiver

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Records:
    """What is on record, by workflow."""

    moves: Mapping[str, list[StageMove]]
    gates: Mapping[str, dict[str, GateVerdict]]
    waivers: Mapping[str, list[Waiver]]
    incidents: Mapping[str, list[Incident]]
    sheets: Mapping[str, dict[str, Sheet]]
    measurements: Mapping[str, list[Measurement]]
    expenses: Mapping[str, list[Expense]]
    runs: Mapping[str, list[PeriodRun]]
    drills: Mapping[str, str]
    queues: Mapping[str, QueueLength]


def read_portfolio(reading: Reading, now: dt.datetime, *, ledger_holds: bool | None = None) -> Portfolio:
    """Everything as of `now`, out of one read view.

    `ledger_holds` is what a verification of the ledger said, None where nobody verified it.
    """
    with _collecting_later():
        return _read(reading, now, ledger_holds=ledger_holds)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """A hundred thousand terms are made and all are kept: looking through them for cycles finds none.

    Not meanwhile, and not right after: they are put with the old objects, which are looked through seldom. Together
    that would take a fifth of the time in which a thousand workflows are read. Where the application froze objects of
    its own they stay frozen, and the terms stay young.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
            gc.enable()


def _read(reading: Reading, now: dt.datetime, *, ledger_holds: bool | None) -> Portfolio:
    at = stamp(now)
    records = _records(reading, at)
    halted = {name for name, (_, is_halted) in reading.scopes().items() if is_halted}
    rows = reading.workflows()
    stages = {name: moves[-1].entered for name, moves in records.moves.items()}
    drifts = drifting(reading, rows, stages, records.runs, now=now)
    standings = tuple(_standing(row, records, halted, drifts.get(row.name, ()), at) for row in rows)
    organisation = _newest(reading.entries_of("organisation.defined"))
    return Portfolio(
        as_of=at,
        organisation=None if organisation is None else recorded.organisation(organisation),
        standings=standings,
        decisions=_decisions(reading),
        authored_sample=organisation is not None and bool(organisation.body.get("authored_sample")),
        ledger_holds=ledger_holds,
    )


def _decisions(reading: Reading) -> tuple[CouncilDecision, ...]:
    """Those that took effect: what a rule refused is still to be decided."""
    refused = {entry.body.get("decision") for entry in reading.entries_of("council.refused")}
    decided = (entry for entry in reading.entries_of("council.decided") if entry.index not in refused)
    return tuple(map(recorded.council_decision, decided))


def _records(reading: Reading, at: str) -> _Records:
    ended = {int(entry.body["waiver"]) for entry in reading.entries_of("waiver.ended")}
    given = (entry for entry in reading.entries_of("waiver.given") if entry.index not in ended)
    incidents = recorded.incidents(reading.entries_of("incident.opened"), reading.entries_of("incident.closed"))
    return _Records(
        moves=_by_workflow(map(recorded.stage_move, reading.entries_of("stage.moved"))),
        gates=_gates(reading),
        waivers=_by_workflow(map(recorded.waiver, given)),
        incidents=_by_workflow(incidents),
        sheets=_sheets(reading.entries_of("instrument.answered")),
        measurements=_by_workflow(map(recorded.measurement, reading.measured("kpi"))),
        expenses=_by_workflow(map(recorded.expense, reading.measured("expense"))),
        runs=_by_workflow(map(recorded.period_run, reading.measured("period"))),
        drills=_drills(reading.entries_of("drill.held")),
        queues=reading.queue_lengths(at),
    )


def _by_workflow(items: Iterable[T]) -> Mapping[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for item in items:
        grouped[item.workflow].append(item)  # type: ignore[attr-defined] # each of these terms names its workflow
    return grouped


def _gates(reading: Reading) -> Mapping[str, dict[str, GateVerdict]]:
    """The newest verdict of each gate; only that one is read back, however often the gate was judged."""
    grouped: dict[str, dict[str, GateVerdict]] = defaultdict(dict)
    amended = {str(entry.body["workflow"]): entry for entry in reading.newest_each("release.amended")}
    for entry in (*reading.newest_each("gate.judged"), *reading.newest_by("readiness.judged", "gate")):
        workflow = entry.body["workflow"]
        grouped[workflow][entry.body["gate"]] = recorded.verdict(entry, amended.get(workflow))
    return grouped


def _sheets(entries: Iterable[LedgerEntry]) -> Mapping[str, dict[str, Sheet]]:
    """The newest sheet of each instrument; what it leaves open keeps the newest answer before it."""
    grouped: dict[str, dict[str, Sheet]] = defaultdict(dict)
    for entry in entries:
        newest = recorded.sheet(entry)
        before = grouped[newest.subject].get(newest.instrument)
        merged = {one.item: one for one in (*(before.answers if before else ()), *newest.answers)}
        grouped[newest.subject][newest.instrument] = replace(newest, answers=tuple(merged.values()))
    return grouped


def _drills(entries: Iterable[LedgerEntry]) -> Mapping[str, str]:
    """When each workflow's own switch was last drilled with success."""
    passed = (entry for entry in entries if entry.body.get("passed") and entry.body.get("workflow"))
    return {str(entry.body["workflow"]): entry.at for entry in passed}


def _newest(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    return max(entries, key=lambda entry: entry.index, default=None)


def _standing(row: WorkflowRow, records: _Records, halted: set[str], drifts: tuple[str, ...], at: str) -> Standing:
    name = row.name
    moves = records.moves.get(name, [])
    stage = moves[-1].entered if moves else RolloutStage.EXPLORATION
    grant = None if row.grant is None else grant_of(row.grant)
    live = grant is not None and at < grant.expires_at
    queue = records.queues.get(name, QueueLength(0, 0))
    return Standing(
        definition=definition_of(row.definition),
        release=row.release,
        proposed_by=row.proposed_by,
        defined_at=row.at,
        stage=stage,
        level=grant.level if live and grant is not None else AutonomyLevel.SHADOW,
        grant=grant,
        moves=tuple(moves),
        gates=records.gates.get(name, {}),
        waivers=tuple(records.waivers.get(name, ())),
        measurements=tuple(records.measurements.get(name, ())),
        expenses=tuple(records.expenses.get(name, ())),
        runs=tuple(records.runs.get(name, ())),
        incidents=tuple(records.incidents.get(name, ())),
        sheets=records.sheets.get(name, {}),
        live_by_drift=bool(drifts),
        drifts=drifts,
        halted=bool(halted & {"global", f"workflow:{name}"}),
        open_reviews=queue.open,
        late_reviews=queue.late,
        drilled_at=records.drills.get(name),
    )


def grant_of(body: Mapping[str, object]) -> Grant:
    """The grant as a ledger entry holds it."""
    told = dict(body)
    told.update(
        level=AutonomyLevel(str(body["level"])),
        promise=Promise(str(body["promise"])),
        **{name: tuple(value) for name, value in body.items() if isinstance(value, list)},
    )
    return Grant(**told)  # type: ignore[arg-type] # the members are those that the term was written with
