"""What the owners of a workflow do over HTTP: gates, stages, authority, waivers, incidents, and what is measured."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from interlock.engine.ledger.canonical import plain
from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.incident import Report, close_incident, incidents_of, open_incident
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.flows.rollout.demote import demote
from interlock.flows.rollout.go_on import decide_going_on
from interlock.flows.rollout.judge import judge
from interlock.flows.rollout.judge_gates import judge_gates
from interlock.flows.rollout.promote import promote
from interlock.flows.rollout.stage import move_stage
from interlock.flows.rollout.waive import end_waiver, waive
from interlock.surfaces.api import governing_bodies as bodies
from interlock.surfaces.api.bodies import Entry
from interlock.surfaces.api.portfolio import check
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.served import Here, Needs, person_of
from interlock.terms.access import Caller

routes = APIRouter(prefix="/workflows/{workflow}", tags=["governing"])
Judge = Annotated[Caller, Depends(Needs("gate", "judge"))]
Mover = Annotated[Caller, Depends(Needs("stage", "move"))]
Promoter = Annotated[Caller, Depends(Needs("grant", "promote"))]
Ender = Annotated[Caller, Depends(Needs("grant", "end"))]
Waiver = Annotated[Caller, Depends(Needs("waiver", "give"))]
Opener = Annotated[Caller, Depends(Needs("incident", "open"))]
Closer = Annotated[Caller, Depends(Needs("incident", "close"))]
Recorder = Annotated[Caller, Depends(Needs("kpi", "record"))]
Told = Mapping[str, Any]


@routes.post("/gates/judge", name="judge_gates")
def judge_all(workflow: str, here: Here, who: Judge) -> list[Told]:
    """Judge every gate on the evidence of today, the promotion gate last; the verdicts are recorded."""
    check(here, who, "gate", "judge", workflow)
    gates, store, clock = here.judged, here.rt.store, here.rt.clock
    of = [pack.id for pack in gates.packs]
    found = judge_gates(
        store, workflow, gates.packs, of=of, clock=clock, signing=gates.signing, scorecard=gates.scorecard
    )
    content: list[Told] = plain((*found, judge(store, workflow, clock=clock)))
    return content


@routes.post("/stage", name="move_stage")
def move(workflow: str, body: bodies.MoveBody, here: Here, who: Mover) -> Told:
    """Move it to another rollout stage: up through the gate of its stage, down at once."""
    check(here, who, "stage", "move", workflow)
    gates = here.judged
    return _told(
        move_stage(
            here.rt.store, workflow, body.stage, gates.packs, by=person_of(who, None), reason=body.reason,
            clock=here.rt.clock, signing=gates.signing, scorecard=gates.scorecard,
        )
    )  # fmt: skip


@routes.post("/going-on", name="say_how_to_go_on")
def go_on(workflow: str, body: bodies.GoOnBody, here: Here, who: Mover) -> Told:
    """Decide, as its value owner, whether it is scaled, iterated or stopped; nothing is moved by it."""
    check(here, who, "stage", "move", workflow)
    by = person_of(who, None)
    return _told(
        decide_going_on(
            here.rt.store, workflow, body.choose, sprints=body.sprints, by=by, reason=body.reason, clock=here.rt.clock
        )
    )


@routes.post("/promote", name="promote_workflow")
def give_authority(workflow: str, body: bodies.PromoteBody, here: Here, who: Promoter) -> Told:
    """Give a release that you looked at the level for which its gates have passed."""
    check(here, who, "grant", "promote", workflow)
    gates = here.judged
    return _told(
        promote(
            here.rt.store, workflow, release=body.release, by=person_of(who, None), clock=here.rt.clock,
            level=body.level, segments=tuple(body.segments), packs=gates.packs, signing=gates.signing,
        )
    )  # fmt: skip


@routes.post("/demote", name="end_grant")
def end_authority(workflow: str, body: bodies.ReasonBody, here: Here, who: Ender) -> Told:
    """End its grant at once; `ended` is false where it held none."""
    check(here, who, "grant", "end", workflow)
    ended = demote(here.rt.store, workflow, by=person_of(who, None), reason=body.reason, clock=here.rt.clock)
    return {"workflow": workflow, "ended": ended}


@routes.post("/waivers")
def give_waiver(workflow: str, body: bodies.WaiveBody, here: Here, who: Waiver) -> Told:
    """Set one check of one gate aside for the release in force, to the end of a day."""
    check(here, who, "waiver", "give", workflow)
    gates, until = here.judged, dt.datetime.combine(body.until, dt.time.max, tzinfo=dt.UTC)
    return _told(
        waive(
            here.rt.store, workflow, gates.packs, gate=body.gate, check=body.check, until=until, reason=body.reason,
            by=person_of(who, None), clock=here.rt.clock, signing=gates.signing,
        )
    )  # fmt: skip


@routes.post("/waivers/{entry}/end", name="end_waiver")
def take_waiver_back(workflow: str, entry: Entry, body: bodies.ReasonBody, here: Here, who: Waiver) -> Told:
    """End a waiver before its date; the check counts again."""
    check(here, who, "waiver", "give", workflow)
    end_waiver(here.rt.store, workflow, entry, by=person_of(who, None), reason=body.reason, clock=here.rt.clock)
    return {"workflow": workflow, "waiver": entry}


@routes.post("/incidents", name="report_incident")
def report(workflow: str, body: bodies.IncidentBody, here: Here, who: Opener) -> Told:
    """Put an incident on record; nothing is stopped by it."""
    check(here, who, "incident", "open", workflow)
    told = Report(body.title, body.severity, body.owner, body.redline, body.mitigation, body.cost_usd)
    return _told(open_incident(here.rt.store, workflow, told, by=person_of(who, None), clock=here.rt.clock))


@routes.post("/incidents/{entry}/close", name="close_incident")
def close(workflow: str, entry: Entry, body: bodies.CloseIncidentBody, here: Here, who: Closer) -> Told:
    """Close an incident with what was learned."""
    check(here, who, "incident", "close", workflow)
    with here.rt.store.reading() as reading:
        own = {one.entry for one in incidents_of(reading, workflow)}
    if entry not in own:
        raise not_there(f"'{workflow}' has no incident {entry}: its dossier lists them")
    return _told(
        close_incident(
            here.rt.store, entry, lesson=body.lesson, by=person_of(who, None), clock=here.rt.clock,
            mitigation=body.mitigation, cost_usd=body.cost_usd,
        )
    )  # fmt: skip


@routes.post("/kpis", name="record_kpis")
def measure(workflow: str, body: bodies.KpisBody, here: Here, who: Recorder) -> list[Told]:
    """Record values of its KPIs as evidence: all of them, or none."""
    check(here, who, "kpi", "record", workflow)
    values = tuple(
        KpiValue(
            one.kpi, one.value, one.period_start.isoformat(), one.period_end.isoformat(), one.n, one.low, one.high,
            one.segment, one.control, one.unit, f"values[{place}]",
        )
        for place, one in enumerate(body.values)
    )  # fmt: skip
    content: list[Told] = plain(
        record_kpis(here.rt.store, workflow, values, source=body.source, by=person_of(who, None), clock=here.rt.clock)
    )
    return content


@routes.post("/expenses", name="record_expense")
def spend(workflow: str, body: bodies.ExpenseBody, here: Here, who: Recorder) -> Told:
    """Record what was spent in one bucket over a period as evidence."""
    check(here, who, "kpi", "record", workflow)
    period = (body.period_start.isoformat(), body.period_end.isoformat())
    return _told(
        record_expense(
            here.rt.store, workflow, body.bucket, body.amount_usd, period=period, source=body.source,
            by=person_of(who, None), clock=here.rt.clock,
        )
    )  # fmt: skip


@routes.post("/periods", name="count_period")
def count(workflow: str, body: bodies.PeriodBody, here: Here, who: Recorder) -> Told:
    """Count what the run time did in a period that is over, from its decisions, as evidence."""
    check(here, who, "kpi", "record", workflow)
    start, end = body.period_start.isoformat(), body.period_end.isoformat()
    return _told(
        record_period(here.rt.store, workflow, start=start, end=end, by=person_of(who, None), clock=here.rt.clock)
    )


def _told(recorded: object) -> Told:
    content: Told = plain(recorded)
    return content
