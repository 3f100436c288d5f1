"""The pages of instruments: what there is, whom it was answered about, and what that came to."""

from dataclasses import replace
from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from interlock.engine.instruments.evaluated import Evaluated, evaluated
from interlock.engine.instruments.leading import first_for
from interlock.engine.instruments.peers import Seen, seen, weighted
from interlock.engine.instruments.scales import choices_of
from interlock.engine.instruments.scoring import Scored
from interlock.engine.instruments.subjects import PERSON
from interlock.engine.ledger.canonical import plain
from interlock.flows.instruments.draft_list import drafts_by
from interlock.flows.instruments.scored import by_person, cited_evidence, own_sheets, scored
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.instruments import answering, fit
from interlock.surfaces.web.instruments.catalogue import (
    ABOUT,
    OFFERED,
    SCALES,
    answered,
    answered_table,
    catalogue_title,
    choices,
    offered,
)
from interlock.surfaces.web.instruments.reach import About, about, address_of, in_memory, instrument_at
from interlock.surfaces.web.instruments.result import (
    as_json,
    band_state,
    history_line,
    history_of,
    next_steps,
    profiles,
    result_title,
    rows_of,
)
from interlock.surfaces.web.instruments.result_tables import history_table, items_table, peers_table
from interlock.surfaces.web.refusals import NotAllowed
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.instrument import Instrument

routes = APIRouter(dependencies=[Depends(Needs("instrument", "read"))])
routes.include_router(fit.routes)  # before the instruments, whose names it would be
routes.include_router(answering.routes)
Form = Literal["csv", "json"]


@routes.get("/instruments")
def catalogue(request: Request, here: Here, who: Who) -> Response:
    """Every instrument, and what the visitor has begun."""
    rows = offered(here, who)
    with here.rt.store.reading() as reading:
        mine = drafts_by(reading, who.person)
    titles = {one.id: one.title for one in here.packs.instruments}
    drafts = [(titles[one.instrument], one, address_of(one.instrument, one.subject, "sheet"))
              for one in mine if one.instrument in titles]  # fmt: skip
    return page(request, "instruments/catalogue.html.j2", title=catalogue_title(rows, mine), who=who, drafts=drafts,
                table=OFFERED.shown(rows, request.query_params))  # fmt: skip


@routes.get("/instruments.{form}")
def catalogue_as(request: Request, here: Here, who: Who, form: Form) -> Response:
    """The same rows as CSV or JSON."""
    return OFFERED.answer(offered(here, who), request.query_params, form)


@routes.get("/instruments/{name}.{form}")
def instrument_as(request: Request, here: Here, who: Who, name: str, form: Form) -> Response:
    """Whom it was answered about, as CSV or JSON."""
    one = instrument_at(here, name)
    return answered_table(one).answer(answered(here, who, one), request.query_params, form)


@routes.get("/instruments/{name}")
def instrument_page(request: Request, here: Here, who: Who, name: str) -> Response:
    """What one instrument asks, and whom it was answered about."""
    one = instrument_at(here, name)
    rows = answered(here, who, one)
    about_words = f"answered about {len(rows):,}" if rows else "nobody answered it yet"
    return page(
        request, "instruments/instrument.html.j2", title=f"{one.title}: {about_words}", who=who, one=one,
        about_word=ABOUT[one.about], scale=SCALES[one.scale], levels=choices_of(one),
        table=answered_table(one).shown(rows, request.query_params), choices=choices(here, who, one),
        may_answer=_may_answer(who, one),
    )  # fmt: skip


@routes.get("/instruments/{name}/result")
def result_page(
    request: Request, here: Here, who: Who, name: str, subject: str = "", role: str = "", entry: str = ""
) -> Response:
    """What the answers come to. `role` has what weighs most there first; `entry` was just recorded."""
    if not subject.strip():
        return RedirectResponse(f"/instruments/{instrument_at(here, name).id}", 303)
    on = _readable(here, who, name, subject)
    role = role if role in profiles(on) else ""
    result, past = _result(here, on, role)
    rows = history_of(past)
    given = {str(one.entry): one for one in here.sheets.of(on.instrument.id, on.subject)}.get(entry)
    peers = _peers(here, on, role)
    return page(
        request, "instruments/result.html.j2", title=result_title(on, result), who=who, on=on, result=result,
        state=band_state(result), steps=next_steps(on, result), given=given, role=role, profiles=profiles(on),
        items=items_table(on).shown(rows_of(on, result), request.query_params), line=history_line(rows),
        history=history_table(on).shown(rows, {}), peers=peers_table(on).shown(peers, {}) if peers else None,
        mean=weighted(peers),
    )  # fmt: skip


@routes.get("/instruments/{name}/{part}.{form}")
def result_as(
    request: Request,
    here: Here,
    who: Who,
    name: str,
    part: Literal["result", "history", "peers"],
    form: Form,
    subject: str = "",
) -> Response:
    """Items, history or peers as CSV or JSON."""
    on = _readable(here, who, name, subject)
    query = request.query_params
    if part == "peers":
        return peers_table(on).answer(_peers(here, on, ""), query, form)
    result, past = _result(here, on, "")
    if part == "history":
        return history_table(on).answer(history_of(past), query, form)
    if form == "json":
        return JSONResponse(plain(as_json(on, result, history_of(past))))
    return items_table(on).answer(rows_of(on, result), query, form)


def _may_answer(who: Visitor, one: Instrument) -> bool:
    """Whether there is anything about which they may; what is no workflow is the whole organisation's."""
    if one.about == "workflow":
        return who.may_somewhere("instrument", "answer")
    return who.may("instrument", "answer")


def _readable(here: Site, who: Visitor, name: str, subject: str) -> About:
    on = about(here, who, name, subject)
    if not on.sees_others:
        raise NotAllowed("person:read")
    return on


def _result(here: Site, on: About, role: str) -> tuple[Scored, Evaluated | None]:
    kept = in_memory(here, on)
    own = tuple(own_sheets(on.instrument, on.subject, kept.sheets))
    with here.rt.store.reading() as reading:
        result = scored(reading, on.instrument, on.subject, now=here.rt.clock(), kept=kept)
        past = evaluated(on.instrument, own, cited_evidence(reading, own)) if own else None
    if role:
        result = replace(result, items=first_for(on.instrument, result.items, role))
    return result, past


def _peers(here: Site, on: About, role: str) -> tuple[Seen, ...]:
    every = here.sheets.of(on.instrument.id, on.subject)
    if on.instrument.about != PERSON or on.instrument.scale == "text" or not every:
        return ()
    return seen(on.instrument, on.subject, by_person(every), profile=role or None)
