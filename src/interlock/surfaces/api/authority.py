"""What there is and what it may do; stop it, and let it work again."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from interlock.engine.ledger.canonical import plain
from interlock.flows.action.kill import kill, resume
from interlock.surfaces.api.bodies import KillBody, ResumeBody
from interlock.surfaces.api.served import FOR_ALL, Here, Onlooker, Operator, Stopper, person_of

routes = APIRouter(tags=["authority"])


@routes.get("/workflows", dependencies=FOR_ALL)
def list_workflows(here: Here) -> list[Mapping[str, Any]]:
    """Every workflow with its release in force."""
    with here.rt.store.reading() as reading:
        rows = reading.workflows()
    return [{"name": row.name, "release": row.release, "at": row.at, "granted": row.grant is not None} for row in rows]


@routes.get("/workflows/{workflow}")
def show_workflow(workflow: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """The release in force and its definition, as it is recorded."""
    desk = here.desk_of(who.name)
    desk.in_force(workflow)  # says what is near where there is no such workflow
    with here.rt.store.reading() as reading:
        row = reading.workflow(workflow)
    return {} if row is None else {"name": row.name, "release": row.release, "definition": row.definition}


@routes.get("/workflows/{workflow}/authority")
def show_authority(workflow: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """What the workflow may do at this moment."""
    content: Mapping[str, Any] = plain(here.desk_of(who.name).authority(workflow))
    return content


@routes.get("/scopes", dependencies=FOR_ALL)
def list_scopes(here: Here) -> list[Mapping[str, Any]]:
    """Every scope that was ever killed, and whether it is halted now."""
    with here.rt.store.reading() as reading:
        found = reading.scopes()
    return [{"scope": name, "epoch": epoch, "halted": halted} for name, (epoch, halted) in sorted(found.items())]


@routes.post("/kill")
def kill_scope(body: KillBody, here: Here, who: Stopper) -> Mapping[str, Any]:
    """Halt a scope. Answered when it is fenced and either quiesced or `wait_s` have passed.

    Fenced: nothing older can commit. Quiesced (`quiesced_at` is set): nothing is in flight. What cannot be known is
    listed by its key.
    """
    rt, by = here.rt, person_of(who, body.by)
    report = kill(rt.store, rt.drain, body.scope, by=by, reason=body.reason, clock=rt.clock, timeout_s=body.wait_s)
    content: Mapping[str, Any] = plain(report)
    return content


@routes.post("/resume")
def resume_scope(body: ResumeBody, here: Here, who: Operator) -> Mapping[str, Any]:
    """Let a halted scope work again. The person must have the right to resume in every workflow that it reaches."""
    rt, by = here.rt, person_of(who, body.by)
    return {"scope": body.scope, "epoch": resume(rt.store, body.scope, by=by, reason=body.reason, clock=rt.clock)}
