"""Read where every workflow stands: each kind of record once for all of them, whatever their number."""

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.portfolio import recorded
from interlock.flows.rollout.unauthorised import drifting
from interlock.flows.standup.actions import actions
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


def read_standings(
    reading: Reading, names: Collection[str], now: dt.datetime, queues: Mapping[str, QueueLength]
) -> tuple[Standing, ...]:
    """Only these workflows, each as it stands in the portfolio as of `now`; a name that no workflow has is left out.

    Each is read by itself: for many of them the whole portfolio is read sooner. `queues` are the lengths as of `now`.
    """
    rows = [row for name in names if (row := reading.workflow(name)) is not None]
    at, halted, found = stamp(now), halted_scopes(reading), []
    for row in rows:
        records = _records(reading, queues, row.name)
        found.append(_standing(row, records, halted, _drifts(reading, [row], records, now).get(row.name, ()), at))
    return tuple(found)


def read_organisation(reading: Reading, standings: tuple[Standing, ...], now: dt.datetime) -> Portfolio:
    """The portfolio of these standings, with the organisation around them, what it agreed and what was decided."""
    organisation = _newest(reading.entries_of("organisation.defined"))
    return Portfolio(
        as_of=stamp(now),
        organisation=None if organisation is None else recorded.organisation(organisation),
        standings=standings,
        decisions=_decisions(reading),
        authored_sample=organisation is not None and bool(organisation.body.get("authored_sample")),
        actions=tuple(one for one in actions(reading) if one.closing is None),
        zone=calendar_in_force(reading).zone,
    )


def halted_scopes(reading: Reading) -> frozenset[str]:
    """What is killed now."""
    return frozenset(name for name, (_, is_halted) in reading.scopes().items() if is_halted)


def is_halted(workflow: str, halted: Collection[str]) -> bool:
    """Whether all of a workflow is among the scopes that are killed."""
    return "global" in halted or f"workflow:{workflow}" in halted


def level_of(grant: Grant | None, at: str) -> AutonomyLevel:
    """What a grant allows at a time: nothing once it has expired."""
    return grant.level if grant is not None and at < grant.expires_at else AutonomyLevel.SHADOW


def _read(reading: Reading, now: dt.datetime, *, ledger_holds: bool | None) -> Portfolio:
    at, halted = stamp(now), halted_scopes(reading)
    records = _records(reading, reading.queue_lengths(at))
    rows = reading.workflows()
    drifts = _drifts(reading, rows, records, now)
    standings = tuple(_standing(row, records, halted, drifts.get(row.name, ()), at) for row in rows)
    return replace(read_organisation(reading, standings, now), ledger_holds=ledger_holds)


def _drifts(
    reading: Reading, rows: Sequence[WorkflowRow], records: _Records, now: dt.datetime
) -> Mapping[str, tuple[str, ...]]:
    stages = {name: moves[-1].entered for name, moves in records.moves.items()}
    return drifting(reading, rows, stages, records.runs, now=now)


def _decisions(reading: Reading) -> tuple[CouncilDecision, ...]:
    """Those that took effect: what a rule refused is still to be decided."""
    refused = {entry.body.get("decision") for entry in reading.entries_of("council.refused")}
    decided = (entry for entry in reading.entries_of("council.decided") if entry.index not in refused)
    return tuple(map(recorded.council_decision, decided))


def _records(reading: Reading, queues: Mapping[str, QueueLength], of: str | None = None) -> _Records:
    """Those of one workflow, or of all (None)."""
    ended = {int(entry.body["waiver"]) for entry in reading.entries_of("waiver.ended", of)}
    given = (entry for entry in reading.entries_of("waiver.given", of) if entry.index not in ended)
    incidents = recorded.incidents(reading.entries_of("incident.opened", of), reading.entries_of("incident.closed", of))
    return _Records(
        moves=_by_workflow(map(recorded.stage_move, reading.entries_of("stage.moved", of))),
        gates=_gates(reading, of),
        waivers=_by_workflow(map(recorded.waiver, given)),
        incidents=_by_workflow(incidents),
        sheets=_sheets(reading.entries_of("instrument.answered", of)),
        measurements=_by_workflow(map(recorded.measurement, reading.measured("kpi", of))),
        expenses=_by_workflow(map(recorded.expense, reading.measured("expense", of))),
        runs=_by_workflow(map(recorded.period_run, reading.measured("period", of))),
        drills=_drills(reading.entries_of("drill.held", of)),
        queues=queues,
    )


def _by_workflow(items: Iterable[T]) -> Mapping[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for item in items:
        grouped[item.workflow].append(item)  # type: ignore[attr-defined] # each of these terms names its workflow
    return grouped


def _gates(reading: Reading, of: str | None) -> Mapping[str, dict[str, GateVerdict]]:
    """The newest verdict of each gate; only that one is read back, however often the gate was judged."""
    grouped: dict[str, dict[str, GateVerdict]] = defaultdict(dict)
    amended = {str(entry.body["workflow"]): entry for entry in reading.newest_each("release.amended", of)}
    judged = (*reading.newest_each("gate.judged", of), *reading.newest_by("readiness.judged", "gate", of))
    for entry in judged:
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


def _standing(
    row: WorkflowRow, records: _Records, halted: Collection[str], drifts: tuple[str, ...], at: str
) -> Standing:
    name = row.name
    moves = records.moves.get(name, [])
    stage = moves[-1].entered if moves else RolloutStage.EXPLORATION
    grant = None if row.grant is None else grant_of(row.grant)
    queue = records.queues.get(name, QueueLength(0, 0))
    return Standing(
        definition=definition_of(row.definition),
        release=row.release,
        proposed_by=row.proposed_by,
        defined_at=row.at,
        stage=stage,
        level=level_of(grant, at),
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
        halted=is_halted(name, halted),
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
