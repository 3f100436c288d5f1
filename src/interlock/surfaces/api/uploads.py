"""Files that are sent: who sends one is asked who they are before it is taken."""

import datetime as dt
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from interlock.engine.ledger.canonical import plain
from interlock.flows.evidence.upload import BYTES_MAX, Upload, add_upload
from interlock.surfaces.api.reach import check_workflow
from interlock.surfaces.api.served import Here, Needs, person_of
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput, Unavailable

NEEDS = Needs("evidence", "add")
EVIDENCE = "/evidence/files"
_OPTION = re.compile(r"--measured-at( \S+Z)?")  # what the command calls it
LARGER = {f"/v1{EVIDENCE}": BYTES_MAX}


def asked_first(needs: Needs) -> type[APIRoute]:
    """Routes that ask who sends something before they take it: else anybody could fill the disk."""

    class AskedFirst(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def asked(request: Request) -> Response:
                await run_in_threadpool(needs, request)
                return await handler(request)

            return asked

    return AskedFirst


routes = APIRouter(tags=["cases"], route_class=asked_first(NEEDS))


@routes.post(EVIDENCE)
def add_evidence_file(
    here: Here,
    who: Annotated[Caller, Depends(NEEDS)],
    workflow: Annotated[str, Form(min_length=1, max_length=200, description="What it is evidence of.")],
    file: Annotated[UploadFile, File(description="A report of a tool, or a document; at most 16 MiB.")],
    *,
    document: Annotated[bool, Form(description="People read it: it opens no gate, an answer may rest on it.")] = False,
    measured_on: Annotated[
        dt.date | None, Form(description="The day, where the file does not say it. A document's default: today.")
    ] = None,
    by: Annotated[str | None, Field(max_length=200), Form(description="Who adds it; default: the token.")] = None,
) -> list[Mapping[str, Any]]:
    """Put a file on record as evidence for the release in force, as `interlock evidence add` does; it is not kept.

    What is on record already, of the same file for the same release, is answered and stays as it is.
    """
    check_workflow(here, who, "evidence", "add", workflow)
    if here.read_upload is None:
        raise Unavailable("this server reads no files; `interlock serve` does")
    sent, person = Upload(file.filename or "", file.file, document, measured_on), person_of(who, by)
    try:
        added = add_upload(here.rt.store, workflow, sent, read=here.read_upload, by=person, clock=here.rt.clock)
    except BadInput as exc:
        raise BadInput(_OPTION.sub("`measured_on`", str(exc))) from exc
    content: list[Mapping[str, Any]] = plain(added)
    return content
