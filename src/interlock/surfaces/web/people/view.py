"""What the pages of accounts, tokens, hooks and tenants show."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from interlock.engine.access.permissions import role_at
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.people.words import in_order, role_words
from interlock.surfaces.web.states import INCONCLUSIVE, NOT_APPLICABLE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.access import HookRow, Role, RoleAt, TokenRow
from interlock.terms.account import AccountRow
from interlock.terms.errors import BadInput
from interlock.terms.words import plural

MEANING: Mapping[Role, str] = {
    Role.LEADER: "reads the portfolio, sits in the council",
    Role.VALUE_OWNER: "answers for what a workflow is worth",
    Role.SAFETY_OWNER: "answers for what a workflow may do",
    Role.REVIEWER: "decides cases that wait for a person",
    Role.OPERATOR: "stops and resumes, looks at cases",
    Role.AUDITOR: "reads what is on record, changes nothing",
    Role.ADMINISTRATOR: "gives accounts, roles, tokens; decides nothing about a workflow",
    Role.RUNTIME: "an application that proposes cases",
}
OF_PEOPLE = tuple(role for role in MEANING if role is not Role.RUNTIME)
CLOSED, INVITED, ACTIVE, LATE = "closed", "invited", "active", "link too old"


def account_state(row: AccountRow, now: str) -> str:
    """Where an account stands, as a word."""
    if row.closed_at is not None:
        return CLOSED
    if row.password_at is not None or row.link is None:
        return ACTIVE
    return INVITED if now < row.link.until else LATE


STATES: Mapping[str, State] = {
    ACTIVE: said(PASSED, "Active"),
    INVITED: said(INCONCLUSIVE, "Invited"),
    LATE: said(INCONCLUSIVE, "Link too old"),
    CLOSED: said(NOT_APPLICABLE, "Closed"),
}


def people_title(rows: Sequence[AccountRow], now: str) -> str:
    """How many have an account, as a conclusion."""
    states = [account_state(row, now) for row in rows]
    waiting = states.count(INVITED) + states.count(LATE)
    more = f", {waiting} invited" if waiting else ""
    return f"{plural(states.count(ACTIVE), 'person', 'people')} may sign in{more}"


def people_table(now: str) -> Table[AccountRow]:
    """Every account that was ever made."""
    return Table(
        "/settings/people",
        "Accounts",
        (
            Column("name", "Name", lambda row: row.name, lambda row: Link(row.name, account_address(row.name))),
            Column("roles", "Roles", lambda row: [str(held) for held in row.roles], lambda row: Words(_roles(row))),
            Column("state", "State", lambda row: account_state(row, now), lambda row: _status(row, now)),
            Column("second_factor", "Second factor", _second_factor),
            Column("created_by", "Made by", lambda row: row.created_by),
            Column("created_at", "Made", lambda row: row.created_at, lambda row: Moment(row.created_at)),
        ),
        "An invitation fills this table: `interlock account create`, or the form on this page.",
        (
            Filter("name", "Name", lambda row, asked: asked.casefold() in row.name.casefold()),
            Filter(
                "role",
                "Role",
                lambda row, asked: any(held.role == asked for held in row.roles),
                tuple((str(role), str(role).replace("-", " ")) for role in MEANING),
            ),
            Filter(
                "state",
                "State",
                lambda row, asked: account_state(row, now) == asked,
                tuple((state, STATES[state].word) for state in STATES),
            ),
        ),
    )


def token_table() -> Table[TokenRow]:
    """Every token that was ever made."""
    return Table(
        "/settings/tokens",
        "Tokens",
        (
            Column("name", "Name", lambda row: row.name),
            Column(
                "roles",
                "Roles",
                lambda row: [str(held) for held in row.roles],
                lambda row: Words(", ".join(map(role_words, in_order(row.roles)))),
            ),
            Column("state", "State", _live, lambda row: Status(_STATE[_live(row)])),
            Column("created_by", "Made by", lambda row: row.created_by),
            Column("created_at", "Made", lambda row: row.created_at, lambda row: Moment(row.created_at)),
            Column("revoked_at", "Revoked", lambda row: row.revoked_at, lambda row: Moment(row.revoked_at or "")),
        ),
        "A token that you make below fills this table. While there is neither a token nor an account, anybody on this "
        "machine may use the API.",
        (Filter("state", "State", lambda row, asked: _live(row) == asked, LIVE_OR_NOT),),
    )


def hook_table() -> Table[HookRow]:
    """Every web hook that was ever made."""
    return Table(
        "/settings/hooks",
        "Web hooks",
        (
            Column("name", "Name", lambda row: row.name),
            Column("scope", "May halt", lambda row: row.scope),
            Column("state", "State", _live, lambda row: Status(_STATE[_live(row)])),
            Column("created_by", "Made by", lambda row: row.created_by),
            Column("created_at", "Made", lambda row: row.created_at, lambda row: Moment(row.created_at)),
            Column("revoked_at", "Revoked", lambda row: row.revoked_at, lambda row: Moment(row.revoked_at or "")),
        ),
        "A web hook that you make below fills this table: a monitor halts one scope with it, and does nothing else.",
        (Filter("state", "State", lambda row, asked: _live(row) == asked, LIVE_OR_NOT),),
    )


def tenant_table() -> Table[tuple[str, str | None]]:
    """Every workflow with its tenant."""
    return Table(
        "/settings/tenants",
        "Workflows and their tenants",
        (
            Column("workflow", "Workflow", lambda row: row[0], lambda row: Link(row[0], f"/workflows/{quote(row[0])}")),
            Column("tenant", "Tenant", lambda row: row[1], lambda row: Words(row[1] or "nobody's")),
        ),
        "A workflow fills this table: `interlock apply -f FILE`.",
        (
            Filter("workflow", "Workflow", lambda row, asked: asked.casefold() in row[0].casefold()),
            Filter("tenant", "Tenant", lambda row, asked: asked.casefold() in (row[1] or "").casefold()),
        ),
    )


def account_address(name: str) -> str:
    """Where an account is shown."""
    return f"/settings/people/account/{quote(name, safe='')}"


def role_options(roles: Sequence[Role] = OF_PEOPLE) -> tuple[tuple[str, str, str], ...]:
    """Roles to be chosen from, with what each is for."""
    return tuple((str(role), str(role).replace("-", " ").capitalize(), MEANING[role]) for role in roles)


def roles_of(form: Form) -> tuple[RoleAt, ...]:
    """The roles that a form holds; what cannot be one is noted as a fault."""
    found = []
    for text in (*form.many("roles"), *form.raw("places").split("\n")):
        try:
            found += [role_at(text.strip())] if text.strip() else []
        except BadInput as exc:
            form.fault("places", f"Line “{text.strip()[:100]}”: {exc}.")
    return tuple(found)


def _roles(row: AccountRow) -> str:
    return ", ".join(map(role_words, in_order(row.roles))) or "none yet"


def _status(row: AccountRow, now: str) -> Status:
    state = account_state(row, now)
    return Status(STATES[state])


def _second_factor(row: AccountRow) -> str:
    return "on" if row.second_factor_at is not None else "off"


LIVE_OR_NOT = (("live", "Live"), ("revoked", "Revoked"))
_STATE: Mapping[str, State] = {"live": said(PASSED, "Live"), "revoked": said(NOT_APPLICABLE, "Revoked")}


def _live(row: TokenRow | HookRow) -> str:
    return "live" if row.revoked_at is None else "revoked"
