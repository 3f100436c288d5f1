"""The pages of cases."""

from collections.abc import Mapping
from dataclasses import replace
from shlex import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from interlock.engine.access.permissions import only_workflows
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.case_reach import case_within, is_kept_from
from interlock.flows.access.shown import content_shown, is_on_record
from interlock.flows.action.ask_undo import ask_undo
from interlock.flows.action.replay import decide_again
from interlock.flows.erasure.erase import erase_case, ordered
from interlock.flows.ledger.at_work import at_work
from interlock.flows.trace.case_file import case_contents, case_file
from interlock.flows.trace.case_trace import case_trace
from interlock.flows.trace.find_cases import PAGE, CasesFound, cases_within, find_cases
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.surfaces.web.addresses import case_href
from interlock.surfaces.web.cases.view import TABLE, asked_in, further_href, list_title
from interlock.surfaces.web.cases.why_view import proved_words, replay_words, why_view
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.ledger.entry_view import proof_state
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.errors import BadInput

routes = APIRouter()
READS = [Depends(Needs("case", "read"))]
EXPORT_ROWS = 1_000
BLIND = "This case waits for a blind look that may be yours"


@routes.get("/cases", dependencies=READS)
def cases(request: Request, here: Here, who: Who) -> Response:
    """Any decided case, found by key, workflow and time."""
    form, query = Form(), request.query_params
    try:
        found = _found(here, who, query, PAGE)
    except BadInput as exc:
        form.fault("", str(exc))
        found = CasesFound(())
    further = further_href(found, query)
    return page(
        request, "cases/cases.html.j2", title=list_title(found, query), who=who, status=400 if form.faults else 200,
        form=form, table=TABLE.page(found.cases, query, after=further), stopped=found.stopped, further=further,
    )  # fmt: skip


@routes.get("/cases.csv", dependencies=READS)
def cases_csv(request: Request, here: Here, who: Who) -> Response:
    """A thousand rows of the same as CSV; the header `Link` names the next ones."""
    found = _found(here, who, request.query_params, EXPORT_ROWS)
    answer = TABLE.as_csv(found.cases)
    if further := further_href(found, request.query_params, ".csv"):
        answer.headers["link"] = f'<{further}>; rel="next"'
    return answer


@routes.get("/cases.json", dependencies=READS)
def cases_json(request: Request, here: Here, who: Who) -> Response:
    """The same as JSON; `further` is the address of the next ones."""
    found = _found(here, who, request.query_params, EXPORT_ROWS)
    further = further_href(found, request.query_params, ".json")
    return JSONResponse({"rows": plain(found.cases), "n": len(found.cases), "further": further})


@routes.get("/cases/why", dependencies=READS)
def why(request: Request, here: Here, who: Who, key: str) -> Response:
    """Why could this act? Everything on record about one case; its content only where that was recorded before."""
    return _why(request, here, who, key, Form())


@routes.get("/cases/why.json", dependencies=READS)
def why_json(here: Here, who: Who, key: str) -> Response:
    """The same for programs: the trace, as `interlock trace --json` prints it."""
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        row = _case(who, reading, key)
        return JSONResponse(plain(case_trace(reading, row.workflow, row.key)))


@routes.get("/cases/spans", dependencies=READS)
def spans(here: Here, who: Who, key: str) -> Response:
    """The trace as a line of OTLP/JSON, for tracing back ends."""
    if here.span_lines is None:
        raise BadInput("spans need the OpenTelemetry SDK on the server: pip install 'interlock[otel]'")
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        row = _case(who, reading, key)
        lines = b"".join(here.span_lines([case_trace(reading, row.workflow, row.key)]))
    headers = {"content-disposition": 'attachment; filename="case-spans.jsonl"'}
    return Response(lines, headers=headers, media_type="application/jsonl")


@routes.post("/cases/content", dependencies=READS)
def show_content(here: Here, who: Who, form: Posted) -> Response:
    """Put on record that somebody is shown a case's content, then show it."""
    with here.rt.store.reading() as reading:
        row = _case(who, reading, form.raw("key"))
    who.check("content", "read", workflow=row.workflow, tenant=row.tenant, read="case:read")
    store, clock = here.rt.store, here.rt.clock
    content_shown(store, row.key, workflow=row.workflow, page="trace", by=who.person, clock=clock)
    return RedirectResponse(f"{case_href(row.key)}&content=1#content", 303)


@routes.get("/cases/erase", dependencies=READS)
def erase_page(request: Request, here: Here, who: Who, key: str) -> Response:
    """What erasing would do, and the form that asks for the reason."""
    row = _to_change(here, who, key, "content", "erase")
    return _form_page(request, here, who, row, Form(), "cases/erase.html.j2", "Erase what is kept of this case?")


