"""Documents over HTTP: which there are, having one made, its files, and schedules that send one."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import Field

from interlock.engine.access.permissions import scopes
from interlock.engine.ledger.canonical import plain
from interlock.engine.reporting.documents import KINDS, OfOne
from interlock.flows.reporting.deliveries import deliveries
from interlock.flows.reporting.made import last_made
from interlock.flows.reporting.schedules import end_schedule, schedules, set_schedule, within_reach
from interlock.flows.reporting.send import MEDIA
from interlock.ports.store import Reading
from interlock.surfaces.api.bodies import Body
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import Caller
from interlock.terms.document import Asked, Document, Form
from interlock.terms.errors import BadInput
from interlock.terms.schedule import Cadence, Every, Schedule

routes = APIRouter(prefix="/reports", tags=["reports"])
Reader = Annotated[Caller, Depends(Needs("report", "read"))]
Setter = Annotated[Caller, Depends(Needs("report", "schedule"))]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Forms = Annotated[list[Annotated[Form, Field(strict=False)]], Field(max_length=len(Form))]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {media: {} for media in MEDIA.values()}}
}


class MakeBody(Body):
    """Which document. HTML and JSON are always made; `forms` are what else."""

    report: Name
    workflow: Name | None = None
    frameworks: Annotated[list[Name], Field(max_length=50, default_factory=list)]
    forms: Annotated[Forms, Field(default_factory=list)]


class FormBody(Body):
    """One more form."""

    form: Annotated[Form, Field(strict=False)]


class ScheduleBody(Body):
    """Which document, when and to whom. Addresses are kept apart and never answered again."""

    report: Name
    workflow: Name | None = None
    frameworks: Annotated[list[Name], Field(max_length=50, default_factory=list)]
    forms: Annotated[Forms, Field(default_factory=list)]
    every: Annotated[Every, Field(strict=False)]
    weekday: Annotated[str | None, Field(max_length=10, description="mon, tue ... sun, for each week.")] = None
    day: Annotated[int | None, Field(ge=1, le=31, description="For each month.")] = None
    minute: Annotated[int, Field(ge=0, lt=1440, description="Of the organisation's day: 480 is 08:00.")] = 480
    addresses: Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(min_length=1, max_length=10)]


@routes.get("", name="list_report_kinds")
def list_kinds(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Every kind of document, what it is for, and when it was made last for what you may see."""
    with here.rt.store.reading() as reading:
        last = last_made(reading, scopes(who, "report", "read"))
    return [
        {
            "report": kind,
            "for": of.purpose,
            "about": "one workflow" if isinstance(of, OfOne) else "all workflows",
            "made_last": plain(last.get(kind)),
        }
        for kind, of in KINDS.items()
    ]


@routes.post("/made", status_code=HTTPStatus.ACCEPTED, name="make_report")
def make(body: MakeBody, here: Here, who: Reader) -> Mapping[str, Any]:
    """Have a document made; ask at its address how far it is."""
    asked = Asked(body.report, body.workflow, tuple(body.frameworks))
    made = here.documents_made.ask(asked, body.forms, by=person_of(who, None), reach=scopes(who, "report", "read"))
    return _told(made)


