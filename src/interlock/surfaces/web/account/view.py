"""What somebody's own page says."""

from dataclasses import dataclass

from interlock.engine.access.permissions import permissions
from interlock.surfaces.web.cells import Words
from interlock.surfaces.web.people.words import in_order, place_words, role_words
from interlock.surfaces.web.states import NOT_APPLICABLE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.access import Caller, Permission
from interlock.terms.account import AccountRow, Session
from interlock.terms.words import plural


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of one's own; `here` is the one that looks."""

    session: Session
    here: bool


def title(caller: Caller) -> str:
    """What somebody is here, in one line."""
    if not caller.roles:
        return f"{caller.name}: no role yet"
    return f"{caller.name}: {', '.join(role_words(held) for held in in_order(caller.roles))}"


def lede(caller: Caller) -> str:
    """How much that lets them do."""
    held = permissions(caller)
    if not held:
        return "You may look at this page only. An administrator gives roles under Settings, People."
    return f"Your roles give you {plural(len(held), 'permission')}. What none of them gives is refused."


def second_factor(row: AccountRow | None) -> State:
    """Whether a code is asked for beside the password."""
    on = row is not None and row.second_factor_at is not None
    return said(PASSED, "On") if on else said(NOT_APPLICABLE, "Off")


def permission_table() -> Table[Permission]:
    """Everything that somebody may do."""
    return Table(
        "/account/permissions",
        "What you may do, by permission",
        (
            Column("permission", "Permission", str),
            Column("where", "Where", lambda one: str(one.scope), lambda one: Words(place_words(one.scope))),
            Column("resource", "What", lambda one: one.resource),
            Column("action", "May", lambda one: one.action),
        ),
        "A role fills this table; an administrator gives roles under Settings, People.",
        (Filter("resource", "What", lambda one, asked: asked.casefold() in one.resource),),
    )
