"""What of the settings a visitor may see and change."""

from interlock.engine.access.permissions import may
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.portfolio import Standing


def check_whole(who: Visitor) -> None:
    """Settings of the organisation as a whole are for who may read settings everywhere. Raises NotAllowed."""
    who.check("settings", "read")


def standings_read(here: Site, who: Visitor) -> tuple[Standing, ...]:
    """The workflows whose settings a visitor may read, by name."""
    every = here.board.portfolio().standings
    if who.scopes("settings", "read") == (EVERYWHERE,):
        return every
    given = here.tenants.all()
    names = (one.definition.name for one in every)
    reached = {name for name in names if may(who.caller, "settings", "read", workflow=name, tenant=given.get(name))}
    return tuple(one for one in every if one.definition.name in reached)


def standing_read(here: Site, who: Visitor, workflow: str) -> Standing:
    """One of them. Raises NotThere for one that is not there or out of reach."""
    found = here.board.standing(workflow)
    if found is None or not who.may("settings", "read", workflow=workflow):
        raise NotThere
    return found
