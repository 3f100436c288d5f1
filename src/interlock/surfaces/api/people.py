"""Who may do what: accounts of people, their sessions, tokens, web hooks, and whose each workflow is."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from interlock.engine.access.permissions import permissions, role_at
from interlock.flows.access.accounts import accounts
from interlock.flows.access.hooks import create_hook, hooks, revoke_hook
from interlock.flows.access.links import reset_account
from interlock.flows.access.people import change_email, change_roles, close_account, create_account
from interlock.flows.access.sessions import end_session
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.access.tokens import create_token, revoke_token, tokens
from interlock.surfaces.api.bodies import Body
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import check_everywhere
from interlock.surfaces.api.served import Here, Needs, Onlooker, Served, person_of
from interlock.terms.access import Caller, HookRow, RoleAt, TokenRow
from interlock.terms.account import AccountRow, Session

routes = APIRouter(tags=["people"])
Name = Annotated[str, Field(min_length=1, max_length=100)]
Roles = Annotated[
    list[Annotated[str, Field(max_length=300)]],
    Field(max_length=100, description="Such as reviewer, or auditor@tenant/acme."),
]
AccountReader = Annotated[Caller, Depends(Needs("account", "read"))]
AccountManager = Annotated[Caller, Depends(Needs("account", "manage"))]
TokenManager = Annotated[Caller, Depends(Needs("token", "manage"))]
HookManager = Annotated[Caller, Depends(Needs("hook", "manage"))]
TenantManager = Annotated[Caller, Depends(Needs("tenant", "assign"))]


class AccountBody(Body):
    """Somebody who is to have an account. The e-mail address is for single sign-on only."""

    name: Name
    roles: Roles
    email: Annotated[str, Field(max_length=254)] = ""


class RolesBody(Body):
    """What somebody may do from now on."""

    roles: Roles


class EmailBody(Body):
    """The e-mail address that a provider of single sign-on must have verified; "" for none."""

    email: Annotated[str, Field(max_length=254)]


class ResetBody(Body):
    """What was lost beside the password."""

    without_second_factor: bool = False


class TokenBody(Body):
    """A token that is to be made."""

    name: Name
    roles: Annotated[Roles, Field(min_length=1)]


class WebHookBody(Body):
    """A web hook that is to be made."""

    name: Name
    scope: Annotated[str, Field(min_length=1, max_length=500)]


class TenantBody(Body):
    """Whose a workflow is from now on; null: nobody's."""

    workflow: Name
    tenant: Annotated[str | None, Field(max_length=100)]


@routes.get("/permissions")
def list_permissions(who: Onlooker) -> list[str]:
    """Everything that you may do, as scope:resource:action."""
    return list(map(str, permissions(who)))


@routes.get("/accounts")
def list_accounts(here: Here, who: AccountReader) -> list[Mapping[str, Any]]:
    """Every account that was ever made, without its secrets."""
    check_everywhere(who, "account", "read")
    with here.rt.store.reading() as reading:
        return [_account(row) for row in accounts(reading)]


