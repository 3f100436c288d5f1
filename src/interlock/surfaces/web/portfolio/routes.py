"""The portfolio: as a page, as CSV and as JSON; and how far the organisation is."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from interlock.engine.council.position import position
from interlock.engine.economics.row import Row, rows
from interlock.flows.access.tenants import visible
from interlock.surfaces.web.council.view import heading, is_for, items
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.portfolio import view
from interlock.surfaces.web.portfolio.columns import WHOLE, table
from interlock.surfaces.web.portfolio.position import INITIATIVES, initiatives, own_title, phases, whole_title
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.access import EVERYWHERE
from interlock.terms.portfolio import Portfolio

routes = APIRouter(dependencies=[Depends(Needs("portfolio", "read"))])


@routes.get("/portfolio")
def show_portfolio(request: Request, here: Here, who: Who) -> Response:
    """Every workflow that the visitor may see, stage by stage."""
    portfolio, found = _rows(here, who)
    shown = table(found).shown(found, request.query_params)
    grouped = not request.query_params.get("sort")
    return page(
        request, "portfolio/portfolio.html.j2", title=view.title(found), who=who, shown=shown, grouped=grouped,
        stages=view.stages(found), summary=view.summary(found), pressing=view.pressing(found),
        as_of=portfolio.as_of, council=_council(here, who), first_steps=() if found else view.first_steps(
            may_try=who.may_somewhere("try", "run"), may_invite=who.may("account", "manage")
        ),
    )  # fmt: skip


@routes.get("/portfolio.{form}")
def download_portfolio(request: Request, here: Here, who: Who, form: str) -> Response:
    """The rows that the filters leave, as a file."""
    if form not in {CSV, JSON}:
        raise NotThere
    _, found = _rows(here, who)
    return table(found, WHOLE).answer(found, request.query_params, form)


@routes.get("/portfolio/position")
def show_position(request: Request, here: Here, who: Who) -> Response:
    """How far the organisation is on its way of twelve months, and each initiative on its own 90 days.

    The way of the organisation is that of all its workflows: who may not see these all sees its own only.
    """
    portfolio = visible(here.board.portfolio(), who.caller, who.tenant_of)
    found = position(portfolio) if who.scopes("workflow", "read") == (EVERYWHERE,) else None
    title = own_title(portfolio) if found is None else whole_title(found)
    return page(
        request, "portfolio/position.html.j2", title=title, who=who, phases=() if found is None else phases(found),
        shown=INITIATIVES.shown(initiatives(portfolio), request.query_params),
    )  # fmt: skip


@routes.get("/portfolio/position.{form}")
def download_positions(request: Request, here: Here, who: Who, form: str) -> Response:
    """Where each initiative is, as a file."""
    if form not in {CSV, JSON}:
        raise NotThere
    portfolio = visible(here.board.portfolio(), who.caller, who.tenant_of)
    return INITIATIVES.answer(initiatives(portfolio), request.query_params, form)


def _council(here: Here, who: Visitor) -> str:
    """How many questions wait for the council, and how many are the visitor's; "" where none does or may be seen."""
    if not who.may_somewhere("council", "read"):
        return ""
    asked = items(here, who)
    return heading(asked, sum(is_for(who, one) for one in asked)) if asked else ""


def _rows(here: Here, who: Visitor) -> tuple[Portfolio, tuple[Row, ...]]:
    portfolio = visible(here.board.portfolio(), who.caller, who.tenant_of)
    return portfolio, view.by_stage(rows(portfolio, here.board.glances(portfolio)))
