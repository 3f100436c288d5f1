"""What the page of gateway keys shows."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from interlock.engine.gateway.access.limit_words import limit_words
from interlock.surfaces.web.cells import Link, Moment, Status
from interlock.surfaces.web.states import INCONCLUSIVE, NOT_APPLICABLE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.gateway.client import GatewayKeyRow
from interlock.terms.words import plural

LIVE, ENDED, REVOKED = "live", "ended", "revoked"
STATES: Mapping[str, State] = {
    LIVE: said(PASSED, "Live"),
    ENDED: said(INCONCLUSIVE, "Ended"),
    REVOKED: said(NOT_APPLICABLE, "Revoked"),
}
# The field of the form that a refusal of the flow is about, by a word in it; the name where no word is.
FIELDS = {"workflow": "workflow", "tenant": "tenant", "network": "networks", "limit": "limits", "client": "client"}


def state_of(row: GatewayKeyRow, now: str) -> str:
    """Whether a key lets anybody in at `now` (RFC 3339)."""
    if row.revoked_at is not None:
        return REVOKED
    return ENDED if row.expires_at is not None and row.expires_at <= now else LIVE


def keys_title(rows: Sequence[GatewayKeyRow], now: str) -> str:
    """How many applications come in, as a conclusion."""
    live = {row.client.name for row in rows if state_of(row, now) == LIVE}
    return f"{plural(len(live), 'application')} may use the gateway" if rows else "No gateway key was made yet"


def field_of(words: str) -> str:
    """The field of the form that a refusal is about."""
    return next((field for word, field in FIELDS.items() if word in words), "name")


def shown_table(now: str) -> Table[GatewayKeyRow]:
    """Every key that was ever made, as of `now`."""
    return Table(
        "/settings/gateway-keys",
        "Gateway keys",
        (
            Column("name", "Name", lambda row: row.name),
            Column("client", "Application", lambda row: row.client.name),
            Column(
                "workflow",
                "Uses",
                lambda row: row.client.workflow,
                lambda row: Link(row.client.workflow, f"/workflows/{quote(row.client.workflow)}"),
            ),
            Column("tenant", "Tenant", lambda row: row.client.tenant),
            Column("state", "State", lambda row: state_of(row, now), lambda row: Status(STATES[state_of(row, now)])),
            Column("begins", "Begins", lambda row: row.begins),
            Column("networks", "From", lambda row: list(row.client.networks)),
            Column("limits", "At most", lambda row: list(map(limit_words, row.client.limits))),
            Column("created_by", "Made by", lambda row: row.created_by),
            Column("created_at", "Made", lambda row: row.created_at, lambda row: Moment(row.created_at)),
            Column("expires_at", "Ends", lambda row: row.expires_at, lambda row: Moment(row.expires_at or "")),
        ),
        "A key that you make below fills this table: an application sends it with each question to a model.",
        (
            Filter("workflow", "Workflow", lambda row, asked: asked.casefold() in row.client.workflow.casefold()),
            Filter(
                "state",
                "State",
                lambda row, asked: state_of(row, now) == asked,
                tuple((state, STATES[state].word) for state in STATES),
            ),
        ),
    )
