"""What the page of gateway keys shows."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from interlock.engine.gateway.access.limit_words import limit_words
from interlock.engine.gateway.limits.words import amounted
from interlock.flows.gateway.access.used import LastAsked
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.states import INCONCLUSIVE, NOT_APPLICABLE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.gateway.client import GatewayKeyRow
from interlock.terms.words import count, moment, plural

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


def keys_title(rows: Sequence[GatewayKeyRow], asked: Mapping[str, LastAsked], now: str) -> str:
    """How many applications come in, and how many of them never did, as a conclusion."""
    if not rows:
        return "No gateway key was made yet"
    live = [row for row in rows if state_of(row, now) == LIVE]
    names, seen = {row.client.name for row in live}, {row.client.name for row in live if asked[row.name].among}
    never = len(names - seen)
    silent = f"; {count(never)} of them never asked anything" if never else ""
    return f"{plural(len(names), 'application')} may use the gateway{silent}"


def choices(rows: Sequence[GatewayKeyRow], asked: Mapping[str, LastAsked]) -> list[tuple[str, str]]:
    """Keys that can be ended: name, and words by which a person knows that it is the right one."""
    return [(row.name, f"{row.name}: {row.client.name}, {_last(asked[row.name])}") for row in rows]


def _last(last: LastAsked) -> str:
    if last.at is not None:
        return f"last used {moment(last.at)}"
    return f"not in the {_newest(last)}" if last.among else "never used"


def _newest(last: LastAsked) -> str:
    return f"newest {plural(last.among, 'request')} of its application"


def _asked(last: LastAsked) -> Moment | Words:
    if last.at is not None:
        return Moment(last.at)
    return Words("not lately", f"not in the {_newest(last)}") if last.among else Words("never")


def field_of(words: str) -> str:
    """The field of the form that a refusal is about."""
    return next((field for word, field in FIELDS.items() if word in words), "name")


def _limits(row: GatewayKeyRow) -> Words:
    each = (
        f"{amounted(one.unit, one.most)} a {one.per}{f' of {one.model}' if one.model else ''}"
        for one in row.client.limits
    )
    return Words(", ".join(each) or "none of its own")


def shown_table(asked: Mapping[str, LastAsked], now: str) -> Table[GatewayKeyRow]:
    """Every key that was ever made, as of `now`; `asked` is when its application last asked, by its name."""
    return Table(
        "/settings/gateway-keys",
        "Gateway keys",
        (
            Column("name", "Name", lambda row: row.name, lambda row: Words(row.name, f"{row.begins}…")),
            Column(
                "client",
                "Application",
                lambda row: row.client.name,
                lambda row: Words(row.client.name, row.client.tenant or ""),
            ),
            Column(
                "workflow",
                "Uses",
                lambda row: row.client.workflow,
                lambda row: Link(row.client.workflow, f"/workflows/{quote(row.client.workflow)}"),
            ),
            Column("tenant", "Tenant", lambda row: row.client.tenant, in_files_only=True),
            Column("state", "State", lambda row: state_of(row, now), lambda row: Status(STATES[state_of(row, now)])),
            Column(
                "last_used_at",
                "Last used",
                lambda row: asked[row.name].at,
                lambda row: _asked(asked[row.name]),
            ),
            Column("begins", "Begins", lambda row: row.begins, in_files_only=True),
            Column(
                "networks",
                "From",
                lambda row: list(row.client.networks),
                lambda row: Words(", ".join(row.client.networks) or "anywhere"),
            ),
            Column("limits", "At most", lambda row: list(map(limit_words, row.client.limits)), _limits),
            Column(
                "created_by",
                "Made by",
                lambda row: row.created_by,
                lambda row: Words(row.created_by, moment(row.created_at[:10])),
            ),
            Column("created_at", "Made", lambda row: row.created_at, in_files_only=True),
            Column(
                "expires_at",
                "Ends",
                lambda row: row.expires_at,
                lambda row: Moment(row.expires_at) if row.expires_at else Words("never"),
            ),
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
