"""Addresses of documents: which there are, making one, reading it, its files."""

import base64
import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.access.reach import within
from interlock.engine.reporting.documents import CROSSWALK, KINDS
from interlock.flows.reporting.made import last_made
from interlock.surfaces.web.forms import Form as Sent
from interlock.surfaces.web.forms import Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.reports import view
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.document import Asked, Document, Form, Making
from interlock.terms.errors import BadInput, Unavailable

routes = APIRouter(prefix="/reports")
Reader = Annotated[Visitor, Depends(Needs("report", "read"))]
NOTHING_ELSE = ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@routes.get("")
def show_reports(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Which documents there are, and those that are kept for the visitor."""
    reach = who.scopes("report", "read")
    with here.rt.store.reading() as reading:
        last = last_made(reading, reach)
    kept = [one for one in here.documents.of(who.person) if here.documents.find(one.id, by=who.person, reach=reach)]
    return page(
        request,
        "reports/reports.html.j2",
        title=view.title_of_all(len(KINDS), sum(one.making is Making.READY for one in kept)),
        who=who,
        kinds=view.kinds_shown(last),
        kept=[(one, view.STATES[one.making], view.name_of(one)) for one in kept],
        may_schedule=who.may_somewhere("report", "schedule"),
    )


@routes.get("/make/{kind}")
def ask_for(kind: str, request: Request, here: Here, who: Reader, workflow: str = "") -> HTMLResponse:
    """What a document of this kind needs to be told."""
    return _ask(request, here, who, kind, Sent({"workflow": [workflow]} if workflow else {}))


@routes.post("/make/{kind}")
def make(kind: str, request: Request, here: Here, who: Reader, form: Posted) -> Response:
    """Put a document on the queue."""
    if kind not in KINDS:
        raise NotThere
    workflow = form.text("workflow") or None
    known = {one.value for one in Form}
    forms = tuple(Form(one) for one in form.many("forms") if one in known)
    if view.about_one(kind):
        if workflow is None:
            form.fault("workflow", "say which workflow it is about")
        elif workflow not in _names(here, who):
            form.fault("workflow", f"there is no workflow '{workflow}', or none that you may see")
    if not form.faults:
        try:
            asked = Asked(kind, workflow, form.many("frameworks") if kind == CROSSWALK else ())
            made = here.documents.ask(asked, forms, by=who.person, reach=who.scopes("report", "read"))
            return RedirectResponse(f"/reports/made/{made.id}", 303)
        except (BadInput, Unavailable) as exc:
            form.fault("", str(exc))
    return _ask(request, here, who, kind, form, status=400)


@routes.get("/made/{id_}")
def show_made(id_: str, request: Request, here: Here, who: Reader) -> HTMLResponse:
    """One document: how far it is, then its conclusion and its forms."""
    document = _document(here, who, id_)
    return page(
        request,
        "reports/made.html.j2",
        title=view.title_of(document),
        who=who,
        document=document,
        state=view.STATES[document.making],
        name=view.name_of(document),
        step=view.step_of(document, here.documents.before(document)),
        at_work=document.making in {Making.WAITING, Making.AT_WORK},
        forms=view.forms_shown(document),
        readable=Form.HTML in document.forms,
        may_schedule=who.may_somewhere("report", "schedule"),
    )


@routes.post("/made/{id_}/forms")
def make_form(id_: str, here: Here, who: Reader, form: Posted) -> Response:
    """Have it written in one more form."""
    document, wanted = _document(here, who, id_), form.text("form")
    if wanted not in {one.value for one in Form}:
        raise BadInput(f"'{wanted[:20]}' is no form of a document; there are: {', '.join(Form)}")
    here.documents.also(document, Form(wanted))
    return RedirectResponse(f"/reports/made/{id_}", 303)


@routes.get("/made/{id_}/document")
def read_document(id_: str, here: Here, who: Reader) -> Response:
    """The document as a page of its own, under a policy that allows its own style and nothing else."""
    content = _content(here, who, id_, Form.HTML)
    return Response(content, headers={"content-security-policy": _policy(content)}, media_type=view.MEDIA[Form.HTML])


@routes.get("/made/{id_}/file.{ending}")
def download(id_: str, ending: str, here: Here, who: Reader) -> Response:
    """One form of it as a file."""
    if f".{ending}" not in {one.value for one in Form}:
        raise NotThere
    form = Form(f".{ending}")
    content = _content(here, who, id_, form)
    name = view.file_name(_document(here, who, id_), form)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if form is Form.HTML:
        headers["content-security-policy"] = _policy(content)
    return Response(content, headers=headers, media_type=view.MEDIA[form])


def _ask(request: Request, here: Site, who: Visitor, kind: str, form: Sent, *, status: int = 200) -> HTMLResponse:
    if kind not in KINDS:
        raise NotThere
    return page(
        request,
        "reports/ask.html.j2",
        title=f"Make: {view.NAMES[kind]}",
        who=who,
        status=status,
        kind=kind,
        purpose=KINDS[kind].purpose,
        about_one=view.about_one(kind),
        workflows=view.workflow_choices(_names(here, who)) if view.about_one(kind) else (),
        frameworks=_frameworks(here) if kind == CROSSWALK else (),
        choices=view.CHOICES,
        form=form,
    )


def _frameworks(here: Site) -> list[tuple[str, str]]:
    return [(one.id, f"{one.title} {one.version}") for one in here.documents.frameworks()]


def _names(here: Site, who: Visitor) -> list[str]:
    """Workflows that the visitor may have a document of, by name."""
    seen = within(here.board.portfolio(), who.scopes("report", "read"), who.tenant_of)
    return [one.definition.name for one in seen.standings]


def _document(here: Site, who: Visitor, id_: str) -> Document:
    found = here.documents.find(id_, by=who.person, reach=who.scopes("report", "read"))
    if found is None:
        raise NotThere
    return found


def _content(here: Site, who: Visitor, id_: str, form: Form) -> bytes:
    content = _document(here, who, id_).forms.get(form)
    if content is None:
        raise NotThere
    return content


def _policy(content: bytes) -> str:
    """Styles by their hash and pictures inside the document; no script, nothing fetched, in nobody's frame."""
    digests = (base64.b64encode(hashlib.sha256(style).digest()).decode() for style in STYLE.findall(content))
    styles = " ".join(f"'sha256-{digest}'" for digest in digests)
    allowed = ("default-src 'none'", f"style-src {styles}", "img-src data:", *NOTHING_ELSE)
    return "; ".join(allowed)
