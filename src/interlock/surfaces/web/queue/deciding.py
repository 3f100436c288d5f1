"""Addresses of one case in the queue. What is decided is on record before the next page shows it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.access.shown import content_shown
from interlock.flows.review.claim import claim, claim_next, release
from interlock.flows.review.decide import close_review
from interlock.flows.review.escalate import escalate_by
from interlock.flows.review.reopen import closing_of, reopen_review
from interlock.flows.review.together import proposed_label
from interlock.ports.store import Reading
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.queue import view
from interlock.surfaces.web.queue.asked import Asked, asked_of, decidable, may, reach, readable, stay_of
from interlock.surfaces.web.queue.listed import kind_words
from interlock.surfaces.web.queue.titles import case_title
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.errors import BadInput

routes = APIRouter()
Reader = Annotated[Visitor, Depends(Needs("review", "read"))]
Decider = Annotated[Visitor, Depends(Needs("review", "decide"))]


@routes.get("/case")
def show_case(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """One case as the visitor may see it."""
    return _case(request, here, who, asked_of(request.query_params), Form())


@routes.post("/claim")
def claim_case(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Take this one; where somebody else has it, the page says who."""
    asked = _checked(here, who, form)
    try:
        claim(here.rt.store, asked.workflow, asked.key, asked.kind, by=who.person, clock=here.now)
    except BadInput as exc:
        return _again(request, here, who, asked, form, exc)
    return RedirectResponse(asked.address(), 303)


@routes.post("/decide")
def decide_case(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Record the decision, take the next case and open it."""
    asked = _checked(here, who, form)
    approve = form.text("do") == "approve"
    label = form.text("other") or form.text("label")
    if approve:
        with here.rt.store.reading() as reading:
            label = proposed_label(reading, asked.key) or ""
    if not label:
        form.fault("label", "Choose what is right, or write it down.")
        return _again(request, here, who, asked, form, None)
    try:
        close_review(
            here.rt.store,
            asked.workflow,
            asked.key,
            asked.kind,
            label=label,
            by=who.person,
            clock=here.now,
            reason=form.text("reason"),
            note=form.text("note"),
            approve=approve,
            randomness=here.rt.randomness,
        )
    except BadInput as exc:
        return _again(request, here, who, asked, form, exc)
    with here.rt.store.reading() as reading:
        review = reading.review(asked.key, asked.kind)
        closing = None if review is None else closing_of(reading, review)
    return take_next(here, who, asked.stay, done="" if closing is None else str(closing.index))


@routes.post("/release")
def release_case(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Give the case back to the queue."""
    asked = _checked(here, who, form)
    try:
        release(here.rt.store, asked.workflow, asked.key, asked.kind, by=who.person, clock=here.now)
    except BadInput as exc:
        return _again(request, here, who, asked, form, exc)
    return RedirectResponse("/queue", 303)


@routes.post("/put-to-others")
def put_to_others(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Put the case to those whom the definition names, with the reason."""
    asked = _checked(here, who, form)
    try:
        escalate_by(
            here.rt.store,
            asked.workflow,
            asked.key,
            asked.kind,
            by=who.person,
            reason=form.text("why"),
            clock=here.now,
        )
    except BadInput as exc:
        return _again(request, here, who, asked, form, exc, field="why")
    return RedirectResponse(asked.address(), 303)


@routes.post("/undo")
def undo_decision(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Take one's own decision back; the case is open again in the same hands."""
    asked = _checked(here, who, form)
    try:
        reopen_review(here.rt.store, asked.workflow, asked.key, asked.kind, by=who.person, clock=here.now)
    except BadInput as exc:
        return _again(request, here, who, asked, form, exc)
    return RedirectResponse(asked.address(), 303)


def take_next(here: Site, who: Visitor, stay: str, *, done: str = "") -> RedirectResponse:
    """To the next case, taken; to the queue where nothing waits for the visitor."""
    taken = claim_next(
        here.rt.store, by=who.person, clock=here.now, workflow=stay_of(stay), reach=reach(who, "review", "decide")
    )
    told = {"done": done} if done else {}
    if taken is None:
        return RedirectResponse(f"/queue?nothing=1{f'&done={done}' if done else ''}", 303)
    return RedirectResponse(Asked(taken.workflow, taken.kind, taken.key, stay).address(**told), 303)


def done_line(reading: Reading, request: Request, who: Visitor) -> view.Done | None:
    """What the visitor has just decided, from the entry that the address names; None where it names none of theirs."""
    text = request.query_params.get("done", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    entry = next(reading.entries(int(text), int(text) + 1), None)
    if entry is None or entry.kind != "review.closed" or not same_person(str(entry.body["reviewer"]), who.name):
        return None
    asked = Asked(str(entry.body["workflow"]), str(entry.body["kind"]), str(entry.body["key"]))
    if not may(reading, asked, who, "review", "read"):
        return None
    review = reading.review(asked.key, asked.kind)
    found = None if review is None else view.done_of(reading, review, by=who.person, now=who.site.now())
    return found if found is not None and found.entry == entry.index else None


def _checked(here: Site, who: Visitor, form: Form) -> Asked:
    asked = asked_of({name: form.raw(name) for name in ("workflow", "kind", "key", "stay")})
    with here.rt.store.reading() as reading:
        decidable(reading, asked, who)
    return asked


def _again(
    request: Request, here: Site, who: Visitor, asked: Asked, form: Form, exc: BadInput | None, *, field: str = ""
) -> HTMLResponse:
    """The page of the case with what was wrong, and everything that was typed."""
    if exc is not None:
        words = str(exc)
        form.fault(field or ("note" if "say why" in words or "the note has" in words else ""), words)
    return _case(request, here, who, asked, form)


def _case(request: Request, here: Site, who: Visitor, asked: Asked, form: Form) -> HTMLResponse:
    query, now = request.query_params, here.now()
    with here.rt.store.reading() as reading:
        review = readable(reading, asked, who)
        decides = may(reading, asked, who, "review", "decide")
        content = may(reading, asked, who, "content", "read")
    stands = view.stands(review, who.name, stamp(now))
    own = stands == "mine" or same_person(review.reviewer or "", who.name)
    shows = content and (own or "show" in query)
    if shows:  # on record first
        content_shown(here.rt.store, asked.key, workflow=asked.workflow, page="review", by=who.person, clock=here.now)
    with here.rt.store.reading() as reading:
        case = view.case_view(reading, review, by=who.person, now=now, shows=shows, whole="whole" in query)
        done = done_line(reading, request, who)
    status = 200 if not form.faults else 400 if case.decides else 409
    return page(
        request,
        "queue/case.html.j2",
        title=case_title(case),
        who=who,
        status=status,
        asked=asked,
        case=case,
        form=form,
        done=done,
        decides=decides,
        content=content,
        kind_words=kind_words(asked.kind),
    )