@routes.get("/made", name="list_reports")
def list_made(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Documents that are kept for you: an hour after they were ready."""
    by, reach = person_of(who, None), scopes(who, "report", "read")
    every = here.documents_made.of(by)
    return [_told(one) for one in every if here.documents_made.find(one.id, by=by, reach=reach) is not None]


@routes.get("/made/{document}", name="show_report")
def show_made(document: str, here: Here, who: Reader) -> Mapping[str, Any]:
    """How far a document is, then its conclusion and which forms of it are ready."""
    return _told(_document(here, who, document))


@routes.post("/made/{document}/forms", status_code=HTTPStatus.ACCEPTED, name="make_report_form")
def make_form(document: str, body: FormBody, here: Here, who: Reader) -> Mapping[str, Any]:
    """Have it written in one more form."""
    return _told(here.documents_made.also(_document(here, who, document), body.form))


@routes.get("/made/{document}/files/{ending}", response_class=Response, responses=FILES, name="download_report")
def download(document: str, ending: str, here: Here, who: Reader) -> Response:
    """One form of it: html, pdf, pptx, md or json."""
    forms = _document(here, who, document).forms
    found = next((form for form in Form if form.value == f".{ending}"), None)
    if found is None or found not in forms:
        ready = ", ".join(form.value[1:] for form in forms)
        raise not_there(f"there is no file '{ending}' of it; there are: {ready or 'none yet'}")
    headers = {"content-disposition": f'attachment; filename="document{found}"'}
    return Response(forms[found], headers=headers, media_type=MEDIA[found])


@routes.get("/schedules")
def list_schedules(here: Here, who: Setter) -> list[Mapping[str, Any]]:
    """Documents that are sent by themselves, and how each sending ended."""
    with here.rt.store.reading() as reading:
        return [_sent(here, reading, one) for one in schedules(reading) if _reaches(who, one)]


@routes.post("/schedules", name="set_schedule")
def set_one(body: ScheduleBody, here: Here, who: Setter) -> Mapping[str, Any]:
    """Have a document sent each week or each month."""
    weekly = body.every is Every.WEEK
    if (body.weekday is None) is weekly or (body.day is None) is not weekly:
        raise BadInput("for each week name `weekday` alone, for each month `day` alone")
    made = set_schedule(
        here.sendings_made.sources,
        here.sendings_made.messenger,
        Asked(body.report, body.workflow, tuple(body.frameworks)),
        body.forms,
        Cadence(body.every, body.minute, body.weekday, body.day),
        body.addresses,
        reach=scopes(who, "report", "schedule"),
        by=person_of(who, None),
        randomness=here.rt.randomness,
    )
    content: Mapping[str, Any] = plain(made)
    return content


@routes.get("/schedules/{schedule}")
def show_schedule(schedule: str, here: Here, who: Setter) -> Mapping[str, Any]:
    """One schedule, and how each sending of the last hundred days ended."""
    found = _schedule(here, who, schedule)
    with here.rt.store.reading() as reading:
        return _sent(here, reading, found)


@routes.post("/schedules/{schedule}/test", status_code=HTTPStatus.ACCEPTED)
def test_schedule(schedule: str, here: Here, who: Setter) -> Mapping[str, Any]:
    """Have it sent soon, marked as a test; under which run how that ended will be on record."""
    found = _schedule(here, who, schedule)
    if found.ended_at is not None:
        raise BadInput("this schedule has ended; set it anew")
    return {"schedule": schedule, "run": here.sendings_made.test(found)}


@routes.post("/schedules/{schedule}/end", name="end_schedule")
def end_one(schedule: str, here: Here, who: Setter) -> Mapping[str, Any]:
    """Have it sent no more; its addresses are erased."""
    _schedule(here, who, schedule)
    content: Mapping[str, Any] = plain(end_schedule(here.sendings_made.sources, schedule, by=person_of(who, None)))
    return content


def _document(here: Served, who: Caller, id_: str) -> Document:
    reach = scopes(who, "report", "read")
    found = here.documents_made.find(id_, by=person_of(who, None), reach=reach)
    if found is None:
        raise not_there("there is no such document of yours; it is kept for an hour after it was ready")
    return found


def _told(document: Document) -> Mapping[str, Any]:
    """What is said of a document, without its files."""
    names = ("id", "making", "step", "done", "of", "title", "unknown", "fault", "entry", "asked_at", "ended_at")
    return {
        **{name: getattr(document, name) for name in names},
        "report": document.asked.report,
        "workflow": document.asked.workflow,
        "summary": list(document.summary),
        "ready": [form.value[1:] for form in document.forms],
        "to_be_written": [form.value[1:] for form in document.wanted],
        "not_written": {form.value[1:]: why for form, why in document.failed.items()},
    }


def _reaches(who: Caller, schedule: Schedule) -> bool:
    return within_reach(schedule, scopes(who, "report", "schedule"))


def _schedule(here: Served, who: Caller, id_: str) -> Schedule:
    with here.rt.store.reading() as reading:
        found: Sequence[Schedule] = [one for one in schedules(reading) if one.id == id_ and _reaches(who, one)]
    if not found:
        raise not_there(f"there is no schedule '{id_}': GET /v1/reports/schedules lists them")
    return found[0]


def _sent(here: Served, reading: Reading, schedule: Schedule) -> Mapping[str, Any]:
    told = deliveries(reading, here.rt.clock()).get(schedule.id, {})
    return {"schedule": plain(schedule), "sendings": plain(list(told.values()))}
