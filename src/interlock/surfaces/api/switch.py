"""What was stopped and how that goes; drills of the kill switch."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from interlock.engine.access.permissions import may, scopes
from interlock.engine.access.switches import reaches
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.access.kill_reach import kill_within
from interlock.flows.action.drill import drill, drill_standings
from interlock.flows.action.kill import settled
from interlock.surfaces.api.authority import check_resumer, check_switch, stoppables, told_report
from interlock.surfaces.api.bodies import ENTRY_MAX, WAIT_S_MAX, Body, Name, Words
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.served import Here, Needs, Served, Stopper, Watcher, person_of
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.errors import Unavailable
from interlock.terms.kill import Kill

routes = APIRouter(tags=["authority"])
Driller = Annotated[Caller, Depends(Needs("switch", "drill"))]
KILLS_MAX = 1_000


class DrillBody(Body):
    """A scope whose kill switch is tried."""

    scope: Words = Field(description="'global', or tenant:NAME, workflow:NAME, action:NAME, segment:NAME.")
    by: Name = None
    wait_s: float = Field(default=10.0, ge=0, le=WAIT_S_MAX, description="How long to wait for effects in flight.")


class AgainBody(Body):
    """A halted scope of which it is found out anew what is in flight."""

    scope: Words
    wait_s: float = Field(default=10.0, ge=0, le=WAIT_S_MAX, description="How long to wait for effects in flight.")


@routes.get("/kills")
def list_kills(
    here: Here,
    who: Watcher,
    before: Annotated[int, Query(ge=0, le=ENTRY_MAX, description="Only kills with a lower entry.")] = ENTRY_MAX,
    limit: Annotated[int, Query(ge=1, le=KILLS_MAX)] = 100,
) -> list[Mapping[str, Any]]:
    """Kills that reached work of yours, the newest first, with the newest report of each and who resumed it."""
    found = [one for one in _seen(here, who, here.halts.newest()) if one.entry < before]
    given = here.tenants.all()
    with here.rt.store.reading() as reading:
        told = [kill_within(reading, who, one, given.get) for one in found[:limit]]
    content: list[Mapping[str, Any]] = plain(told)
    return content


@routes.post("/kills/again")
def look_again(body: AgainBody, here: Here, who: Stopper) -> Mapping[str, Any]:
    """Find out anew what is in flight under a scope that is halted; answered as a kill is."""
    check_switch(here, who, "kill", body.scope)
    newest = next((one for one in here.halts.now().kills if one.scope == body.scope), None)
    if newest is None:
        raise not_there(f"'{body.scope}' is not halted: there is nothing to find out")
    rt = here.rt
    with here.waits.patience_s(body.wait_s) as wait_s:
        report = settled(rt.store, rt.drain, newest.fenced, clock=rt.clock, wait_s=wait_s)
    return told_report(here, who, report)


@routes.get("/drills")
def list_drills(here: Here, who: Watcher) -> list[Mapping[str, Any]]:
    """Of each workflow that you may see: its last drill, and when one is due."""
    given = here.tenants.all()
    with here.rt.store.reading() as reading:
        found = drill_standings(reading, at=stamp(here.rt.clock()))
    content: list[Mapping[str, Any]] = plain(
        [one for one in found if may(who, "workflow", "read", workflow=one.workflow, tenant=given.get(one.workflow))]
    )
    return content


@routes.post("/drills")
def hold_drill(body: DrillBody, here: Here, who: Driller) -> Mapping[str, Any]:
    """Stop a scope for real, see that a wish from before is refused, and resume; answered when that is over.

    Meanwhile its cases go to people. The person must have the right to resume in every workflow that it reaches.
    """
    check_switch(here, who, "drill", body.scope)
    by = person_of(who, body.by)
    check_resumer(here, who, body.scope, by)
    with here.waits.patience_s(body.wait_s) as wait_s:
        if wait_s < body.wait_s:
            raise Unavailable("very many requests wait for stops already: hold the drill in a minute")
        held = drill(here.rt, body.scope, by=by, wait_s=wait_s)
    return {**plain(held), "passed": held.passed}


def _seen(here: Served, who: Caller, kills: tuple[Kill, ...]) -> tuple[Kill, ...]:
    held = scopes(who, "switch", "read")
    if EVERYWHERE in held:
        return kills
    with here.rt.store.reading() as reading:
        every = stoppables(here, reading.workflows())
    return tuple(one for one in kills if reaches(one.scope, held, every))
