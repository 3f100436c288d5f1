"""The agenda, a question and its answer, and the minutes."""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.engine.council.looked_at import as_looked_at
from interlock.engine.council.minutes import by_day
from interlock.flows.council.decide import decide_item, open_item
from interlock.flows.rollout.judging import judging
from interlock.surfaces.web.council import view
from interlock.surfaces.web.council.answers import due_days, read_answers
from interlock.surfaces.web.council.tables import MINUTES, agenda_table, state_of
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import plainly
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.council import AgendaItem
from interlock.terms.errors import BadInput, Refused
from interlock.terms.words import plural

routes = APIRouter(dependencies=[Depends(Needs("council", "read"))])
AsFile = Literal["csv", "json"]
CHANGED = "The question is another one now: what it rests on changed since you looked. Read it again before you decide."


@routes.get("/council")
def show_agenda(request: Request, here: Here, who: Who) -> Response:
    """What needs a decision now."""
    found = view.items(here, who)
    mine = sum(view.is_for(who, one) for one in found)
    return page(
        request, "council/agenda.html.j2", title=view.heading(found, mine), who=who,
        table=agenda_table(who).shown(found, request.query_params), meeting=view.next_council(here),
        newest=view.decided(here, who)[:3],
    )  # fmt: skip


@routes.get("/council.{form}")
def agenda_as(request: Request, here: Here, who: Who, form: AsFile) -> Response:
    """The agenda as a file."""
    return agenda_table(who).answer(view.items(here, who), request.query_params, form)


@routes.get("/council/item")
def show_item(request: Request, here: Here, who: Who, item: str) -> Response:
    """One question: its options, what follows from each, and the evidence."""
    return _item_page(request, here, who, Form(), item)


@routes.post("/council/item")
def change_answers(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """The question again, with what was filled in."""
    return _item_page(request, here, who, form, form.text("item"))


@routes.post("/council/check")
def check_answers(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """What will be recorded and done, before it is."""
    found = _item(here, who, form.text("item"))
    if found is None:
        return _item_page(request, here, who, form, form.text("item"), status=409)
    who.check("council", "decide", workflow=found.workflow, read="council:read")
    answers = read_answers(form, found, here.now())
    if answers is None:
        return _item_page(request, here, who, form, found.id, status=400)
    title = f"Check before you decide: {answers.option.title}"
    return page(
        request, "council/check.html.j2", title=title, who=who, item=found, answers=answers,
        form=form, effect=view.effect_words(answers.option.effect), usual=due_days(here.now())[1],
    )  # fmt: skip


@routes.post("/council/decide")
def decide(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Put the decision on record; what it does takes effect at once."""
    found = _item(here, who, form.text("item"))
    if found is None:
        return _item_page(request, here, who, form, form.text("item"), status=409)
    who.check("council", "decide", workflow=found.workflow, read="council:read")
    answers = read_answers(form, found, here.now())
    if answers is None:
        return _item_page(request, here, who, form, found.id, status=400)
    judged = judging(here.packs.gates, here.packs.instruments, here.signing)
    try:
        made = decide_item(
            here.rt.store, found.id, choose=answers.option.id, reason=answers.reason, by=who.person,
            clock=here.rt.clock, present=answers.present, due=answers.due, facts=judged.facts,
            looked_at=form.text("looked_at"),
        )  # fmt: skip
    except Refused as exc:
        form.fault("", f"It was refused, and that is on record: {exc}")
        return _item_page(request, here, who, form, found.id, status=409)
    except BadInput as exc:
        form.fault("", CHANGED if form.text("looked_at") != as_looked_at(found) else str(exc))
        return _item_page(request, here, who, form, found.id, status=409)
    return RedirectResponse(f"/council/decided/{made.entry}", 303)


@routes.get("/council/decided/{entry}")
def show_decided(request: Request, here: Here, who: Who, entry: int) -> Response:
    """One decision as it is on record."""
    every = view.decided(here, who)
    made = view.by_entry(every, entry)
    if made is None:
        raise NotThere
    title = f"Decided: {made.decision.answer}"
    return page(
        request, "council/decided.html.j2", title=title, who=who, minute=made, state=state_of(made),
        effect=view.effect_words(made.decision.effect), zone=view.zone_of(here),
    )  # fmt: skip


@routes.get("/council/minutes")
def show_minutes(request: Request, here: Here, who: Who) -> Response:
    """What was decided, by the day of the meeting."""
    every = view.decided(here, who)
    table = MINUTES.shown(every, request.query_params)
    rows = tuple(row for row, _ in table.rows)
    found = () if table.filtered else view.refused(here, who)
    refused = view.refused_beside(rows, found, first=table.before is None, last=table.after is None)
    days = by_day(rows, refused, view.zone_of(here))
    holding = sum(one.holds for one in every)
    hold = "none holds" if not holding else "1 holds" if holding == 1 else f"{holding:,} hold"
    title = f"{plural(len(every), 'decision')} on record, {hold} today"
    return page(
        request, "council/minutes.html.j2", title=title, who=who, table=table, days=days,
        states={one.decision.entry: state_of(one) for one in rows},
    )  # fmt: skip


@routes.get("/council/minutes.{form}")
def minutes_as(request: Request, here: Here, who: Who, form: AsFile) -> Response:
    """The minutes as a file."""
    return MINUTES.answer(view.decided(here, who), request.query_params, form)


def _item(here: Site, who: Visitor, item: str) -> AgendaItem | None:
    """A question that is open and that the visitor may see, read from the store: what is decided must be true now."""
    with here.rt.store.reading() as reading:
        found = open_item(reading, item, here.now())
    return found if found is not None and view.sees(who, found.workflow) else None


def _item_page(request: Request, here: Site, who: Visitor, form: Form, item: str, status: int = 200) -> Response:
    before = view.on_item(view.decided(here, who), item)
    found = _item(here, who, item)
    if found is None:
        if not before:
            raise NotThere
        return page(
            request, "council/closed.html.j2", title="This question is not open now", who=who, status=status,
            minute=before[0], state=state_of(before[0]),
        )  # fmt: skip
    organisation = here.board.portfolio().organisation
    _, usual, last = due_days(here.now())
    return page(
        request, "council/item.html.j2", title=found.question, who=who, status=status, form=form, item=found,
        before=before, may_decide=view.is_for(who, found), evidence=view.references(here, found),
        options=tuple((one.id, one.title, _meaning(one.implication, one.effect)) for one in found.options),
        people=view.candidates(found, organisation.council if organisation else (), who),
        looked_at=as_looked_at(found), usual=usual, last=last,
    )  # fmt: skip


def _meaning(implication: str, effect: str) -> str:
    """What is done at once, and where nothing is what follows."""
    told = f"{implication[:1].upper()}{implication[1:]}."
    return view.effect_words(effect) or f"{plainly(told)} It is put on record; nothing else is done by it."
