"""Who looks at a page, what they may do, and the proof that a form came from one of our own pages."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from fastapi import Depends, Request

from interlock.engine.access.permissions import may, may_somewhere, scopes
from interlock.engine.access.reach import TenantOf
from interlock.surfaces.web.refusals import NotAllowed, NotSignedIn, NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.terms.access import EVERYWHERE, Caller, Scope
from interlock.terms.person import Person

COOKIE = "interlock_session"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, for one request. `csrf` is what every form of theirs carries.

    `tenant_of` is looked up once: what a page lists is cut by one look, not by one for each workflow.
    """

    caller: Caller
    csrf: str
    site: Site
    tenant_of: TenantOf

    @property
    def name(self) -> str:
        """The name in which they act."""
        return self.caller.name or ""

    @property
    def person(self) -> Person:
        """Who they are to a flow."""
        return Person(self.name, authenticated=True)

    def may(self, resource: str, action: str, *, workflow: str | None = None, tenant: str | None = None) -> bool:
        """Whether they may do this to a workflow, or to what of it belongs to a tenant (of a case: its own)."""
        if EVERYWHERE in scopes(self.caller, resource, action):
            return True  # whose it is does not matter: nobody looks
        of = self.tenant_of(workflow) if tenant is None and workflow is not None else tenant
        return may(self.caller, resource, action, workflow=workflow, tenant=of)

    def may_somewhere(self, resource: str, action: str) -> bool:
        """Whether there is anything to which they may do this."""
        return may_somewhere(self.caller, resource, action)

    def scopes(self, resource: str, action: str) -> tuple[Scope, ...]:
        """Where they may do this (engine.access.permissions.scopes)."""
        return scopes(self.caller, resource, action)

    def check(
        self,
        resource: str,
        action: str,
        *,
        workflow: str | None = None,
        tenant: str | None = None,
        read: str | None = None,
    ) -> None:
        """Raises NotAllowed where they may not do this there, and NotThere where they may not even know of it.

        `read` is what seeing the thing takes, such as "case:read"; None: what reading its workflow takes.
        """
        if self.may(resource, action, workflow=workflow, tenant=tenant):
            return
        sees, reads = (read or "workflow:read").split(":")
        if workflow is not None and not self.may(sees, reads, workflow=workflow, tenant=tenant):
            raise NotThere
        raise NotAllowed(f"{resource}:{action}")


def cookie_name(request: Request) -> str:
    """The name of the session's cookie; over HTTPS one that no other site of the domain can set."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def csrf_of(cookie: str) -> str:
    """What forms of this session carry. Who does not know the cookie cannot make it."""
    return hmac.new(cookie.encode(), b"interlock form", hashlib.sha256).hexdigest()


def visitor(request: Request, here: Here) -> Visitor:
    """Who looks. Raises NotSignedIn."""
    found = visitor_if_any(request, here)
    if found is None:
        raise NotSignedIn
    return found


def visitor_if_any(request: Request, here: Here) -> Visitor | None:
    """Who looks, None for somebody who is not signed in."""
    cookie = request.cookies.get(cookie_name(request))
    caller = here.sessions.known(cookie)
    if caller is None or cookie is None:
        return None
    return Visitor(caller, csrf_of(cookie), here, _looked_up_once(here))


def still(request: Request, here: Site) -> Visitor | None:
    """Who looked when a page was opened, None where that session has ended; to ask is no use of it."""
    cookie = request.cookies.get(cookie_name(request))
    caller = here.sessions.known(cookie, in_use=False)
    return None if caller is None or cookie is None else Visitor(caller, csrf_of(cookie), here, _looked_up_once(here))


def _looked_up_once(here: Site) -> TenantOf:
    given = cache(here.tenants.all)
    return lambda workflow: given().get(workflow)


Who = Annotated[Visitor, Depends(visitor)]
Anybody = Annotated[Visitor | None, Depends(visitor_if_any)]


class Needs:
    """A dependency of a route: somebody who may do this somewhere. What is done to which thing is checked there."""

    def __init__(self, resource: str, action: str) -> None:
        self._resource, self._action = resource, action

    @property
    def permission(self) -> str:
        """What it asks for: `resource:action`."""
        return f"{self._resource}:{self._action}"

    def __call__(self, who: Who) -> Visitor:
        """The visitor. Raises NotAllowed."""
        if not who.may_somewhere(self._resource, self._action):
            raise NotAllowed(self.permission)
        return who
