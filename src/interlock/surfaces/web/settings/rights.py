"""Pages on who answers for what and who may decide what: read here, changed in definitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from interlock.engine.council.ownership import OwnershipFault, UseCase, faults_seen, ownership_said, use_case
from interlock.surfaces.web.cells import Cell, Link, Moment, Status, Words
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.settings.reach import standings_read
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.states import FAILED, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.portfolio import Standing
from interlock.terms.words import plural

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
FileForm = Literal["csv", "json"]
NOBODY = said(FAILED, "Nobody")


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may decide what about one workflow, and who proposed the release that says so."""

    case: UseCase
    standing: Standing


@routes.get("/settings/rights")
def rights_page(request: Request, here: Here, who: Who) -> Response:
    """Who may do what in each workflow."""
    rows = rights_rows(here, who)
    return page(request, "settings/rights.html.j2", title=rights_title(rows), who=who,
                table=RIGHTS.shown(rows, request.query_params))  # fmt: skip


@routes.get("/settings/rights.{form}")
def rights_as(request: Request, here: Here, who: Who, form: FileForm) -> Response:
    """The same as CSV or JSON."""
    return RIGHTS.answer(rights_rows(here, who), request.query_params, form)


@routes.get("/settings/ownership")
def ownership_page(request: Request, here: Here, who: Who) -> Response:
    """Where nobody, or more than one, answers for something."""
    faults = ownership_rows(here, who)
    organisation = here.board.portfolio().organisation if who.may("settings", "read") else None
    return page(request, "settings/ownership.html.j2", title=ownership_title(faults), who=who,
                organisation=organisation, titles=here.packs.organisations.known.responsibilities,
                table=FAULTS.shown(faults, request.query_params))  # fmt: skip


@routes.get("/settings/ownership.{form}")
def ownership_as(request: Request, here: Here, who: Who, form: FileForm) -> Response:
    """The same as CSV or JSON."""
    return FAULTS.answer(ownership_rows(here, who), request.query_params, form)


def rights_rows(here: Site, who: Visitor) -> tuple[Rights, ...]:
    """Of the workflows that a visitor may read settings of."""
    return tuple(Rights(use_case(one.definition), one) for one in standings_read(here, who))


def ownership_rows(here: Site, who: Visitor) -> tuple[OwnershipFault, ...]:
    """Faults that a visitor may see: those of the organisation only where they may read it."""
    return faults_seen(here.board.portfolio(), standings_read(here, who), whole=who.may("settings", "read"))


def rights_title(rows: Sequence[Rights]) -> str:
    """The conclusion."""
    if not rows:
        return "Decision rights: there is no workflow yet"
    bare = sum(not (row.case.approve and row.case.resume) for row in rows)
    every = plural(len(rows), "workflow")
    if bare:
        return f"Decision rights: in {bare} of {every} nobody may approve, or nobody may resume"
    return f"Decision rights: {every}, none without somebody who may approve and resume"


def ownership_title(faults: Sequence[OwnershipFault]) -> str:
    """The conclusion."""
    return f"Ownership: {ownership_said(faults)}"


def _names(names: Sequence[str]) -> Cell:
    return Words(", ".join(names)) if names else Status(NOBODY)


def _one(name: str | None) -> Cell:
    return Words(name) if name else Status(NOBODY)


def _holds(row: Rights, text: str) -> bool:
    case = row.case
    named = (case.workflow, case.value, case.delivery, case.safety, *case.approve, *case.resume, *case.escalate,
             *case.stop, *case.waive)  # fmt: skip
    return any(text.casefold() in (name or "").casefold() for name in named)


RIGHTS: Table[Rights] = Table(
    address="/settings/rights",
    caption="Who may decide what, by workflow",
    empty="There is no workflow yet. `interlock apply -f FILE` makes one, and its rights are listed here.",
    columns=(
        Column(
            "workflow",
            "Workflow",
            lambda row: row.case.workflow,
            lambda row: Link(row.case.workflow, f"/workflows/{quote(row.case.workflow)}"),
        ),
        Column("value_owner", "Value owner", lambda row: row.case.value, lambda row: _one(row.case.value)),
        Column("safety_owner", "Safety owner", lambda row: row.case.safety, lambda row: _one(row.case.safety)),
        Column("approve", "May approve", lambda row: row.case.approve, lambda row: _names(row.case.approve)),
        Column("resume", "May resume", lambda row: row.case.resume, lambda row: _names(row.case.resume)),
        Column("stop", "May stop for good", lambda row: row.case.stop, lambda row: _names(row.case.stop)),
        Column(
            "waive",
            "May waive a check",
            lambda row: row.case.waive,
            lambda row: Words(", ".join(row.case.waive) or "–"),
        ),
        Column("escalate", "Turn to", lambda row: row.case.escalate, lambda row: _names(row.case.escalate)),
        Column("proposed_by", "Release proposed by", lambda row: row.standing.proposed_by),
        Column(
            "defined_at",
            "Since",
            lambda row: row.standing.defined_at,
            lambda row: Moment(row.standing.defined_at),
        ),
    ),
    filters=(Filter("q", "Workflow or person", _holds),),
)
FAULTS: Table[OwnershipFault] = Table(
    address="/settings/ownership",
    caption="Gaps and double owners",
    empty="Exactly one person answers for each responsibility and each role of each workflow.",
    columns=(
        Column("subject", "What", lambda row: row.subject),
        Column("fault", "What is wrong", lambda row: row.fault),
    ),
    filters=(Filter("q", "Text", lambda row, text: text.casefold() in f"{row.subject} {row.fault}".casefold()),),
)
