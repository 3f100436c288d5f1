"""Trying a file of past decisions over HTTP: begin, see how far it is, take the report, delete."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from pydantic import Field

from interlock.engine.ledger.canonical import plain
from interlock.surfaces.api.bodies import Body
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.served import Here, Needs, Served
from interlock.surfaces.api.uploads import asked_first
from interlock.terms.access import Caller
from interlock.terms.trial import Trial, TrialAsked

NEEDS = Needs("try", "run")
routes = APIRouter(prefix="/tries", tags=["tries"], route_class=asked_first(NEEDS))
UPLOAD = "/v1/tries"
Trier = Annotated[Caller, Depends(NEEDS)]
Column = Annotated[str, Field(max_length=500, description='A column of the file; "" is guessed, "-" says none.')]
Share = Annotated[float | None, Field(gt=0, lt=1, description="The error budget as a share of all cases: 0.02.")]
Usd = Annotated[float | None, Field(gt=0, le=1e12, description="In USD.")]


class AskedBody(Body):
    """What is asked of the file. What is left out is guessed or assumed, and the report says so."""

    text: Annotated[list[Column], Field(max_length=200, default_factory=list)]
    label: Column = ""
    prediction: Column = ""
    confidence: Column = ""
    group: Column = ""
    time: Column = ""
    budget: Share = None
    cost_wrong_usd: Usd = None
    cost_review_usd: Usd = None
    skip_broken: bool = False
    log: Annotated[bool, Field(description="It is an event log: find where work waits, by the columns below.")] = False
    case: Column = ""
    activity: Column = ""
    start: Column = ""
    resource: Column = ""
    closed: Annotated[str, Field(max_length=200, description="The activity that ends a case.")] = ""

    def asked(self) -> TrialAsked:
        """As the trial takes it."""
        return TrialAsked(**{**self.model_dump(), "text": tuple(self.text)})


@routes.post("", status_code=HTTPStatus.ACCEPTED, name="begin_trial")
def begin(
    here: Here,
    who: Trier,
    file: Annotated[UploadFile, File(description="CSV, TSV, JSON Lines or Parquet, also gzipped.")],
    *,
    budget: Annotated[Share, Form()] = None,
    log: Annotated[bool, Form(description="It is an event log: find where work waits.")] = False,
) -> Mapping[str, Any]:
    """Try a file, in a process of its own; ask at its address how far it is. Nobody else can."""
    asked = TrialAsked(budget=budget, log=log)
    return _told(here.trials_run.begin(_owner(who), file.filename or "", file.file, asked))


@routes.post("/sample", status_code=HTTPStatus.ACCEPTED, name="begin_sample_trial")
def begin_sample(body: AskedBody, here: Here, who: Trier) -> Mapping[str, Any]:
    """Try the authored sample."""
    return _told(here.trials_run.begin_sample(_owner(who), body.asked()))


@routes.get("", name="list_trials")
def list_tries(here: Here, who: Trier) -> list[Mapping[str, Any]]:
    """Yours, the newest first, until each is deleted."""
    return [_told(one) for one in here.trials_run.of(_owner(who))]


@routes.get("/{id_}", name="show_trial")
def show(id_: str, here: Here, who: Trier) -> Mapping[str, Any]:
    """How far it is, what came out, or what has to be mended; with the columns of the file."""
    return _told(_trial(here, who, id_))


@routes.post("/{id_}/again", status_code=HTTPStatus.ACCEPTED, name="repeat_trial")
def again(id_: str, body: AskedBody, here: Here, who: Trier) -> Mapping[str, Any]:
    """The same file with other answers."""
    return _told(here.trials_run.again(_trial(here, who, id_), body.asked()))


@routes.post("/{id_}/cancel", name="cancel_trial")
def cancel(id_: str, here: Here, who: Trier) -> Mapping[str, Any]:
    """End its work."""
    here.trials_run.cancel(_trial(here, who, id_))
    return _told(_trial(here, who, id_))


@routes.delete("/{id_}", status_code=HTTPStatus.NO_CONTENT, name="delete_trial")
def delete(id_: str, here: Here, who: Trier) -> None:
    """Delete the file and what came of it now."""
    here.trials_run.forget(_trial(here, who, id_))


@routes.get(
    "/{id_}/report", response_class=Response, responses={200: {"content": {"text/html": {}}}}, name="show_trial_report"
)
def report(id_: str, here: Here, who: Trier) -> Response:
    """The report: one HTML file that needs nothing else."""
    return _file(here.trials_run.report(_trial(here, who, id_)), "text/html; charset=utf-8")


@routes.get(
    "/{id_}/evaluation",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}},
    name="show_trial_evaluation",
)
def evaluation(id_: str, here: Here, who: Trier) -> Response:
    """Its figures."""
    return _file(here.trials_run.figures(_trial(here, who, id_)), "application/json")


def _owner(who: Caller) -> str:
    return who.name or ""


def _trial(here: Served, who: Caller, id_: str) -> Trial:
    found = here.trials_run.find(_owner(who), id_)
    if found is None:
        raise not_there("there is no such trial of yours; it may have been deleted since")
    return found


def _told(trial: Trial) -> Mapping[str, Any]:
    told: dict[str, Any] = plain(replace(trial, owner=""))
    del told["owner"]
    return told


def _file(path: Path | None, kind: str) -> Response:
    try:
        content = None if path is None else path.read_bytes()
    except FileNotFoundError:  # its time was over while it was asked for
        content = None
    if content is None:
        raise not_there("it has no report: it is still at work, or ended without one")
    return Response(content, media_type=kind)
