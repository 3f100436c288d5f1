"""The dossier of one workflow in pages, and what its owners do with it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from interlock.surfaces.web.evidence.routes import adding_address
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.gateway.of_workflow import traffic_title
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Visitor, Who
from interlock.surfaces.web.workflow import history, listed, money, release, view
from interlock.surfaces.web.workflow.acts import ACTS
from interlock.surfaces.web.workflow.fields import Act, Doing, in_fields
from interlock.surfaces.web.workflow.found import address_of, dossier_of, recorded
from interlock.surfaces.web.workflow.overview import overview_of
from interlock.terms.errors import BadInput, Refused

routes = APIRouter(prefix="/workflows")


@routes.get("/{workflow}")
def show_overview(request: Request, here: Here, who: Who, workflow: str, entry: str = "") -> Response:
    """Its conclusion, its figures, what is proved of it and what it may do."""
    dossier = dossier_of(here, who, workflow)
    with here.rt.store.reading() as reading:
        model = overview_of(reading, dossier, here.draw)
        done = recorded(reading, workflow, entry)
        traffic = traffic_title(reading, here, who, dossier.standing.definition, now=here.now())
    return page(
        request, "workflow/overview.html.j2", title=view.title(dossier.row, model.ended, dossier.stopped),
        who=who,
        dossier=dossier, model=model, done=done, traffic=traffic,
    )  # fmt: skip


@routes.get("/{workflow}/gates")
def show_gates(request: Request, here: Here, who: Who, workflow: str, entry: str = "") -> Response:
    """Every gate with its findings and their evidence, and the waivers."""
    dossier = dossier_of(here, who, workflow, "gates")
    with here.rt.store.reading() as reading:
        done = recorded(reading, workflow, entry)
    return page(
        request, "workflow/gates.html.j2", title=view.gates_page_title(dossier.standing), who=who, dossier=dossier,
        done=done, gates=view.gates(dossier.standing), verdicts=dossier.standing.gates or {},
        waivers=view.waivers(dossier.standing, here.now()), may_waive=who.may("waiver", "give", workflow=workflow),
    )  # fmt: skip


@routes.get("/{workflow}/evidence")
def show_evidence(request: Request, here: Here, who: Who, workflow: str) -> Response:
    """Its evidence: what each piece says, and why it does not count where it does not."""
    dossier = dossier_of(here, who, workflow, "evidence")
    found = listed.evidence_rows(here, workflow)
    return page(
        request, "workflow/evidence.html.j2", title=listed.evidence_title(workflow, found), who=who, dossier=dossier,
        shown=listed.evidence_table(workflow).shown(found, request.query_params),
        add=adding_address(workflow) if who.may("evidence", "add", workflow=workflow) else "",
    )  # fmt: skip


@routes.get("/{workflow}/evidence.{form}")
def download_evidence(request: Request, here: Here, who: Who, workflow: str, form: str) -> Response:
    """The same as a file."""
    dossier_of(here, who, workflow)
    found = listed.evidence_rows(here, workflow)
    return listed.evidence_table(workflow).answer(found, request.query_params, _form(form))


@routes.get("/{workflow}/money")
def show_money(request: Request, here: Here, who: Who, workflow: str, entry: str = "") -> Response:
    """Its KPIs against baseline and target, what was spent in each bucket, and what a success cost."""
    dossier = dossier_of(here, who, workflow, "money")
    with here.rt.store.reading() as reading:
        done = recorded(reading, workflow, entry)
    return page(
        request, "workflow/money.html.j2", title=money.title(dossier.row), who=who, dossier=dossier, done=done,
        model=money.money_of(dossier.row, here.draw),
    )  # fmt: skip


@routes.get("/{workflow}/history")
def show_history(request: Request, here: Here, who: Who, workflow: str, entry: str = "") -> Response:
    """What was decided about it and by it, and what went wrong."""
    dossier = dossier_of(here, who, workflow, "history")
    portfolio = here.board.portfolio()
    questions = history.questions(here.board, portfolio, dossier.standing)
    with here.rt.store.reading() as reading:
        cases = history.cases_of(reading, who, workflow)
        done = recorded(reading, workflow, entry)
    return page(
        request, "workflow/history.html.j2", title=history.title(dossier.standing, questions), who=who, dossier=dossier,
        done=done, cases=cases, incidents=history.incidents(dossier.standing), moves=dossier.standing.moves[::-1],
        decisions=history.decisions(portfolio, workflow),
        questions=questions,
        may_council=who.may("council", "read", workflow=workflow),
        may_close=who.may("incident", "close", workflow=workflow),
        may_cases=who.may("case", "read", workflow=workflow),
    )  # fmt: skip


@routes.get("/{workflow}/release")
def show_release(request: Request, here: Here, who: Who, workflow: str) -> Response:
    """The release in force, what changed since the last, and who may do what."""
    dossier = dossier_of(here, who, workflow, "release")
    with here.rt.store.reading() as reading:
        model = release.release_of(reading, dossier.standing)
    return page(request, "workflow/release.html.j2", title=release.title(model), who=who, dossier=dossier, model=model)


@routes.get("/{workflow}/do/{name}")
def ask(request: Request, here: Here, who: Who, workflow: str, name: str) -> Response:
    """The form of one thing that can be done with it."""
    act = _act(here, who, workflow, name)
    return _form_page(request, here, who, workflow, act, Form({"entry": (request.query_params.get("entry", ""),)}))


@routes.post("/{workflow}/do/{name}")
def do(request: Request, here: Here, who: Who, workflow: str, name: str, form: Posted) -> Response:
    """Do it; what is shown then is what was put on record."""
    act = _act(here, who, workflow, name)
    status = 400
    try:
        part, entry = act.do(_doing(here, who, workflow, form))
    except BadInput as exc:
        form.fault("", in_fields(str(exc)))
    except Refused as exc:
        form.fault("", in_fields(str(exc)))
        status = 409
    if form.faults:
        return _form_page(request, here, who, workflow, act, form, status=status)
    return RedirectResponse(f"{address_of(workflow, part)}{'' if entry is None else f'?entry={entry}'}", 303)


def _act(here: Site, who: Visitor, workflow: str, name: str) -> Act:
    """What is to be done. Raises NotThere for what there is not, NotAllowed for whoever may not."""
    dossier_of(here, who, workflow)
    act = ACTS.get(name)
    if act is None:
        raise NotThere
    who.check(*act.permission, workflow=workflow)
    return act


def _doing(here: Site, who: Visitor, workflow: str, form: Form) -> Doing:
    return Doing(here, who, dossier_of(here, who, workflow).standing, form)


def _form_page(
    request: Request, here: Site, who: Visitor, workflow: str, act: Act, form: Form, *, status: int = 200
) -> Response:
    dossier = dossier_of(here, who, workflow, "do")
    try:
        asked = act.asked(_doing(here, who, workflow, form))
    except BadInput as exc:
        return page(
            request, "workflow/nothing.html.j2", title=in_fields(str(exc)), who=who, dossier=dossier,
            status=max(status, 404),
        )  # fmt: skip
    return page(
        request, "workflow/act.html.j2", title=asked.title, who=who, dossier=dossier, asked=asked, form=form,
        action=address_of(workflow, f"do/{act.name}"), status=status,
    )  # fmt: skip


def _form(form: str) -> str:
    if form not in {CSV, JSON}:
        raise NotThere
    return form
