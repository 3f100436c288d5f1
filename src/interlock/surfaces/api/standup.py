"""The stand-up over HTTP: lights by function, actions, and what was held."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from interlock.engine.access.permissions import may, scopes
from interlock.engine.ledger.canonical import plain
from interlock.flows.standup.actions import agree_action, close_action
from interlock.flows.standup.hold import hold_stand_up, stand_ups
from interlock.flows.standup.seen import seen, seen_actions
from interlock.surfaces.api.bodies import Body, Entry
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import not_permitted
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.standup import Action

routes = APIRouter(prefix="/stand-up", tags=["stand-up"])
Reader = Annotated[Caller, Depends(Needs("standup", "read"))]
Actor = Annotated[Caller, Depends(Needs("standup", "act"))]
Day = Annotated[dt.date, Field(strict=False, description="A date, such as 2026-12-31.")]


class AgreeBody(Body):
    """Something that one person does until a date."""

    what: Annotated[str, Field(min_length=1, max_length=500)]
    owner: Annotated[str, Field(min_length=1, max_length=200)]
    due: Day
    workflow: Annotated[str | None, Field(max_length=200, description="The workflow that it is about.")] = None


class CloseActionBody(Body):
    """How an action ended. Where it was not done, `note` says why, and `again` agrees on it anew until that date."""

    done: bool
    note: Annotated[str, Field(max_length=2_000)] = ""
    again: Annotated[dt.date | None, Field(strict=False)] = None


class HoldBody(Body):
    """Who was there."""

    present: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=100)]
    note: Annotated[str, Field(max_length=2_000)] = ""


@routes.get("")
def show_stand_up(here: Here, who: Reader) -> Mapping[str, Any]:
    """Every function with its light, every action, and what moved since the last stand-up."""
    sources = here.made_with
    with here.rt.store.reading() as reading:
        held = scopes(who, "standup", "read")
        content: Mapping[str, Any] = plain(
            seen(reading, sources.portfolio(), held, sources.tenant_of, now=here.rt.clock())
        )
    return content


@routes.post("/actions", name="agree_action")
def agree(body: AgreeBody, here: Here, who: Actor) -> Mapping[str, Any]:
    """Put an action on record."""
    _check_act(here, who, body.workflow)
    made = agree_action(
        here.rt.store,
        body.what,
        owner=body.owner,
        due=body.due,
        by=person_of(who, None),
        clock=here.rt.clock,
        workflow=body.workflow,
    )
    content: Mapping[str, Any] = plain(made)
    return content


@routes.post("/actions/{entry}/close", name="close_action")
def close(entry: Entry, body: CloseActionBody, here: Here, who: Actor) -> list[Mapping[str, Any]]:
    """Say that an action was done, or why not: the action as it is now, and the new one where it is agreed anew."""
    action = _action(here, who, entry)
    _check_act(here, who, action.workflow)
    by = person_of(who, None)
    ended = close_action(
        here.rt.store, entry, done=body.done, note=body.note, by=by, clock=here.rt.clock, again=body.again
    )
    content: list[Mapping[str, Any]] = plain(ended)
    return content


@routes.get("/held", name="list_stand_ups")
def list_held(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Every stand-up that was held, for who may see every function."""
    _check_everywhere(who, "read")
    with here.rt.store.reading() as reading:
        content: list[Mapping[str, Any]] = plain(stand_ups(reading))
    return content


@routes.post("/held", name="hold_stand_up")
def hold(body: HoldBody, here: Here, who: Actor) -> Mapping[str, Any]:
    """Put on record that a stand-up was held, with how everything stood."""
    _check_everywhere(who, "act")
    held = hold_stand_up(
        here.rt.store,
        here.made_with.portfolio(),
        present=tuple(body.present),
        note=body.note,
        by=person_of(who, None),
        clock=here.rt.clock,
    )
    content: Mapping[str, Any] = plain(held)
    return content


def _action(here: Served, who: Caller, entry: int) -> Action:
    with here.rt.store.reading() as reading:
        every = seen_actions(reading, scopes(who, "standup", "read"), here.made_with.tenant_of)
    found = next((one for one in every if one.entry == entry), None)
    if found is None:
        raise not_there(f"there is no action {entry}: GET /v1/stand-up lists them")
    return found


def _check_act(here: Served, who: Caller, workflow: str | None) -> None:
    tenant = None if workflow is None else here.made_with.tenant_of(workflow)
    if may(who, "standup", "act", workflow=workflow, tenant=tenant):
        return
    if workflow is not None and not may(who, "standup", "read", workflow=workflow, tenant=tenant):
        raise not_there(f"there is no workflow '{workflow}'")
    raise not_permitted("standup:act")


def _check_everywhere(who: Caller, action: str) -> None:
    if EVERYWHERE not in scopes(who, "standup", action):
        raise not_permitted(f"standup:{action} everywhere")
