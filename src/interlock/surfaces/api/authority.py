"""What there is and what it may do; stop it, and let it work again."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter

from interlock.engine.access.permissions import may, scopes
from interlock.engine.access.switches import Stoppable, may_switch, no_right_words, reaches
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.kill_reach import report_within
from interlock.flows.action.kill import kill, lacks_right_to_resume, resume
from interlock.ports.store import WorkflowRow
from interlock.surfaces.api.bodies import KillBody, ResumeBody
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import check_workflow, not_permitted
from interlock.surfaces.api.served import Here, Onlooker, Resumer, Served, Stopper, Watcher, person_of
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.errors import Refused
from interlock.terms.intent import KillReport
from interlock.terms.person import Person

routes = APIRouter(tags=["authority"])


@routes.get("/workflows")
def list_workflows(here: Here, who: Onlooker) -> list[Mapping[str, Any]]:
    """Every workflow that you may see, with its release in force."""
    with here.rt.store.reading() as reading:
        rows = _seen(here, who, reading.workflows())
    return [{"name": row.name, "release": row.release, "at": row.at, "granted": row.grant is not None} for row in rows]


@routes.get("/workflows/{workflow}")
def show_workflow(workflow: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """The release in force and its definition, as it is recorded."""
    check_workflow(here, who, "workflow", "read", workflow)
    desk = here.desk_of(who.name)
    desk.in_force(workflow)  # says what is near where there is no such workflow
    with here.rt.store.reading() as reading:
        row = reading.workflow(workflow)
    return {} if row is None else {"name": row.name, "release": row.release, "definition": row.definition}


@routes.get("/workflows/{workflow}/authority")
def show_authority(workflow: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """What the workflow may do at this moment; `halted` are scopes that reach work of yours."""
    check_workflow(here, who, "workflow", "read", workflow)
    now = here.desk_of(who.name).authority(workflow)
    content: Mapping[str, Any] = plain(now)
    return {**content, "halted": _reaching(here, who, now.halted)}


@routes.get("/scopes")
def list_scopes(here: Here, who: Watcher) -> list[Mapping[str, Any]]:
    """Every scope that was ever killed and reaches work of yours, and whether it is halted now."""
    with here.rt.store.reading() as reading:
        found = reading.scopes()
    return [
        {"scope": name, "epoch": found[name][0], "halted": found[name][1]}
        for name in _reaching(here, who, sorted(found))
    ]


@routes.post("/kill")
def kill_scope(body: KillBody, here: Here, who: Stopper) -> Mapping[str, Any]:
    """Halt a scope. Answered when it is fenced and either quiesced or `wait_s` have passed.

    Fenced: nothing older can commit. Quiesced (`quiesced_at` is set): nothing is in flight. What cannot be known is
    listed by its key. While very many requests wait, one more is answered as soon as it is fenced: ask again later.
    """
    check_switch(here, who, "kill", body.scope)
    rt, by = here.rt, person_of(who, body.by)
    with here.waits.patience_s(body.wait_s) as wait_s:
        report = kill(rt.store, rt.drain, body.scope, by=by, reason=body.reason, clock=rt.clock, timeout_s=wait_s)
    return told_report(here, who, report)


def told_report(here: Served, who: Caller, report: KillReport) -> Mapping[str, Any]:
    """How a stop goes, with the cases that the caller may know of."""
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(report_within(reading, who, report, here.tenants.all().get))
    return content


@routes.post("/resume")
def resume_scope(body: ResumeBody, here: Here, who: Resumer) -> Mapping[str, Any]:
    """Let a halted scope work again. The person must have the right to resume in every workflow that it reaches."""
    check_switch(here, who, "resume", body.scope)
    rt, by = here.rt, person_of(who, body.by)
    check_resumer(here, who, body.scope, by)
    return {"scope": body.scope, "epoch": resume(rt.store, body.scope, by=by, reason=body.reason, clock=rt.clock)}


def _reaching(here: Served, who: Caller, names: Iterable[str]) -> list[str]:
    """Those of the scopes that may stop work of the caller's."""
    held = scopes(who, "switch", "read")
    if EVERYWHERE in held:
        return list(names)
    with here.rt.store.reading() as reading:
        every = stoppables(here, reading.workflows())
    return [name for name in names if reaches(name, held, every)]


def _seen(here: Served, who: Caller, rows: Iterable[WorkflowRow]) -> list[WorkflowRow]:
    given = here.tenants.all()
    return [row for row in rows if _knows(who, given, row.name)]


def check_switch(here: Served, who: Caller, action: str, scope: str) -> None:
    """Raises Problem; a scope that reaches nothing of the caller's is answered as one that does not exist."""
    held = scopes(who, "switch", action)
    if EVERYWHERE in held:
        return
    allowed = may_switch(who, action, scope, here.tenants.of)
    with here.rt.store.reading() as reading:
        every = stoppables(here, reading.workflows())
    # A tenant of any name may be right, and nobody is told which workflows there are.
    if not reaches(scope, held, every) or (allowed and scope.startswith("workflow:") and not _names(every, scope)):
        raise not_there(f"there is no scope '{scope}' that you may see")
    if not allowed:
        raise not_permitted(f"switch:{action}")


def check_resumer(here: Served, who: Caller, scope: str, person: Person) -> None:
    """Raises Refused where definitions do not let the person resume the scope, naming only what the caller may know."""
    if EVERYWHERE in scopes(who, "workflow", "read"):
        return  # the flow itself names them all
    with here.rt.store.reading() as reading:
        lacking = lacks_right_to_resume(reading, scope, person)
    if lacking:
        given = here.tenants.all()
        knows = partial(_knows, who, given)
        raise Refused(no_right_words(person.name, lacking, knows))


def _knows(who: Caller, given: Mapping[str, str], workflow: str) -> bool:
    return may(who, "workflow", "read", workflow=workflow, tenant=given.get(workflow))


def _names(every: Iterable[Stoppable], scope: str) -> bool:
    return any(f"workflow:{one.name}" == scope for one in every)


def stoppables(here: Served, rows: Iterable[WorkflowRow]) -> tuple[Stoppable, ...]:
    """Every workflow with what else it can be stopped by."""
    given = here.tenants.all()
    return tuple(
        Stoppable(
            row.name,
            given.get(row.name),
            row.definition["effect"].get("action_class"),
            tuple((row.grant or {}).get("segments", ())),
        )
        for row in rows
    )
