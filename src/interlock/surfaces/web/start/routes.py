"""The first pages, and a file of past decisions that is tried."""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.surfaces.web.forms import Form, Posted, PostedFile
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.start.log_view import COLUMNS as LOG_COLUMNS
from interlock.surfaces.web.start.log_view import LOG, log_asked_in
from interlock.surfaces.web.start.view import (
    BUDGET,
    BUDGETS,
    ROLES,
    STATES,
    asked_in,
    first_place,
    rows_needed,
    trial_view,
)
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.errors import BadInput
from interlock.terms.trial import FILE_BYTES_MAX, Trial, TrialState

routes = APIRouter()
UPLOAD = "/start/try"
FORM_BYTES = 64 * 1024  # the other fields, and what stands between them
LARGER = {UPLOAD: FILE_BYTES_MAX + FORM_BYTES}
SAMPLE = "support_messages.csv"
NO_FILE = "Choose a file with past cases and what people decided."
GONE = (
    "A trial is deleted after its time, when you sign out or say so, and when the server is started anew: then give "
    "its file once more, under Try."
)
MAY = [Depends(Needs("try", "run"))]


@routes.get("/")
def begin(here: Here, who: Who) -> Response:
    """Where this visitor begins."""
    return RedirectResponse(first_place(who.caller, is_empty=_is_empty(here)), 303)


@routes.get("/start", dependencies=MAY)
def start(request: Request, here: Here, who: Who) -> Response:
    """The first visit: what somebody could try here."""
    return _start(request, here, who, Form())


@routes.get("/start/log", dependencies=MAY)
def start_log(request: Request, here: Here, who: Who) -> Response:
    """Where work waits: an event log to be tried."""
    return _start(request, here, who, Form({LOG: ("yes",)}))


@routes.get("/start/sample.csv", dependencies=MAY)
def sample_file(here: Here) -> Response:
    """The authored sample, to see what such a file looks like."""
    return _file(here.sample, "text/csv; charset=utf-8", SAMPLE)


