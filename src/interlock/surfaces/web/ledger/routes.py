"""The pages of the ledger."""

from collections.abc import Mapping
from contextlib import suppress

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from interlock.engine.access.permissions import only_workflows
from interlock.flows.access.entry_reach import entries_within, sees_all
from interlock.flows.evidence.cited import cited, evidence_place
from interlock.flows.evidence.on_file import evidence_on_file
from interlock.flows.ledger.at_work import at_work
from interlock.flows.ledger.checkpoint import checkpoint
from interlock.flows.ledger.hand_over import hand_over
from interlock.flows.ledger.kept import Kept, kept_unsigned
from interlock.flows.ledger.search import PAGE, Found, search
from interlock.flows.ledger.show import Shown, entry_named
from interlock.flows.trace.entry_line import line_of
from interlock.flows.trace.told import told
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.ledger.entry_view import RECORD_MAX, entry_view, parts_of, proof_state
from interlock.surfaces.web.ledger.view import (
    TABLE,
    asked_in,
    further_href,
    list_title,
    verification_state,
    verify_title,
)
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import readable
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.errors import BadInput, Unavailable

routes = APIRouter()
READS = [Depends(Needs("ledger", "read"))]
EXPORT_ROWS = 1_000


@routes.get("/ledger", dependencies=READS)
def ledger(request: Request, here: Here, who: Who) -> Response:
    """What was recorded, newest first."""
    form = Form()
    try:
        found = _found(here, who, request.query_params, PAGE)
    except BadInput as exc:
        form.fault("", str(exc))
        found = Found((), None, None)
    whole = sees_all(who.caller)
    with here.rt.store.reading() as reading:
        entries = reading.last_entry() + 1 if whole else None
    verification = at_work(here.rt.store).verification if whole else None
    query = request.query_params
    return page(
        request, "ledger/ledger.html.j2", title=list_title(entries, verification), who=who,
        status=400 if form.faults else 200, form=form, whole=whole, verification=verification,
        verified=verification_state(verification), found=found, further=further_href(found, query),
        table=TABLE.page(found.entries, query, after=further_href(found, query)),
        may_verify=who.may("ledger", "verify"), may_export=who.may("ledger", "export"),
    )  # fmt: skip


@routes.get("/ledger.csv", dependencies=READS)
def ledger_csv(request: Request, here: Here, who: Who) -> Response:
    """A thousand rows of the same as CSV; the header `Link` names the next ones."""
    found = _found(here, who, request.query_params, EXPORT_ROWS)
    answer = TABLE.as_csv(found.entries)
    if further := further_href(found, request.query_params, ".csv"):
        answer.headers["link"] = f'<{further}>; rel="next"'
    return answer


@routes.get("/ledger.json", dependencies=READS)
def ledger_json(request: Request, here: Here, who: Who) -> Response:
    """The same as JSON, with each entry's leaf hash; `further` is the address of the next ones."""
    found = _found(here, who, request.query_params, EXPORT_ROWS)
    further = further_href(found, request.query_params, ".json")
    return JSONResponse({"rows": [line_of(one) for one in found.entries], "n": len(found.entries), "further": further})


@routes.get("/ledger/verify")
def verification(request: Request, here: Here, who: Who) -> Response:
    """How the last verification ended, or how far the one at work is."""
    who.check("ledger", "verify")
    found = at_work(here.rt.store).verification
    if request.headers.get("hx-request") and found is not None and not found.is_running:
        return Response(status_code=204, headers={"HX-Redirect": "/ledger/verify"})  # its title is another one now
    return _verify_page(request, here, who, Form())


