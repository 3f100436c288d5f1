"""The ledger: what was recorded, evidence, the whole of it verified and handed over."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from interlock.engine.access.permissions import only_workflows
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.entry_reach import entries_within
from interlock.flows.evidence.cited import cited, evidence_place
from interlock.flows.ledger.at_work import Verification, at_work
from interlock.flows.ledger.hand_over import hand_over
from interlock.flows.ledger.kept import Kept, kept_unsigned
from interlock.flows.ledger.search import PAGE, TEXT_MAX, Asked, search
from interlock.flows.ledger.show import entry_named
from interlock.flows.trace.entry_line import line_of
from interlock.surfaces.api.bodies import ENTRY_MAX, Body, Entry, Name
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import check_everywhere, check_workflow
from interlock.surfaces.api.served import Here, Needs, person_of
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput

PAGE_MAX = 1_000
Reader = Annotated[Caller, Depends(Needs("ledger", "read"))]
Verifier = Annotated[Caller, Depends(Needs("ledger", "verify"))]
Exporter = Annotated[Caller, Depends(Needs("ledger", "export"))]
Onlooker = Annotated[Caller, Depends(Needs("workflow", "read"))]
Text = Annotated[str, Field(max_length=TEXT_MAX)]
Time = Annotated[str, Field(max_length=40, description="RFC 3339, or a day; UTC.")]
Place = Annotated[int | None, Field(ge=0, le=ENTRY_MAX)]

routes = APIRouter(tags=["ledger"])


class VerifyBody(Body):
    """`checkpoint` was kept elsewhere: as it was printed, or several, one behind the other."""

    checkpoint: Annotated[str, Field(max_length=100_000)] = ""
    by: Name = None


class ExportBody(Body):
    """Who takes the copy."""

    by: Name = None


@routes.get("/ledger/entries")
def find_entries(
    here: Here,
    who: Reader,
    kind: Text = "",
    workflow: Text = "",
    person: Text = "",
    key: Text = "",
    since: Time = "",
    until: Time = "",
    before: Place = None,
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE,
) -> Mapping[str, Any]:
    """What was recorded and you may see, newest first.

    `person` and `key` are parts of what is on record. `further` is the entry `before` which the next page begins, null
    at the end. `looked_to`: nothing under that entry was looked at, and the page is not full.
    """
    asked = Asked(kind, workflow, person, key, since, until, before)
    among = only_workflows(who, "ledger", "read")
    with here.rt.store.reading() as reading:
        within = entries_within(reading, who, here.tenants.all().get)
        found = search(reading, asked, within=within, among=among, limit=limit)
    entries = [{**line_of(entry), "body": entry.body} for entry in found.entries]
    return {"entries": entries, "further": found.further, "looked_to": found.looked_to}


@routes.get("/ledger/entries/{entry}")
def show_entry(entry: Entry, here: Here, who: Reader) -> Mapping[str, Any]:
    """One entry: in words, as it is recorded, and its proof against the newest tree.

    `intact`: its record has the hash that was taken when it was written. Without a `proof`, `missing` entries are
    still to be added up for it: ask again.
    """
    with here.rt.store.reading() as reading:
        try:
            shown = entry_named(reading, str(entry))
        except BadInput:
            raise not_there(f"there is no entry {entry} that you may see") from None
        if not entries_within(reading, who, here.tenants.all().get)(shown.entry):
            raise not_there(f"there is no entry {entry} that you may see")
    proved = at_work(here.rt.store).prove(here.rt.store, entry)
    return {
        **line_of(shown.entry),
        "body": shown.entry.body,
        "record": shown.entry.record.decode("utf-8", "replace"),
        "intact": shown.intact,
        "proof": proved.proof,
        "holds": proved.holds,
        "missing": proved.missing,
    }


@routes.get("/ledger/evidence/{digest}")
def show_evidence(digest: str, here: Here, who: Onlooker) -> Mapping[str, Any]:
    """One piece of evidence, by its digest or the first six or more digits of it, and the entries that name it."""
    with here.rt.store.reading() as reading:
        try:
            whole, workflow, entry = evidence_place(reading, digest)
            check_workflow(here, who, "workflow", "read", workflow)
        except BadInput:
            raise not_there("there is no such evidence that you may see") from None
        found = reading.evidence_by_digest(whole)
        naming = cited(reading, whole, workflow, entry)
        within = entries_within(reading, who, here.tenants.all().get)
        named_by = [line_of(one) for one in naming.named_by if within(one)]
    return {"workflow": workflow, "entry": entry, "evidence": plain(found), "named_by": named_by, "more": naming.more}


@routes.get("/ledger/verification")
def show_verification(here: Here, who: Verifier) -> Mapping[str, Any]:
    """The verification that is at work, or the last one that ended; null for none since the server began."""
    check_everywhere(who, "ledger", "verify")
    return {"verification": _verification(at_work(here.rt.store).verification)}


@routes.post("/ledger/verification")
def verify_ledger(body: VerifyBody, here: Here, who: Verifier) -> Mapping[str, Any]:
    """Begin to verify the whole ledger beside other work, one at a time; look again for how it ends."""
    check_everywhere(who, "ledger", "verify")
    text = body.checkpoint.strip()
    kept = kept_unsigned(text + "\n", place="`checkpoint`") if text else Kept()
    store, by = here.rt.store, person_of(who, body.by)
    return {
        "verification": _verification(
            at_work(store).verify(store, by=by.name or "anybody", clock=here.rt.clock, kept=kept)
        )
    }


@routes.post(
    "/ledger/export",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Lines of JSON.", "content": {"application/jsonl": {"schema": {"type": "string"}}}}
    },
)
def export_ledger(body: ExportBody, here: Here, who: Exporter) -> StreamingResponse:
    """The whole ledger as lines that `interlock ledger verify` checks anywhere, without content that may be erased.

    That you took a copy is recorded before the first line leaves.
    """
    check_everywhere(who, "ledger", "export")
    lines = hand_over(here.rt.store, by=person_of(who, body.by), clock=here.rt.clock)
    return StreamingResponse(lines, media_type="application/jsonl")


def _verification(found: Verification | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    content: Mapping[str, Any] = plain(found)
    return {**content, "holds": None if found.check is None else found.check.holds}