@routes.post("/start/sample", dependencies=MAY)
def try_sample(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Try the authored sample."""
    asked = asked_in(form)
    if form.faults:
        return _start(request, here, who, form, status=400)
    return _begun(request, here, who, form, lambda: here.trials.begin_sample(who.name, asked))


@routes.post(UPLOAD, dependencies=MAY)
def try_file(request: Request, here: Here, who: Who, posted: PostedFile) -> Response:
    """Try a file that was sent."""
    form, file = posted
    asked = log_asked_in(form) if form.has(LOG) else asked_in(form)
    if file is None or not file.filename:
        form.fault("file", "Choose an export of events." if asked.log else NO_FILE)
    if form.faults or file is None:
        return _start(request, here, who, form, status=400)
    name, content = file.filename or "", file.file
    return _begun(request, here, who, form, lambda: here.trials.begin(who.name, name, content, asked))


@routes.get("/start/tries/{id_}", dependencies=MAY)
def show_trial(request: Request, here: Here, who: Who, id_: str) -> Response:
    """One trial: how far it is, what came out, or what has to be mended."""
    trial = _trial(here, who, id_)
    if request.headers.get("hx-request") and trial.state.ended:
        return Response(status_code=204, headers={"HX-Redirect": _address(trial)})  # its title is another one now
    return _shown(request, who, trial, trial_view(trial).again)


@routes.post("/start/tries/{id_}/again", dependencies=MAY)
def try_again(request: Request, here: Here, who: Who, id_: str, form: Posted) -> Response:
    """The same file with other answers."""
    trial = _trial(here, who, id_)
    asked = (log_asked_in if trial.asked.log else asked_in)(form, tuple(trial.columns))
    if not form.faults:
        try:
            return _to(here.trials.again(trial, asked))
        except BadInput as exc:
            form.fault("", f"{str(exc)[:1].upper()}{str(exc)[1:]}.")
    return _shown(request, who, trial, form, status=400)


@routes.post("/start/tries/{id_}/cancel", dependencies=MAY)
def cancel_trial(here: Here, who: Who, id_: str, _: Posted) -> Response:
    """End its work."""
    trial = _trial(here, who, id_)
    here.trials.cancel(trial)
    return _to(trial)


@routes.post("/start/tries/{id_}/delete", dependencies=MAY)
def delete_trial(here: Here, who: Who, id_: str, _: Posted) -> Response:
    """Delete the file and its report now."""
    here.trials.forget(_trial(here, who, id_))
    return RedirectResponse("/start", 303)


@routes.get("/start/tries/{id_}/report", dependencies=MAY)
def show_report(here: Here, who: Who, id_: str) -> Response:
    """The report as it would be sent to somebody: a document of its own, which runs nothing."""
    content = _content(here.trials.report(_trial(here, who, id_)))
    return Response(
        content, media_type="text/html; charset=utf-8", headers={"content-security-policy": report_policy(content)}
    )


@routes.get("/start/tries/{id_}/report.html", dependencies=MAY)
def download_report(here: Here, who: Who, id_: str) -> Response:
    """The same as a file."""
    trial = _trial(here, who, id_)
    return _file(here.trials.report(trial), "text/html; charset=utf-8", f"{Path(trial.file).stem}-report.html")


@routes.get("/start/tries/{id_}/evaluation.json", dependencies=MAY)
def download_figures(here: Here, who: Who, id_: str) -> Response:
    """Its figures for programs."""
    trial = _trial(here, who, id_)
    kind = "choke-points" if trial.asked.log else "evaluation"
    return _file(here.trials.figures(trial), "application/json", f"{Path(trial.file).stem}-{kind}.json")


def report_policy(content: bytes) -> str:
    """A content security policy under which a report shows its own style and nothing else."""
    style = re.search(rb"<style>(.*?)</style>", content, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[1] if style else b"").digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox allow-same-origin"
    )


def _start(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> Response:
    if form.has(LOG):
        return page(
            request, "start/log.html.j2", title="Where does work wait?", who=who, status=status, form=form,
            upload=UPLOAD, bytes_max=FILE_BYTES_MAX, kept_minutes=here.trials.kept_minutes,
        )  # fmt: skip
    return page(
        request, "start/start.html.j2", title="How much of your work may AI do?", who=who, status=status, form=form,
        budgets=BUDGETS, budget=BUDGET, rows_needed=rows_needed(float(BUDGET)), kept_minutes=here.trials.kept_minutes,
        upload=UPLOAD, bytes_max=FILE_BYTES_MAX, trials=here.trials.of(who.name), trial_states=STATES,
        is_empty=_is_empty(here),
    )  # fmt: skip


def _is_empty(here: Site) -> bool:
    return not here.board.portfolio().standings


def _shown(request: Request, who: Visitor, trial: Trial, form: Form, *, status: int = 200) -> Response:
    view = trial_view(trial)
    return page(
        request, "start/trial.html.j2", title=view.title, who=who, status=status, view=view, trial=trial, form=form,
        budgets=BUDGETS, roles=ROLES, log_columns=LOG_COLUMNS,
        at_work=not trial.state.ended, done=trial.state is TrialState.DONE,
    )  # fmt: skip


def _begun(request: Request, here: Site, who: Visitor, form: Form, begin_it: Callable[[], Trial]) -> Response:
    try:
        return _to(begin_it())
    except BadInput as exc:
        form.fault("file", f"{str(exc)[:1].upper()}{str(exc)[1:]}.")
        return _start(request, here, who, form, status=400)


def _trial(here: Site, who: Visitor, id_: str) -> Trial:
    trial = here.trials.find(who.name, id_)
    if trial is None:
        raise NotThere(GONE)
    return trial


def _to(trial: Trial) -> Response:
    return RedirectResponse(_address(trial), 303)


def _address(trial: Trial) -> str:
    return f"/start/tries/{trial.id}"


def _content(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path is not None else _none()
    except FileNotFoundError:  # its time was over while it was asked for
        return _none()


def _none() -> bytes:
    raise NotThere


def _file(path: Path | None, kind: str, name: str) -> Response:
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in name)
    return Response(_content(path), media_type=kind, headers={"content-disposition": f'attachment; filename="{plain}"'})
