"""Settings over HTTP: the organisation, its calendar, who may do what, who is told, and how long content is kept."""

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from interlock.engine.access.permissions import may
from interlock.engine.calendar.days import next_meeting
from interlock.engine.council.ownership import faults_seen, use_case
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import calendar_in_force, define_calendar
from interlock.flows.council.decide import define_organisation
from interlock.flows.erasure.retention import DAYS_MAX, preview, retention_of, retentions, set_retention
from interlock.surfaces.api.bodies import Body
from interlock.surfaces.api.problems import Problem, not_there
from interlock.surfaces.api.reach import check_everywhere, check_workflow
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import Caller
from interlock.terms.calendar import Calendar, Holiday, Meeting
from interlock.terms.portfolio import Standing

routes = APIRouter(prefix="/settings", tags=["settings"])
Reader = Annotated[Caller, Depends(Needs("settings", "read"))]
Definer = Annotated[Caller, Depends(Needs("organisation", "define"))]
Retainer = Annotated[Caller, Depends(Needs("retention", "define"))]
Notifier = Annotated[Caller, Depends(Needs("hook", "manage"))]
Person = Annotated[str, Field(min_length=1, max_length=200)]
People = Annotated[list[Person], Field(default_factory=list, max_length=100)]
Day = Annotated[str, Field(max_length=3, description="mon, tue, wed, thu, fri, sat or sun")]
Seen = Annotated[int | None, Field(description="The entry that you saw; where another one counts by now: 409.")]


class ResponsibilityBody(Body):
    """Who answers for something, one person at best, and who is consulted."""

    owner: People
    consulted: People


class OrganisationBody(Body):
    """The organisation. `responsibilities` by id, as GET shows them; what is left out has no owner."""

    organisation: Person
    council: People
    meets_every_days: Annotated[int, Field(ge=1, le=366)] = 7
    responsibilities: Annotated[dict[str, ResponsibilityBody], Field(default_factory=dict, max_length=50)]
    seen: Seen = None


class MeetingBody(Body):
    """When it begins each week, and how long it lasts."""

    weekday: Day
    begin_minute: Annotated[int, Field(ge=0, lt=1_440, description="Of the day: 540 is 09:00.")]
    minutes: Annotated[int, Field(ge=1, le=480)]


class HolidayBody(Body):
    """A day on which nobody works."""

    date: Annotated[dt.date, Field(strict=False)]
    name: Annotated[str, Field(min_length=1, max_length=200)]


class CalendarBody(Body):
    """When the organisation works and meets."""

    zone: Annotated[str, Field(max_length=100, description="IANA, such as Europe/Berlin.")]
    working_days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    holidays: Annotated[list[HolidayBody], Field(default_factory=list, max_length=200)]
    stand_up: MeetingBody
    council: MeetingBody
    seen: Seen = None

    def calendar(self) -> Calendar:
        """As it is kept."""
        stand_up, council = (
            Meeting(one.weekday, one.begin_minute, one.minutes) for one in (self.stand_up, self.council)
        )
        holidays = tuple(Holiday(one.date.isoformat(), one.name) for one in self.holidays)
        return Calendar(self.zone, tuple(self.working_days), holidays, stand_up, council)


class DaysBody(Body):
    """For how long content is kept after a case was decided."""

    days: Annotated[int, Field(ge=0, le=DAYS_MAX)]


class RetentionBody(Body):
    """When the server erases content by itself; null: never."""

    days: Annotated[int | None, Field(ge=0, le=DAYS_MAX)]
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


@routes.get("/organisation")
def show_organisation(here: Here, who: Reader) -> Mapping[str, Any]:
    """Who leads, who sits in the council, who answers for what; null before somebody described it."""
    check_everywhere(who, "settings", "read")
    known = here.organisation_files.known
    organisation = here.made_with.portfolio().organisation
    return {"organisation": plain(organisation), "known": dict(known.responsibilities)}


@routes.put("/organisation")
def describe_organisation(body: OrganisationBody, here: Here, who: Definer) -> Mapping[str, Any]:
    """Describe the organisation; it counts from then on."""
    check_everywhere(who, "organisation", "define")
    portfolio = here.made_with.portfolio()
    _check_seen(body.seen, -1 if portfolio.organisation is None else portfolio.organisation.entry)
    organisation = here.organisation_files.of(body.model_dump(exclude={"seen"}))
    done = define_organisation(
        here.rt.store, organisation, by=person_of(who, None), clock=here.rt.clock,
        authored_sample=portfolio.authored_sample,
    )  # fmt: skip
    content: Mapping[str, Any] = plain(done)
    return content


