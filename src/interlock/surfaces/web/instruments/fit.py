"""Whether AI is the right answer to a problem: asked and answered on one page, whose address holds the answers."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from interlock.engine.selection.ai_fit import ai_fit
from interlock.engine.selection.said import said_by
from interlock.engine.selection.typed import typed_answers
from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.ai_fit import NOT_YET, AiFit, FitPack, FitQuestion

routes = APIRouter(dependencies=[Depends(Needs("instrument", "read"))])
NAME_MAX = 200


@routes.get("/instruments/ai-fit")
def fit_page(request: Request, here: Here, who: Who, workflow: str = "") -> Response:
    """The questions, and what the answers in the address recommend. `workflow` begins with what its definition says."""
    pack, query = here.packs.fit, request.query_params
    said = _said(here, who, workflow) if workflow else {}
    sent = {one.id: query.get(one.id, said.get(one.id, "")) for one in pack.questions}
    form = Form({name: [text] for name, text in sent.items()})
    name = query.get("name", workflow).strip()[:NAME_MAX] or "this problem"
    answers, faults = typed_answers(pack, name, sent)
    for question, words in faults.items():
        form.fault(question, words)
    fit = ai_fit(answers, pack)
    asked = {one.id: one.question for one in pack.questions}
    return page(request, "instruments/fit.html.j2", title=fit_title(fit, answered=len(answers.values)), who=who,
                status=400 if faults else 200, questions=questions_of(pack), fit=fit, form=form, name=name, asked=asked,
                answered=len(answers.values), same=urlencode({"name": name, **sent}))  # fmt: skip


def fit_title(fit: AiFit, *, answered: int) -> str:
    """The conclusion."""
    if not answered:
        return "Is AI the right answer?"
    return f"{fit.name}: {'not yet known' if fit.recommendation == NOT_YET else fit.recommendation}"


def questions_of(pack: FitPack) -> tuple[tuple[FitQuestion, tuple[tuple[str, str, str], ...]], ...]:
    """Each question with what can be chosen; () where words or a number are written."""
    unknown = ("", "not known yet", "")
    return tuple(
        (one, (*((option, option, "") for option in one.options), unknown) if one.options else ())
        for one in pack.questions
    )


def _said(here: Site, who: Visitor, workflow: str) -> Mapping[str, str]:
    """What the definition of a workflow answers, as it would be typed."""
    standing = here.board.standing(workflow)
    if standing is None or not who.may("instrument", "read", workflow=workflow):
        raise NotThere
    values = said_by(standing.definition).values
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()}
