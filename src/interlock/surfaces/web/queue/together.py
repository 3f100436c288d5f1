"""Several cases with one proposal, decided at once where the definition allows it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.timestamp import stamp
from interlock.flows.review.offered import offered_labels
from interlock.flows.review.open import plan_of
from interlock.flows.review.together import alike, close_together
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.queue.asked import Asked, may, reach
from interlock.surfaces.web.refusals import NotAllowed, NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.errors import BadInput
from interlock.terms.review import ReviewKind

routes = APIRouter()
Decider = Annotated[Visitor, Depends(Needs("review", "decide"))]


@routes.get("/together")
def show_alike(request: Request, here: Here, who: Decider) -> HTMLResponse:
    """Cases of a workflow that wait with the same proposed label."""
    query = request.query_params
    return _alike(request, here, who, query.get("workflow", ""), query.get("label", ""), Form())


@routes.post("/together")
def decide_alike(request: Request, here: Here, who: Decider, form: Posted) -> Response:
    """Decide those that were chosen, all or none."""
    workflow, proposed = form.text("workflow"), form.text("proposed")
    keys = form.many("key")
    with here.rt.store.reading() as reading:
        for key in keys:
            asked = Asked(workflow, ReviewKind.DECISION, key)
            if not may(reading, asked, who, "review", "read"):
                raise NotThere
            if not may(reading, asked, who, "review", "decide"):
                raise NotAllowed("review:decide")
    approve = form.text("do") == "approve"
    label = proposed if approve else form.text("other") or form.text("label")
    if not label:
        form.fault("label", "Choose what is right for all of them.")
    else:
        try:
            close_together(
                here.rt.store,
                workflow,
                keys,
                label=label,
                by=who.person,
                clock=here.now,
                reason=form.text("reason"),
                note=form.text("note"),
                approve=approve,
                randomness=here.rt.randomness,
            )
        except BadInput as exc:
            form.fault("", str(exc))
    if form.faults:
        return _alike(request, here, who, workflow, proposed, form)
    return RedirectResponse(f"/queue/together?{urlencode({'workflow': workflow, 'decided': len(keys)})}", 303)


def _alike(request: Request, here: Site, who: Visitor, workflow: str, label: str, form: Form) -> HTMLResponse:
    now = here.now()
    name = workflow.replace("\0", "")
    with here.rt.store.reading() as reading:
        plan = plan_of(reading, name)
        within = reach(who, "review", "decide")
        found = alike(reading, name, at=stamp(now), by=who.person, reach=within) if plan.together_max else {}
        known = reading.workflow(name) is not None and who.may("review", "decide", workflow=name)
        if not found and not known:
            raise NotThere
        chosen = label if label in found else next(iter(found), "")
        rows = found.get(chosen, ())[: plan.together_max]
        case = reading.case(rows[0].key) if rows else None
        labels = offered_labels(reading, name, tenant=None if case is None else case.tenant)
    counted = {one: len(keys) for one, keys in found.items()}
    return page(
        request,
        "queue/together.html.j2",
        title=_title(name, chosen, len(rows), plan.together_max),
        who=who,
        status=400 if form.faults else 200,
        workflow=name,
        chosen=chosen,
        rows=rows,
        counted=counted,
        options=tuple((one, one) for one in labels),
        canned=[(one.id, one.words) for one in plan.reasons],
        form=form,
        most=plan.together_max,
    )


def _title(workflow: str, chosen: str, n: int, most: int) -> str:
    if not most:
        return f"Each case of {workflow} is decided by itself"
    if not n:
        return f"No case of {workflow} waits for a decision"
    return f"{n} {'case waits' if n == 1 else 'cases wait'} with the proposal '{chosen}'"
