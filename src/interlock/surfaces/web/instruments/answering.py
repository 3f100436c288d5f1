"""Answering: the list of sections, one section with autosave, everything once more, and giving it."""

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.engine.instruments.sections import Section, sections_of
from interlock.engine.instruments.subjects import PERSON
from interlock.engine.rollout.people import known_as, same_person
from interlock.flows.instruments.drafts import drafts_of, drop_draft, save_draft
from interlock.flows.instruments.give import give_draft, unfinished_of
from interlock.flows.instruments.scored import scored
from interlock.ports.store import Reading
from interlock.surfaces.web.evidence.routes import adding_address
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.instruments.reach import About, about, in_memory
from interlock.surfaces.web.instruments.sheet import OnSheet, asked, check_title, checked, sheet_title, tasks
from interlock.surfaces.web.instruments.typed import note_fault, typed_answers, version_of
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Draft, Drafted

routes = APIRouter(dependencies=[Depends(Needs("instrument", "answer"))])
BASE = "/instruments/{name}"
HTMX = "hx-request"


@routes.get(BASE + "/sheet")
def sheet_page(request: Request, here: Here, who: Who, name: str, subject: str = "") -> Response:
    """The sections of a sheet, and how far each has come."""
    on = about(here, who, name, subject, action="answer")
    sheet = on_sheet(here, who, on)
    return page(request, "instruments/sheet.html.j2", title=sheet_title(on, sheet), who=who, on=on, sheet=sheet,
                tasks=tasks(on, sheet))  # fmt: skip


@routes.get(BASE + "/sheet/{section}")
def section_page(request: Request, here: Here, who: Who, name: str, section: str, subject: str = "") -> Response:
    """One section, to be answered."""
    on = about(here, who, name, subject, action="answer")
    return _section(request, here, who, on, _section_at(on, section), Form())


@routes.post(BASE + "/sheet/{section}")
def save_section(
    request: Request, here: Here, who: Who, form: Posted, name: str, section: str, subject: str = ""
) -> Response:
    """Keep what was typed as a draft: on every change of a page that runs scripts, else when Save is pressed."""
    on = about(here, who, name, subject, action="answer")
    at = _section_at(on, section)
    typed = typed_answers(form, at)
    if form.faults:
        return _section(request, here, who, on, at, form, status=400)
    try:
        version = version_of(form, "version")
        saved = save_draft(
            here.rt.store, on.instrument, on.subject, typed, by=who.person, version=version, clock=here.rt.clock
        )
    except BadInput as fault:
        note_fault(form, at, fault)
        return _section(request, here, who, on, at, form, status=400)
    if saved.clashes:
        return _section(request, here, who, on, at, form, status=409, clashes=saved.clashes)
    if form.text("attach") in [item.id for item in at.items]:
        return RedirectResponse(adding_address(on=on, item=form.text("attach")), 303)
    if HTMX in request.headers:
        return _section(request, here, who, on, at, form)
    return RedirectResponse(_after(on, at) if form.has("next") else on.address(f"sheet/{at.id}"), 303)


@routes.get(BASE + "/check")
def check_page(request: Request, here: Here, who: Who, name: str, subject: str = "") -> Response:
    """Everything in the visitor's draft once more, beside what is on record."""
    return _check(request, here, who, about(here, who, name, subject, action="answer"), Form())


@routes.post(BASE + "/check")
def give(request: Request, here: Here, who: Who, form: Posted, name: str, subject: str = "") -> Response:
    """Give the answers of the draft: they are recorded."""
    on = about(here, who, name, subject, action="answer")
    version, seen = version_of(form, "version"), version_of(form, "seen")
    try:
        given = give_draft(
            here.rt.store, on.instrument, on.subject, by=who.person, version=version, seen=seen, clock=here.rt.clock
        )
    except BadInput as fault:
        form.fault("", str(fault))
        return _check(request, here, who, on, form, status=400)
    if given.sheet is not None:
        return RedirectResponse(on.address("result", entry=str(given.sheet.entry)), 303)
    for sheet in given.newer:
        form.fault("", f"{sheet.by} answered this in the meantime (entry {sheet.entry}). Look at both, then decide.")
    if given.draft is not None:
        form.fault("", "You went on writing in another window. This is what your draft holds now.")
    return _check(request, here, who, on, form, status=409)