@routes.get("/calendar")
def show_calendar(here: Here, who: Reader) -> Mapping[str, Any]:
    """When people work and meet, and when they do next."""
    check_everywhere(who, "settings", "read")
    with here.rt.store.reading() as reading:
        calendar = calendar_in_force(reading)
    now = here.rt.clock()
    meetings = {"stand_up": calendar.stand_up, "council": calendar.council}
    coming = {name: stamp(next_meeting(calendar, one, now)) for name, one in meetings.items()}
    return {"calendar": plain(calendar), "next": coming}


@routes.put("/calendar")
def set_calendar(body: CalendarBody, here: Here, who: Definer) -> Mapping[str, Any]:
    """Set the calendar; it counts from then on."""
    check_everywhere(who, "organisation", "define")
    with here.rt.store.reading() as reading:
        _check_seen(body.seen, calendar_in_force(reading).entry)
    done = define_calendar(here.rt.store, body.calendar(), by=person_of(who, None), clock=here.rt.clock)
    content: Mapping[str, Any] = plain(done)
    return content


@routes.get("/rights")
def list_rights(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Who answers for each workflow and who may decide what about it, and who proposed the release that says so."""
    return [
        {**plain(use_case(one.definition)), "proposed_by": one.proposed_by, "defined_at": one.defined_at}
        for one in _standings(here, who)
    ]


@routes.get("/ownership")
def list_ownership_faults(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Where nobody, or more than one, answers for something that you may see."""
    whole = may(who, "settings", "read")
    content: list[Mapping[str, Any]] = plain(
        faults_seen(here.made_with.portfolio(), _standings(here, who), whole=whole)
    )
    return content


@routes.get("/notifications")
def list_receivers(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Who is told of kills, resumes, demotions and unusual traffic: hosts, since an address may hold a secret."""
    check_everywhere(who, "settings", "read")
    content: list[Mapping[str, Any]] = plain(() if here.notices is None else here.notices.receivers())
    return content


@routes.post("/notifications/{receiver}/try")
def try_receiver(receiver: str, here: Here, who: Notifier) -> Mapping[str, Any]:
    """Send a notice that nothing happened; `failed` says why it did not arrive, "" where it did."""
    check_everywhere(who, "hook", "manage")
    known = () if here.notices is None else here.notices.receivers()
    if here.notices is None or receiver not in {one.id for one in known}:
        raise not_there("nobody is told under this id: GET /v1/settings/notifications lists them")
    return {"failed": here.notices.try_out(receiver, by=person_of(who, None))}


@routes.get("/retention")
def list_retention(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """For how long content of each workflow is kept: what was said, what its definition promises, what counts."""
    standings = _standings(here, who)
    with here.rt.store.reading() as reading:
        said = retentions(reading)
    return [_retention(one, plain(said.get(one.definition.name)), said) for one in standings]


@routes.put("/retention/{workflow}")
def say_retention(workflow: str, body: RetentionBody, here: Here, who: Retainer) -> Mapping[str, Any]:
    """Say when the server erases content of this workflow's cases by itself."""
    check_workflow(here, who, "retention", "define", workflow)
    set_retention(here.rt.store, workflow, body.days, reason=body.reason, by=person_of(who, None), clock=here.rt.clock)
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(retention_of(reading, workflow))
    return content


@routes.post("/retention/{workflow}/preview")
def preview_retention(workflow: str, body: DaysBody, here: Here, who: Retainer) -> Mapping[str, Any]:
    """How many cases would lose their content at once. Nothing is erased. `is_cut`: there may be more."""
    check_workflow(here, who, "retention", "define", workflow)
    seen = preview(here.rt.store, workflow, body.days, by=person_of(who, None), clock=here.rt.clock)
    content: Mapping[str, Any] = plain(seen)
    return content


def _standings(here: Served, who: Caller) -> tuple[Standing, ...]:
    tenant_of = here.made_with.tenant_of
    return tuple(
        one
        for one in here.made_with.portfolio().standings
        if may(who, "settings", "read", workflow=one.definition.name, tenant=tenant_of(one.definition.name))
    )


def _retention(one: Standing, said: Any, every: Mapping[str, Any]) -> Mapping[str, Any]:
    stated, name = one.definition.retention_days, one.definition.name
    counts = every[name].in_force(stated) if name in every else None
    return {"workflow": name, "said": said, "definition_days": stated, "undo_days": one.definition.undo_days,
            "erased_after_days": counts}  # fmt: skip


def _check_seen(seen: int | None, entry: int) -> None:
    if seen is not None and seen != entry:
        raise Problem(
            "changed", HTTPStatus.CONFLICT, f"entry {entry} counts by now, not {seen}: GET it, then send again"
        )
