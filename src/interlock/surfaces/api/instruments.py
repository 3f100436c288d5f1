"""Instruments over HTTP: what there is, drafts, answers, and what they come to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from interlock.engine.instruments.leading import first_for
from interlock.engine.instruments.peers import seen, weighted
from interlock.engine.instruments.subjects import PERSON, SUBJECT_MAX, check_subject, sees_others
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.people import same_person
from interlock.engine.selection.ai_fit import ai_fit
from interlock.engine.selection.typed import typed_answers
from interlock.flows.instruments.answer import answer, as_given
from interlock.flows.instruments.drafts import EVIDENCE_MAX, WORDS_MAX, draft_of, drafts_of, drop_draft, save_draft
from interlock.flows.instruments.give import give_draft
from interlock.flows.instruments.scored import InMemory, by_person, scored, sheets
from interlock.surfaces.api.bodies import ENTRY_MAX, Body
from interlock.surfaces.api.problems import Problem, not_there
from interlock.surfaces.api.reach import check_everywhere, check_workflow, not_permitted
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer, Instrument, Sheet

routes = APIRouter(prefix="/instruments", tags=["instruments"])
Reader = Annotated[Caller, Depends(Needs("instrument", "read"))]
Answerer = Annotated[Caller, Depends(Needs("instrument", "answer"))]
Subject = Annotated[str, Query(min_length=1, max_length=SUBJECT_MAX, description="Whom or what it is about.")]
Named = Annotated[str, Field(min_length=1, max_length=SUBJECT_MAX, description="Whom or what it is about.")]
Role = Annotated[str | None, Query(max_length=100, description="What weighs most in that role comes first.")]
Id = Annotated[str, Path(max_length=100, description="Id of the instrument.")]
Entry = Annotated[int, Field(ge=-1, le=ENTRY_MAX, description="As the draft says.")]


class ItemBody(Body):
    """What is written about one item: a value on its scale (ready and present as 1 and 0), words, digests."""

    item: Annotated[str, Field(max_length=100, description="Id of the item.")]
    value: Annotated[int | None, Field(ge=0, le=100, description="On the scale; null: not yet.")] = None
    words: Annotated[str, Field(max_length=WORDS_MAX, description="The answer in words, or why.")] = ""
    evidence: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(default_factory=list, max_length=EVIDENCE_MAX, description="Digests."),
    ]

    def answer(self) -> Answer:
        """As it is kept."""
        return Answer(self.item, self.value, self.words, tuple(self.evidence))


class DraftBody(Body):
    """What you write, having seen `version` of your draft (0 where there was none). An empty answer is taken back."""

    subject: Named
    version: Entry = 0
    answers: Annotated[list[ItemBody], Field(min_length=1, max_length=200)]


class GiveBody(Body):
    """Your draft as you saw it, and the newest entry of the sheet that you saw (`seen` of the draft)."""

    subject: Named
    version: Entry
    seen: Entry = -1


class AnswersBody(Body):
    """Answers that are given at once. An item that is left out keeps its earlier answer."""

    subject: Named
    answers: Annotated[list[ItemBody], Field(min_length=1, max_length=200)]


class FitBody(Body):
    """Answers by question, as GET shows them; numbers as text. What is left out is unknown."""

    name: Named
    answers: Annotated[
        dict[str, Annotated[str, Field(max_length=1_000)]], Field(max_length=100, description="By the question's id.")
    ]


@routes.get("")
def list_instruments(here: Here, who: Reader) -> list[Mapping[str, Any]]:  # noqa: ARG001 - who may read is enough
    """Every instrument: what it is for, about what, its items and what each value means."""
    content: list[Mapping[str, Any]] = plain(here.made_with.instruments)
    return content


@routes.get("/ai-fit")
def show_fit_questions(here: Here, who: Reader) -> Mapping[str, Any]:  # noqa: ARG001 - who may read is enough
    """What is asked to find out whether AI is the right answer to a problem, and the ways, the simplest first."""
    content: Mapping[str, Any] = plain(here.fit_pack)
    return content


@routes.post("/ai-fit")
def ask_fit(body: FitBody, here: Here, who: Reader) -> Mapping[str, Any]:  # noqa: ARG001 - who may read is enough
    """The simplest way that fits, with its reasons, or "not yet" with the questions that decide next. Not recorded."""
    answers, faults = typed_answers(here.fit_pack, body.name, body.answers)
    if faults:
        raise BadInput("; ".join(f"{question}: {words}" for question, words in faults.items()))
    content: Mapping[str, Any] = plain(ai_fit(answers, here.fit_pack))
    return content


@routes.get("/{name}/sheets")
def list_sheets(name: Id, subject: Subject, here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Every sheet of answers about one subject, oldest first; of a person's that you may not read, your own."""
    one = _checked(here, who, name, subject, "read")
    found = _sheets(here, one, subject)
    if not sees_others(who, one, subject):
        found = tuple(sheet for sheet in found if same_person(sheet.by, who.name or ""))
    content: list[Mapping[str, Any]] = plain(found)
    return content