@routes.post("/ledger/verify")
def verify_ledger(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Begin to verify the whole ledger."""
    who.check("ledger", "verify")
    try:
        kept = _kept(form)
    except BadInput as exc:
        form.fault("checkpoint", str(exc))
        return _verify_page(request, here, who, form, status=400)
    at_work(here.rt.store).verify(here.rt.store, by=who.name, clock=here.rt.clock, kept=kept)
    return RedirectResponse("/ledger/verify", 303)


@routes.post("/ledger/export")
def export_ledger(here: Here, who: Who, _: Posted) -> Response:
    """The whole ledger as a file that can be verified anywhere; who took it is on record."""
    who.check("ledger", "export")
    lines = hand_over(here.rt.store, by=who.person, clock=here.rt.clock)
    headers = {"content-disposition": 'attachment; filename="ledger.jsonl"'}
    return StreamingResponse(lines, headers=headers, media_type="application/jsonl")


@routes.get("/ledger/evidence/{digest}")
def evidence(request: Request, here: Here, who: Who, digest: str) -> Response:
    """One piece of evidence: what it says, whether it counts, and what rests on it."""
    with here.rt.store.reading() as reading:
        try:
            whole, workflow, entry = evidence_place(reading, digest)
        except BadInput:
            raise NotThere from None
        who.check("workflow", "read", workflow=workflow)
        on_file = evidence_on_file(reading, workflow, now=here.now(), signing=here.signing)
        found = next(one for one in on_file if one.evidence.digest == whole)
        named = cited(reading, whole, workflow, entry)
        within = entries_within(reading, who.caller, who.tenant_of)
        naming = [(one.index, one.at, readable(told(one))) for one in named.named_by if within(one)]
    return page(
        request, "ledger/evidence.html.j2", title=_evidence_title(found.evidence.kind, found.outcome.reason), who=who,
        found=found, entry=entry, body=parts_of(found.evidence.body), naming=naming,
        more=named.more, reads=who.may("ledger", "read", workflow=workflow),
    )  # fmt: skip


@routes.get("/ledger/{entry}", dependencies=READS)
def show_entry(request: Request, here: Here, who: Who, entry: str) -> Response:
    """One entry: in words, as it is recorded, and proved."""
    shown = _entry(here, who, entry)
    view = entry_view(shown.entry, intact=shown.intact)
    proved = at_work(here.rt.store).prove(here.rt.store, view.index)
    state, words = proof_state(proved)
    address = here.address or str(request.base_url).rstrip("/")
    return page(
        request, "ledger/entry.html.j2", title=view.title, who=who, view=view, record_max=RECORD_MAX, proved=proved,
        proof_state=state, proof_words=words, last=_last(here), whole=sees_all(who.caller), address=address,
    )  # fmt: skip


@routes.get("/ledger/{entry}/record.json", dependencies=READS)
def raw_record(here: Here, who: Who, entry: str) -> Response:
    """The bytes of an entry as they are recorded; their leaf hash is SHA-256 of a zero byte and them."""
    shown = _entry(here, who, entry)
    headers = {"content-disposition": f'attachment; filename="entry-{shown.entry.index}.json"'}
    return Response(shown.entry.record, headers=headers, media_type="application/json")


@routes.get("/ledger/{entry}/proof.json", dependencies=READS)
def raw_proof(here: Here, who: Who, entry: str) -> Response:
    """The proof of an entry, as `interlock ledger prove` prints it and `interlock ledger check` checks it."""
    shown = _entry(here, who, entry)
    proved = at_work(here.rt.store).prove(here.rt.store, shown.entry.index)
    if proved.proof is None:
        raise BadInput(proved.failure or "the tree is still being added up: try again in a moment")
    headers = {"content-disposition": f'attachment; filename="entry-{shown.entry.index}-proof.json"'}
    return JSONResponse(proved.proof, headers=headers)


def _found(here: Site, who: Visitor, query: Mapping[str, str], limit: int) -> Found:
    among = only_workflows(who.caller, "ledger", "read")
    with here.rt.store.reading() as reading:
        within = entries_within(reading, who.caller, who.tenant_of)
        return search(reading, asked_in(query), within=within, among=among, limit=limit)


def _entry(here: Site, who: Visitor, named: str) -> Shown:
    """The entry of that number. Raises NotThere where there is none, or this visitor may not see it."""
    if not (named.isascii() and named.isdigit()):
        raise NotThere
    with here.rt.store.reading() as reading:
        try:
            shown = entry_named(reading, named)
        except BadInput:
            raise NotThere from None
        if not entries_within(reading, who.caller, who.tenant_of)(shown.entry):
            raise NotThere
    return shown


def _last(here: Site) -> int:
    with here.rt.store.reading() as reading:
        return reading.last_entry()


def _kept(form: Form) -> Kept:
    text = form.text("checkpoint")
    return kept_unsigned(text + "\n", place="the field") if text else Kept()


def _verify_page(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> Response:
    found = at_work(here.rt.store).verification
    taken = None
    with suppress(Unavailable), here.rt.store.reading() as reading:  # a damaged head is what a verification names
        taken = checkpoint(reading)
    return page(
        request, "ledger/verify.html.j2", title=verify_title(found), who=who, status=status, form=form,
        verification=found, state=verification_state(found), checkpoint=taken,
        running=found is not None and found.is_running, may_export=who.may("ledger", "export"),
    )  # fmt: skip


def _evidence_title(kind: str, reason: str) -> str:
    return f"{kind[:1].upper()}{kind[1:]}: {reason}"