@routes.post("/accounts")
def make_account(body: AccountBody, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """Make an account. `token`, which is answered this once, sets a password at the page /invitation?token=TOKEN."""
    check_everywhere(who, "account", "manage")
    by, rt = person_of(who, None), here.rt
    secret = create_account(
        rt.store, body.name, _roles(body.roles), by=by, clock=rt.clock, randomness=rt.randomness, email=body.email
    )
    return {"name": body.name.strip(), "token": secret}


@routes.post("/accounts/{name}/roles")
def set_roles(name: str, body: RolesBody, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """Say what somebody may do instead of what it was; their sessions end at once."""
    check_everywhere(who, "account", "manage")
    changed = change_roles(here.rt.store, name, _roles(body.roles), by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "roles": sorted(set(body.roles)), "changed": changed}


@routes.post("/accounts/{name}/email")
def set_email(name: str, body: EmailBody, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """Keep another e-mail address of somebody, or none. It is answered by no route."""
    check_everywhere(who, "account", "manage")
    change_email(here.rt.store, name, body.email, by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "kept": bool(body.email.strip())}


@routes.post("/accounts/{name}/reset", name="reset_password")
def reset(name: str, body: ResetBody, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """A link by which somebody sets another password, as for a new account; it is answered this once."""
    check_everywhere(who, "account", "manage")
    secret = reset_account(
        here.rt.store,
        name,
        by=person_of(who, None),
        clock=here.rt.clock,
        randomness=here.rt.randomness,
        without_second_factor=body.without_second_factor,
    )
    return {"name": name, "token": secret}


@routes.post("/accounts/{name}/close", name="close_account")
def close(name: str, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """Close an account at once and erase its secrets; `purged`: nothing of them is left in the store's files."""
    check_everywhere(who, "account", "manage")
    gone = close_account(here.rt.store, name, by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "purged": gone}


@routes.get("/accounts/{name}/sessions")
def list_sessions(name: str, here: Here, who: AccountReader) -> list[Mapping[str, Any]]:
    """The sessions of somebody that have not ended, newest first."""
    check_everywhere(who, "account", "read")
    return [_session(one) for one in _sessions(here, name)]


@routes.post("/accounts/{name}/sessions/end")
def end_sessions(name: str, here: Here, who: AccountManager) -> Mapping[str, Any]:
    """Sign somebody out everywhere, at once."""
    check_everywhere(who, "account", "manage")
    live = _sessions(here, name)
    for session in live:
        end_session(here.rt.store, session, why=f"ended by {person_of(who, None).name}", clock=here.rt.clock)
    return {"name": name, "ended": len(live)}


@routes.get("/tokens")
def list_tokens(here: Here, who: AccountReader) -> list[Mapping[str, Any]]:
    """Every token that was ever made, never the token itself."""
    check_everywhere(who, "account", "read")
    with here.rt.store.reading() as reading:
        return [_token(row) for row in tokens(reading)]


@routes.post("/tokens")
def make_token(body: TokenBody, here: Here, who: TokenManager) -> Mapping[str, Any]:
    """Make a token; it is answered this once."""
    check_everywhere(who, "token", "manage")
    rt, by = here.rt, person_of(who, None)
    token = create_token(rt.store, body.name, _roles(body.roles), by=by, clock=rt.clock, randomness=rt.randomness)
    return {"name": body.name.strip(), "token": token}


@routes.post("/tokens/{name}/revoke")
def end_token(name: str, here: Here, who: TokenManager) -> Mapping[str, Any]:
    """End a token at once, in every server on the store."""
    check_everywhere(who, "token", "manage")
    revoke_token(here.rt.store, name, by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "revoked": True}


@routes.get("/hooks")
def list_hooks(here: Here, who: AccountReader) -> list[Mapping[str, Any]]:
    """Every web hook that was ever made, never its secret."""
    check_everywhere(who, "account", "read")
    with here.rt.store.reading() as reading:
        return [_hook(row) for row in hooks(reading)]


@routes.post("/hooks")
def make_hook(body: WebHookBody, here: Here, who: HookManager) -> Mapping[str, Any]:
    """Make a web hook that may halt one scope; its secret is answered this once."""
    check_everywhere(who, "hook", "manage")
    rt, by = here.rt, person_of(who, None)
    secret = create_hook(rt.store, body.name, body.scope, by=by, clock=rt.clock, randomness=rt.randomness)
    return {"name": body.name.strip(), "scope": body.scope, "secret": secret}


@routes.post("/hooks/{name}/revoke")
def end_hook(name: str, here: Here, who: HookManager) -> Mapping[str, Any]:
    """End a web hook at once, in every server on the store."""
    check_everywhere(who, "hook", "manage")
    revoke_hook(here.rt.store, name, by=person_of(who, None), clock=here.rt.clock)
    return {"name": name, "revoked": True}


@routes.get("/tenants")
def list_tenants(here: Here, who: AccountReader) -> list[Mapping[str, str]]:
    """The workflows that were given to a tenant."""
    check_everywhere(who, "account", "read")
    return [{"workflow": workflow, "tenant": tenant} for workflow, tenant in sorted(here.tenants.all().items())]


@routes.post("/tenants", name="assign_tenant")
def give(body: TenantBody, here: Here, who: TenantManager) -> Mapping[str, Any]:
    """Give a workflow to a tenant, or to nobody."""
    check_everywhere(who, "tenant", "assign")
    assign_tenant(here.rt.store, body.workflow, body.tenant, by=person_of(who, None), clock=here.rt.clock)
    return {"workflow": body.workflow, "tenant": body.tenant}


def _roles(texts: list[str]) -> tuple[RoleAt, ...]:
    return tuple(role_at(text.strip()) for text in texts)


def _sessions(here: Served, name: str) -> tuple[Session, ...]:
    if here.sessions.account(name) is None:
        raise not_there(f"there is no account '{name}': GET /v1/accounts lists them")
    return here.sessions.of(name)


def _account(row: AccountRow) -> Mapping[str, Any]:
    names = ("name", "created_by", "created_at", "closed_at", "password_at", "second_factor_at")
    until = None if row.link is None else row.link.until
    return {**{n: getattr(row, n) for n in names}, "roles": list(map(str, row.roles)), "link_until": until}


def _session(one: Session) -> Mapping[str, Any]:
    return {"begun_at": one.begun_at, "until": one.until, "how": one.how, "entry": one.entry}


def _token(row: TokenRow) -> Mapping[str, Any]:
    names = ("name", "created_by", "created_at", "revoked_at")
    return {**{n: getattr(row, n) for n in names}, "roles": list(map(str, row.roles))}


def _hook(row: HookRow) -> Mapping[str, Any]:
    return {n: getattr(row, n) for n in ("name", "scope", "created_by", "created_at", "revoked_at")}
