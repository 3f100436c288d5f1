"""A report or a document as evidence of a workflow, and as what an answer to an instrument rests on."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.engine.instruments.sections import Section, sections_of
from interlock.flows.evidence.upload import BYTES_MAX, DOCUMENT, FILE_BYTES_MAX, Upload, add_upload
from interlock.flows.instruments.drafts import draft_of, save_draft
from interlock.surfaces.web.forms import Form, PostedFile
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.instruments.reach import About, about
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.surfaces.web.workflow.fields import chosen, in_fields
from interlock.surfaces.web.workflow.found import address_of
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Answer, Item

UPLOAD = "/evidence/add"
LARGER = {UPLOAD: BYTES_MAX}
REPORT = "report"
KINDS = (
    (DOCUMENT, "A document", "People read it: an assessment, a contract. An answer may rest on it; it opens no gate."),
    (REPORT, "A report of a tool", "Its counts are read: tests, scan, coverage, traces, labels, run, evaluation.json."),
)
_ASKED_FOR = re.compile(r"say so: --measured-at \S+")

routes = APIRouter(dependencies=[Depends(Needs("evidence", "add"))])


@dataclass(frozen=True, slots=True)
class For:
    """The answer that the file is for: an item of an instrument, about somebody or something."""

    on: About
    section: Section
    item: Item

    @property
    def address(self) -> str:
        """Where it is answered."""
        return self.on.address(f"sheet/{self.section.id}") + f"#i-{self.item.id}"


def answer_asked(here: Here, who: Who, instrument: str = "", subject: str = "", item: str = "") -> For | None:
    """The answer that the address names, if any. Raises NotThere and NotAllowed."""
    if not instrument:
        return None
    on = about(here, who, instrument, subject, action="answer")
    for section in sections_of(on.instrument):
        for one in section.items:
            if one.id == item:
                return For(on, section, one)
    raise NotThere


Asked = Annotated[For | None, Depends(answer_asked)]


def adding_address(workflow: str | None = None, on: About | None = None, item: str = "") -> str:
    """The address of the form: for a workflow, or for an answer."""
    if on is None:
        return f"{UPLOAD}?{urlencode({'workflow': workflow})}"
    return f"{UPLOAD}?{urlencode({'instrument': on.instrument.id, 'subject': on.subject, 'item': item})}"


@routes.get(UPLOAD)
def ask(request: Request, here: Here, who: Who, answer: Asked, workflow: str = "") -> Response:
    """Which file it is, and what of."""
    named = workflow or (answer.on.workflow if answer else None) or ""
    if named:
        who.check("evidence", "add", workflow=named)
        if named not in dict(_workflows(here, who)):
            raise NotThere
    return _form(request, here, who, answer, Form({"workflow": (named,)}))


@routes.post(UPLOAD)
def add(request: Request, here: Here, who: Who, answer: Asked, posted: PostedFile) -> Response:
    """Put it on record; an answer that it was asked for rests on it then, as a draft."""
    form, file = posted
    workflow = chosen(form, "workflow", _workflows(here, who), "Choose the workflow that it is evidence of")
    kind = chosen(form, "kind", tuple(one[:2] for one in KINDS), "Say what it is")
    day = _day(form)
    if file is None or not file.filename:
        form.fault("file", "Choose the file.")
    if form.faults or file is None:
        return _form(request, here, who, answer, form, status=400)
    try:
        sent = Upload(file.filename or "", file.file, kind == DOCUMENT, day)
        added = add_upload(here.rt.store, workflow, sent, read=here.read_upload, by=who.person, clock=here.now)
        if answer is not None:
            _cite(here, who, answer, added)
    except BadInput as exc:
        form.fault("file", sentence(in_fields(_ASKED_FOR.sub("give the day below", str(exc)))))
        return _form(request, here, who, answer, form, status=400)
    return RedirectResponse(address_of(workflow, "evidence") if answer is None else answer.address, 303)


def _cite(here: Site, who: Visitor, answer: For, added: tuple[Evidence, ...]) -> None:
    on, item = answer.on, answer.item.id
    with here.rt.store.reading() as reading:
        mine = draft_of(reading, on.instrument, on.subject, who.person)
    before = mine.items[item].answer if item in mine.items else Answer(item, None)
    evidence = tuple(dict.fromkeys((*before.evidence, *(one.digest for one in added))))
    cites = Answer(item, before.value, before.words, evidence)
    save_draft(
        here.rt.store, on.instrument, on.subject, {item: cites}, by=who.person, version=mine.version,
        clock=here.rt.clock,
    )  # fmt: skip


def _day(form: Form) -> dt.date | None:
    """The day on which it was measured or written, as it was typed."""
    text = form.text("day")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        form.fault("day", f"“{text[:40]}” is no date; write it as 2026-12-31")
        return None


def _workflows(here: Site, who: Visitor) -> tuple[tuple[str, str], ...]:
    names = (one.definition.name for one in here.board.portfolio().standings)
    return tuple((name, name) for name in names if who.may("evidence", "add", workflow=name))


def _form(request: Request, here: Site, who: Visitor, answer: For | None, form: Form, *, status: int = 200) -> Response:
    workflows = _workflows(here, who)
    if workflows and not form.text("workflow"):
        workflows = (("", "choose one"), *workflows)  # evidence of the wrong one could never be taken back
    title = "Put a file on record as evidence" if answer is None else f"What “{answer.item.title}” rests on"
    return page(
        request, "evidence/add.html.j2", title=title, who=who, status=status, form=form, answer=answer, kinds=KINDS,
        workflows=workflows, bytes_max=FILE_BYTES_MAX,
        action=UPLOAD if answer is None else adding_address(on=answer.on, item=answer.item.id),
        back=answer.address if answer else "/portfolio",
    )  # fmt: skip