@routes.post(BASE + "/drop")
def drop(here: Here, who: Who, form: Posted, name: str, subject: str = "") -> Response:  # noqa: ARG001 - it is checked
    """Erase the visitor's draft."""
    on = about(here, who, name, subject, action="answer")
    drop_draft(here.rt.store, on.instrument, on.subject, by=who.person)
    return RedirectResponse(on.address("sheet"), 303)


def on_sheet(here: Site, who: Visitor, on: About) -> OnSheet:
    """What is there of a sheet. About a person everybody answers for themselves, and unseen by the others."""
    alone = on.instrument.about == PERSON
    with here.rt.store.reading() as reading:
        drafts = drafts_of(reading, on.instrument, on.subject)
    every = here.sheets.of(on.instrument.id, on.subject)
    given = tuple(one for one in every if not alone or same_person(one.by, who.name))
    mine = next((one for one in drafts if same_person(one.by, who.name)), Draft(who.name))
    others = () if alone else tuple(one for one in drafts if known_as(one.by) != known_as(who.name))
    return OnSheet(given, mine, others)


def _section(
    request: Request,
    here: Site,
    who: Visitor,
    on: About,
    section: Section,
    form: Form,
    *,
    status: int = 200,
    clashes: Mapping[str, Drafted] | None = None,
) -> Response:
    sheet = on_sheet(here, who, on)
    by_itself = HTMX in request.headers
    with here.rt.store.reading() as reading:
        measured = None
        if on.instrument.about != PERSON:
            measured = scored(reading, on.instrument, on.subject, now=here.rt.clock(), kept=in_memory(here, on))
        evidence = (
            *(() if on.workflow is None else reading.evidence(on.workflow)),
            *_cited_elsewhere(reading, who, on, sheet.mine),
        )
    items = asked(on, section, sheet, measured, evidence, clashes or {})
    # Whoever was told of a clash decides by pressing Save: what saves by itself must not go over it.
    kept = version_of(form, "version") if form.faults or (clashes and by_itself) else sheet.mine.version
    title = f"{section.title}: {on.instrument.title}, {on.subject}"
    # A page that saves by itself takes no answer but 200, and shows the faults that are in it.
    return page(
        request, "instruments/section.html.j2", title=title, who=who, status=200 if by_itself else status, on=on,
        section=section, sheet=sheet, items=items, form=form, version=kept, following=_after(on, section),
        may_attach=who.may_somewhere("evidence", "add"),
    )  # fmt: skip


def _cited_elsewhere(reading: Reading, who: Visitor, on: About, draft: Draft) -> Iterator[Evidence]:
    """What a draft cites of other workflows that its writer may read."""
    for digest in {digest for one in draft.written.values() for digest in one.evidence}:
        for _, workflow, _ in reading.evidence_places(digest, limit=1):
            found = reading.evidence_by_digest(digest)
            if workflow != on.workflow and found is not None and who.may("workflow", "read", workflow=workflow):
                yield found


def _check(request: Request, here: Site, who: Visitor, on: About, form: Form, *, status: int = 200) -> Response:
    sheet = on_sheet(here, who, on)
    rows = checked(on, sheet, unfinished_of(on.instrument, sheet.mine))
    return page(request, "instruments/check.html.j2", title=check_title(rows), who=who, status=status, on=on,
                sheet=sheet, rows=rows, form=form)  # fmt: skip


def _section_at(on: About, name: str) -> Section:
    found = next((one for one in sections_of(on.instrument) if one.id == name), None)
    if found is None:
        raise NotThere
    return found


def _after(on: About, section: Section) -> str:
    sections = sections_of(on.instrument)
    following = sections[sections.index(section) + 1 :]
    return on.address(f"sheet/{following[0].id}") if following else on.address("check")
