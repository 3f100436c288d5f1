"""Pages on how long content is kept."""

from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.erasure.retention import KIND, preview, retention_of, retentions, set_retention
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.settings.reach import standing_read, standings_read
from interlock.surfaces.web.settings.retention_view import (
    TABLE,
    Kept,
    days_of,
    kept_rows,
    preview_words,
    retention_title,
    round_words,
)
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.erasure import Erased
from interlock.terms.errors import BadInput

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
REASON_MAX = 2_000


@routes.get("/settings/retention")
def retention_page(request: Request, here: Here, who: Who) -> Response:
    """Every workflow, and what is erased of it when."""
    rows = _rows(here, who)
    return page(request, "settings/retention.html.j2", title=retention_title(rows), who=who,
                table=TABLE.shown(rows, request.query_params), last=here.retention.last,
                last_words=round_words(here.retention.last) if who.may("settings", "read") else "")  # fmt: skip


@routes.get("/settings/retention.{form}")
def retention_as(request: Request, here: Here, who: Who, form: Literal["csv", "json"]) -> Response:
    """The same as CSV or JSON."""
    return TABLE.answer(_rows(here, who), request.query_params, form)


@routes.get("/settings/retention/{workflow}")
def workflow_page(request: Request, here: Here, who: Who, workflow: str) -> Response:
    """One workflow: what counts, and the form that changes it."""
    return _one(request, here, who, workflow, Form())


@routes.post("/settings/retention/{workflow}")
def change(request: Request, here: Here, who: Who, workflow: str, form: Posted) -> Response:
    """First it is shown how many cases would be erased; what was looked at is then said, and recorded."""
    standing_read(here, who, workflow)
    who.check("retention", "define", workflow=workflow)
    days = days_of(form)
    reason = form.needed("reason", "Say why: it is recorded.")
    if len(reason) > REASON_MAX:
        form.fault("reason", f"Shorten the reason to {REASON_MAX:,} characters.")
    if form.faults:
        return _one(request, here, who, workflow, form, status=400)
    store, clock = here.rt.store, here.rt.clock
    try:
        if days is not None and form.text("previewed") != str(days):
            seen = preview(store, workflow, days, by=who.person, clock=clock)
            return _one(request, here, who, workflow, form, previewed=(days, seen))
        set_retention(store, workflow, days, reason=reason, by=who.person, clock=clock)
    except BadInput as fault:
        form.fault("days", str(fault))
        return _one(request, here, who, workflow, form, status=400)
    return RedirectResponse(f"/settings/retention/{quote(workflow)}", 303)


def _rows(here: Site, who: Visitor) -> tuple[Kept, ...]:
    with here.rt.store.reading() as reading:
        return kept_rows(standings_read(here, who), retentions(reading))


def _one(
    request: Request,
    here: Site,
    who: Visitor,
    workflow: str,
    form: Form,
    *,
    status: int = 200,
    previewed: tuple[int, Erased] | None = None,
) -> Response:
    standing = standing_read(here, who, workflow)
    with here.rt.store.reading() as reading:
        (row,) = kept_rows([standing], {workflow: retention_of(reading, workflow)})
        history = list(reading.entries_of(KIND, workflow))[-20:]
    counts = f"erased {row.days} days after the decision" if row.days is not None else "kept until somebody erases it"
    return page(request, "settings/retention_of.html.j2", title=f"{workflow}: content is {counts}", who=who,
                status=status, row=row, form=form, previewed=previewed, history=list(reversed(history)),
                preview_words=preview_words(*previewed) if previewed else "",
                may_define=who.may("retention", "define", workflow=workflow))  # fmt: skip
