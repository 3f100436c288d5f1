"""Decided cases: found, explained, their content shown on record, erased, put before people to be undone."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from interlock.engine.access.permissions import only_workflows
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.case_reach import case_within, is_kept_from, may_case
from interlock.flows.access.shown import content_shown
from interlock.flows.action.ask_undo import ask_undo
from interlock.flows.action.replay import decide_again
from interlock.flows.erasure.erase import erase_case, ordered
from interlock.flows.trace.case_file import case_contents, case_file
from interlock.flows.trace.case_trace import case_trace
from interlock.flows.trace.find_cases import KEY_MAX, PAGE, CasesAsked, cases_within, find_cases
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.surfaces.api.bodies import Body, Name, Words
from interlock.surfaces.api.ledger import PAGE_MAX, Place, Text, Time
from interlock.surfaces.api.problems import forbidden, not_there
from interlock.surfaces.api.reach import not_permitted
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput

Reader = Annotated[Caller, Depends(Needs("case", "read"))]
ContentReader = Annotated[Caller, Depends(Needs("content", "read"))]
Eraser = Annotated[Caller, Depends(Needs("content", "erase"))]
Undoer = Annotated[Caller, Depends(Needs("case", "undo"))]
AnyKey = Annotated[str, Field(min_length=1, max_length=KEY_MAX, description="The key of a case.")]
AskedKey = Annotated[str, Query(min_length=1, max_length=KEY_MAX, description="The key of a case.")]

routes = APIRouter(tags=["cases"])


class KeyBody(Body):
    """Which case."""

    key: AnyKey
    by: Name = None


class CaseReasonBody(KeyBody):
    """Which case, and why: it is recorded."""

    reason: Words


@routes.get("/cases")
def search_cases(
    here: Here,
    who: Reader,
    key: Annotated[str, Field(max_length=KEY_MAX, description="A key, or its beginning.")] = "",
    workflow: Text = "",
    since: Time = "",
    until: Time = "",
    behind: Annotated[str, Field(max_length=KEY_MAX)] = "",
    before: Place = None,
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE,
) -> Mapping[str, Any]:
    """Decided cases that you may see: by key where a key is asked for, else the newest first.

    `further`: ask again with `behind` (of a key) or `before` for the next page. `stopped`: very many were looked at,
    and the page is not full.
    """
    asked = CasesAsked(key, workflow, since, until, behind, before)
    among = only_workflows(who, "case", "read")
    with here.rt.store.reading() as reading:
        sees = cases_within(reading, who, here.tenants.all().get)
        content: Mapping[str, Any] = plain(find_cases(reading, asked, sees=sees, among=among, limit=limit))
    return content


@routes.get("/cases/why")
def explain_case(key: AskedKey, here: Here, who: Reader) -> Mapping[str, Any]:
    """Why could this act? Everything on record about a case, who was shown its content, and what may be done about it.

    Its content is not in it.
    """
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        file = case_file(reading, _case(here, who, reading, key, "case", "read"), now=here.rt.clock())
    return {
        "case": plain(file.row),
        "trace": plain(file.trace),
        "limits": plain(file.limits),
        "seen": plain(file.seen),
        "keeps_content": file.keeps_content,
        "needed": file.needed,
        "can_be_undone": file.can_be_undone,
    }


@routes.get(
    "/cases/spans",
    response_class=Response,
    responses={
        200: {"description": "Lines of JSON.", "content": {"application/jsonl": {"schema": {"type": "string"}}}}
    },
    name="trace_spans",
)
def spans(key: AskedKey, here: Here, who: Reader) -> Response:
    """The trace of a case as a line of OTLP/JSON, for tracing back ends."""
    if here.span_lines is None:
        raise BadInput("spans need the OpenTelemetry SDK on the server: pip install 'interlock[otel]'")
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        row = _case(here, who, reading, key, "case", "read")
        lines = b"".join(here.span_lines([case_trace(reading, row.workflow, row.key)]))
    return Response(lines, media_type="application/jsonl")


@routes.get("/cases/replay")
def replay_case(key: AskedKey, here: Here, who: Reader) -> Mapping[str, Any]:
    """Decide a case again from its recorded inputs; `again` is null where they are not as they were recorded."""
    with here.rt.store.reading() as reading:
        row = _case(here, who, reading, key, "case", "read")
        decision = reading.decision(row.key)
        again = None if decision is None else decide_again(reading, decision)
    same = again is not None and decision is not None and (again.verb, again.audited) == (row.verb, decision.audited)
    return {"verb": row.verb, "again": plain(again), "same": same}


@routes.post("/cases/content")
def show_content(body: KeyBody, here: Here, who: ContentReader) -> Mapping[str, Any]:
    """What is kept of a case and may be erased: its text, whom it touches, what its effect changed.

    That you were shown it is recorded first.
    """
    with here.rt.store.reading() as reading:
        row = _case(here, who, reading, body.key, "content", "read")
    store, by = here.rt.store, person_of(who, body.by)
    content_shown(store, row.key, workflow=row.workflow, page="api", by=by, clock=here.rt.clock)
    with store.reading() as reading:
        decision = reading.decision(row.key)
        contents = None if decision is None else plain(case_contents(reading, decision))
    return {"key": row.key, "content": contents}


@routes.post("/cases/erase")
def erase_content(body: CaseReasonBody, here: Here, who: Eraser) -> Mapping[str, Any]:
    """Erase what is kept of a case; its records, digests and proofs stay."""
    with here.rt.store.reading() as reading:
        row = _case(here, who, reading, body.key, "content", "erase")
    order = ordered(person_of(who, body.by), body.reason, here.rt.clock)
    content: Mapping[str, Any] = plain(erase_case(here.rt.store, row.key, order))
    return content


@routes.post("/cases/ask-undo")
def ask_for_undo(body: CaseReasonBody, here: Here, who: Undoer) -> Mapping[str, Any]:
    """Put an applied case before people, to be undone: only the application that acted reaches its target."""
    with here.rt.store.reading() as reading:
        row = _case(here, who, reading, body.key, "case", "undo")
    by = person_of(who, body.by)
    ask_undo(here.rt.store, row.key, by=by, reason=body.reason, clock=here.rt.clock)
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(reading.review(row.key, "undo"))
    return content


def _case(here: Served, who: Caller, reading: Reading, key: str, resource: str, action: str) -> CaseRow:
    """Raises Problem where there is no such case that the caller may see, or they may not do this to it, and where
    they may still answer it blind.
    """
    if is_kept_from(reading, who, key, here.tenants.of):
        raise forbidden("this case waits for a blind look that may be yours: it is shown once it was given")
    row = case_within(reading, who, key, here.tenants.of)
    if row is None:
        raise not_there("there is no such case that you may see")
    if not may_case(who, row, resource, action, here.tenants.of):
        raise not_permitted(f"{resource}:{action}")
    return row