@routes.post("/cases/erase", dependencies=READS)
def erase(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Erase what is kept of a case; records, digests and proofs stay."""
    row = _to_change(here, who, form.raw("key"), "content", "erase")
    reason = form.needed("reason", "Say why: it is recorded, and somebody will ask.")
    if not form.has("sure"):
        form.fault("sure", "Tick that you are sure: what is erased cannot be brought back.")
    if not form.faults:
        try:
            erase_case(here.rt.store, row.key, ordered(who.person, reason, here.rt.clock))
            return RedirectResponse(case_href(row.key), 303)
        except BadInput as exc:
            form.fault("", str(exc))
    title = "Nothing was erased yet"
    return _form_page(request, here, who, row, form, "cases/erase.html.j2", title, status=400)


@routes.get("/cases/undo", dependencies=READS)
def undo_page(request: Request, here: Here, who: Who, key: str) -> Response:
    """What becomes of asking for an undo, and the form that asks for the reason."""
    row = _to_change(here, who, key, "case", "undo")
    return _form_page(request, here, who, row, Form(), "cases/undo.html.j2", "Have this put back?")


@routes.post("/cases/undo", dependencies=READS)
def undo(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Put a case before people, to be undone."""
    row = _to_change(here, who, form.raw("key"), "case", "undo")
    reason = form.needed("reason", "Say why: it is recorded, and whoever puts it back reads it.")
    if not form.faults:
        try:
            ask_undo(here.rt.store, row.key, by=who.person, reason=reason, clock=here.rt.clock)
            return RedirectResponse(case_href(row.key), 303)
        except BadInput as exc:
            form.fault("", str(exc))
    return _form_page(request, here, who, row, form, "cases/undo.html.j2", "Nothing was asked for yet", status=400)


def _found(here: Site, who: Visitor, query: Mapping[str, str], limit: int) -> CasesFound:
    among = only_workflows(who.caller, "case", "read")
    with here.rt.store.reading() as reading:
        sees = cases_within(reading, who.caller, who.tenant_of)
        found = find_cases(reading, asked_in(query), sees=sees, among=among, limit=limit)
    return replace(
        found, cases=tuple(replace(row, tenant=row.tenant or who.tenant_of(row.workflow)) for row in found.cases)
    )


def _case(who: Visitor, reading: Reading, key: str) -> CaseRow:
    """The case of that key. Raises NotThere where there is none, or this visitor may not see it, and BadInput where
    they may still answer it blind.
    """
    if is_kept_from(reading, who.caller, key, who.tenant_of):
        raise BadInput(f"{BLIND}: it is shown once it was given")
    row = case_within(reading, who.caller, key, who.tenant_of)
    if row is None:
        raise NotThere
    return row


def _to_change(here: Site, who: Visitor, key: str, resource: str, action: str) -> CaseRow:
    with here.rt.store.reading() as reading:
        row = _case(who, reading, key)
    who.check(resource, action, workflow=row.workflow, tenant=row.tenant, read="case:read")
    return row


def _form_page(
    request: Request,
    here: Site,
    who: Visitor,
    row: CaseRow,
    form: Form,
    template: str,
    title: str,
    *,
    status: int = 200,
) -> Response:
    with here.rt.store.reading() as reading:
        file = case_file(reading, row, now=here.now())
    return page(request, template, title=title, who=who, status=status, form=form, file=file, row=row)


def _why(request: Request, here: Site, who: Visitor, key: str, form: Form) -> Response:
    query = request.query_params
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        if is_kept_from(reading, who.caller, key, who.tenant_of):
            return page(request, "cases/blind.html.j2", title=BLIND, who=who, key=key)
        row = _case(who, reading, key)
        file, now = case_file(reading, row, now=here.now()), here.now()
        reads = who.may("content", "read", workflow=row.workflow, tenant=row.tenant)
        recorded = reads and is_on_record(reading, row.key, workflow=row.workflow, by=who.person, now=now)
        contents = case_contents(reading, file.decision) if recorded and query.get("content") else None
        again = replay_words(file, decide_again(reading, file.decision)) if query.get("replay") else None
    view = why_view(file)
    return page(
        request, "cases/why.html.j2", title=view.title, who=who, form=form, view=view, file=file, row=row,
        reads=reads, contents=contents, again=again, proved=proved_words(file.trace),
        proof=proof_state(at_work(here.rt.store).prove(here.rt.store, row.entry)),
        command=f"interlock trace {quote(row.workflow)} {quote(row.key)} --store STORE",
        may_undo=file.can_be_undone and who.may("case", "undo", workflow=row.workflow, tenant=row.tenant),
        may_erase=file.keeps_content and who.may("content", "erase", workflow=row.workflow, tenant=row.tenant),
        reads_ledger=who.may("ledger", "read", workflow=row.workflow, tenant=row.tenant),
    )  # fmt: skip
