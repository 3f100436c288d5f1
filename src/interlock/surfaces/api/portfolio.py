"""The portfolio over HTTP: where every workflow stands, and the dossier of one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from interlock.engine.access.permissions import may, scopes
from interlock.engine.council.initiative_plan import initiative_positions
from interlock.engine.council.position import position
from interlock.engine.council.retired import retired
from interlock.engine.economics.glance import glance
from interlock.engine.economics.row import portfolio_content, row_content, row_of, rows
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.tenants import visible
from interlock.flows.evidence.on_file import evidence_on_file
from interlock.flows.portfolio.dossier import certificate_of, monitor_of, releases_of
from interlock.surfaces.api.bodies import MANY_MAX
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import not_permitted
from interlock.surfaces.api.served import Here, Needs, Served
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.portfolio import Portfolio

routes = APIRouter(tags=["portfolio"])
Reader = Annotated[Caller, Depends(Needs("portfolio", "read"))]
Start = Annotated[int, Query(ge=0, le=2**31, description="How many to leave out.")]
Limit = Annotated[int, Query(ge=1, le=MANY_MAX)]
Onlooker = Annotated[Caller, Depends(Needs("workflow", "read"))]


@routes.get("/portfolio")
def show_portfolio(here: Here, who: Reader, start: Start = 0, limit: Limit = 100) -> Mapping[str, Any]:
    """The workflows that you may see, by name, with their figures and what each needs next; `total` counts them all."""
    portfolio = _visible(here, who)
    part = replace(portfolio, standings=portfolio.standings[start : start + limit])
    return {**plain(portfolio_content(part, rows(part))), "total": len(portfolio.standings)}


@routes.get("/portfolio/position")
def show_position(here: Here, who: Reader) -> Mapping[str, Any]:
    """How far the organisation is on its way of twelve months (null for who may not see all its workflows), and each
    initiative on its own 90 days.
    """
    portfolio = _visible(here, who)
    whole = scopes(who, "workflow", "read") == (EVERYWHERE,)
    return {
        "organisation": plain(position(portfolio)) if whole else None,
        "initiatives": plain(initiative_positions(portfolio)),
    }


@routes.get("/workflows/{workflow}/dossier")
def show_dossier(workflow: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """Everything on record of a workflow: its row of the portfolio, its standing, its certificate and its monitor."""
    check(here, who, "workflow", "read", workflow)
    portfolio = here.made_with.portfolio()
    standing = next((one for one in portfolio.standings if one.definition.name == workflow), None)
    if standing is None:
        raise not_there(f"there is no workflow '{workflow}': GET /v1/workflows lists them")
    row = row_of(standing, glance(standing), retired(portfolio).get(workflow))
    with here.rt.store.reading() as reading:
        certificate, monitor = certificate_of(reading, row.standing), monitor_of(reading, workflow)
    return {
        "as_of": portfolio.as_of,
        **plain(row_content(row)),
        "standing": plain(row.standing),
        "certificate_body": None if certificate is None else plain(certificate.body),
        "monitor": plain(monitor),
        "decisions": plain([one for one in portfolio.decisions if one.workflow == workflow]),
    }


@routes.get("/workflows/{workflow}/releases")
def list_releases(workflow: str, here: Here, who: Onlooker) -> list[Mapping[str, Any]]:
    """Its newest releases and amendments, newest first, each with what it changed."""
    check(here, who, "workflow", "read", workflow)
    with here.rt.store.reading() as reading:
        content: list[Mapping[str, Any]] = plain(releases_of(reading, workflow))
    return content


@routes.get("/workflows/{workflow}/evidence")
def list_evidence(workflow: str, here: Here, who: Onlooker) -> list[Mapping[str, Any]]:
    """Its evidence, oldest first: what each piece says, and why it does not count where it does not."""
    check(here, who, "workflow", "read", workflow)
    with here.rt.store.reading() as reading:
        found = evidence_on_file(reading, workflow, now=here.rt.clock(), signing=here.judged.signing)
    content: list[Mapping[str, Any]] = plain(found)
    return content


def check(here: Served, who: Caller, resource: str, action: str, workflow: str) -> None:
    """Raises Problem where the caller may not do this to the whole of a workflow, or may not know of it."""
    tenant = here.made_with.tenant_of(workflow)
    if may(who, resource, action, workflow=workflow, tenant=tenant):
        return
    if not may(who, "workflow", "read", workflow=workflow, tenant=tenant):
        raise not_there(f"there is no workflow '{workflow}' that you may see")
    raise not_permitted(f"{resource}:{action}")


def _visible(here: Served, who: Caller) -> Portfolio:
    return visible(here.made_with.portfolio(), who, here.made_with.tenant_of)