@routes.get("/{name}/result")
def show_result(
    name: Id,
    subject: Subject,
    here: Here,
    who: Reader,
    at: Annotated[dt.date | None, Query(description="As answered by the end of that day (UTC).")] = None,
    role: Role = None,
) -> Mapping[str, Any]:
    """What the answers come to: the total, its band, the rules that hold, and what records say against it."""
    one = _readable(here, who, name, subject)
    until = None if at is None else dt.datetime.combine(at, dt.time.max, dt.UTC)
    kept = InMemory(_sheets(here, one, subject), here.made_with.portfolio())
    with here.rt.store.reading() as reading:
        result = scored(reading, one, subject, now=here.rt.clock(), until=until, kept=kept)
    if role is not None:
        result = replace(result, items=first_for(one, result.items, role))
    content: Mapping[str, Any] = plain(result)
    return content


@routes.get("/{name}/peers")
def show_peers(name: Id, subject: Subject, here: Here, who: Reader, role: Role = None) -> Mapping[str, Any]:
    """How a person sees themself and how peers see them."""
    one = _readable(here, who, name, subject)
    if one.about != PERSON:
        raise BadInput(f"{one.id} is about a {one.about}; peers are asked about a person")
    rows = seen(one, subject, by_person(_sheets(here, one, subject)), profile=role)
    return {"subject": subject, "role": role, "weighted_mean": weighted(rows), "areas": plain(rows)}


@routes.get("/{name}/draft")
def show_draft(name: Id, subject: Subject, here: Here, who: Answerer) -> Mapping[str, Any]:
    """Your draft, what others write (of a person, nobody sees that), and `seen`: the newest entry of the sheet."""
    one = _checked(here, who, name, subject, "answer")
    by = person_of(who, None)
    with here.rt.store.reading() as reading:
        mine = draft_of(reading, one, subject, by)
        every = () if one.about == PERSON else drafts_of(reading, one, subject)
        given = [
            sheet for sheet in sheets(reading, one, subject) if one.about != PERSON or same_person(sheet.by, by.name)
        ]
    others = [each for each in every if not same_person(each.by, by.name)]
    return {"draft": plain(mine), "others": plain(others), "seen": given[-1].entry if given else -1}


@routes.put("/{name}/draft")
def keep_draft(name: Id, body: DraftBody, here: Here, who: Answerer) -> Mapping[str, Any]:
    """Keep what you write. 409 where you changed an item elsewhere since: nothing of that item is taken."""
    one = _checked(here, who, name, body.subject, "answer")
    changes = {each.item: each.answer() for each in body.answers}
    by = person_of(who, None)
    saved = save_draft(here.rt.store, one, body.subject, changes, by=by, version=body.version, clock=here.rt.clock)
    if saved.clashes:
        items = ", ".join(saved.clashes)
        raise _changed(f"you changed {items} elsewhere since version {body.version}: GET the draft, then send again")
    content: Mapping[str, Any] = plain(saved.draft)
    return content


@routes.delete("/{name}/draft")
def erase_draft(name: Id, subject: Subject, here: Here, who: Answerer) -> Mapping[str, bool]:
    """Erase your draft; whether there was one."""
    one = _checked(here, who, name, subject, "answer")
    return {"erased": drop_draft(here.rt.store, one, subject, by=person_of(who, None))}


@routes.post("/{name}/draft/give", name="give_draft")
def give(name: Id, body: GiveBody, here: Here, who: Answerer) -> Mapping[str, Any]:
    """Put your draft on record. 409 where it, or the sheet, changed since you saw them."""
    one = _checked(here, who, name, body.subject, "answer")
    given = give_draft(
        here.rt.store, one, body.subject, by=person_of(who, None), version=body.version, seen=body.seen,
        clock=here.rt.clock,
    )  # fmt: skip
    if given.sheet is None:
        newer = "; ".join(f"{sheet.by} answered in entry {sheet.entry}" for sheet in given.newer)
        raise _changed(newer or "you went on writing elsewhere: GET the draft, then give it")
    content: Mapping[str, Any] = plain(given.sheet)
    return content


@routes.post("/{name}/answers")
def give_answers(name: Id, body: AnswersBody, here: Here, who: Answerer) -> Mapping[str, Any]:
    """Put answers on record at once."""
    one = _checked(here, who, name, body.subject, "answer")
    told = {each.item: as_given(one, each.answer()) for each in body.answers}
    sheet = answer(here.rt.store, one, body.subject, told, by=person_of(who, None), clock=here.rt.clock)
    content: Mapping[str, Any] = plain(sheet)
    return content


def _checked(here: Served, who: Caller, name: str, subject: str, action: str) -> Instrument:
    """The instrument of that id, where the caller may do this to it about that subject."""
    one = next((each for each in here.made_with.instruments if each.id == name), None)
    if one is None:
        raise not_there(f"there is no instrument '{name}': GET /v1/instruments lists them")
    check_subject(subject)
    if one.about == "workflow":
        check_workflow(here, who, "instrument", action, subject)
    else:
        check_everywhere(who, "instrument", action)
    return one


def _readable(here: Served, who: Caller, name: str, subject: str) -> Instrument:
    one = _checked(here, who, name, subject, "read")
    if not sees_others(who, one, subject):
        raise not_permitted("person:read")
    return one


def _sheets(here: Served, one: Instrument, subject: str) -> tuple[Sheet, ...]:
    with here.rt.store.reading() as reading:
        return tuple(sheets(reading, one, subject))


def _changed(words: str) -> Problem:
    return Problem("changed", HTTPStatus.CONFLICT, words)
