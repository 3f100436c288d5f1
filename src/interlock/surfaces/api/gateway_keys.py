"""Who comes in by the gateway: keys of applications, and clients that nothing lets in."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from interlock.engine.gateway.access.limit_words import limit_said, limit_words
from interlock.engine.ledger.canonical import plain
from interlock.flows.gateway.access.bars import admit_client, bar_client, barred
from interlock.flows.gateway.access.keys import (
    DAYS_MAX,
    LIMITS_MAX,
    NETWORKS_MAX,
    WantedKey,
    create_key,
    keys,
    may_about,
    revoke_key,
)
from interlock.flows.gateway.access.used import last_asked
from interlock.surfaces.api.bodies import Body
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import check_everywhere, check_workflow, not_permitted
from interlock.surfaces.api.served import Here, Needs, person_of
from interlock.terms.access import Caller
from interlock.terms.gateway.client import GatewayKeyRow

routes = APIRouter(prefix="/gateway", tags=["gateway"])
KeyReader = Annotated[Caller, Depends(Needs("key", "read"))]
KeyMaker = Annotated[Caller, Depends(Needs("key", "create"))]
KeyEnder = Annotated[Caller, Depends(Needs("key", "revoke"))]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class GatewayKeyBody(Body):
    """A key that is to be made."""

    name: Name
    workflow: Annotated[str, Field(min_length=1, max_length=200, description="Whose authority the application uses.")]
    client: Annotated[str, Field(max_length=100, description="Whose limits it counts for; default: the name.")] = ""
    tenant: Annotated[str | None, Field(max_length=100, description="Default: the one that has the workflow.")] = None
    days: Annotated[int | None, Field(ge=1, le=DAYS_MAX, description="After how many days it ends; null: never.")] = (
        None
    )
    networks: Annotated[
        list[Words], Field(max_length=NETWORKS_MAX, description="Where it may be used from, such as 10.0.0.0/8.")
    ] = Field(default_factory=list)
    limits: Annotated[
        list[Words], Field(max_length=LIMITS_MAX, description='What its client may use, such as "5 usd a day".')
    ] = Field(default_factory=list)


class ClientBody(Body):
    """A client, and why it is shut out or let in again. One with a token is SUBJECT@HOST of its issuer."""

    client: Annotated[str, Field(min_length=1, max_length=400, description="The name of the client.")]
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


@routes.get("/keys")
def list_gateway_keys(here: Here, who: KeyReader) -> list[Mapping[str, Any]]:
    """Every gateway key of workflows that you may see, never the key itself.

    `last_used_at` is the time of the newest request that came with it; null: never, or not among the newest 100 of an
    application that has more than one key. What it asked before its requests were deleted is not seen.
    """
    given = here.tenants.all()
    with here.rt.store.reading() as reading:
        rows = [row for row in keys(reading) if may_about(who, "read", row, given)]
        asked = last_asked(reading, rows)
    return [{**_key(row), "last_used_at": asked[row.name].at} for row in rows]


@routes.post("/keys")
def make_gateway_key(body: GatewayKeyBody, here: Here, who: KeyMaker) -> Mapping[str, Any]:
    """Make a gateway key; it is answered this once. With it an application may do what the workflow may."""
    whose = here.tenants.of(body.workflow) or body.tenant
    check_workflow(here, who, "key", "create", body.workflow, tenants=(whose,))
    rt, limits = here.rt, tuple(map(limit_said, body.limits))
    wanted = WantedKey(body.name, body.workflow, body.client, body.tenant, body.days, tuple(body.networks), limits)
    key = create_key(rt.store, wanted, by=person_of(who, None), clock=rt.clock, randomness=rt.randomness)
    return {"name": body.name.strip(), "workflow": body.workflow, "key": key}


@routes.post("/keys/{name}/revoke")
def end_gateway_key(name: str, here: Here, who: KeyEnder) -> Mapping[str, Any]:
    """End a gateway key, in every gateway on the store."""
    given = here.tenants.all()
    with here.rt.store.reading() as reading:
        row = next((one for one in keys(reading) if one.name == name), None)
    if row is None or not may_about(who, "read", row, given):
        raise not_there(f"there is no gateway key '{name}' that you may see: GET /v1/gateway/keys lists them")
    if not may_about(who, "revoke", row, given):
        raise not_permitted("key:revoke")
    revoke_key(here.rt.store, name, by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "revoked": True}


@routes.get("/barred")
def list_barred_clients(here: Here, who: KeyReader) -> list[Mapping[str, Any]]:
    """The clients that nothing lets in."""
    check_everywhere(who, "key", "read")
    with here.rt.store.reading() as reading:
        return [plain(one) for one in barred(reading)]


@routes.post("/bar", name="bar_client")
def bar(body: ClientBody, here: Here, who: KeyEnder) -> Mapping[str, Any]:
    """Shut a client out, its keys and tokens, in every gateway on the store."""
    check_everywhere(who, "key", "revoke")
    bar_client(here.rt.store, body.client, body.reason, by=person_of(who, None), clock=here.rt.clock)
    return {"client": body.client.strip(), "barred": True}


@routes.post("/admit", name="admit_client")
def admit(body: ClientBody, here: Here, who: KeyMaker) -> Mapping[str, Any]:
    """Let a barred client in again."""
    check_everywhere(who, "key", "create")
    admit_client(here.rt.store, body.client, body.reason, by=person_of(who, None), clock=here.rt.clock)
    return {"client": body.client.strip(), "barred": False}


def _key(row: GatewayKeyRow) -> Mapping[str, Any]:
    names = ("name", "begins", "created_by", "created_at", "expires_at", "revoked_at")
    of = row.client
    told = {"client": of.name, "workflow": of.workflow, "tenant": of.tenant, "networks": list(of.networks)}
    return {**{n: getattr(row, n) for n in names}, **told, "limits": list(map(limit_words, of.limits))}
