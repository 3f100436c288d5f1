"""The first page of the settings: what is set, where something is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from interlock.engine.council.ownership import OwnershipFault, ownership_said
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.erasure.retention import retentions
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.settings.calendar_view import calendar_title
from interlock.surfaces.web.settings.notifications import notices_title
from interlock.surfaces.web.settings.organisation_view import organisation_title
from interlock.surfaces.web.settings.reach import standings_read
from interlock.surfaces.web.settings.retention_view import kept_rows, retention_title
from interlock.surfaces.web.settings.rights import ownership_rows, ownership_title, rights_rows, rights_title
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
# Who comes in and with what: (name, address, permission, what is there).
ACCESS = (
    ("People", "/settings/people", "account:read", "accounts, their roles, invitations"),
    ("Tokens", "/settings/tokens", "token:manage", "what applications sign in with"),
    ("Gateway keys", "/settings/gateway-keys", "key:read", "applications whose model traffic is let in"),
    ("Web hooks", "/settings/hooks", "hook:manage", "monitors that may halt"),
    ("Tenants", "/settings/tenants", "tenant:assign", "which workflow belongs to whom"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One part of the settings, and what it comes to."""

    name: str
    href: str
    words: str

    @property
    def beside(self) -> str:
        """The words, without the name that stands before them."""
        return self.words.removeprefix(f"{self.name}: ")


@routes.get("/settings")
def index_page(request: Request, here: Here, who: Who) -> Response:
    """Every part that the visitor may open."""
    faults = ownership_rows(here, who)
    title = f"Settings: {ownership_said(faults)}"
    return page(request, "settings/index.html.j2", title=title, who=who, whole=_whole(here, who),
                workflows=_of_workflows(here, who, faults), access=_access(who))  # fmt: skip


def _whole(here: Site, who: Visitor) -> tuple[Setting, ...]:
    if not who.may("settings", "read"):
        return ()
    with here.rt.store.reading() as reading:
        calendar = calendar_in_force(reading)
    organisation, known = here.board.portfolio().organisation, here.packs.organisations.known
    receivers = () if here.notices is None else here.notices.receivers()
    return (
        Setting("Organisation", "/settings/organisation", organisation_title(organisation, known)),
        Setting("Calendar", "/settings/calendar", calendar_title(calendar)),
        Setting("Notifications", "/settings/notifications", notices_title(receivers)),
    )


def _of_workflows(here: Site, who: Visitor, faults: Sequence[OwnershipFault]) -> tuple[Setting, ...]:
    with here.rt.store.reading() as reading:
        kept = kept_rows(standings_read(here, who), retentions(reading))
    return (
        Setting("Ownership", "/settings/ownership", ownership_title(faults)),
        Setting("Decision rights", "/settings/rights", rights_title(rights_rows(here, who))),
        Setting("Retention", "/settings/retention", retention_title(kept)),
    )


def _access(who: Visitor) -> tuple[Setting, ...]:
    return tuple(
        Setting(name, href, words)
        for name, href, permission, words in ACCESS
        if who.may_somewhere(*permission.split(":"))
    )
